import { decimalsOf } from '../connectors/contract/minor-units.ts';
import type { OrderForStore, StoreOrder } from '../connectors/contract/store.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { readConsignee } from '../db/consignees.ts';
import { pushKey } from '../db/contexts.ts';
import type { Tx } from '../db/database.ts';
import { type EffectSpec, NotNow } from '../db/effects.ts';
import { ratesAmong } from '../db/exchange-rates.ts';
import { noteDrained } from '../db/incident-steps.ts';
import { stepOrder } from '../db/orders.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { type Command, lock, type Row } from '../db/steps.ts';
import { type ShopMoney, shopMoney } from '../orders/shop-money.ts';
import { rateBetween } from '../pricing/exchange.ts';
import { decimalText, fraction, one, times } from '../pricing/fraction.ts';
import type { ActivityDeps } from './deps.ts';

const cents = (amountMinor: number, currency: string) => ({ amountMinor, currency });

/** What a push found out; stored as the effect's answer. */
interface PushAnswer {
  readonly shopOrderId: string;
  readonly number: string;
  readonly nativeStatus: string;
}

export const answerOf = (order: StoreOrder): PushAnswer => ({
  shopOrderId: order.externalId,
  number: order.number,
  nativeStatus: order.nativeStatus,
});

/** The reference under which an order is found in the shop; a new round after a refusal has a new one. */
export const referenceOf = (order: Row): string =>
  Number(order.push_round) === 1 ? String(order.number) : `${order.number}.${order.push_round}`;

export function pushSpec(order: Row): EffectSpec {
  return {
    key: pushKey(order.id, Number(order.push_round)),
    kind: 'push',
    connectionId: String(order.store_connection_id),
    brandId: String(order.brand_id),
    entityKind: 'order',
    entityId: order.id,
    request: { reference: referenceOf(order) },
  };
}

/** Looking back from the moment the order came to us finds every attempt, however late it is looked for. */
const lookBackMs = 60 * 60 * 1000;

export function pushLookup(deps: ActivityDeps, order: Row): () => Promise<PushAnswer | null> {
  return async () => {
    const { connector } = await deps.open.store(String(order.store_connection_id));
    const found = await connector.findOrder(
      referenceOf(order),
      new Date((order.created_at as Date).getTime() - lookBackMs),
    );
    return found ? answerOf(found) : null;
  };
}

export async function recordPush(trx: Tx, order: Row, answer: PushAnswer, command: Command): Promise<void> {
  await stepOrder(
    trx,
    {
      id: order.id,
      event: 'PUSHED',
      changes: {
        shop_order_id: answer.shopOrderId,
        shop_order_number: answer.number,
        shop_status: answer.nativeStatus,
        shop_seen_at: command.at,
        in_shop_at: command.at,
      },
    },
    { ...command, commandId: `order/${order.id}/pushed/${order.push_round}`, role: 'connector' },
  );
  await resolveProblem(trx, `order/${order.id}/push-refused`, command);
  await noteDrained(trx, order.id, command.at);
}

export async function orderForStore(deps: ActivityDeps, order: Row): Promise<OrderForStore> {
  return deps.db.tx('staff', async (trx) => {
    const lines = await trx('order_lines')
      .join('skus', 'skus.id', 'order_lines.sku_id')
      .join('products', 'products.id', 'skus.product_id')
      .where({ order_id: order.id })
      .whereRaw('quantity_ordered > quantity_cancelled')
      .orderBy('external_line_id')
      .select(
        'order_lines.*',
        'skus.sku',
        'skus.external_variant_id',
        'skus.currency as shop_currency',
        'products.external_id as external_product_id',
      );
    const channelOrder = await trx('channel_orders')
      .where({ id: order.channel_order_id as string })
      .first('external_id');
    const marketplace = await trx('connections')
      .where({ id: order.connection_id as string })
      .first('name');
    const shipTo = await readConsignee(trx, deps.sealer, String(order.consignee_id));
    if (!shipTo) throw new ConnectorError('Rejected', `${order.number}: the buyer's data was erased.`);
    const money = await moneyForShop(trx, order, lines);
    const { currency } = money;
    return {
      reference: referenceOf(order),
      channelName: marketplace.name,
      channelOrderNumber: channelOrder.external_id,
      currency,
      lines: money.units.flatMap(({ line: index, quantity, unitMinor }) => {
        const line = lines[index];
        if (!line) return [];
        return {
          sku: line.sku,
          title: line.title,
          externalProductId: line.external_product_id,
          externalVariantId: line.external_variant_id === line.external_product_id ? null : line.external_variant_id,
          quantity,
          unitPrice: cents(unitMinor, currency),
        };
      }),
      shippingCharge: cents(money.shippingMinor, currency),
      shipTo,
      orderedAt: order.ordered_at as Date,
      exchangeRate: money.rate,
    };
  });
}

interface SoldRow {
  readonly quantity_ordered: number;
  readonly quantity_cancelled: number;
  readonly unit_price_minor: number;
  readonly discount_minor: number;
  readonly shop_currency: string | null;
}

/** What was sold for the units that are still open; the discount of a line by its units, cut off below. */
function soldLine({ quantity_ordered: ordered, quantity_cancelled, unit_price_minor, discount_minor }: SoldRow) {
  const quantity = ordered - quantity_cancelled;
  return { quantity, netMinor: quantity * unit_price_minor - Math.floor((discount_minor * quantity) / ordered) };
}

/**
 * The order's money in the shop's currency, at the newest rate of the day it was ordered. Where all is in one currency, or
 * where no rate is known, the amounts stay as the marketplace has them; a shop that cannot keep foreign money says so.
 */
async function moneyForShop(
  trx: Tx,
  order: Row,
  lines: readonly SoldRow[],
): Promise<ShopMoney & { readonly currency: string; readonly rate: OrderForStore['exchangeRate'] }> {
  const sold = lines.map(soldLine);
  const shippingMinor = Number(order.shipping_minor);
  const from = String(order.currency);
  const [to = from, ...others] = new Set(lines.map(({ shop_currency }) => shop_currency ?? from));
  const on = (order.ordered_at as Date).toISOString().slice(0, 10);
  const rates = to === from || others.length > 0 ? [] : await ratesAmong(trx, [from, to], order.ordered_at as Date);
  const rate = rateBetween(rates, from, to, on);
  if (!rate) return { ...shopMoney(sold, shippingMinor, one), currency: from, rate: null };
  const scale = fraction(10n ** BigInt(decimalsOf(to)), 10n ** BigInt(decimalsOf(from)));
  return {
    ...shopMoney(sold, shippingMinor, times(rate.factor, scale)),
    currency: to,
    rate: { from, to, rate: decimalText(rate.factor, 12), date: rate.date },
  };
}

/** Asked under the order's lock in the moment an attempt begins: is the push still wanted? */
export async function stillToBePushed(trx: Tx, orderId: string, command: Command): Promise<string | null> {
  const order = await lock(trx, 'order', orderId);
  if (!order) return 'the order is gone';
  if (order.state === 'QUEUE') return finishedThere(trx, order, command);
  if (['CANCELLED', 'CANCEL_PENDING'].includes(order.state)) return `the order is ${order.state}`;
  throw new NotNow(`the order is ${order.state}`);
}

/**
 * While a call was under way nobody could close the order, although the marketplace shows that somebody else has shipped
 * it. Before another attempt it is closed.
 */
async function finishedThere(trx: Tx, order: Row, command: Command): Promise<string | null> {
  const seen = await trx('channel_orders')
    .where({ id: order.channel_order_id as string })
    .first('shipped_seen_at', 'completed_seen_at');
  if (order.handed_over_at !== null || (seen.shipped_seen_at === null && seen.completed_seen_at === null)) return null;
  const why = 'the marketplace shows it as finished without us';
  await stepOrder(
    trx,
    { id: order.id, event: 'CLOSED_THERE' },
    { ...command, commandId: `order/${order.id}/finished-there/${order.version}`, role: 'connector', why },
  );
  return why;
}

export async function pushRefused(trx: Tx, order: Row, reason: string, command: Command): Promise<void> {
  await stepOrder(
    trx,
    { id: order.id, event: 'PUSH_REFUSED', changes: { push_round: Number(order.push_round) + 1 } },
    {
      ...command,
      commandId: `order/${order.id}/push-refused/${order.push_round}`,
      role: 'connector',
      why: reason,
    },
  );
  await reportProblem(
    trx,
    {
      causeKey: `order/${order.id}/push-refused`,
      kind: 'push-refused',
      severity: 'error',
      title: `${order.number}: the shop would not take it`,
      detail: reason,
      remedy: 'Mend what the shop complains about, then approve the order again.',
      brandId: String(order.brand_id),
      entityKind: 'order',
      entityId: order.id,
      connectionId: String(order.store_connection_id),
    },
    command,
  );
}
