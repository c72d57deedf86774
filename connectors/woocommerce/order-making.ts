import type { OrderForStore } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { WooClient, WooCommerceContext } from './client.ts';
import { assertKept, contentOf, differences, intendedContent, type OrderContent, sameGoods } from './order-content.ts';
import { holdsStock, referenceOf, toOrderBody } from './order-mapping.ts';
import { addsTax, roundingFees, withoutTaxOf } from './order-taxes.ts';
import { orderSchema, type WooOrder } from './schema.ts';
import type { ShopFacts } from './shop.ts';
import { nativeByStatus } from './tags.ts';
import { parseGmt } from './text.ts';

/** An order that was changed later than this after its creation was changed by somebody. */
const UNTOUCHED_MS = 60 * 1000;
/** How often what is left over is made up for by fees. */
const MOST_FEES = 3;
/** Not taken for sold yet: no stock, no mail. */
const PENDING = 'pending';

/**
 * Makes orders in the shop that come to what the marketplace sold for. In a shop that calculates taxes an order is made
 * as `pending` first; with the rates that its answer names the amounts are set so that amount and tax come to the sold
 * price, and only then it becomes `processing`. Every step sets absolute values under one reference: a look-up after a
 * lost answer goes on where it stopped.
 */
export class OrderMaker {
  readonly #client: WooClient;
  readonly #ctx: WooCommerceContext;
  readonly #facts: ShopFacts;

  constructor(client: WooClient, ctx: WooCommerceContext, facts: ShopFacts) {
    this.#client = client;
    this.#ctx = ctx;
    this.#facts = facts;
  }

  async create(order: OrderForStore): Promise<WooOrder> {
    const content = contentOf(order);
    const { calculatesTaxes, decimals } = await this.#facts.orderRules();
    assertKept(content, decimals);
    const status = calculatesTaxes ? PENDING : 'processing';
    const body = toOrderBody(order, content, this.#ctx.settings.orderTaxClass, status);
    const call = { method: 'POST', path: 'orders', body, operation: 'orders.create', effect: true } as const;
    const made = await this.#client.ask(call, orderSchema);
    if (referenceOf(made) !== order.reference) {
      this.#ctx.log.error({ order: made.id }, 'the shop dropped our reference: the order cannot be found by it');
    }
    return this.#complete(made, content);
  }

  /**
   * An order whose creation was never answered was never compared or finished either. Nobody's later edits are touched;
   * one that is still `pending` was never finished, however late its amounts were set.
   * @throws ConnectorError Rejected when it is not what it was meant to be; it is cancelled then
   */
  async finish(order: WooOrder): Promise<WooOrder> {
    const wanted = intendedContent(order);
    const created = parseGmt(order.date_created_gmt);
    const modified = parseGmt(order.date_modified_gmt);
    if (wanted === null || created === null || modified === null) return order;
    if (order.status !== 'processing' && order.status !== PENDING) return order;
    const isLeft = order.status === PENDING || modified.getTime() - created.getTime() <= UNTOUCHED_MS;
    return isLeft ? this.#complete(order, wanted) : order;
  }

  async setStatus(id: number, status: string | null, operation: string): Promise<WooOrder> {
    return this.#change(id, { status }, operation);
  }

  /** What fails in here says nothing about the order's existence: it is there, and can be looked up. */
  async #complete(made: WooOrder, content: OrderContent): Promise<WooOrder> {
    let order = made;
    try {
      const statuses = ['processing', 'on-hold', 'completed', PENDING];
      // Changed lines of an order take their stock at once: one with unknown products is refused before.
      const isOurs = sameGoods(content, order);
      if (isOurs && addsTax(order) && differences(content, order, statuses).length > 0) {
        order = await this.#settle(order, content);
      }
      const reasons = differences(content, order, statuses);
      if (reasons.length > 0) return await this.#refuse(order, reasons);
      if (order.status !== PENDING) return order;
      order = await this.setStatus(order.id, nativeByStatus.open, 'orders.create');
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind === 'OutcomeUnknown') throw error;
      if (error.details.code === 'shop_answer_differs') throw error;
      if (error.kind === 'Rejected') return this.#refuse(order, [error.message]);
      const details = { ...error.details, existingId: String(order.id) };
      throw new ConnectorError('OutcomeUnknown', `The order stands in the shop unfinished: ${error.message}`, details);
    }
    const reasons = differences(content, order);
    return reasons.length > 0 ? this.#refuse(order, reasons) : order;
  }

  /** Sets the amounts; what rounding still leaves over becomes a fee, and once more what that fee's own tax leaves. */
  async #settle(order: WooOrder, content: OrderContent): Promise<WooOrder> {
    let settled = await this.#change(order.id, withoutTaxOf(order, content), 'orders.settle');
    for (let times = 0; times < MOST_FEES; times += 1) {
      const fees = roundingFees(settled, content);
      if (fees.length === 0) break;
      settled = await this.#change(order.id, { fee_lines: fees }, 'orders.settle');
    }
    return settled;
  }

  /** Takes a wrong order back and says why. */
  async #refuse(order: WooOrder, reasons: readonly string[]): Promise<never> {
    const why = `The shop made something else of the order: ${reasons.join('; ')}.`;
    const details = { code: 'shop_answer_differs', existingId: String(order.id), field: 'lines' };
    try {
      // WooCommerce gives back only what an order took by its status, not what its changed lines took before.
      if (order.status === PENDING && holdsStock(order)) await this.setStatus(order.id, 'on-hold', 'orders.cancel');
      await this.setStatus(order.id, nativeByStatus.cancelled, 'orders.cancel');
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

  /** Absolute, therefore harmless when repeated. */
  async #change(id: number, body: object, operation: string): Promise<WooOrder> {
    return this.#client.ask({ method: 'PUT', path: `orders/${id}`, body, operation }, orderSchema);
  }
}
