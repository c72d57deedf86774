import { consignmentOf, type PlanOrder } from '../consolidation/orders.ts';
import {
  type AuditFacts,
  compareFreight,
  type Finding,
  finding,
  type Tolerance,
  toleranceMinor,
} from '../freight/audit.ts';
import { zoneOf } from '../freight/card.ts';
import { minorDigits } from '../freight/decimal.ts';
import { quote } from '../freight/quote.ts';
import { type FreightStatement, inCurrency, statementOfCard } from '../freight/statement.ts';
import { rateBetween } from '../pricing/exchange.ts';
import type { Tx } from './database.ts';
import { ratesAmong } from './exchange-rates.ts';
import { type AuditOutcome, type AuditStatements, addStatements, measuresOf } from './freight-audit.ts';
import { cardById, cardFor, type StoredCard } from './freight-cards.ts';
import { readPlanOrders } from './freight-input.ts';
import type { Sealer } from './sealing.ts';
import type { Row } from './steps.ts';

export interface Reckoned extends AuditOutcome {
  readonly card: StoredCard | null;
  readonly lane: string | null;
}

const none = (note: string, card: StoredCard | null = null): Reckoned => ({
  verdict: 'incomparable',
  differenceMinor: null,
  currency: null,
  findings: [],
  note,
  card,
  lane: null,
});

/**
 * Compares all prices that are known of a booked consignment: the bill, else the booking, else the carrier's quote, with
 * the card's price for what was measured or declared. The card's prices are kept beside the others.
 */
export async function reckonAudit(trx: Tx, sealer: Sealer, row: Row, tolerance: Tolerance): Promise<Reckoned> {
  if (row.state === 'CANCELLED')
    return { ...none('The label was not used; an unused one is not billed.'), verdict: 'unused' };
  const card = await cardOf(trx, row);
  if (!card) return none('No rate card holds on its ship date.');
  const shipOn = String(row.slot_date);
  const orderIds: string[] = await trx('consignment_orders')
    .where({ consignment_id: row.id, left_at: null })
    .orderBy('order_id')
    .pluck('order_id');
  const orders = await readPlanOrders(trx, sealer, orderIds, card, shipOn);
  if (orders.length === 0) return none('It holds no order any more.', card);
  const declared = quote(card.card, consignmentOf(orders, shipOn));
  if (!declared.ok) return none(declared.refusals.map(({ reason }) => reason).join(' '), card);
  const own = {
    card: statementOfCard(card.card, declared),
    ...(await measuredStatement(trx, card, orders, shipOn)),
  };
  await addStatements(trx, row.id, own);
  const stored = await trx('freight_audits').where({ consignment_id: row.id }).first('statements');
  const { from, to } = consignmentOf(orders, shipOn);
  const zone = zoneOf(card.card, from.countryCode, to.countryCode, to.postcode) ?? '';
  const facts: AuditFacts = { card: card.card, zone, shipOn, measured: own.measured ?? null };
  const outcome = await verdictOf(trx, stored.statements as AuditStatements, facts, tolerance);
  return { ...outcome, card, lane: `${from.countryCode}-${to.countryCode}` };
}

/** The version by which it was planned, so that a card which was imported since does not change the past. */
async function cardOf(trx: Tx, row: Row): Promise<StoredCard | null> {
  if (row.freight_plan_id !== null) {
    const plan = await trx('freight_plans')
      .where({ id: row.freight_plan_id as string })
      .first('rate_card_id');
    return cardById(trx, plan.rate_card_id);
  }
  return cardFor(trx, {
    brandId: String(row.brand_id),
    connectionId: String(row.carrier_connection_id),
    shipOn: String(row.slot_date),
  });
}

/** The card's price for what was measured; nothing where nothing was, or where the card has none for that. */
async function measuredStatement(
  trx: Tx,
  card: StoredCard,
  orders: readonly PlanOrder[],
  shipOn: string,
): Promise<{ measured?: FreightStatement }> {
  const pieces = orders.flatMap((order) => order.pieces);
  const measures = await measuresOf(
    trx,
    pieces.map(({ id }) => id),
  );
  if (measures.size === 0) return {};
  const measured = orders.map((order) => ({
    ...order,
    pieces: order.pieces.map((piece) => {
      const measure = measures.get(piece.id);
      return {
        ...piece,
        weightGrams: measure?.weightGrams ?? piece.weightGrams,
        lengthMm: measure?.lengthMm ?? piece.lengthMm,
        widthMm: measure?.widthMm ?? piece.widthMm,
        heightMm: measure?.heightMm ?? piece.heightMm,
      };
    }),
  }));
  const price = quote(card.card, consignmentOf(measured, shipOn));
  return price.ok ? { measured: statementOfCard(card.card, price) } : {};
}

async function verdictOf(
  trx: Tx,
  statements: AuditStatements,
  facts: AuditFacts,
  tolerance: Tolerance,
): Promise<AuditOutcome> {
  const { card, measured, quote: quoted, booked, billed } = statements;
  const stated = billed ?? booked ?? quoted;
  if (!card || !stated) return none('The carrier stated no price.');
  const { currency } = card;
  const bridge = await bridgeTo(trx, currency, [stated, quoted], facts.shipOn);
  const comparable = bridge(stated);
  if (!comparable) return none(`No exchange rate between ${stated.currency} and ${currency} is known.`);
  const compared = compareFreight(card, comparable, facts, tolerance);
  const forecast = billed ? [] : forecastOf(comparable, measured, tolerance);
  const findings: Finding[] = [...compared, ...forecast, ...quoteFindings(bridge, comparable, quoted, tolerance)];
  const differenceMinor =
    forecast.length > 0 ? (measured?.totalMinor ?? 0) - card.totalMinor : comparable.totalMinor - card.totalMinor;
  const note = stated.currency === currency ? null : `The carrier’s ${stated.currency} were changed into ${currency}.`;
  return { verdict: findings.length > 0 ? 'differs' : 'agrees', differenceMinor, currency, findings, note };
}

/** What the bill will be, where the carrier measured something else than was declared and booked. */
function forecastOf(booked: FreightStatement, measured: FreightStatement | undefined, tolerance: Tolerance): Finding[] {
  if (!measured) return [];
  const amountMinor = measured.totalMinor - booked.totalMinor;
  if (Math.abs(amountMinor) <= toleranceMinor(tolerance, booked.totalMinor, booked.currency)) return [];
  const explain = `Measured, it is ${(measured.billedGrams ?? 0) / 1000} kg: the bill is expected to differ from the booking.`;
  return [finding('re-weigh', amountMinor, explain)];
}

/** The carrier charged otherwise than it quoted. */
function quoteFindings(
  bridge: Bridge,
  stated: FreightStatement,
  quoted: FreightStatement | undefined,
  tolerance: Tolerance,
): Finding[] {
  const comparable = quoted ? bridge(quoted) : null;
  if (!comparable) return [];
  const amountMinor = stated.totalMinor - comparable.totalMinor;
  if (Math.abs(amountMinor) <= toleranceMinor(tolerance, comparable.totalMinor, comparable.currency)) return [];
  return [finding('carrier-quote', amountMinor, 'Charged otherwise than the carrier quoted for the same goods.')];
}

type Bridge = (statement: FreightStatement) => FreightStatement | null;

/** Into one currency by the newest rates of the ship date; null where there are none. */
async function bridgeTo(
  trx: Tx,
  currency: string,
  statements: readonly (FreightStatement | undefined)[],
  shipOn: string,
): Promise<Bridge> {
  const others = statements.flatMap((one) => (one && one.currency !== currency ? [one.currency] : []));
  const rates =
    others.length === 0
      ? []
      : await ratesAmong(trx, [...new Set([...others, currency])], new Date(`${shipOn}T23:59:59Z`));
  return (statement) => {
    if (statement.currency === currency) return statement;
    const rate = rateBetween(rates, statement.currency, currency, shipOn);
    if (!rate) return null;
    const digits = { from: minorDigits(statement.currency), to: minorDigits(currency) };
    return inCurrency(statement, currency, Number(rate.factor.n) / Number(rate.factor.d), digits);
  };
}
