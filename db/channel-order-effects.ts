import { randomUUID } from 'node:crypto';
import type { ChannelOrderLine, ChannelOrderTag } from '../connectors/contract/marketplace.ts';
import type { OrderEventType } from '../state-machines/order.ts';
import type { Tx } from './database.ts';
import { releaseReservations, reserveLines, stepOrder } from './orders.ts';
import { reportProblem } from './problems.ts';
import { type Command, create, type Row } from './steps.ts';

interface LineOfBrand {
  line: ChannelOrderLine;
  brandId: string;
  skuId: string | null;
}

/**
 * Makes the brands' orders follow a channel order: creates them from its content, takes changed content over, and sends
 * the event that its facts mean. Facts rank cancelled > completed or shipped > cancel requested > open, so that no order
 * of arrival leads elsewhere.
 */
export async function followChannelOrder(
  trx: Tx,
  input: { row: Row; tag: ChannelOrderTag | null; contentIsNew: boolean },
  command: Command,
): Promise<void> {
  const { row } = input;
  if (row.lines === null) return;
  const brands = await linesByBrand(trx, row, command);
  const sorted = [...brands].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [index, [brandId, lines]] of sorted.entries()) {
    // The buyer's shipping charge belongs to the basket: the first brand's order carries it.
    const shippingMinor = index === 0 ? Number(row.shipping_minor ?? 0) : 0;
    const known = await trx('orders').where({ channel_order_id: row.id, brand_id: brandId }).first('id');
    const orderId = known?.id ?? (await createOrder(trx, row, { brandId, lines, shippingMinor }, command));
    const under: Command = { ...command, commandId: `${command.commandId}/order/${orderId}`, role: 'connector' };
    if (known && input.contentIsNew) await takeOverContent(trx, row, orderId, lines, under);
    await sendFacts(trx, row, orderId, input.tag, under);
    const { state } = await trx('orders').where({ id: orderId }).first('state');
    if (['NEW', 'EDITED', 'AWAITING_CONFIRMATION', 'APPROVED', 'QUEUE'].includes(state))
      await reserveLines(trx, orderId, under);
  }
}

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
  if (unknown.length > 0) {
    await reportProblem(
      trx,
      {
        causeKey: `channel-order/${row.id}/unknown-sku`,
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

const columnsOf = ({ line, brandId, skuId }: LineOfBrand) => ({
  brand_id: brandId,
  external_line_id: line.externalLineId,
  sku_id: skuId,
  seller_sku: line.sellerSku,
  title: line.title,
  quantity_ordered: line.quantity,
  unit_price_minor: line.unitPrice.amountMinor,
  discount_minor: line.discount.amountMinor,
  tax_minor: line.tax.amountMinor,
});

const totalOf = (lines: readonly LineOfBrand[]): number =>
  lines.reduce((sum, { line }) => sum + line.quantity * line.unitPrice.amountMinor - line.discount.amountMinor, 0);

async function createOrder(
  trx: Tx,
  row: Row,
  { brandId, lines, shippingMinor }: { brandId: string; lines: LineOfBrand[]; shippingMinor: number },
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
      total_minor: totalOf(lines) + shippingMinor,
      shipping_minor: shippingMinor,
      consignee_id: row.consignee_id,
      ordered_at: row.ordered_at,
      ship_by: row.ship_by,
      created_at: command.at,
    },
    { ...command, commandId: `channel-order/${row.id}/brand/${brandId}`, role: 'connector' },
  );
  await trx('order_lines').insert(lines.map((line) => ({ id: randomUUID(), order_id: id, ...columnsOf(line) })));
  return id;
}

/** Newer content of an order that exists: lines, amounts and address are replaced; held stock is counted anew. */
async function takeOverContent(
  trx: Tx,
  row: Row,
  orderId: string,
  lines: LineOfBrand[],
  command: Command,
): Promise<void> {
  const order = (await trx('orders').where({ id: orderId }).forUpdate().first()) as Row;
  const known = await trx('order_lines').where({ order_id: orderId });
  const same =
    order.consignee_id === row.consignee_id &&
    known.length === lines.length &&
    lines.every((line) =>
      known.some((k) =>
        Object.entries(columnsOf(line)).every(([column, value]) => (k[column] ?? null) === (value ?? null)),
      ),
    );
  if (same) return;
  const late =
    order.shop_order_id !== null ||
    ['SYNCED', 'CANCEL_PENDING', 'CANCEL_CONFLICT', 'CANCELLED', 'SUCCESSFULLY_PROCESSED'].includes(order.state);
  if (late) {
    if (['SYNCED'].includes(order.state)) await noteLateChange(trx, order, command);
    return;
  }
  await releaseReservations(trx, orderId, 'content changed on the marketplace', {
    ...command,
    commandId: `${command.commandId}/changed-${order.version}`,
  });
  for (const line of lines) {
    const columns = columnsOf(line);
    await trx('order_lines')
      .insert({ id: randomUUID(), order_id: orderId, ...columns })
      .onConflict(['order_id', 'external_line_id'])
      .merge(columns);
  }
  await trx('order_lines')
    .where({ order_id: orderId })
    .whereNotIn(
      'external_line_id',
      lines.map(({ line }) => line.externalLineId),
    )
    .update({ quantity_cancelled: trx.ref('quantity_ordered') });
  const changes = {
    total_minor: totalOf(lines) + Number(order.shipping_minor),
    consignee_id: row.consignee_id,
    ship_by: row.ship_by,
  };
  const result = await stepOrder(
    trx,
    { id: orderId, event: 'CHANGED_THERE', changes },
    { ...command, commandId: `${command.commandId}/changed-there/${order.version}` },
  );
  if (!result.ok) await trx('orders').where({ id: orderId }).update(changes);
}

async function noteLateChange(trx: Tx, order: Row, command: Command): Promise<void> {
  await reportProblem(
    trx,
    {
      causeKey: `order/${order.id}/changed-after-push`,
      kind: 'changed-after-push',
      severity: 'warning',
      title: `${order.number}: changed on the marketplace after it went to the shop`,
      detail: 'Lines or address differ from what the shop was given.',
      remedy: 'Compare both and mend the order in the shop by hand, or cancel it.',
      brandId: String(order.brand_id),
      entityKind: 'order',
      entityId: order.id,
    },
    command,
  );
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
