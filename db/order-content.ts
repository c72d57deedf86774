import { randomUUID } from 'node:crypto';
import type { ChannelOrderLine } from '../connectors/contract/marketplace.ts';
import type { Tx } from './database.ts';
import { releaseReservations } from './order-stock.ts';
import { stepOrder } from './orders.ts';
import { reportProblem } from './problems.ts';
import { type Command, contextOf, lock, type Row } from './steps.ts';

/** A line of a basket with the brand and, where a listing of ours has it, the SKU that it belongs to. */
export interface LineOfBrand {
  readonly line: ChannelOrderLine;
  readonly brandId: string;
  readonly skuId: string | null;
}

/** One brand's part of a channel order's content. */
export interface BrandContent {
  readonly lines: readonly LineOfBrand[];
  /** The part of the buyer's shipping charge that this order carries. */
  readonly shippingMinor: number;
  /** The marketplace shows another address than before; else what ops corrected in ours stays. */
  readonly addressIsNew: boolean;
}

export const lineColumns = ({ line, brandId, skuId }: LineOfBrand) => ({
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

export const totalOf = ({ lines, shippingMinor }: Pick<BrandContent, 'lines' | 'shippingMinor'>): number =>
  lines.reduce(
    (sum, { line }) => sum + line.quantity * line.unitPrice.amountMinor - line.discount.amountMinor,
    shippingMinor,
  );

/** Nothing is left to do for it here; only what it says may still change. */
const closed = ['CANCELLED', 'SUCCESSFULLY_PROCESSED'];
/** It is being taken back, or people are at it. */
const undoing = ['CANCEL_PENDING', 'CANCEL_CONFLICT'];
/** What was approved, or is waiting for it, is not approved any more when its content changes. */
const decided = ['AWAITING_CONFIRMATION', 'APPROVED', 'QUEUE'];

/**
 * Newer content of an order that exists: lines, amounts and address are replaced, held stock is given back (the caller
 * reserves anew). Content that changes after the order went to the shop, or while the call is under way, cannot be taken
 * back into it: it is left as it was pushed and becomes a problem.
 */
export async function takeOverContent(
  trx: Tx,
  row: Row,
  orderId: string,
  content: BrandContent,
  command: Command,
): Promise<void> {
  const order = (await lock(trx, 'order', orderId)) as Row;
  const known = await trx('order_lines').where({ order_id: orderId });
  if (order.ship_by?.valueOf() !== row.ship_by?.valueOf()) {
    await trx('orders').where({ id: orderId }).update({ ship_by: row.ship_by });
  }
  if (order.state === 'CANCELLED' && row.cancelled_seen_at === null) await noteStillOrdered(trx, order, command);
  if (isSame(row, order, known, content)) return;
  const { pushInFlight, inShop, handedOver } = await contextOf(trx, 'order', order);
  if (pushInFlight || inShop || handedOver) {
    if (!closed.includes(order.state) && !undoing.includes(order.state)) await noteLateChange(trx, order, command);
    return;
  }
  if (undoing.includes(order.state)) return;
  await releaseReservations(trx, orderId, 'content changed on the marketplace', {
    ...command,
    commandId: `${command.commandId}/changed-${order.version}`,
  });
  await replaceLines(trx, order, content);
  const changes = {
    total_minor: totalOf(content),
    shipping_minor: content.shippingMinor,
    ...(content.addressIsNew ? { consignee_id: row.consignee_id } : {}),
    ...(order.state === 'CANCEL_REQUESTED' && decided.includes(String(order.resume_state))
      ? { resume_state: 'EDITED' }
      : {}),
  };
  const result = await stepOrder(
    trx,
    { id: orderId, event: 'CHANGED_THERE', changes },
    { ...command, commandId: `${command.commandId}/changed-there/${order.version}` },
  );
  if (!result.ok) await trx('orders').where({ id: orderId }).update(changes);
}

type KnownLine = Record<string, unknown> & { external_line_id: string };

/** Of a cancelled order every line is cancelled, of any other those that the marketplace no longer shows. */
const cancelledOf = (order: Row, quantity: number): number => (order.state === 'CANCELLED' ? quantity : 0);

function isSame(row: Row, order: Row, known: readonly KnownLine[], content: BrandContent): boolean {
  const wanted = new Map(content.lines.map((line) => [line.line.externalLineId, lineColumns(line)]));
  return (
    (!content.addressIsNew || order.consignee_id === row.consignee_id) &&
    order.shipping_minor === content.shippingMinor &&
    [...wanted.keys()].every((id) => known.some(({ external_line_id }) => external_line_id === id)) &&
    known.every((line) => {
      const columns = wanted.get(line.external_line_id);
      if (!columns) return line.quantity_cancelled === line.quantity_ordered;
      const all = { ...columns, quantity_cancelled: cancelledOf(order, columns.quantity_ordered) };
      return Object.entries(all).every(([column, value]) => (line[column] ?? null) === (value ?? null));
    })
  );
}

async function replaceLines(trx: Tx, order: Row, { lines }: BrandContent): Promise<void> {
  for (const line of lines) {
    const columns = lineColumns(line);
    const all = { ...columns, quantity_cancelled: cancelledOf(order, columns.quantity_ordered) };
    await trx('order_lines')
      .insert({ id: randomUUID(), order_id: order.id, ...all })
      .onConflict(['order_id', 'external_line_id'])
      .merge(all);
  }
  // Lines that are no longer there stay as a trace, with nothing open.
  await trx('order_lines')
    .where({ order_id: order.id })
    .whereNotIn(
      'external_line_id',
      lines.map(({ line }) => line.externalLineId),
    )
    .update({ quantity_cancelled: trx.ref('quantity_ordered') });
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

async function noteStillOrdered(trx: Tx, order: Row, command: Command): Promise<void> {
  await reportProblem(
    trx,
    {
      causeKey: `order/${order.id}/still-ordered`,
      kind: 'still-ordered',
      severity: 'error',
      title: `${order.number}: cancelled here, but the marketplace shows lines of it again`,
      detail: 'Its lines had gone from the order over there and came back. A cancelled order is not revived by itself.',
      remedy: 'Settle it in the seller portal: have the lines cancelled there, or ask the buyer to order again.',
      brandId: String(order.brand_id),
      entityKind: 'order',
      entityId: order.id,
    },
    command,
  );
}
