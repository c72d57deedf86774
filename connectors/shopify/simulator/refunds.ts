import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { idNumber } from './catalogue.ts';
import type { OrderRecord, RefundRecord, TransactionRecord } from './model.ts';
import { toAmount, toUnits } from './money.ts';
import { orderView, receivedUnits, refundedUnits, refundView } from './order-view.ts';
import { announceOrder } from './orders.ts';
import type { Shop } from './shop.ts';

export interface RefundInput {
  orderId: string;
  note?: string | null;
  refundLineItems?: Array<{
    lineItemId: string;
    quantity: number;
    restockType?: string | null;
    locationId?: string | null;
  }> | null;
  shipping?: { amount?: unknown; fullRefund?: boolean | null } | null;
  transactions?: Array<{
    amount: unknown;
    gateway: string;
    kind: string;
    parentId?: string | null;
  }> | null;
}

interface Refusal {
  field: string[] | null;
  message: string;
}

/** `refundCreate`: money moves only by its transactions; the directive is demanded at run time. */
export function createRefund(shop: Shop, input: RefundInput, key: string | null) {
  if (key === null) {
    const message = 'The @idempotent directive is required for this mutation but was not provided.';
    throw new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
  }
  const order = shop.orders.get(idNumber('Order', input.orderId));
  if (order === undefined) {
    return { refund: null, order: null, userErrors: [{ field: ['orderId'], message: 'Order does not exist' }] };
  }
  const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  const known = shop.keys.get(`refund ${key}`);
  if (known !== undefined) {
    const [knownHash, id] = known.split(' ');
    const made = order.refunds.find((one) => one.id === Number(id));
    if (knownHash === hash && made !== undefined) return answer(shop, order, made);
    return refusal(shop, order, [{ field: null, message: 'The idempotency key was used with other parameters.' }]);
  }
  const problems = problemsOf(order, input);
  if (problems.length > 0) return refusal(shop, order, problems);
  const made = makeRefund(shop, order, input);
  shop.keys.set(`refund ${key}`, `${hash} ${made.id}`);
  announceOrder(shop, 'ORDERS_UPDATED', order);
  return answer(shop, order, made);
}

function problemsOf(order: OrderRecord, input: RefundInput): Refusal[] {
  const problems: Refusal[] = [];
  for (const [index, { lineItemId, quantity }] of (input.refundLineItems ?? []).entries()) {
    const line = order.lines.find(({ id }) => id === idNumber('LineItem', lineItemId));
    const field = ['refundLineItems', String(index), 'quantity'];
    if (line === undefined) problems.push({ field, message: 'Line item does not belong to the order' });
    else if (quantity > line.quantity - refundedPieces(order, line.id)) {
      problems.push({ field, message: 'Quantity cannot refund more items than were purchased' });
    }
  }
  if (problems.length > 0) return problems;
  for (const { kind, parentId } of input.transactions ?? []) {
    if (kind !== 'REFUND') return [{ field: null, message: `Kind ${kind.toLowerCase()} is not a valid transaction` }];
    if (parentOf(order, parentId) === undefined) {
      const message = 'Transactions require a parent_id associated with the order';
      return [{ field: ['transactions'], message }];
    }
  }
  const wanted = (input.transactions ?? []).reduce((sum, { amount }) => sum + toUnits(amount), 0);
  const left = receivedUnits(order) - refundedUnits(order);
  if (wanted <= left) return [];
  const message = `Refund amount $${cents(wanted)} is greater than net payment received $${cents(left)}`;
  return [{ field: null, message }];
}

function makeRefund(shop: Shop, order: OrderRecord, input: RefundInput): RefundRecord {
  const transactions: TransactionRecord[] = (input.transactions ?? []).map(({ amount, parentId }) => {
    const parent = parentOf(order, parentId);
    // The parent's gateway counts, whatever was given.
    const gateway = parent?.gateway ?? 'manual';
    const base = { kind: 'REFUND', status: 'SUCCESS', gateway, amount: String(amount) };
    return { id: shop.newId(), ...base, parentId: parent?.id ?? null };
  });
  order.transactions.push(...transactions);
  const made: RefundRecord = {
    id: shop.newId(),
    note: input.note ?? null,
    createdMs: shop.nowMs(),
    lines: (input.refundLineItems ?? []).map((one) => refundLine(shop, order, one)),
    transactionIds: transactions.map(({ id }) => id),
  };
  order.refunds.push(made);
  order.updatedMs = shop.nowMs();
  return made;
}

function refundLine(
  shop: Shop,
  order: OrderRecord,
  input: NonNullable<RefundInput['refundLineItems']>[number],
): RefundRecord['lines'][number] {
  const line = order.lines.find(({ id }) => id === idNumber('LineItem', input.lineItemId));
  const restockType = input.restockType ?? 'NO_RESTOCK';
  const variant = shop.variants.get(line?.variantId ?? 0);
  if (variant !== undefined && line !== undefined && restockType !== 'NO_RESTOCK') {
    const place = input.locationId ? idNumber('Location', input.locationId) : order.locationId;
    if (restockType === 'RETURN' && line.fulfilled >= input.quantity) {
      shop.setAvailable(variant, place, (variant.levels[place]?.available ?? 0) + input.quantity, 'refund');
    } else if (line.isClaimed) shop.commit(variant, order.locationId, -input.quantity);
  }
  const subtotal = line === undefined ? 0 : toUnits(line.unitPrice) * input.quantity;
  return { id: shop.newId(), lineId: line?.id ?? 0, quantity: input.quantity, restockType, subtotal };
}

function parentOf(order: OrderRecord, id: string | null | undefined): TransactionRecord | undefined {
  return order.transactions.find((one) => one.id === idNumber('OrderTransaction', id ?? ''));
}

function refundedPieces(order: OrderRecord, lineId: number): number {
  const own = order.refunds.flatMap(({ lines }) => lines.filter((one) => one.lineId === lineId));
  return own.reduce((sum, { quantity }) => sum + quantity, 0);
}

function answer(shop: Shop, order: OrderRecord, refund: RefundRecord) {
  return { refund: refundView(shop, order, refund), order: orderView(shop, order), userErrors: [] };
}

function refusal(shop: Shop, order: OrderRecord, userErrors: Refusal[]) {
  return { refund: null, order: orderView(shop, order), userErrors };
}

function cents(units: number): string {
  const [whole = '0', fraction = ''] = toAmount(units).split('.');
  return `${whole}.${fraction.padEnd(2, '0').slice(0, 2)}`;
}
