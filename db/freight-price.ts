import { consignmentOf, kindOf, type PlanOrder } from '../consolidation/orders.ts';
import type { RateCard } from '../freight/card.ts';
import { type FreightPrice, quote } from '../freight/quote.ts';
import type { Tx } from './database.ts';
import { cardFor, type StoredCard } from './freight-cards.ts';
import { readPlanOrders } from './freight-input.ts';
import type { Sealer } from './sealing.ts';
import type { Row } from './steps.ts';

export const whyNotPriced = 'a consignment has no freight price';

export interface ConsignmentPrice {
  readonly price: FreightPrice;
  readonly aloneMinor: number;
  readonly card: StoredCard;
}

/** What some orders cost together and one by one; why not, where the card refuses them. */
export function pricesOf(
  card: RateCard,
  orders: readonly PlanOrder[],
  shipOn: string,
): { readonly price: FreightPrice; readonly aloneMinor: number } | { readonly why: string } {
  const answers = [orders, ...orders.map((order) => [order])].map((some) => quote(card, consignmentOf(some, shipOn)));
  const refused = answers.flatMap((answer) => (answer.ok ? [] : answer.refusals));
  const [together, ...alone] = answers.flatMap((answer) => (answer.ok ? [answer] : []));
  if (refused.length > 0 || !together) {
    return { why: [...new Set(refused.map(({ place, reason }) => `${place}: ${reason}`))].join(' ') };
  }
  return { price: together, aloneMinor: alone.reduce((sum, { totalMinor }) => sum + totalMinor, 0) };
}

/** Orders of a consignment as the planner sees them, by the card that holds at its ship date. */
export async function readConsignmentOrders(
  trx: Tx,
  sealer: Sealer,
  row: Row,
): Promise<{ readonly card: StoredCard; readonly orders: PlanOrder[] } | null> {
  const shipOn = String(row.slot_date);
  const card = await cardFor(trx, {
    brandId: String(row.brand_id),
    connectionId: String(row.carrier_connection_id),
    shipOn,
  });
  if (!card) return null;
  const ids: string[] = await trx('consignment_orders')
    .where({ consignment_id: row.id, left_at: null })
    .orderBy('order_id')
    .pluck('order_id');
  return { card, orders: await readPlanOrders(trx, sealer, ids, card, shipOn) };
}

/** Prices a consignment by its present orders and keeps the price; without a card or a price the columns are empty. */
export async function priceConsignment(
  trx: Tx,
  sealer: Sealer,
  consignmentId: string,
): Promise<ConsignmentPrice | { readonly why: string }> {
  const row = (await trx('consignments').where({ id: consignmentId }).forNoKeyUpdate().first()) as Row | undefined;
  if (!row) return { why: 'It is not there.' };
  const found = await readConsignmentOrders(trx, sealer, row);
  const prices =
    found === null
      ? { why: 'No rate card holds on its ship date.' }
      : found.orders.length === 0
        ? { why: 'It holds no order.' }
        : pricesOf(found.card.card, found.orders, String(row.slot_date));
  const isPriced = found !== null && !('why' in prices);
  await trx('consignments')
    .where({ id: consignmentId })
    .update({
      ...(found && found.orders.length > 0 ? { kind: kindOf(found.orders) } : {}),
      planned_cost_minor: isPriced ? prices.price.totalMinor : null,
      planned_alone_minor: isPriced ? prices.aloneMinor : null,
      planned_currency: isPriced ? prices.price.currency : null,
      price_due: false,
    });
  return isPriced ? { ...prices, card: found.card } : 'why' in prices ? prices : { why: 'It has no price.' };
}
