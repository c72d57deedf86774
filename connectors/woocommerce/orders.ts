import type { CancelOutcome, OrderForStore, StoreConnector, StoreOrder } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { WooClient, WooCommerceContext } from './client.ts';
import {
  CREATED_VIA,
  contentOf,
  differences,
  holdsStock,
  intendedContent,
  referenceOf,
  toOrderBody,
  toStoreOrder,
} from './order-mapping.ts';
import { noteSchema, notesSchema, orderSchema, ordersSchema, type WooOrder } from './schema.ts';
import { nativeByStatus } from './tags.ts';
import { decodeEntities, parseGmt } from './text.ts';

/** How much earlier than asked the list is read: the shop's clock and ours differ. */
const CLOCK_MARGIN_MS = 10 * 60 * 1000;
/** An order that was changed later than this after its creation was changed by somebody. */
const UNTOUCHED_MS = 60 * 1000;
const PER_PAGE = 100;
const MAX_PAGES = 50;

type Parcels = Parameters<StoreConnector['fulfilOrder']>[1];

/** Orders in the shop. */
export class OrderDesk {
  readonly #client: WooClient;
  readonly #ctx: WooCommerceContext;

  constructor(client: WooClient, ctx: WooCommerceContext) {
    this.#client = client;
    this.#ctx = ctx;
  }

  async create(order: OrderForStore): Promise<StoreOrder> {
    const content = contentOf(order);
    const body = toOrderBody(order, content, this.#ctx.settings.orderTaxClass);
    const call = { method: 'POST', path: 'orders', body, operation: 'orders.create', effect: true } as const;
    const made = await this.#client.ask(call, orderSchema);
    const reasons = differences(content, made);
    if (reasons.length > 0) await this.#refuse(made, reasons);
    if (referenceOf(made) !== order.reference) {
      this.#ctx.log.error({ order: made.id }, 'the shop dropped our reference: the order cannot be found by it');
    }
    return this.#toStoreOrder(made);
  }

  async find(reference: string, notBefore: Date): Promise<StoreOrder | null> {
    const listed = await this.#listed(reference, notBefore);
    const matches = listed.length > 0 ? listed : await this.#searched(reference);
    if (matches.length > 1) {
      this.#ctx.log.error({ reference, orders: matches.map(({ id }) => id) }, 'several shop orders have one reference');
    }
    const found = matches.find(({ status }) => status !== 'cancelled' && status !== 'trash') ?? matches[0];
    if (found === undefined) return null;
    await this.#refuseIfWrong(found);
    return this.#toStoreOrder(found);
  }

  async read(externalId: string): Promise<StoreOrder | null> {
    const order = await this.#get(externalId);
    return order === null ? null : this.#toStoreOrder(order);
  }

  async cancel(externalId: string, reason: string): Promise<CancelOutcome> {
    const before = await this.#get(externalId);
    if (before === null) return { outcome: 'refused', order: null, reason: 'The shop has no such order any more.' };
    const { status, nativeStatus } = this.#toStoreOrder(before);
    if (status !== 'open') return this.#closedOutcome(before);
    await this.#setStatus(before.id, nativeByStatus.cancelled, 'orders.cancel');
    const after = await this.#get(externalId);
    if (after === null)
      return { outcome: 'refused', order: null, reason: 'The order vanished while it was cancelled.' };
    const order = this.#toStoreOrder(after);
    if (order.status !== 'cancelled') {
      if (order.status === 'shipped') return { outcome: 'shipped', order };
      return { outcome: 'refused', order, reason: `The shop left the order at ${nativeStatus}.` };
    }
    await this.#explain(before.id, reason);
    return { outcome: 'cancelled', order, stockReturned: holdsStock(before) && !holdsStock(after) };
  }

  async fulfil(externalId: string, parcels: Parcels): Promise<StoreOrder> {
    const before = await this.#get(externalId);
    if (before === null) throw new ConnectorError('NotFound', `The shop has no order ${externalId}.`);
    const { status, nativeStatus } = this.#toStoreOrder(before);
    if (status !== 'open' && status !== 'shipped') {
      const remedy = 'Settle with the brand what becomes of the parcel.';
      throw new ConnectorError('Rejected', `The shop's order ${externalId} is ${nativeStatus}.`, {
        remedy,
        code: 'state',
      });
    }
    await this.#noteParcels(before.id, parcels);
    if (status === 'open') await this.#setStatus(before.id, nativeByStatus.shipped, 'orders.fulfil');
    const after = await this.#get(externalId);
    if (after === null) throw new ConnectorError('NotFound', `The shop's order ${externalId} vanished.`);
    return this.#toStoreOrder(after);
  }

  /** Orders that say that we made them, compared here: meta data cannot be searched for. */
  async #listed(reference: string, notBefore: Date): Promise<WooOrder[]> {
    const after = new Date(notBefore.getTime() - CLOCK_MARGIN_MS);
    const matches: WooOrder[] = [];
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const query = { created_via: CREATED_VIA, after, dates_are_gmt: true, orderby: 'id', order: 'asc', page };
      const call = { method: 'GET', path: 'orders', query: { ...query, per_page: PER_PAGE } } as const;
      const rows = await this.#client.ask({ ...call, operation: 'orders.find' }, ordersSchema);
      matches.push(...rows.filter((row) => referenceOf(row) === reference));
      if (rows.length < PER_PAGE) return matches;
    }
    throw new ConnectorError('Unavailable', 'The shop lists more orders than can be looked through.', {
      code: 'too_many_orders',
    });
  }

  /** By transaction id, for shops whose storage searches it; others answer with nothing. */
  async #searched(reference: string): Promise<WooOrder[]> {
    const query = { search: reference, per_page: PER_PAGE, orderby: 'id', order: 'asc' };
    const call = { method: 'GET', path: 'orders', query, operation: 'orders.find' } as const;
    const rows = await this.#client.ask(call, ordersSchema);
    return rows.filter((row) => referenceOf(row) === reference);
  }

  /** An order whose creation was never answered was never compared either. Nobody's later edits are touched. */
  async #refuseIfWrong(order: WooOrder): Promise<void> {
    const wanted = intendedContent(order);
    const created = parseGmt(order.date_created_gmt);
    const modified = parseGmt(order.date_modified_gmt);
    if (wanted === null || created === null || modified === null || order.status !== 'processing') return;
    if (modified.getTime() - created.getTime() > UNTOUCHED_MS) return;
    const reasons = differences(wanted, order);
    if (reasons.length > 0) await this.#refuse(order, reasons);
  }

  /** Takes a wrong order back and says why. */
  async #refuse(order: WooOrder, reasons: readonly string[]): Promise<never> {
    const why = `The shop made something else of the order: ${reasons.join('; ')}.`;
    const details = { code: 'shop_answer_differs', existingId: String(order.id), field: 'lines' };
    try {
      await this.#setStatus(order.id, nativeByStatus.cancelled, 'orders.cancel');
    } catch (cause) {
      if (!(cause instanceof ConnectorError)) throw cause;
      // It stands in the shop for now; looking it up by its reference comes here again.
      throw new ConnectorError('OutcomeUnknown', `${why} It could not be cancelled: ${cause.message}`, details);
    }
    throw new ConnectorError('Rejected', `${why} It was cancelled.`, {
      ...details,
      remedy: 'Read the products again, correct the mapping, then push the order again.',
    });
  }

  #closedOutcome(closed: WooOrder): CancelOutcome {
    const order = this.#toStoreOrder(closed);
    if (order.status === 'shipped') return { outcome: 'shipped', order };
    if (order.status === 'unknown') {
      const reason = `Nobody has translated the shop's status "${order.nativeStatus}".`;
      return { outcome: 'refused', order, reason };
    }
    return { outcome: 'cancelled', order, stockReturned: !holdsStock(closed) };
  }

  async #get(externalId: string): Promise<WooOrder | null> {
    if (!/^\d+$/.test(externalId)) return null;
    const call = { method: 'GET', path: `orders/${externalId}`, operation: 'orders.get' } as const;
    try {
      return await this.#client.ask(call, orderSchema);
    } catch (error) {
      if (error instanceof ConnectorError && error.kind === 'NotFound') return null;
      throw error;
    }
  }

  /** Absolute, therefore harmless when repeated. */
  async #setStatus(id: number, status: string | null, operation: string): Promise<void> {
    const call = { method: 'PUT', path: `orders/${id}`, body: { status }, operation } as const;
    await this.#client.ask(call, orderSchema);
  }

  async #noteParcels(id: number, parcels: Parcels): Promise<void> {
    const path = `orders/${id}/notes`;
    const notes = await this.#client.ask({ method: 'GET', path, operation: 'orders.notes' }, notesSchema);
    for (const { carrier, trackingNumber } of parcels) {
      const note = `Shipped with ${carrier}: ${trackingNumber}`;
      if (notes.some((one) => isNoteOf(one.note, note, trackingNumber))) continue;
      await this.#addNote(id, note);
    }
  }

  /** For the shop's people. The order is cancelled already; a note that fails is logged, not repeated. */
  async #explain(id: number, reason: string): Promise<void> {
    try {
      await this.#addNote(id, `Cancelled: ${reason}`);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      this.#ctx.log.warn({ order: id, reason: error.message }, 'the note about a cancellation was not written');
    }
  }

  async #addNote(id: number, note: string): Promise<void> {
    const body = { note, customer_note: false };
    await this.#client.ask({ method: 'POST', path: `orders/${id}/notes`, body, operation: 'orders.note' }, noteSchema);
  }

  #toStoreOrder(order: WooOrder): StoreOrder {
    return toStoreOrder(order, this.#ctx.settings.statuses);
  }
}

/** A note names the number as a word of its own: "JD-001" is not in "JD-0012". */
function isNoteOf(text: string, note: string, trackingNumber: string): boolean {
  const plain = decodeEntities(text).trim();
  return plain === note || plain.split(/[^\w-]+/).includes(trackingNumber);
}
