import type { CarrierConnector, ShipmentRequest } from '../connectors/contract/carrier.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { carrierAccounts, type PlanningAdvice, sentOnDay } from '../db/carrier-choices.ts';
import { carrierRules } from '../db/carrier-rules.ts';
import { cartonMm, tareGrams } from '../db/consignments.ts';
import type { Tx } from '../db/database.ts';
import { cardFor, type StoredCard } from '../db/freight-cards.ts';
import { carrierRulesOf, goodsOf, inCurrency, limitedCard, readRates, recipientDigest } from '../db/freight-input.ts';
import type { Row } from '../db/steps.ts';
import { type CarrierCandidate, type CarrierRule, chooseAccount } from '../freight/carrier-choice.ts';
import { limitFaults, type PlanningFault } from '../freight/carrier-limits.ts';
import { assessCustoms, type CustomsFinding, type DeclaredLine, declarationFaults } from '../freight/customs.ts';
import { customsRuleFor } from '../freight/customs-rules.ts';
import { type FreightConsignment, quote } from '../freight/quote.ts';
import { type MailSchedule, nextSlot } from '../schedule/slots.ts';
import type { ActivityDeps } from './deps.ts';
import { holding } from './freight.ts';
import { type OpenLine, openLines, shipmentOf } from './shipments.ts';

interface Account {
  readonly id: string;
  readonly code: string;
  readonly card: StoredCard | null;
  /** What the goods are worth in the card's currency; null where that is not known. */
  readonly valueMinor: number | null;
}

/** Everything that the choice depends on, read at once. */
interface OrderToShip {
  readonly request: ShipmentRequest;
  readonly freight: FreightConsignment;
  readonly declared: readonly DeclaredLine[];
  readonly accounts: readonly Account[];
  readonly rules: readonly CarrierRule[];
  readonly brandId: string;
  /** Accounts are compared in it. */
  readonly currency: string;
  readonly rates: ReadonlyMap<string, number>;
  readonly recipient: string;
  readonly customs: CustomsFinding | null;
}

/**
 * Which account an order is to travel with, and why: asked of all accounts when it is planned, so that nobody learns when the
 * label is due that no carrier serves the address, that the parcel is over its limits or that customs lack an HS code.
 * @returns null where what planning itself looks for is missing (an address to ship from, a weight)
 */
export async function carrierAdvice(deps: ActivityDeps, orderId: string): Promise<PlanningAdvice | null> {
  const now = await deps.clock.now();
  const found = await deps.db.tx('staff', (trx) => readOrder(deps, trx, orderId, now));
  if (!found) return null;
  const { request, recipient, customs } = found;
  const undeclared =
    request.shipFrom.countryCode === request.shipTo.countryCode ? [] : declarationFaults(found.declared);
  const candidates: CarrierCandidate[] = [];
  let away: unknown = null;
  for (const account of found.accounts) {
    const opened = await openedOrAway(deps, account.id);
    if ('away' in opened) away = opened.away;
    candidates.push(candidateOf(found, account, opened, undeclared));
  }
  const choice = chooseAccount(candidates, found.rules, {
    brandId: found.brandId,
    fromCountryCode: request.shipFrom.countryCode,
    toCountryCode: request.shipTo.countryCode,
    incoterm: request.incoterm,
    weightGrams: request.pieces.reduce((sum, { weightGrams }) => sum + weightGrams, 0),
  });
  // The only account that might take it does not answer at present: that is no fault of the order.
  if (!choice.ok && away !== null && undeclared.length === 0) throw away;
  return { choice, recipient, customs };
}

type Opened = { readonly connector: CarrierConnector } | { readonly away: unknown; readonly message: string };

async function openedOrAway(deps: ActivityDeps, connectionId: string): Promise<Opened> {
  try {
    return { connector: (await deps.open.carrier(connectionId)).connector };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { away: error, message: error.message };
  }
}

function candidateOf(
  found: OrderToShip,
  account: Account,
  opened: Opened,
  undeclared: readonly PlanningFault[],
): CarrierCandidate {
  const { code, id: connectionId, card } = account;
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
  const faults = [...limitFaults(connector, found.request), ...(undeclared.length > 0 ? undeclared : refused)];
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

async function readOrder(deps: ActivityDeps, trx: Tx, orderId: string, now: Date): Promise<OrderToShip | null> {
  const order = (await trx('orders').where({ id: orderId }).first()) as Row | undefined;
  if (order?.state !== 'APPROVED') return null;
  const brandId = String(order.brand_id);
  const brand = await trx('brands').where({ id: brandId }).first();
  if (!brand?.ship_from) return null;
  const lines = await openLines(trx, [orderId]);
  // A missing weight is told by the planning itself.
  if (lines.length === 0 || lines.some(({ weight_grams }) => weight_grams === null)) return null;
  const parcel = estimatedParcel(orderId, lines);
  const request = await shipmentOf(trx, deps.sealer, {
    name: String(order.number),
    reference: String(order.number),
    brandId,
    incoterm: brand.incoterm,
    orderIds: [orderId],
    parcels: [parcel],
    now,
  });
  const shipOn = nextSlot(brand.mail_schedule as MailSchedule, brand.time_zone, now).date;
  const accounts: Account[] = [];
  for (const { id, code } of await carrierAccounts(trx, brandId)) {
    const card = await cardFor(trx, { brandId, connectionId: id, shipOn });
    const { amountMinor, currency } = request.declaredValue;
    const rates = card ? await readRates(trx, card.card.currency, shipOn) : new Map<string, number>();
    const valueMinor = card ? inCurrency(amountMinor, currency, card.card.currency, rates) : null;
    accounts.push({ id, code: String(code), card, valueMinor });
  }
  const recipient = recipientDigest(request.shipTo);
  return {
    request,
    freight: freightOf(request, lines, parcel, shipOn),
    declared: lines.map(declaredLine),
    accounts,
    rules: await carrierRules(
      trx,
      accounts.map(({ id }) => id),
    ),
    brandId,
    currency: brand.currency,
    rates: await readRates(trx, brand.currency, shipOn),
    recipient,
    customs: await customsOf(trx, { order, request, lines, recipient, shipOn }),
  };
}

function estimatedParcel(orderId: string, lines: readonly OpenLine[]) {
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

function freightOf(
  { shipFrom, shipTo, incoterm }: ShipmentRequest,
  lines: readonly OpenLine[],
  parcel: ReturnType<typeof estimatedParcel>,
  shipOn: string,
): FreightConsignment {
  const goods = [...new Set(lines.flatMap(({ attributes }) => goodsOf(attributes)))].sort();
  return {
    from: { countryCode: shipFrom.countryCode, postcode: shipFrom.postcode },
    to: { countryCode: shipTo.countryCode, postcode: shipTo.postcode },
    shipOn,
    incoterm,
    kind: 'single',
    residential: shipTo.company === null,
    insured: false,
    valueMinor: null,
    lines: lines.length,
    pieces: [{ ...parcel, goods }],
  };
}

const declaredLine = (line: OpenLine): DeclaredLine => ({
  sku: line.sku,
  description: line.title,
  hsCode: line.hs_code,
  originCountryCode: line.origin_country_code,
  unitValueMinor: line.unit_price_minor,
  netWeightGrams: line.weight_grams,
});

interface CustomsInput {
  readonly order: Row;
  readonly request: ShipmentRequest;
  readonly lines: readonly OpenLine[];
  readonly recipient: string;
  readonly shipOn: string;
}

/** What customs make of everything that the recipient gets on that day; null within one country or without a rule. */
async function customsOf(trx: Tx, input: CustomsInput): Promise<CustomsFinding | null> {
  const { order, request, lines, recipient, shipOn } = input;
  const countryCode = request.shipTo.countryCode;
  const rule = request.shipFrom.countryCode === countryCode ? null : customsRuleFor(countryCode, shipOn);
  if (!rule) return null;
  const rates = await readRates(trx, rule.currency, shipOn);
  const others = await sentOnDay(trx, { recipient, countryCode, shipOn, exceptOrderId: order.id });
  const all = [{ totalMinor: Number(order.total_minor), currency: String(order.currency) }, ...others];
  const sumMinor = all.reduce<number | null>((sum, { totalMinor, currency }) => {
    const value = inCurrency(totalMinor, currency, rule.currency, rates);
    return sum === null || value === null ? null : sum + value;
  }, 0);
  const chapters = lines.flatMap(({ hs_code }) => (hs_code ? [hs_code.slice(0, 2)] : []));
  return assessCustoms(rule, { sumMinor, parcels: all.length }, chapters);
}
