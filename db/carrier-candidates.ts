import type { CarrierConnector, ShipmentRequest } from '../connectors/contract/carrier.ts';
import { ConnectorError } from '../connectors/errors.ts';
import {
  type CarrierCandidate,
  type CarrierChoice,
  type CarrierRule,
  chooseAccount,
  type LaneFacts,
} from '../freight/carrier-choice.ts';
import { limitFaults, type PlanningFault } from '../freight/carrier-limits.ts';
import { assessCustoms, type CustomsFinding } from '../freight/customs.ts';
import { customsRuleFor } from '../freight/customs-rules.ts';
import { type FreightConsignment, quote } from '../freight/quote.ts';
import { holding } from '../freight/refusals.ts';
import { type MailSchedule, nextSlot } from '../schedule/slots.ts';
import { carrierAccounts, type PlanningAdvice, sentOnDay } from './carrier-choices.ts';
import { carrierRules } from './carrier-rules.ts';
import { cartonMm, tareGrams } from './consignments.ts';
import { undeclaredFaults } from './customs-gate.ts';
import type { Tx } from './database.ts';
import { cardFor, type StoredCard } from './freight-cards.ts';
import { carrierRulesOf, goodsOf, inCurrency, limitedCard, readRates, recipientDigest } from './freight-input.ts';
import type { Sealer } from './sealing.ts';
import { type OpenLine, openLines, parcelsOf, type ShippedParcel, shipmentOf } from './shipments.ts';
import type { Row } from './steps.ts';

interface Account {
  readonly id: string;
  readonly code: string;
  readonly card: StoredCard | null;
  /** What the goods are worth in the card's currency; null where that is not known. */
  readonly valueMinor: number | null;
}

/** Everything that the choice of an account depends on, read at once. */
export interface ToShip {
  readonly request: ShipmentRequest;
  readonly freight: FreightConsignment;
  /** What customs would miss and nobody released. */
  readonly undeclared: readonly PlanningFault[];
  readonly accounts: readonly Account[];
  readonly rules: readonly CarrierRule[];
  readonly lane: LaneFacts;
  /** Accounts are compared in it. */
  readonly currency: string;
  readonly rates: ReadonlyMap<string, number>;
  readonly recipient: string;
  readonly customs: CustomsFinding | null;
}

/** What of an account is asked for the choice. @throws ConnectorError where it is away at present */
export type OpenCarrier = (
  connectionId: string,
) => Promise<Pick<CarrierConnector, 'capabilities' | 'limits' | 'check'>>;

/** The answer of all accounts. */
export interface AskedAccounts extends PlanningAdvice {
  readonly choice: CarrierChoice;
  /** The last account's error that was away; null where all could be asked. */
  readonly away: unknown;
}

/** Asks every account that may carry it and chooses by limits, rules and price. */
export async function askAccounts(found: ToShip, open: OpenCarrier): Promise<AskedAccounts> {
  const candidates: CarrierCandidate[] = [];
  let away: unknown = null;
  for (const account of found.accounts) {
    const opened = await openedOrAway(open, account.id);
    if ('away' in opened) away = opened.away;
    candidates.push(candidateOf(found, account, opened));
  }
  const choice = chooseAccount(candidates, found.rules, found.lane);
  return { choice, recipient: found.recipient, customs: found.customs, away };
}

type Opened =
  | { readonly connector: Awaited<ReturnType<OpenCarrier>> }
  | { readonly away: unknown; readonly message: string };

async function openedOrAway(open: OpenCarrier, connectionId: string): Promise<Opened> {
  try {
    return { connector: await open(connectionId) };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { away: error, message: error.message };
  }
}

function candidateOf(found: ToShip, account: Account, opened: Opened): CarrierCandidate {
  const { code, id: connectionId, card } = account;
  const { undeclared } = found;
  const base = { connectionId, code, price: null, comparedMinor: null, priceWhy: null, cardForbids: false };
  if ('away' in opened) {
    const remedy = 'Look at the account on its page; it is asked again.';
    return { ...base, faults: [{ field: null, message: opened.message, remedy }] };
  }
  const { connector } = opened;
  const refused = (connector.check?.(found.request) ?? [])
    .filter(({ level }) => level === 'error')
    .map(({ field, message }): PlanningFault => {
      return { field, message, remedy: 'Mend the named field at the order, the product or the brand.' };
    });
  // What customs lack is said once, in our words: the carrier would say the same of each line.
  const faults = [
    ...limitFaults(connector, found.request),
    ...breakBulkFaults(connector, found.freight),
    ...(undeclared.length > 0 ? undeclared : refused),
  ];
  if (!card) return { ...base, faults, priceWhy: 'no rate card holds on the ship date' };
  const answer = quote(limitedCard(card.card, carrierRulesOf(connector).limits), {
    ...found.freight,
    valueMinor: account.valueMinor,
  });
  if (!answer.ok) {
    const priceWhy = answer.refusals.map(({ place, reason }) => `${place}: ${reason}`).join(' ');
    return { ...base, faults, priceWhy, cardForbids: answer.refusals.some((one) => holding.includes(one.code)) };
  }
  const price = { amountMinor: answer.totalMinor, currency: answer.currency };
  const comparedMinor = inCurrency(price.amountMinor, price.currency, found.currency, found.rates);
  const priceWhy = comparedMinor === null ? `no exchange rate from ${price.currency} to ${found.currency}` : null;
  return { ...base, faults, price, comparedMinor, priceWhy };
}

/** Parcels to several recipients are one booking only where the carrier does that. */
function breakBulkFaults(
  { capabilities }: Pick<CarrierConnector, 'capabilities'>,
  { kind }: FreightConsignment,
): PlanningFault[] {
  if (kind !== 'breakBulk' || capabilities.breakBulk) return [];
  return [{ field: null, message: 'it takes no break-bulk shipments', remedy: 'Ship its orders alone.' }];
}

/**
 * An approved order as it would be planned at `now`: in one carton, for the brand's next slot.
 * @returns null where what planning itself looks for is missing (an address to ship from, a weight)
 */
export async function orderToShip(trx: Tx, sealer: Sealer, orderId: string, now: Date): Promise<ToShip | null> {
  const order = (await trx('orders').where({ id: orderId }).first()) as Row | undefined;
  if (order?.state !== 'APPROVED') return null;
  const brandId = String(order.brand_id);
  const brand = await trx('brands').where({ id: brandId }).first();
  if (!brand?.ship_from) return null;
  const lines = await openLines(trx, [orderId]);
  // A missing weight is told by the planning itself.
  if (lines.length === 0 || lines.some(({ weight_grams }) => weight_grams === null)) return null;
  return toShip(trx, sealer, {
    ...{ name: String(order.number), brand, incoterm: brand.incoterm, kind: 'single', now },
    ...{ orders: [order], lines, parcels: [estimatedParcel(orderId, lines)] },
    shipOn: nextSlot(brand.mail_schedule as MailSchedule, brand.time_zone, now).date,
  });
}

/**
 * An open consignment as its carrier would be asked for it.
 * @returns null where it holds nothing that could be shipped
 * @throws ConnectorError where its buyer was erased
 */
export async function consignmentToShip(trx: Tx, sealer: Sealer, row: Row, now: Date): Promise<ToShip | null> {
  const brand = await trx('brands')
    .where({ id: String(row.brand_id) })
    .first();
  const orders: Row[] = await trx('consignment_orders as co')
    .join('orders as o', 'o.id', 'co.order_id')
    .where({ 'co.consignment_id': row.id, 'co.left_at': null })
    .orderBy('o.number')
    .select('o.*');
  const orderIds = orders.map(({ id }) => id);
  const lines = await openLines(trx, orderIds);
  const parcels = await parcelsOf(trx, row.id);
  if (!brand?.ship_from || lines.length === 0 || parcels.length === 0) return null;
  if (lines.some(({ weight_grams }) => weight_grams === null)) return null;
  return toShip(trx, sealer, {
    ...{ name: String(row.number), brand, incoterm: row.incoterm as 'DDP' | 'DAP', now },
    ...{ kind: row.kind as FreightConsignment['kind'], orders, lines, parcels },
    shipOn: String(row.slot_date),
  });
}

interface Shipped {
  readonly name: string;
  readonly brand: Row;
  readonly incoterm: 'DDP' | 'DAP';
  readonly kind: FreightConsignment['kind'];
  readonly now: Date;
  readonly orders: readonly Row[];
  readonly lines: readonly OpenLine[];
  readonly parcels: readonly ShippedParcel[];
  readonly shipOn: string;
}

async function toShip(trx: Tx, sealer: Sealer, shipped: Shipped): Promise<ToShip> {
  const { brand, lines, parcels, shipOn, incoterm } = shipped;
  const brandId = brand.id;
  const request = await shipmentOf(trx, sealer, {
    ...{ name: shipped.name, reference: shipped.name, brandId, incoterm, parcels, now: shipped.now },
    orderIds: shipped.orders.map(({ id }) => id),
  });
  const accounts: Account[] = [];
  for (const { id, code } of await carrierAccounts(trx, brandId)) {
    const card = await cardFor(trx, { brandId, connectionId: id, shipOn });
    const { amountMinor, currency } = request.declaredValue;
    const rates = card ? await readRates(trx, card.card.currency, shipOn) : new Map<string, number>();
    const valueMinor = card ? inCurrency(amountMinor, currency, card.card.currency, rates) : null;
    accounts.push({ id, code: String(code), card, valueMinor });
  }
  const recipient = recipientDigest(request.shipTo);
  const currency = String(brand.currency);
  return {
    ...{ request, accounts, recipient, currency },
    freight: freightOf(request, shipped),
    undeclared: await undeclaredFaults(
      trx,
      { from: request.shipFrom.countryCode, to: request.shipTo.countryCode },
      lines,
    ),
    rules: await carrierRules(
      trx,
      accounts.map(({ id }) => id),
    ),
    lane: {
      brandId,
      fromCountryCode: request.shipFrom.countryCode,
      toCountryCode: request.shipTo.countryCode,
      incoterm,
      weightGrams: parcels.reduce((sum, { weightGrams }) => sum + weightGrams, 0),
    },
    rates: await readRates(trx, currency, shipOn),
    customs: await customsOf(trx, request, shipped, recipient),
  };
}

function estimatedParcel(orderId: string, lines: readonly OpenLine[]): ShippedParcel {
  const goodsGrams = lines.reduce(
    (sum, line) => sum + line.weight_grams * (line.quantity_ordered - line.quantity_cancelled),
    0,
  );
  return {
    id: orderId,
    orderId,
    weightGrams: goodsGrams + tareGrams,
    lengthMm: cartonMm.length,
    widthMm: cartonMm.width,
    heightMm: cartonMm.height,
  };
}

function freightOf({ shipFrom, shipTo, incoterm }: ShipmentRequest, shipped: Shipped): FreightConsignment {
  const { kind, lines, parcels, shipOn } = shipped;
  const goodsIn = (orderId: string): string[] => {
    const own = lines.filter(({ order_id }) => order_id === orderId);
    return [...new Set(own.flatMap(({ attributes }) => goodsOf(attributes)))].sort();
  };
  return {
    from: { countryCode: shipFrom.countryCode, postcode: shipFrom.postcode },
    to: { countryCode: shipTo.countryCode, postcode: shipTo.postcode },
    ...{ shipOn, incoterm, kind },
    residential: shipTo.company === null,
    insured: false,
    valueMinor: null,
    lines: lines.length,
    pieces: parcels.map(({ orderId, ...parcel }) => ({ ...parcel, goods: goodsIn(orderId) })),
  };
}

/** What customs make of everything that the recipient gets on that day; null within one country or without a rule. */
async function customsOf(
  trx: Tx,
  { shipFrom, shipTo: { countryCode } }: ShipmentRequest,
  { orders, lines, shipOn }: Shipped,
  recipient: string,
): Promise<CustomsFinding | null> {
  const rule = shipFrom.countryCode === countryCode ? null : customsRuleFor(countryCode, shipOn);
  if (!rule) return null;
  const rates = await readRates(trx, rule.currency, shipOn);
  const others = await sentOnDay(trx, { recipient, countryCode, shipOn, exceptOrderIds: orders.map(({ id }) => id) });
  const own = orders.map((order) => ({ totalMinor: Number(order.total_minor), currency: String(order.currency) }));
  const all = [...own, ...others];
  const sumMinor = all.reduce<number | null>((sum, { totalMinor, currency }) => {
    const value = inCurrency(totalMinor, currency, rule.currency, rates);
    return sum === null || value === null ? null : sum + value;
  }, 0);
  const chapters = lines.flatMap(({ hs_code }) => (hs_code ? [hs_code.slice(0, 2)] : []));
  return assessCustoms(rule, { sumMinor, parcels: all.length }, chapters);
}
