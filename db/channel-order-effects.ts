import { randomUUID } from 'node:crypto';
import type { ChannelOrderLine, ChannelOrderTag } from '../connectors/contract/marketplace.ts';
import { type ChargedPart, splitCharge } from '../orders/split-charge.ts';
import type { OrderEventType } from '../state-machines/order.ts';
import { askByRule } from './confirmation-rules.ts';
import type { Tx } from './database.ts';
import { type BrandContent, type LineOfBrand, lineColumns, takeOverContent, totalOf } from './order-content.ts';
import { holdingStates, reserveLines } from './order-stock.ts';
import { stepOrder } from './orders.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import { type Command, contextOf, create, type Row } from './steps.ts';
import { noteSold } from './stock-offers.ts';

/**
 * Makes the brands' orders follow a channel order: creates them from its content, takes changed content over, and sends
 * the event that its facts mean. Facts rank cancelled > completed or shipped > cancel requested > open, so that no order
 * of arrival leads elsewhere.
 */
export async function followChannelOrder(
  trx: Tx,
  input: {
    row: Row;
    /** What the marketplace shows now; null where that is not known to be the newest. */
    tag: ChannelOrderTag | null;
    contentIsNew: boolean;
    /** The address over there is another one; else the one that the order has stays, corrected by ops or not. */
    addressIsNew: boolean;
  },
  command: Command,
): Promise<void> {
  const { row } = input;
  if (row.lines === null) return;
  const brands = await linesByBrand(trx, row, command);
  const shippingOf = await shippingShares(trx, row, brands);
  const sorted = [...brands].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [brandId, lines] of sorted) {
    const shippingMinor = shippingOf.get(brandId) ?? 0;
    const content: BrandContent = { lines, shippingMinor, addressIsNew: input.addressIsNew };
    const known = await trx('orders').where({ channel_order_id: row.id, brand_id: brandId }).first('id');
    const orderId = known?.id ?? (await createOrder(trx, row, brandId, content, command));
    const under: Command = { ...command, commandId: `${command.commandId}/order/${orderId}`, role: 'connector' };
    if (known && input.contentIsNew) await takeOverContent(trx, row, orderId, content, under);
    await sendFacts(trx, row, orderId, input.tag, under);
    const { state } = await trx('orders').where({ id: orderId }).first('state');
    if (!known || input.contentIsNew) await noteSold(trx, String(row.connection_id), soldIn(lines), under);
    if (holdingStates.includes(state)) await reserveLines(trx, orderId, under);
    if (!known) await askByRule(trx, orderId, under);
  }
  if (input.contentIsNew) await cancelVanished(trx, row, [...brands.keys()], command);
}

/**
 * The buyer's shipping charge belongs to the basket: its orders divide it (`splitCharge`, brands in the order in which the
 * basket shows them). What went to a shop with its order, or may be on its way there, stands.
 */
async function shippingShares(
  trx: Tx,
  row: Row,
  brands: ReadonlyMap<string, readonly LineOfBrand[]>,
): Promise<Map<string, number>> {
  const chargeMinor = Number(row.shipping_minor ?? 0);
  const [only, ...more] = brands.keys();
  if (only === undefined) return new Map();
  if (more.length === 0) return new Map([[only, chargeMinor]]);
  const parts: ChargedPart[] = [];
  for (const [brandId, lines] of brands) {
    const order = await trx('orders').where({ channel_order_id: row.id, brand_id: brandId }).first();
    const context = order ? await contextOf(trx, 'order', order) : null;
    const stands = context !== null && (context.inShop || context.pushInFlight || context.handedOver);
    parts.push({
      goodsMinor: totalOf({ lines, shippingMinor: 0 }),
      standingMinor: stands ? Number(order.shipping_minor) : null,
    });
  }
  const shares = splitCharge(chargeMinor, parts);
  return new Map([...brands.keys()].map((brandId, index) => [brandId, shares[index] ?? 0]));
}

/** Units per SKU that the marketplace itself took off its offers. */
function soldIn(lines: readonly LineOfBrand[]): { skuId: string; units: number }[] {
  const units = new Map<string, number>();
  for (const { skuId, line } of lines) if (skuId) units.set(skuId, (units.get(skuId) ?? 0) + line.quantity);
  return [...units].map(([skuId, sold]) => ({ skuId, units: sold }));
}

/** A brand whose lines are all gone from the basket: for its order that is a cancellation over there. */
async function cancelVanished(trx: Tx, row: Row, brandIds: readonly string[], command: Command): Promise<void> {
  const orders = await trx('orders')
    .where({ channel_order_id: row.id })
    .whereNotIn('brand_id', brandIds)
    .orderBy('id')
    .select('id', 'version');
  for (const { id, version } of orders) {
    await stepOrder(
      trx,
      { id, event: 'CANCELLED_THERE' },
      {
        ...command,
        commandId: `${command.commandId}/order/${id}/vanished/${version}`,
        role: 'connector',
        why: 'the marketplace no longer shows any line of it',
      },
    );
  }
}

/** The cause of the problem that a channel order holds lines which no listing of ours has. */
export const unknownSkuCause = (channelOrderId: string): string => `channel-order/${channelOrderId}/unknown-sku`;

/** Splits a basket by brand. A line of a SKU that nobody knows goes to the account's own brand, or becomes a problem. */
async function linesByBrand(trx: Tx, row: Row, command: Command): Promise<Map<string, LineOfBrand[]>> {
  const account = await trx('connections')
    .where({ id: row.connection_id as string })
    .first('id', 'brand_id', 'name');
  const brands = new Map<string, LineOfBrand[]>();
  const unknown: string[] = [];
  for (const line of row.lines as ChannelOrderLine[]) {
    const listed = await trx('listing_skus')
      .where({ connection_id: account.id })
      .where((either) =>
        either.where({ external_sku_id: line.externalSkuId }).orWhere({ seller_sku: line.sellerSku ?? '' }),
      )
      .orderByRaw('external_sku_id = ? desc nulls last', [line.externalSkuId])
      .first('sku_id', 'brand_id');
    const brandId = listed?.brand_id ?? account.brand_id;
    if (!listed) unknown.push(line.sellerSku ?? line.externalSkuId);
    if (brandId)
      brands.set(brandId, [...(brands.get(brandId) ?? []), { line, brandId, skuId: listed?.sku_id ?? null }]);
  }
  if (unknown.length === 0) await resolveProblem(trx, unknownSkuCause(row.id), command);
  else {
    await reportProblem(
      trx,
      {
        causeKey: unknownSkuCause(row.id),
        kind: 'unknown-sku',
        severity: 'error',
        title: `Order ${row.external_id}: unknown SKU ${unknown.join(', ')}`,
        detail: `${account.name} sold something that no listing of ours has. The order is stored with all its lines.`,
        remedy:
          'Link the SKU to a product (or import the product), then fetch the order again; or cancel it on the marketplace.',
        connectionId: account.id,
        entityKind: 'channel_order',
        entityId: row.id,
      },
      command,
    );
  }
  return brands;
}

async function createOrder(
  trx: Tx,
  row: Row,
  brandId: string,
  content: BrandContent,
  command: Command,
): Promise<string> {
  const id = randomUUID();
  const store = await trx('connections').where({ brand_id: brandId, kind: 'store' }).orderBy('created_at').first('id');
  const { rows } = await trx.raw(`select 'TL-' || lpad(nextval('order_numbers')::text, 6, '0') as number`);
  // The order row must exist before its lines; its guards are asked only later.
  await create(
    trx,
    'order',
    {
      id,
      brand_id: brandId,
      channel_order_id: row.id,
      connection_id: row.connection_id,
      store_connection_id: store?.id ?? null,
      number: rows[0].number,
      currency: row.currency,
      total_minor: totalOf(content),
      shipping_minor: content.shippingMinor,
      consignee_id: row.consignee_id,
      ordered_at: row.ordered_at,
      ship_by: row.ship_by,
      created_at: command.at,
    },
    { ...command, commandId: `channel-order/${row.id}/brand/${brandId}`, role: 'connector' },
  );
  await trx('order_lines').insert(
    content.lines.map((line) => ({ id: randomUUID(), order_id: id, ...lineColumns(line) })),
  );
  return id;
}

/** The event that the facts known by now mean; a refused one is no error: the order is already there or beyond. */
async function sendFacts(
  trx: Tx,
  row: Row,
  orderId: string,
  tag: ChannelOrderTag | null,
  command: Command,
): Promise<void> {
  const order = (await trx('orders').where({ id: orderId }).first()) as Row;
  const event = factEvent(row, order, tag);
  if (!event) return;
  await stepOrder(
    trx,
    { id: orderId, event },
    {
      ...command,
      commandId: `${command.commandId}/${event}/${order.version}`,
      why: `marketplace shows ${row.native_state}`,
    },
  );
}

export function factEvent(row: Row, order: Row, tag: ChannelOrderTag | null): OrderEventType | null {
  if (row.cancelled_seen_at !== null) return 'CANCELLED_THERE';
  if (row.completed_seen_at !== null) {
    return order.in_shop_at === null && order.handed_over_at === null ? 'CLOSED_THERE' : 'COMPLETE';
  }
  if (row.shipped_seen_at !== null && order.handed_over_at === null) return 'CLOSED_THERE';
  if (tag === 'CANCEL_REQUESTED') return 'CANCEL_REQUESTED_THERE';
  if (
    (tag === 'OPEN' || tag === 'READY_TO_SHIP') &&
    order.state === 'CANCEL_REQUESTED' &&
    order.cancel_asked_by === 'buyer'
  ) {
    return 'CANCEL_WITHDRAWN';
  }
  return null;
}
