import type { CancelOutcome, OrderForStore, StoreOrder } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import { type PlacedByCart, placeByCart } from './cart.ts';
import type { MagentoClient, MagentoContext } from './client.ts';
import { type Filter, searchQuery } from './criteria.ts';
import {
  contentOf,
  differences,
  mailOf,
  noteOf,
  type OrderContent,
  referenceOf,
  toDirectBody,
  toStoreOrder,
} from './order-mapping.ts';
import { invoiceOffline, readOrder } from './order-reads.ts';
import { setAmounts } from './repricing.ts';
import { listSchema, type MagentoOrder, okSchema, orderSchema } from './schema.ts';
import { type Parcels, Shipper } from './shipping.ts';
import type { FactsReader } from './shop.ts';
import { takingOf } from './stock-notes.ts';
import { addComment, type StockTaker, unfinished } from './taking.ts';
import { parseUtc } from './text.ts';

/** The shop's clock and ours differ. */
const CLOCK_MARGIN_MS = 10 * 60 * 1000;

/** Orders in the shop. */
export class OrderDesk {
  readonly #client: MagentoClient;
  readonly #ctx: MagentoContext;
  readonly #facts: FactsReader;
  readonly #taker: StockTaker;
  readonly #shipper: Shipper;
  #canReprice = true;

  constructor(client: MagentoClient, ctx: MagentoContext, facts: FactsReader, taker: StockTaker) {
    this.#client = client;
    this.#ctx = ctx;
    this.#facts = facts;
    this.#taker = taker;
    this.#shipper = new Shipper(client, facts, taker);
  }

  async create(order: OrderForStore): Promise<StoreOrder> {
    const { settings } = this.#ctx;
    const facts = await this.#facts.read();
    const content = contentOf(order, facts.currency);
    const placed = await placeByCart(this.#client, settings, order, content, this.#mayReprice());
    const byCart = placed === null ? null : await this.#finishCart(order, placed, content);
    if (byCart !== null) return byCart;
    const wanted = new Map([...content.lines].map(([sku, { quantity }]) => [sku, quantity]));
    const plan = await this.#taker.plan(wanted);
    const body = toDirectBody(order, content, facts, settings);
    const call = { method: 'POST', path: 'orders', body, operation: 'orders.create', effect: true } as const;
    const made = await this.#client.ask(call, orderSchema);
    const reasons = differences(content, made);
    if (reasons.length > 0) await this.#refuse(made, reasons);
    try {
      await this.#taker.inTurn(() => this.#taker.take(made, plan));
      await addComment(this.#client, made.entity_id, noteOf(order));
    } catch (error) {
      unfinished(error, made.entity_id);
    }
    return toStoreOrder(made);
  }

  async find(reference: string, notBefore: Date): Promise<StoreOrder | null> {
    const direct = await this.#search({ field: 'ext_order_id', value: reference });
    const mails = [false, true].flatMap((isRepriced) => mailOf(reference, this.#ctx.settings, isRepriced) ?? []);
    const byCart =
      mails.length === 0
        ? []
        : await this.#search({ field: 'customer_email', value: mails.join(','), condition: 'in' });
    const earliest = notBefore.getTime() - CLOCK_MARGIN_MS;
    const all = new Map([...direct, ...byCart].map((order) => [order.entity_id, order]));
    const matches = [...all.values()].filter(
      (order) => (parseUtc(order.created_at)?.getTime() ?? earliest) >= earliest,
    );
    if (matches.length > 1) {
      const ids = matches.map(({ entity_id: id }) => id);
      this.#ctx.log.error({ reference, orders: ids }, 'several shop orders have one reference');
    }
    const found = matches.find(({ state }) => state !== 'canceled') ?? matches[0];
    if (found === undefined || (await this.#isHalfPlaced(found, reference))) return null;
    // The answer to its creation may have been lost: what was left undone is done now.
    if (found.ext_order_id === reference && toStoreOrder(found).status === 'open')
      await this.#taker.inTurn(() => this.#taker.take(found, null));
    if (referenceOf(found) === null)
      await addComment(this.#client, found.entity_id, `Tradelane reference: ${reference}`);
    return { ...toStoreOrder(found), reference };
  }

  /**
   * Placed through a cart, but its amounts may still be the shop's own: the worker stopped before they were set. It is
   * taken back, and made again.
   */
  async #isHalfPlaced(order: MagentoOrder, reference: string): Promise<boolean> {
    const isMarked = order.customer_email === mailOf(reference, this.#ctx.settings, true);
    if (!isMarked || referenceOf(order) !== null) return false;
    return order.state === 'canceled' || this.#isTakenBack(order);
  }

  async read(externalId: string): Promise<StoreOrder | null> {
    const order = await this.#get(externalId);
    return order === null ? null : toStoreOrder(order);
  }

  async cancel(externalId: string, reason: string): Promise<CancelOutcome> {
    const before = await this.#get(externalId);
    if (before === null) return { outcome: 'refused', order: null, reason: 'The shop has no such order any more.' };
    const known = toStoreOrder(before);
    if (known.status === 'shipped') return { outcome: 'shipped', order: known };
    if (known.status === 'unknown') {
      return { outcome: 'refused', order: known, reason: `Nobody has translated the shop's state "${before.state}".` };
    }
    if (known.status !== 'open') return this.#closed(before, known);
    const cancel = () => this.#cancel(before, reason);
    return takingOf(before).isTaken ? this.#taker.inTurn(cancel) : cancel();
  }

  async #cancel(before: MagentoOrder, reason: string): Promise<CancelOutcome> {
    const taken = takingOf(before).isTaken ? await this.#taker.measureFirst(before) : null;
    const path = `orders/${before.entity_id}/cancel`;
    const answered = await this.#client.ask({ method: 'POST', path, operation: 'orders.cancel' }, okSchema);
    const after = (await this.#get(String(before.entity_id))) ?? before;
    const order = toStoreOrder(after);
    if (order.status !== 'cancelled') {
      if (order.status === 'shipped') return { outcome: 'shipped', order };
      const said = answered === false ? 'The shop answered that it does not cancel it' : 'The shop did not cancel it';
      return { outcome: 'refused', order, reason: `${said}; it is ${order.nativeStatus}.` };
    }
    // Only whoever's call cancelled it gives pieces back: two may be here at once.
    if (answered !== true) return this.#closed(after, order);
    const stockReturned = taken === null || (await this.#taker.giveBack(after, taken));
    await this.#explain(before.entity_id, `Cancelled: ${reason}`);
    return { outcome: 'cancelled', order, stockReturned };
  }

  async fulfil(externalId: string, parcels: Parcels): Promise<StoreOrder> {
    const before = await this.#get(externalId);
    if (before === null) throw new ConnectorError('NotFound', `The shop has no order ${externalId}.`);
    const { status, nativeStatus } = toStoreOrder(before);
    if (status !== 'open' && status !== 'shipped') {
      const remedy = 'Settle with the brand what becomes of the parcel.';
      throw new ConnectorError('Rejected', `The shop's order ${externalId} is ${nativeStatus}.`, {
        remedy,
        code: 'state',
      });
    }
    if (before.state === 'holded') {
      const remedy = 'Release the order in the shop.';
      throw new ConnectorError('Rejected', `The shop's order ${externalId} is on hold.`, { remedy, code: 'state' });
    }
    await invoiceOffline(this.#client, before);
    const send = () => this.#send(before, parcels);
    return takingOf(before).isTaken ? this.#taker.inTurn(send) : send();
  }

  async #send(before: MagentoOrder, parcels: Parcels): Promise<StoreOrder> {
    const externalId = String(before.entity_id);
    if (toStoreOrder(before).status === 'open') await this.#shipper.ship(before, parcels);
    else await this.#shipper.addTracks(before, parcels);
    const after = await this.#get(externalId);
    if (after === null) throw new ConnectorError('NotFound', `The shop's order ${externalId} vanished.`);
    if (takingOf(after).isLent) await this.#taker.settle(after);
    return toStoreOrder(after);
  }

  /** Not after the shop once took an order and kept its own amounts. */
  #mayReprice(): boolean {
    return this.#canReprice && this.#ctx.settings.cartAmounts !== 'own';
  }

  /** Null when our amounts could not be set: the order was cancelled, and its reservation is gone. */
  async #finishCart(order: OrderForStore, placed: PlacedByCart, content: OrderContent): Promise<StoreOrder | null> {
    const { id, isRepriced } = placed;
    try {
      const made = await this.#get(String(id));
      if (made === null) throw new ConnectorError('Unavailable', `The shop does not show its order ${id} yet.`);
      const reasons = isRepriced ? await this.#reprice(made, content) : differences(content, made);
      if (reasons === null) return null;
      if (reasons.length > 0) await this.#refuse(made, reasons);
      await addComment(this.#client, id, noteOf(order));
      const shown = isRepriced ? await this.#get(String(id)) : made;
      return { ...toStoreOrder(shown ?? made), reference: order.reference };
    } catch (error) {
      if (error instanceof ConnectorError && error.details.code === 'shop_answer_differs') throw error;
      return unfinished(error, id);
    }
  }

  async #reprice(made: MagentoOrder, content: OrderContent): Promise<string[] | null> {
    const reasons = await setAmounts(this.#client, made, content).catch((error: unknown) => {
      if (error instanceof ConnectorError && error.kind === 'Rejected') return [error.message];
      throw error;
    });
    if (reasons.length === 0) return [];
    this.#canReprice = false;
    this.#ctx.log.warn(
      { order: made.entity_id, reasons },
      'the shop keeps its own amounts: orders are written directly',
    );
    return (await this.#isTakenBack(made)) ? null : reasons;
  }

  /** True when the shop cancelled it. */
  async #isTakenBack(order: MagentoOrder): Promise<boolean> {
    const path = `orders/${order.entity_id}/cancel`;
    await this.#client.ask({ method: 'POST', path, operation: 'orders.cancel' }, okSchema);
    return (await this.#get(String(order.entity_id)))?.state === 'canceled';
  }

  /** Takes a wrong order back and says why. */
  async #refuse(order: MagentoOrder, reasons: readonly string[]): Promise<never> {
    const why = `The shop made something else of the order: ${reasons.join('; ')}.`;
    const details = { code: 'shop_answer_differs', existingId: String(order.entity_id), field: 'lines' };
    const path = `orders/${order.entity_id}/cancel`;
    const answered = await this.#client
      .ask({ method: 'POST', path, operation: 'orders.cancel' }, okSchema)
      .catch((cause: unknown) => {
        if (!(cause instanceof ConnectorError)) throw cause;
        throw new ConnectorError('OutcomeUnknown', `${why} It could not be cancelled: ${cause.message}`, details);
      });
    const what = answered === true ? 'It was cancelled.' : 'The shop does not cancel it: a person has to.';
    throw new ConnectorError(answered === true ? 'Rejected' : 'OutcomeUnknown', `${why} ${what}`, details);
  }

  /** Cancelled by somebody, or by an attempt of ours that did not come to its end. */
  async #closed(order: MagentoOrder, known: StoreOrder): Promise<CancelOutcome> {
    return { outcome: 'cancelled', order: known, stockReturned: await this.#taker.isGivenBack(order) };
  }

  async #search(filter: Filter): Promise<MagentoOrder[]> {
    const query = searchQuery({ filters: [filter], sort: ['entity_id'], pageSize: 20 });
    const call = { method: 'GET', path: 'orders', query, operation: 'orders.find' } as const;
    return (await this.#client.ask(call, listSchema(orderSchema))).items ?? [];
  }

  #get(externalId: string): Promise<MagentoOrder | null> {
    return readOrder(this.#client, externalId);
  }

  /** For the shop's people. The order is cancelled already; a note that fails is logged, not repeated. */
  async #explain(id: number, text: string): Promise<void> {
    try {
      await addComment(this.#client, id, text);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      this.#ctx.log.warn({ order: id, reason: error.message }, 'the note about a cancellation was not written');
    }
  }
}
