import type { CancelOutcome, OrderForStore, StoreOrder } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import { type PlacedByCart, placeByCart } from './cart.ts';
import type { MagentoClient, MagentoContext } from './client.ts';
import { addComment } from './comments.ts';
import { intendedContent, textOfContent } from './content-notes.ts';
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
import type { FactsReader, ShopFacts } from './shop.ts';
import { takingOf } from './stock-notes.ts';
import { type StockTaker, unfinished } from './taking.ts';
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
    return this.#taker.inTurn(() => this.#write(order, content, facts));
  }

  /** Written directly, its pieces taken; in turn, so that nobody else counts on the same pieces. */
  async #write(order: OrderForStore, content: OrderContent, facts: ShopFacts): Promise<StoreOrder> {
    const wanted = new Map([...content.lines].map(([sku, { quantity }]) => [sku, quantity]));
    const plan = await this.#taker.plan(wanted);
    const body = toDirectBody(order, content, facts, this.#ctx.settings);
    const call = { method: 'POST', path: 'orders', body, operation: 'orders.create', effect: true } as const;
    const made = await this.#client.ask(call, orderSchema);
    const reasons = differences(content, made);
    if (reasons.length > 0) await this.#refuseNoted(made, content, reasons);
    try {
      await this.#taker.take(made, plan);
      await addComment(this.#client, made, noteOf(order));
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
    if (found.ext_order_id === reference && !takingOf(found).isTaken) {
      const shown = await this.#taker.inTurn(() => this.#finish(found.entity_id));
      return shown && { ...toStoreOrder(shown), reference };
    }
    if (referenceOf(found) === null) await addComment(this.#client, found, `Tradelane reference: ${reference}`);
    return { ...toStoreOrder(found), reference };
  }

  /**
   * A direct order whose pieces are not taken: the answer to its creation was lost, or it was to be taken back. In turn.
   * @returns null when it is another than was wanted, and cancelled: it is as if it had not been made
   */
  async #finish(id: number): Promise<MagentoOrder | null> {
    const order = await this.#get(String(id));
    if (order === null)
      throw new ConnectorError('Unavailable', `The shop does not show its order ${id} at the moment.`);
    const content = takingOf(order).isTaken ? null : intendedContent(order);
    const reasons = content === null ? [] : differences(content, order);
    if (reasons.length > 0) {
      const isOpen = toStoreOrder(order).status === 'open';
      if (order.state === 'canceled' || (isOpen && (await this.#isTakenBack(order)))) return null;
      const why = `The shop's order ${id} is another than was wanted, and it does not cancel it: ${reasons.join('; ')}.`;
      throw new ConnectorError('OutcomeUnknown', why, { code: 'shop_answer_differs', existingId: String(id) });
    }
    if (toStoreOrder(order).status === 'open') await this.#taker.take(order, null);
    return order;
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
    return this.#inTurnIfDirect(before, (order) => this.#cancelShown(order, reason));
  }

  /** For a direct order in turn, with the order as it is by then. */
  #inTurnIfDirect<Result>(shown: MagentoOrder | null, work: (order: MagentoOrder | null) => Promise<Result>) {
    if (shown === null || !shown.ext_order_id) return work(shown);
    return this.#taker.inTurn(async () => work(await this.#get(String(shown.entity_id))));
  }

  async #cancelShown(before: MagentoOrder | null, reason: string): Promise<CancelOutcome> {
    if (before === null) return { outcome: 'refused', order: null, reason: 'The shop has no such order any more.' };
    const known = toStoreOrder(before);
    if (known.status === 'shipped') return { outcome: 'shipped', order: known };
    if (known.status === 'unknown') {
      return { outcome: 'refused', order: known, reason: `Nobody has translated the shop's state "${before.state}".` };
    }
    if (known.status !== 'open') return this.#closed(before, known);
    return this.#cancel(before, reason);
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
    return this.#inTurnIfDirect(before, (order) => this.#fulfil(externalId, order, parcels));
  }

  async #fulfil(externalId: string, before: MagentoOrder | null, parcels: Parcels): Promise<StoreOrder> {
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
      await addComment(this.#client, { entity_id: id }, noteOf(order));
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

  /** What was wanted is noted first, unless the shop kept the note: taking it back may be cut off. */
  async #refuseNoted(order: MagentoOrder, content: OrderContent, reasons: readonly string[]): Promise<never> {
    try {
      if (intendedContent(order) === null) await addComment(this.#client, order, textOfContent(content));
    } catch (error) {
      unfinished(error, order.entity_id);
    }
    return this.#refuse(order, reasons);
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
      await addComment(this.#client, { entity_id: id }, text);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      this.#ctx.log.warn({ order: id, reason: error.message }, 'the note about a cancellation was not written');
    }
  }
}
