import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Money } from '../contract/common.ts';
import { fromMinor, toMinor } from '../contract/minor-units.ts';
import type { StoreOrder } from '../contract/store.ts';
import type { RefundForStore, StoreRefund } from '../contract/store-writing.ts';
import { ConnectorError } from '../errors.ts';
import type { AdminClient, ShopifyContext } from './client.ts';
import { userRefusal } from './envelope.ts';
import { ROUTING_WAITS_MS } from './fulfilment.ts';
import { instant, isGid } from './ids.ts';
import { operations } from './operations.ts';
import type { OrderDesk } from './orders.ts';
import type { ShopifyRefund } from './schema-writing.ts';
import type { ShopFacts } from './shop.ts';

/** Our holds bear it; those of other apps and of the staff are left alone. */
const HOLD_HANDLE = 'tradelane';
const MAX_HOLD_NOTES = 250;
/** A note that somebody else wrote at the same moment may have replaced ours. */
const NOTE_ATTEMPTS = 3;

/** Notes, holds and refunds of orders. */
export class OrderExtras {
  readonly #client: AdminClient;
  readonly #ctx: ShopifyContext;
  readonly #orders: OrderDesk;
  readonly #facts: ShopFacts;

  constructor(client: AdminClient, ctx: ShopifyContext, orders: OrderDesk, facts: ShopFacts) {
    this.#client = client;
    this.#ctx = ctx;
    this.#orders = orders;
    this.#facts = facts;
  }

  /**
   * Adds a line to the order's only note, which the staff sees and the buyer does not. The timeline cannot be written by
   * this interface. The whole note is read, written and read again: Shopify has no comparison for it.
   */
  async addNote(externalId: string, note: { readonly reference: string; readonly text: string }): Promise<void> {
    await this.#addLine(externalId, markOf(note.reference), note.text);
  }

  async #addLine(externalId: string, mark: string, words: string): Promise<void> {
    const line = `${mark} ${words.replace(/\s+/g, ' ').trim()}`;
    for (let attempt = 1; attempt <= NOTE_ATTEMPTS; attempt += 1) {
      const before = await this.#note(externalId);
      if (linesOf(before).some((one) => one.startsWith(mark))) return;
      const text = before === '' ? line : `${before}\n${line}`;
      const { orderUpdate } = await this.#client.ask('updateOrder', { input: { id: externalId, note: text } });
      const refusal = userRefusal(orderUpdate.userErrors, operations.updateOrder);
      if (refusal !== null) throw refusal;
    }
    if (linesOf(await this.#note(externalId)).some((one) => one.startsWith(mark))) return;
    throw new ConnectorError('Unavailable', 'orders.note-write: others keep on replacing the note.', { code: 'note' });
  }

  async hold(externalId: string, reason: string): Promise<StoreOrder> {
    let works = await this.#works(externalId);
    // A new order's work is shared out in the background.
    for (const waitMs of ROUTING_WAITS_MS) {
      if (works.length > 0) break;
      await sleep(waitMs);
      works = await this.#works(externalId);
    }
    const open = works.filter(({ status }) => ['OPEN', 'IN_PROGRESS', 'SCHEDULED', 'ON_HOLD'].includes(status));
    if (open.length === 0) throw rejected(externalId, 'has nothing left that could be held', 'state');
    const reasonNotes = reason.slice(0, MAX_HOLD_NOTES);
    const hold = { reason: 'OTHER', reasonNotes, handle: HOLD_HANDLE, notifyMerchant: false };
    for (const { id } of open.filter((one) => ourHolds(one).length === 0)) {
      const { fulfillmentOrderHold } = await this.#client.ask('hold', { id, hold });
      const refusal = userRefusal(fulfillmentOrderHold.userErrors, operations.hold);
      if (refusal !== null && refusal.details.code !== 'DUPLICATE_FULFILLMENT_HOLD_HANDLE') throw refusal;
    }
    return this.#read(externalId);
  }

  /** Takes our holds off; others stay. */
  async release(externalId: string): Promise<StoreOrder> {
    for (const work of await this.#works(externalId)) {
      const holdIds = ourHolds(work);
      if (holdIds.length === 0) continue;
      const { fulfillmentOrderReleaseHold } = await this.#client.ask('release', { id: work.id, holdIds });
      const refusal = userRefusal(fulfillmentOrderReleaseHold.userErrors, operations.release);
      if (refusal !== null) throw refusal;
    }
    return this.#read(externalId);
  }

  /**
   * A refund without transactions: Shopify moves no money then, and shows none as refunded; the amount stands in the
   * refund's note beside our reference. Lines that come back are restocked at the order's location.
   */
  async refund(externalId: string, refund: RefundForStore): Promise<StoreRefund> {
    const { order } = isGid('Order', externalId)
      ? await this.#client.ask('orderRefunds', { id: externalId })
      : { order: null };
    if (order === null) throw gone(externalId);
    const made = [...order.refunds.map((one) => toStoreRefund(one, order.currencyCode)), ...notedRefunds(order)];
    const ours = made.find(({ reference }) => reference === refund.reference);
    if (ours !== undefined) return ours;
    const { amountMinor, currency } = refund.amount;
    if (currency !== order.currencyCode) {
      throw rejected(externalId, `is in ${order.currencyCode}, the refund in ${currency}`, 'currency');
    }
    const total = toMinor(order.totalPriceSet.shopMoney.amount, currency) ?? 0;
    const left = total - made.reduce((sum, one) => sum + one.amount.amountMinor, 0);
    if (!Number.isSafeInteger(amountMinor) || amountMinor < 0 || amountMinor > left) {
      const wanted = fromMinor(amountMinor, currency);
      throw rejected(externalId, `has ${fromMinor(left, currency)} left to refund, not ${wanted}`, 'amount');
    }
    const refundLineItems = await this.#restocked(refund.restock, order.lineItems.nodes, externalId);
    const input = { orderId: externalId, note: noteOf(refund), notify: false, refundLineItems };
    try {
      return toStoreRefund(await this.#makeRefund(input, `${externalId} ${refund.reference}`), currency);
    } catch (error) {
      const isRefused = error instanceof ConnectorError && error.kind === 'Rejected';
      if (!isRefused || refundLineItems.length > 0) throw error;
      this.#ctx.log.warn(
        { reason: error.message },
        'the shop takes no refund of neither pieces nor money; it is noted',
      );
      return this.#noteRefund(externalId, refund);
    }
  }

  /** Whether Shopify takes a refund of neither pieces nor money is UNCONFIRMED: where not, it is a line of the order's note. */
  async #noteRefund(externalId: string, { reference, amount, reason }: RefundForStore): Promise<StoreRefund> {
    const at = (await this.#ctx.clock.now()).toISOString();
    const words = `${fromMinor(amount.amountMinor, amount.currency)} ${amount.currency} ${at}: ${reason}`;
    await this.#addLine(externalId, refundMarkOf(reference), words);
    const noted = notedRefunds({ id: externalId, note: await this.#note(externalId), currencyCode: amount.currency });
    const own = noted.find((one) => one.reference === reference);
    if (own === undefined) throw new ConnectorError('Unavailable', 'orders.refund: the note does not show the refund.');
    return own;
  }

  /** Refusals of a refund have no codes: those that concern its key are known by their words. */
  async #makeRefund(input: Readonly<Record<string, unknown>>, reference: string, attempt = 1): Promise<ShopifyRefund> {
    const key = createHash('sha256')
      .update(attempt === 1 ? reference : `${reference}/${attempt}`)
      .digest('hex');
    const { refundCreate } = await this.#client.ask('refund', { input, key });
    const refusal = userRefusal(refundCreate.userErrors, operations.refund);
    if (refusal !== null && /currently in progress/i.test(refusal.message)) {
      throw new ConnectorError('OutcomeUnknown', refusal.message, refusal.details);
    }
    if (refusal !== null && attempt === 1 && /previous attempt/i.test(refusal.message)) {
      return this.#makeRefund(input, reference, 2);
    }
    if (refusal !== null) throw refusal;
    if (refundCreate.refund !== null) return refundCreate.refund;
    throw new ConnectorError('OutcomeUnknown', 'orders.refund: Shopify shows neither a refund nor a reason.');
  }

  async #restocked(
    restock: RefundForStore['restock'],
    lines: readonly { readonly id: string; readonly quantity: number; readonly unfulfilledQuantity: number }[],
    externalId: string,
  ): Promise<Record<string, unknown>[]> {
    const rows: Record<string, unknown>[] = [];
    for (const { externalLineId: lineItemId, quantity } of restock) {
      const line = lines.find(({ id }) => id === lineItemId);
      if (line === undefined) throw rejected(externalId, `has no line ${lineItemId}`, 'lines');
      if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > line.quantity) {
        throw rejected(externalId, `has ${line.quantity} pieces of ${lineItemId}, not ${quantity}`, 'quantity');
      }
      const locationId = await this.#facts.ownLocation(this.#ctx.settings.locationId);
      if (locationId === null) throw rejected(externalId, 'could be restocked at several locations', 'locationId');
      // What was not sent yet is taken out of the work that is to be done; what was sent comes back.
      const restockType = quantity <= line.unfulfilledQuantity ? 'CANCEL' : 'RETURN';
      rows.push({ lineItemId, quantity, restockType, locationId });
    }
    return rows;
  }

  async #works(externalId: string) {
    const { order } = isGid('Order', externalId)
      ? await this.#client.ask('works', { id: externalId })
      : { order: null };
    if (order === null) throw gone(externalId);
    if (order.cancelledAt !== null) throw rejected(externalId, 'is cancelled', 'state');
    if (order.fulfillmentOrders.pageInfo.hasNextPage) {
      throw rejected(externalId, 'is split over too many locations', 'state');
    }
    return order.fulfillmentOrders.nodes;
  }

  async #note(externalId: string): Promise<string> {
    const { order } = isGid('Order', externalId)
      ? await this.#client.ask('orderNote', { id: externalId })
      : { order: null };
    if (order === null) throw gone(externalId);
    return order.note ?? '';
  }

  async #read(externalId: string): Promise<StoreOrder> {
    const order = await this.#orders.read(externalId);
    if (order === null) throw gone(externalId);
    return order;
  }
}

/** A refund in our words. Ours carry reference and amount in their note; others moved money, which is their amount. */
export function toStoreRefund(refund: ShopifyRefund, currency: string): StoreRefund {
  const [, reference, amount, inCurrency, reason] = REFUND_NOTE.exec(refund.note ?? '') ?? [];
  const isOurs = reference !== undefined && amount !== undefined && inCurrency === currency;
  const moved: Money = { amountMinor: toMinor(refund.totalRefundedSet.shopMoney.amount, currency) ?? 0, currency };
  return {
    externalId: refund.id,
    reference: isOurs ? decodeURIComponent(reference) : null,
    at: instant(refund.createdAt) ?? new Date(0),
    amount: isOurs ? { amountMinor: toMinor(amount, currency) ?? 0, currency } : moved,
    reason: (isOurs ? reason : refund.note)?.trim() || null,
    lines: refund.refundLineItems.nodes.map(({ quantity, lineItem }) => ({ externalLineId: lineItem.id, quantity })),
  };
}

const REFUND_NOTE = /^\[tradelane (\S+)\] (\d+(?:\.\d+)?) ([A-Z]{3}):?([\s\S]*)$/;

const NOTED_REFUND = /^\[tradelane-refund (\S+)\] (\d+(?:\.\d+)?) ([A-Z]{3}) (\S+Z):(.*)$/;

/** Refunds that stand in an order's note. */
export function notedRefunds(order: {
  readonly id: string;
  readonly note: string | null;
  readonly currencyCode: string;
}): StoreRefund[] {
  return linesOf(order.note ?? '').flatMap((line) => {
    const [, reference, amount = '', currency = '', at, reason] = NOTED_REFUND.exec(line) ?? [];
    const amountMinor = toMinor(amount, currency);
    if (reference === undefined || amountMinor === null || currency !== order.currencyCode) return [];
    const head = { externalId: `${order.id}/refund/${reference}`, reference: decodeURIComponent(reference) };
    const told = { at: instant(at) ?? new Date(0), reason: reason?.trim() || null };
    return [{ ...head, ...told, amount: { amountMinor, currency }, lines: [] }];
  });
}

function refundMarkOf(reference: string): string {
  return markOf(reference).replace('[tradelane ', '[tradelane-refund ');
}

function noteOf({ reference, amount, reason }: RefundForStore): string {
  return `${markOf(reference)} ${fromMinor(amount.amountMinor, amount.currency)} ${amount.currency}: ${reason}`;
}

function markOf(reference: string): string {
  return `[tradelane ${encodeURIComponent(reference.toWellFormed())}]`;
}

function linesOf(note: string): string[] {
  return note.split('\n').map((line) => line.trim());
}

function ourHolds(work: {
  readonly fulfillmentHolds: readonly {
    readonly id: string;
    readonly handle: string | null;
    readonly heldByRequestingApp: boolean;
  }[];
}): string[] {
  return work.fulfillmentHolds
    .filter(({ handle, heldByRequestingApp }) => heldByRequestingApp && handle === HOLD_HANDLE)
    .map(({ id }) => id);
}

function gone(externalId: string): ConnectorError {
  return new ConnectorError('NotFound', `The shop has no order ${externalId}.`);
}

function rejected(externalId: string, why: string, field: string): ConnectorError {
  return new ConnectorError('Rejected', `The shop's order ${externalId} ${why}.`, { code: field, field });
}
