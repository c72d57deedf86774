import { setTimeout as sleep } from 'node:timers/promises';
import type { Static } from '@sinclair/typebox';
import type { CancelOutcome, OrderForStore, StoreOrder } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { AdminClient, ShopifyContext } from './client.ts';
import { orderThrottle, userRefusal } from './envelope.ts';
import { instant, isGid, quoted } from './ids.ts';
import { operations } from './operations.ts';
import {
  contentOf,
  differences,
  intendedContent,
  type OrderContent,
  referenceOf,
  referenceTag,
  toOrderInput,
  toStoreOrder,
} from './order-mapping.ts';
import type { answers, ShopifyOrder, UserErrors } from './schema.ts';

/** How much earlier than asked the list of orders is read: the shop's clock and ours differ. */
const CLOCK_MARGIN_MS = 10 * 60 * 1000;
/** An order that was changed later than this after its creation was changed by somebody. */
const UNTOUCHED_MS = 60 * 1000;
const MAX_PAGES = 50;
/** Shopify cuts no notes: longer ones are refused. */
const MAX_NOTE = 255;
const NOTE_PREFIX = 'Tradelane: ';
/** A cancellation is a job; after these waits it is left to the next attempt. */
const JOB_WAITS_MS = [100, 250, 500, 1_000, 2_000, 3_000];

/** Orders in the shop. */
export class OrderDesk {
  readonly #client: AdminClient;
  readonly #ctx: ShopifyContext;

  constructor(client: AdminClient, ctx: ShopifyContext) {
    this.#client = client;
    this.#ctx = ctx;
  }

  async create(order: OrderForStore): Promise<StoreOrder> {
    const content = contentOf(order);
    const first = await this.#make(order, content);
    const isAddress = first.order === null && concernsAddress(first.userErrors);
    if (isAddress)
      this.#ctx.log.warn({ fields: first.userErrors.map(({ field }) => field) }, 'a plainer address is sent');
    // Nothing was made. The address is for the shop's staff to read: a plainer one is better than no order.
    const orderCreate = isAddress ? await this.#make(order, content, true) : first;
    const made = orderCreate.order;
    const refusal =
      (made === null ? orderThrottle(orderCreate.userErrors, operations.createOrder) : null) ??
      userRefusal(orderCreate.userErrors, operations.createOrder);
    if (refusal !== null && made === null) throw refusal;
    if (made === null) {
      throw new ConnectorError('OutcomeUnknown', 'orders.create: Shopify shows neither an order nor a reason.');
    }
    const reasons = [...differences(content, made), ...(refusal === null ? [] : [refusal.message])];
    if (reasons.length > 0) await this.#refuse(made, reasons);
    return toStoreOrder(made);
  }

  async #make(order: OrderForStore, content: OrderContent, isPlain = false) {
    const claim = this.#ctx.settings.stockClaim ?? 'obey';
    const { orderCreate } = await this.#client.ask('createOrder', {
      order: toOrderInput(order, content, isPlain),
      options: {
        // Left out, Shopify would take no stock at all.
        inventoryBehaviour: claim === 'obey' ? 'DECREMENT_OBEYING_POLICY' : 'DECREMENT_IGNORING_POLICY',
        sendReceipt: false,
        sendFulfillmentReceipt: false,
      },
    });
    return orderCreate;
  }

  /** First by search; then by the list of newest orders, for searches run on an index that lags. */
  async find(reference: string, notBefore: Date): Promise<StoreOrder | null> {
    const { bySource, byTag } = await this.#client.ask('findOrder', {
      bySource: `source_identifier:${quoted(reference)}`,
      byTag: `tag:${quoted(referenceTag(reference))}`,
    });
    const matches = new Map<string, ShopifyOrder>();
    for (const order of [...bySource.nodes, ...byTag.nodes]) {
      if (referenceOf(order) === reference) matches.set(order.id, order);
    }
    if (matches.size === 0) {
      for (const order of await this.#listed(reference, notBefore)) matches.set(order.id, order);
    }
    if (matches.size > 1) {
      this.#ctx.log.error({ reference, orders: [...matches.keys()] }, 'several shop orders have one reference');
    }
    const all = [...matches.values()];
    const found = all.find(({ cancelledAt }) => cancelledAt === null) ?? all[0];
    if (found === undefined) return null;
    await this.#refuseIfWrong(found);
    return toStoreOrder(found);
  }

  async read(externalId: string): Promise<StoreOrder | null> {
    const order = await this.get(externalId);
    return order === null ? null : toStoreOrder(order);
  }

  async cancel(externalId: string, reason: string): Promise<CancelOutcome> {
    const before = await this.get(externalId);
    if (before === null) return { outcome: 'refused', order: null, reason: 'The shop has no such order any more.' };
    const order = toStoreOrder(before);
    if (order.status === 'shipped') return { outcome: 'shipped', order };
    // Whether somebody else's cancellation gave the stock back is not shown; ours always does.
    if (order.status === 'cancelled') return { outcome: 'cancelled', order, stockReturned: isCancelledByUs(before) };
    if (order.status === 'unknown') {
      return { outcome: 'refused', order, reason: `Nobody has translated the shop's status "${order.nativeStatus}".` };
    }
    const refusal = await this.#cancel(before.id, reason);
    const after = await this.get(externalId);
    if (after === null)
      return { outcome: 'refused', order: null, reason: 'The order vanished while it was cancelled.' };
    const present = toStoreOrder(after);
    if (present.status === 'cancelled') return { outcome: 'cancelled', order: present, stockReturned: true };
    if (present.status === 'shipped') return { outcome: 'shipped', order: present };
    if (refusal !== null) return { outcome: 'refused', order: present, reason: refusal };
    throw new ConnectorError('Unavailable', `orders.cancel: Shopify has not finished cancelling ${order.number} yet.`, {
      code: 'job_running',
    });
  }

  /** The shop's order; null for an id that is none, and for one that is gone. */
  async get(externalId: string): Promise<ShopifyOrder | null> {
    if (!isGid('Order', externalId)) return null;
    return (await this.#client.ask('order', { id: externalId })).order;
  }

  /** Stock goes back; no money is moved: the buyer paid elsewhere. Null, or why Shopify will not. */
  async #cancel(id: string, reason: string): Promise<string | null> {
    const { orderCancel } = await this.#client.ask('cancelOrder', {
      id,
      restock: true,
      reason: 'OTHER',
      note: `${NOTE_PREFIX}${reason}`.slice(0, MAX_NOTE),
    });
    const [error] = orderCancel.orderCancelUserErrors;
    if (error !== undefined) return error.message;
    let job = orderCancel.job;
    for (const waitMs of JOB_WAITS_MS) {
      if (job === null || job.done) return null;
      await sleep(waitMs);
      job = (await this.#client.ask('job', { id: job.id })).job;
    }
    return null;
  }

  async #listed(reference: string, notBefore: Date): Promise<ShopifyOrder[]> {
    const oldestMs = notBefore.getTime() - CLOCK_MARGIN_MS;
    const found: ShopifyOrder[] = [];
    let after: string | null = null;
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const { orders }: Static<typeof answers.recentOrders> = await this.#client.ask('recentOrders', { after });
      for (const row of orders.nodes.filter((one) => referenceOf(one) === reference)) {
        const order = await this.get(row.id);
        if (order !== null) found.push(order);
      }
      const oldest = instant(orders.nodes.at(-1)?.createdAt);
      if (!orders.pageInfo.hasNextPage || (oldest !== null && oldest.getTime() < oldestMs)) return found;
      after = orders.pageInfo.endCursor;
    }
    throw new ConnectorError('Unavailable', 'The shop lists more orders than can be looked through.', {
      code: 'too_many_orders',
    });
  }

  /** An order whose creation was never answered was never compared either. Nobody's later edits are touched. */
  async #refuseIfWrong(order: ShopifyOrder): Promise<void> {
    const wanted = intendedContent(order);
    const created = instant(order.createdAt);
    const modified = instant(order.updatedAt);
    if (wanted === null || created === null || modified === null || toStoreOrder(order).status !== 'open') return;
    if (modified.getTime() - created.getTime() > UNTOUCHED_MS) return;
    const reasons = differences(wanted, order);
    if (reasons.length > 0) await this.#refuse(order, reasons);
  }

  /** Takes a wrong order back and says why. */
  async #refuse(order: ShopifyOrder, reasons: readonly string[]): Promise<never> {
    const why = `The shop made something else of the order: ${reasons.join('; ')}.`;
    const details = { code: 'shop_answer_differs', existingId: order.id, field: 'lines' };
    try {
      const refusal = await this.#cancel(order.id, why);
      if (refusal !== null) throw new ConnectorError('Rejected', refusal);
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
}

/** All that is refused is how the buyer is addressed. Texts are looked at where no field is named. */
function concernsAddress(errors: UserErrors): boolean {
  return (
    errors.length > 0 &&
    errors.every(({ field, message }) =>
      field == null || field.length === 0
        ? /\b(?:address|province|state is not|zip|postal code|phone|e-?mail)\b/i.test(message)
        : field.some((one) => /address|phone|email/i.test(String(one))),
    )
  );
}

function isCancelledByUs({ cancellation }: ShopifyOrder): boolean {
  return cancellation?.staffNote?.startsWith(NOTE_PREFIX) ?? false;
}
