import type { CancelOutcome, OrderForStore, StoreConnector, StoreOrder } from '../contract/store.ts';
import type { RefundForStore, StoreRefund } from '../contract/store-writing.ts';
import { ConnectorError } from '../errors.ts';
import type { WooClient, WooCommerceContext } from './client.ts';
import type { OrderExtras } from './order-extras.ts';
import { OrderMaker } from './order-making.ts';
import { CREATED_VIA, holdsStock, referenceOf, toStoreOrder } from './order-mapping.ts';
import { orderSchema, ordersSchema, type WooOrder } from './schema.ts';
import type { ShopFacts } from './shop.ts';
import { nativeByStatus } from './tags.ts';

/** How much earlier than asked the list is read: the shop's clock and ours differ. */
const CLOCK_MARGIN_MS = 10 * 60 * 1000;
const PER_PAGE = 100;
const MAX_PAGES = 50;
const ON_HOLD = 'on-hold';

type Parcels = Parameters<StoreConnector['fulfilOrder']>[1];

/** Orders in the shop. */
export class OrderDesk {
  readonly #client: WooClient;
  readonly #ctx: WooCommerceContext;
  readonly #maker: OrderMaker;
  readonly #extras: OrderExtras;

  constructor(client: WooClient, ctx: WooCommerceContext, facts: ShopFacts, extras: OrderExtras) {
    this.#client = client;
    this.#ctx = ctx;
    this.#maker = new OrderMaker(client, ctx, facts);
    this.#extras = extras;
  }

  async create(order: OrderForStore): Promise<StoreOrder> {
    return this.#toStoreOrder(await this.#maker.create(order));
  }

  async find(reference: string, notBefore: Date): Promise<StoreOrder | null> {
    const listed = await this.#listed(reference, notBefore);
    const matches = listed.length > 0 ? listed : await this.#searched(reference);
    if (matches.length > 1) {
      this.#ctx.log.error({ reference, orders: matches.map(({ id }) => id) }, 'several shop orders have one reference');
    }
    const found = matches.find(({ status }) => status !== 'cancelled' && status !== 'trash') ?? matches[0];
    if (found === undefined) return null;
    return this.#toStoreOrder(await this.#maker.finish(found));
  }

  async read(externalId: string): Promise<StoreOrder | null> {
    const order = await this.#get(externalId);
    return order === null ? null : this.#toStoreOrder(order);
  }

  /** Two cancellations at once would both find it open, and WooCommerce would give its pieces back twice. */
  cancel(externalId: string, reason: string): Promise<CancelOutcome> {
    return this.#alone(externalId, () => this.#cancel(externalId, reason));
  }

  async #cancel(externalId: string, reason: string): Promise<CancelOutcome> {
    const before = await this.#get(externalId);
    if (before === null) return { outcome: 'refused', order: null, reason: 'The shop has no such order any more.' };
    const { status, nativeStatus } = this.#toStoreOrder(before);
    if (status !== 'open') return this.#closedOutcome(before);
    await this.#maker.setStatus(before.id, nativeByStatus.cancelled, 'orders.cancel');
    const after = await this.#get(externalId);
    if (after === null)
      return { outcome: 'refused', order: null, reason: 'The order vanished while it was cancelled.' };
    const order = this.#toStoreOrder(after);
    if (order.status !== 'cancelled') {
      if (order.status === 'shipped') return { outcome: 'shipped', order };
      return { outcome: 'refused', order, reason: `The shop left the order at ${nativeStatus}.` };
    }
    await this.#explain(before.id, `Cancelled: ${reason}`);
    return { outcome: 'cancelled', order, stockReturned: holdsStock(before) && !holdsStock(after) };
  }

  fulfil(externalId: string, parcels: Parcels): Promise<StoreOrder> {
    return this.#alone(externalId, () => this.#fulfil(externalId, parcels));
  }

  async #fulfil(externalId: string, parcels: Parcels): Promise<StoreOrder> {
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
    if (status === 'open') await this.#maker.setStatus(before.id, nativeByStatus.shipped, 'orders.fulfil');
    const after = await this.#get(externalId);
    if (after === null) throw new ConnectorError('NotFound', `The shop's order ${externalId} vanished.`);
    return this.#toStoreOrder(after);
  }

  /** Nobody packs an order that is on hold; its stock stays taken. */
  async hold(externalId: string, reason: string): Promise<StoreOrder> {
    const before = await this.#open(externalId);
    if (before.status === ON_HOLD) return this.#toStoreOrder(before);
    const held = await this.#maker.setStatus(before.id, ON_HOLD, 'orders.hold');
    await this.#explain(before.id, `On hold: ${reason}`);
    return this.#toStoreOrder(held);
  }

  async release(externalId: string): Promise<StoreOrder> {
    const before = await this.#open(externalId);
    if (before.status !== ON_HOLD) return this.#toStoreOrder(before);
    return this.#toStoreOrder(await this.#maker.setStatus(before.id, nativeByStatus.open, 'orders.release'));
  }

  async note(externalId: string, note: { readonly reference: string; readonly text: string }): Promise<void> {
    await this.#extras.addNoteOnce((await this.#existing(externalId)).id, note.reference, note.text);
  }

  refund(externalId: string, refund: RefundForStore): Promise<StoreRefund> {
    return this.#alone(externalId, async () => {
      const { id, currency } = await this.#existing(externalId);
      return this.#extras.refund(id, currency, refund);
    });
  }

  /** One at a time for an order, among all workers: it is read, then changed, and the shop compares nothing. */
  #alone<Value>(externalId: string, work: () => Promise<Value>): Promise<Value> {
    return this.#ctx.exclusively(`order ${externalId}`, work);
  }

  async #existing(externalId: string): Promise<WooOrder> {
    const order = await this.#get(externalId);
    if (order === null) throw new ConnectorError('NotFound', `The shop has no order ${externalId}.`);
    return order;
  }

  async #open(externalId: string): Promise<WooOrder> {
    const order = await this.#existing(externalId);
    if (this.#toStoreOrder(order).status === 'open') return order;
    const details = { code: 'state', remedy: 'Settle with the brand what becomes of the order.' };
    throw new ConnectorError('Rejected', `The shop's order ${externalId} is ${order.status}.`, details);
  }

  /** Orders that say that we made them, compared here: meta data cannot be searched for. */
  async #listed(reference: string, notBefore: Date): Promise<WooOrder[]> {
    const after = new Date(notBefore.getTime() - CLOCK_MARGIN_MS);
    const matches: WooOrder[] = [];
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      // Shops before created_via could be set keep their own word for it.
      const query = {
        created_via: [CREATED_VIA, 'rest-api'],
        after,
        dates_are_gmt: true,
        orderby: 'id',
        order: 'asc',
        page,
      };
      const call = { method: 'GET', path: 'orders', query: { ...query, per_page: PER_PAGE } } as const;
      const { rows, total } = await this.#client.list({ ...call, operation: 'orders.find' }, ordersSchema);
      matches.push(...rows.filter((row) => referenceOf(row) === reference));
      if (total === null ? rows.length < PER_PAGE : page * PER_PAGE >= total) return matches;
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

  async #noteParcels(id: number, parcels: Parcels): Promise<void> {
    const notes = await this.#extras.notes(id);
    for (const { carrier, trackingNumber } of parcels) {
      const note = `Shipped with ${carrier}: ${trackingNumber}`;
      if (notes.some((one) => isNoteOf(one, note, trackingNumber))) continue;
      await this.#extras.addNote(id, note);
    }
  }

  /** For the shop's people. The status is changed already; a note that fails is logged, not repeated. */
  async #explain(id: number, text: string): Promise<void> {
    try {
      await this.#extras.addNote(id, text);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      this.#ctx.log.warn({ order: id, reason: error.message }, 'the note about a change of status was not written');
    }
  }

  #toStoreOrder(order: WooOrder): StoreOrder {
    return toStoreOrder(order, this.#ctx.settings.statuses);
  }
}

/** A note names the number as a word of its own: "JD-001" is not in "JD-0012". */
function isNoteOf(text: string, note: string, trackingNumber: string): boolean {
  return text === note || text.split(/[^\w-]+/).includes(trackingNumber);
}
