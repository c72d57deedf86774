import { type AnyConnector, connectors } from '../registry.ts';
import { carrierFacts, generalCases, marketFacts } from './general/suite.ts';
import type { StoreCase } from './store/tools.ts';
import type { StoreSubject } from './store-subject.ts';
import { lackOf, offlineStore, storeCases } from './store-suite.ts';
import type { ConformanceSubject } from './subject.ts';
import { subjects } from './subjects.ts';
import type { AnySubject } from './suite.ts';

interface Named<Subject> {
  readonly label: string;
  readonly subject: Subject;
}

/** What a store of each kind can do, in words, by what the contract calls it. */
const words: Readonly<Record<string, string>> = {
  testConnection: 'says what a connection lacks',
  readProducts: 'products, all or changed since, page by page',
  readProduct: 'one product',
  readStock: 'stock of given variants',
  readLocations: 'places of stock',
  createOrder: 'an order in the shop',
  findOrder: 'our order, found again',
  readOrder: 'one order',
  readOrders: 'the shop’s own orders',
  cancelOrder: 'cancel',
  fulfilOrder: 'fulfilment with tracking',
  holdOrder: 'hold',
  releaseOrder: 'release',
  refundOrder: 'refund, without moving money',
  addOrderNote: 'staff note',
  writeStock: 'stock, row by row or batched',
  compareAndSetStock: 'stock, only if it is still what was seen',
  writePrices: 'prices and sales',
  reconcileWebhooks: 'webhooks kept',
  verifyWebhook: 'webhooks verified',
};

/** What a marketplace of each kind can do; what a flag decides stands behind the method's name. */
const marketplaceWords: Readonly<Record<string, string>> = {
  testConnection: 'says what a connection lacks',
  listCategories: 'categories',
  listAttributes: 'attributes of a category',
  listBrands: 'brands that may be sold',
  createListing: 'a listing',
  findListing: 'our listing, found again',
  updateListing: 'content, changed',
  uploadImages: 'images',
  readReview: 'review, with reasons',
  takeOffShelf: 'off the shelf and on again',
  writeStock: 'stock as a level that may be repeated',
  changeStock: 'stock as changes, through the ledger',
  readLive: 'what buyers see',
  writePrices: 'prices',
  listOrders: 'orders, by time of change',
  readOrders: 'orders, in batches',
  acceptOrder: 'an order taken by a call',
  arrangePickup: 'its courier called',
  printLabel: 'its own label',
  confirmShipment: 'told that the parcel left',
  cancelOrder: 'cancelled by us',
  verifyWebhook: 'webhooks verified',
};

const carrierWords: Readonly<Record<string, string>> = {
  testConnection: 'says what a connection lacks',
  rates: 'quotes',
  check: 'what would be refused, before it is sent',
  dryRun: 'the carrier’s own check, without booking',
  book: 'booking with a label',
  multiPiece: 'several pieces in one booking',
  findBooking: 'our booking, found again',
  voidBooking: 'a label taken back',
  fetchLabel: 'a label fetched again',
  bookPickup: 'a courier called',
  paperlessCustoms: 'customs papers sent by wire',
  landedCost: 'duties and taxes, estimated',
  reserveNumber: 'numbers reserved before booking',
  track: 'scans, asked',
  verifyWebhook: 'scans, pushed',
  limits: 'limits as data, asked at planning',
};

/** Methods that every connector has, and flags that say whether they do something: flag → the value that says so. */
const flagOf: Readonly<Record<string, readonly [flag: string, value: unknown, absent: boolean]>> = {
  updateListing: ['updatesContent', true, true],
  findListing: ['findsListings', true, true],
  takeOffShelf: ['delists', true, true],
  confirmShipment: ['confirmsShipments', true, true],
  writeStock: ['stockWrites', 'absolute', true],
  changeStock: ['stockWrites', 'delta', false],
  cancelOrder: ['sellerCancel', true, false],
  printLabel: ['platformLabel', true, false],
  acceptOrder: ['acceptsOrders', true, false],
  arrangePickup: ['arrangesPickup', true, false],
  rates: ['rates', true, true],
  multiPiece: ['multiPiece', true, false],
  findBooking: ['bookingLookup', true, true],
  voidBooking: ['void', 'call', false],
  fetchLabel: ['labelRefetch', true, false],
  bookPickup: ['pickup', true, false],
  paperlessCustoms: ['paperlessCustoms', true, false],
};

/** What a marketplace or carrier has of an ability, by its method and its flag. */
function has(connector: AnyConnector, ability: string): boolean {
  const rule = flagOf[ability];
  if (rule === undefined) return Reflect.get(connector, ability) !== undefined;
  const [flag, value, absent] = rule;
  const declared: unknown = Reflect.get(connector.capabilities, flag);
  return declared === undefined ? absent : declared === value;
}

/**
 * The tables of what each connector can do, from the connectors' methods and the subjects' declarations. Nothing is run:
 * that what is declared holds is what the cases themselves are for.
 */
export async function renderSupportMatrix(): Promise<string> {
  const all: Named<AnySubject>[] = [];
  for (const [name, load] of Object.entries(subjects)) {
    all.push({ label: connectors[name]?.label ?? name, subject: (await load()).subject });
  }
  const stores = all.filter((one): one is Named<StoreSubject> => 'testBed' in one.subject);
  const notes = new Notes();
  const general = all.filter((one): one is Named<ConformanceSubject> => !('testBed' in one.subject));
  const tables = [
    capabilityTable(stores, notes),
    abilityTable('marketplace', marketplaceWords, general),
    abilityTable('carrier', carrierWords, general),
    familyTable(stores, notes, 'Cases of stores by family'),
    ...(['marketplace', 'carrier'] as const).map((kind) =>
      familyTable(
        general.filter(({ subject }) => subject.kind === kind),
        notes,
        `Cases of ${kind}s by family`,
      ),
    ),
  ];
  return [...tables, notes.text()].join('\n\n');
}

function capabilityTable(stores: readonly Named<StoreSubject>[], notes: Notes): string {
  const rows = Object.entries(words).map(([capability, meaning]) => [
    `\`${capability}\``,
    meaning,
    ...stores.map(({ subject }) => {
      const lack = lackOf(capability, offlineStore(subject), subject);
      return lack === null ? 'yes' : `no ${notes.mark(lack)}`;
    }),
  ]);
  return table(['Ability of a store', '', ...stores.map(({ label }) => label)], rows);
}

/** By the connectors' methods and flags, with the settings of each subject's example: with what it has switched on. */
function abilityTable(
  kind: 'marketplace' | 'carrier',
  abilities: Readonly<Record<string, string>>,
  general: readonly Named<ConformanceSubject>[],
): string {
  const columns = general
    .filter(({ subject }) => subject.kind === kind && (subject.marketplace ?? subject.carrier) !== undefined)
    .map(({ label, subject }) => {
      const facts = kind === 'marketplace' ? marketFacts(subject) : carrierFacts(subject);
      return { label, connector: facts.connector };
    });
  const rows = Object.entries(abilities).map(([ability, meaning]) => [
    `\`${ability}\``,
    meaning,
    ...columns.map(({ connector }) => (has(connector, ability) ? 'yes' : 'no')),
  ]);
  return table([`Ability of a ${kind}`, '', ...columns.map(({ label }) => label)], rows);
}

function familyTable(all: readonly Named<AnySubject>[], notes: Notes, title: string): string {
  const columns = all.map(({ label, subject }) => {
    const cases: readonly Pick<StoreCase, 'family' | 'skip'>[] =
      'testBed' in subject ? storeCases(subject) : generalCases(subject);
    return { label, cases };
  });
  const families = [...new Set(columns.flatMap(({ cases }) => cases.map(({ family }) => family)))];
  const rows = families.map((family) => [
    family,
    ...columns.map(({ cases }) => {
      const own = cases.filter((one) => one.family === family);
      const skipped = own.filter(({ skip }) => Boolean(skip));
      if (own.length === 0) return '–';
      const reasons = [...new Set(skipped.map(({ skip }) => skip ?? ''))].map((reason) => notes.mark(reason));
      return `${own.length - skipped.length}${skipped.length === 0 ? '' : `, skipped ${skipped.length} ${reasons.join(' ')}`}`;
    }),
  ]);
  return table([title, ...columns.map(({ label }) => label)], rows);
}

/** Reasons, each once, with the number that stands in the tables. */
class Notes {
  readonly #reasons: string[] = [];

  mark(reason: string): string {
    if (!this.#reasons.includes(reason)) this.#reasons.push(reason);
    return `(${this.#reasons.indexOf(reason) + 1})`;
  }

  text(): string {
    return this.#reasons.map((reason, index) => `${index + 1}. ${reason}`).join('\n');
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
