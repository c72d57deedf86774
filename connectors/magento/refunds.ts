import { Type } from '@sinclair/typebox';
import type { RefundForStore, StoreRefund } from '../contract/store-writing.ts';
import { ConnectorError } from '../errors.ts';
import type { MagentoClient, MagentoContext } from './client.ts';
import { toNumber } from './money.ts';
import { nearestMinor, refundNoteOf, refundReferenceIn, toRefund } from './order-detail.ts';
import type { OrderHistory } from './order-history.ts';
import { isAllShipped, soldItems } from './order-mapping.ts';
import { invoiceOffline, missingOrder, readOrderAs, wrongState } from './order-reads.ts';
import { type CreditMemo, type OrderDetail, okSchema, orderDetailSchema } from './schema.ts';

interface Piece {
  readonly itemId: number;
  readonly quantity: number;
}

interface Plan {
  readonly pieces: readonly Piece[];
  /** Null: what the shop takes by itself, all of the shipping that is left. */
  readonly shippingMinor: 0 | null;
  /** Beside the pieces' own value; below zero = less than that. */
  readonly adjustmentMinor: number;
  readonly restock: readonly number[];
}

/**
 * Writes refunds down as offline credit memos (`POST /order/{id}/refund`). The online way (`/invoice/{id}/refund`) moves
 * money and is never used.
 */
export class RefundDesk {
  readonly #client: MagentoClient;
  readonly #ctx: MagentoContext;
  readonly #history: OrderHistory;

  constructor(client: MagentoClient, ctx: MagentoContext, history: OrderHistory) {
    this.#client = client;
    this.#ctx = ctx;
    this.#history = history;
  }

  async refund(externalId: string, refund: RefundForStore): Promise<StoreRefund> {
    const order = await this.#read(externalId);
    const known = await this.#find(order, refund.reference);
    if (known !== null) return toRefund(known, order);
    checkAmount(order, refund);
    if (order.state === 'holded') wrongState(externalId, 'is on hold', 'Release the order in the shop.');
    if (order.state === 'canceled')
      wrongState(externalId, 'is cancelled', 'A cancelled order was never paid in the shop.');
    // Without an invoice the shop has nothing to refund. It captures nothing.
    await invoiceOffline(this.#client, order);
    const invoiced = await this.#read(externalId);
    const plan = planOf(invoiced, refund);
    try {
      await this.#write(invoiced, refund, plan);
    } catch (error) {
      const isWithoutPieces = error instanceof ConnectorError && /without products/i.test(error.message);
      const other = isWithoutPieces ? withPieces(invoiced, refund) : null;
      if (other === null) throw error;
      await this.#write(invoiced, refund, other);
    }
    const made = await this.#find(invoiced, refund.reference);
    if (made === null) {
      throw new ConnectorError('OutcomeUnknown', `The shop does not show the refund ${refund.reference} yet.`, {
        existingId: externalId,
      });
    }
    const shown = toRefund(made, invoiced);
    if (shown.amount.amountMinor !== refund.amount.amountMinor) {
      const what = { order: externalId, refund: refund.reference, wanted: refund.amount, shown: shown.amount };
      this.#ctx.log.error(what, 'the shop wrote down another amount than was refunded');
    }
    return shown;
  }

  async #read(externalId: string): Promise<OrderDetail> {
    const order = await readOrderAs(this.#client, externalId, orderDetailSchema);
    if (order === null) throw missingOrder(externalId);
    return order;
  }

  /** By our mark in the memo's comment; lists may leave comments out. */
  async #find(order: OrderDetail, reference: string): Promise<CreditMemo | null> {
    for (const memo of await this.#history.memos([order.entity_id])) {
      const listed = memo.comments ?? [];
      const comments = listed.length > 0 ? listed : await this.#comments(memo.entity_id);
      if (comments.some(({ comment }) => refundReferenceIn(comment) === reference)) return { ...memo, comments };
    }
    return null;
  }

  async #comments(memoId: number): Promise<NonNullable<CreditMemo['comments']>> {
    const call = { method: 'GET', path: `creditmemo/${memoId}/comments`, operation: 'creditmemos.comments' } as const;
    const row = Type.Object({ comment: Type.Optional(Type.Union([Type.String(), Type.Null()])) });
    const list = Type.Object({ items: Type.Optional(Type.Union([Type.Array(row), Type.Null()])) });
    return (await this.#client.ask(call, list)).items ?? [];
  }

  async #write(order: OrderDetail, { reference, reason }: RefundForStore, plan: Plan): Promise<void> {
    const { order_currency_code: currency } = order;
    const number = (minor: number) => toNumber(minor, currency);
    const { adjustmentMinor: adjustment } = plan;
    const body = {
      items: plan.pieces.map(({ itemId, quantity }) => ({ order_item_id: itemId, qty: quantity })),
      notify: false,
      appendComment: false,
      comment: { comment: `${refundNoteOf(reference)}\n${reason}`, is_visible_on_front: 0 },
      arguments: {
        ...(plan.shippingMinor === null ? {} : { shipping_amount: 0 }),
        ...(adjustment > 0 ? { adjustment_positive: number(adjustment) } : {}),
        ...(adjustment < 0 ? { adjustment_negative: number(-adjustment) } : {}),
        ...(plan.restock.length === 0 ? {} : { extension_attributes: { return_to_stock_items: [...plan.restock] } }),
      },
    };
    const path = `order/${order.entity_id}/refund`;
    await this.#client.ask({ method: 'POST', path, body, operation: 'orders.refund', effect: true }, okSchema);
  }
}

/** @throws ConnectorError Rejected for another currency, for nothing, and for more than is left */
function checkAmount(order: OrderDetail, { amount, reference }: RefundForStore): void {
  const { order_currency_code: currency } = order;
  if (amount.currency !== currency) {
    throw new ConnectorError('Rejected', `The order is in ${currency}, the refund in ${amount.currency}.`, {
      field: 'amount',
      code: 'currency',
    });
  }
  if (amount.amountMinor > 0 && amount.amountMinor <= leftMinor(order)) return;
  const what = `Refund ${reference} of ${amount.amountMinor} is not between 1 and the ${leftMinor(order)} that are left.`;
  throw new ConnectorError('Rejected', what, { field: 'amount', code: 'refund_too_much' });
}

function leftMinor(order: OrderDetail): number {
  const minor = (value: number | string | null | undefined) => nearestMinor(value, order.order_currency_code);
  return minor(order.grand_total) - minor(order.total_refunded);
}

function planOf(order: OrderDetail, { amount, restock }: RefundForStore): Plan {
  const items = soldItems(order);
  const isAll = amount.amountMinor === leftMinor(order);
  // All money back for goods that are gone: as the shop's own full credit memo where that comes to the amount.
  if (isAll && restock.length === 0 && isAllShipped(order)) {
    const all = items.map((item) => ({ itemId: item.item_id, quantity: refundable(item) }));
    const pieces = all.filter(({ quantity }) => quantity > 0);
    const { order_currency_code: currency } = order;
    const shipping = nearestMinor(order.shipping_amount, currency) - nearestMinor(order.shipping_refunded, currency);
    const rest = amount.amountMinor - worthOf(order, pieces);
    if (rest === shipping) return { pieces, shippingMinor: null, adjustmentMinor: 0, restock: [] };
    if (pieces.length > 0) return { pieces, shippingMinor: 0, adjustmentMinor: rest, restock: [] };
  }
  const pieces = restock.map(({ externalLineId, quantity }) => {
    const item = items.find(({ item_id: id }) => String(id) === externalLineId);
    if (item === undefined || quantity < 1 || quantity > refundable(item)) {
      throw new ConnectorError('Rejected', `Line ${externalLineId} has no ${quantity} pieces to come back.`, {
        field: 'restock',
        code: 'restock',
      });
    }
    return { itemId: item.item_id, quantity };
  });
  const ids = new Set(pieces.map(({ itemId }) => itemId));
  const parts = (order.items ?? []).filter(({ parent_item_id: parent }) => ids.has(parent ?? 0));
  return {
    // Without items the shop would refund all of them: none of each says that no piece comes back.
    pieces:
      pieces.length > 0
        ? pieces
        : items.filter((item) => refundable(item) > 0).map((item) => ({ itemId: item.item_id, quantity: 0 })),
    shippingMinor: 0,
    adjustmentMinor: amount.amountMinor - worthOf(order, pieces),
    restock: [...ids, ...parts.map(({ item_id: id }) => id)],
  };
}

/**
 * For shops that refuse a memo without pieces: as many as are worth the amount, less the difference. They do not come
 * back on the shelf. Null where all pieces together are worth less.
 */
function withPieces(order: OrderDetail, { amount, restock }: RefundForStore): Plan | null {
  if (restock.length > 0) return null;
  const pieces: Piece[] = [];
  for (const item of soldItems(order)) {
    for (let quantity = 1; quantity <= refundable(item); quantity += 1) {
      const own = { itemId: item.item_id, quantity };
      const value = worthOf(order, [...pieces, own]);
      if (value < amount.amountMinor && quantity < refundable(item)) continue;
      pieces.push(own);
      if (value < amount.amountMinor) break;
      return { pieces, shippingMinor: 0, adjustmentMinor: amount.amountMinor - value, restock: [] };
    }
  }
  return null;
}

function refundable(item: { readonly qty_invoiced?: number | null; readonly qty_refunded?: number | null }): number {
  return Math.max(0, (item.qty_invoiced ?? 0) - (item.qty_refunded ?? 0));
}

/** What the shop's credit memo comes to for these pieces: net, less discount, with tax. */
function worthOf(order: OrderDetail, pieces: readonly Piece[]): number {
  const { order_currency_code: currency } = order;
  let sum = 0;
  for (const { itemId, quantity } of pieces) {
    const item = soldItems(order).find(({ item_id: id }) => id === itemId);
    if (item === undefined || item.qty_ordered <= 0) continue;
    const part = (value: number | string | null | undefined) =>
      nearestMinor((Number(value ?? 0) * quantity) / item.qty_ordered, currency);
    sum += part(item.row_total) - part(item.discount_amount) + part(item.tax_amount);
    sum += part(item.discount_tax_compensation_amount);
  }
  return sum;
}
