import { connectors } from '../registry.ts';
import { generalCases } from './general/suite.ts';
import type { StoreCase } from './store/tools.ts';
import type { StoreSubject } from './store-subject.ts';
import { lackOf, offlineStore, storeCases } from './store-suite.ts';
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
  const tables = [capabilityTable(stores, notes), familyTable(all, notes)];
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

function familyTable(all: readonly Named<AnySubject>[], notes: Notes): string {
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
  return table(['Cases by family', ...columns.map(({ label }) => label)], rows);
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
