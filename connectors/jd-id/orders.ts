import type { Page } from '../contract/common.ts';
import type { ChannelOrderRef, ChannelOrderSnapshot } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import { fits, orderIdSchema } from './answers.ts';
import { isRefusal, type JdIdClient } from './client.ts';
import { platformCarrier } from './labels.ts';
import { toSnapshot } from './mapping.ts';
import type { JdIdSettings } from './schema.ts';
import { orderStates, orderTag } from './tags.ts';

/** How many orders clients read at once. */
export const ORDER_BATCH_SIZE = 10;
/** The smallest page that any client was seen asking for: fewer ids than that are certainly the end. */
const SMALLEST_PAGE = 20;
const MAX_PAGES = 2000;

/** Before the cursor of a read that goes by state because the gateway refused otherwise. */
const BY_STATE = 's';
const everyState = orderStates.map((row) => row.native);

interface Window {
  readonly since: Date;
  readonly until: Date;
  readonly cursor: string | null;
}

interface Cursor {
  readonly state: number;
  readonly way: 'f' | 'b';
  readonly page: number;
}

/**
 * Reading goes forward to the end and, where there was more than one page, back again: an order that changes meanwhile
 * leaves the window and moves its successors one place forward, over the border of a page that was read already. On
 * the way back such moves can only make an order appear twice.
 */
export function nextCursor(at: Cursor, found: number, states: number): Cursor | null {
  const nextState = at.state + 1 < states ? { state: at.state + 1, way: 'f' as const, page: 1 } : null;
  if (at.way === 'f') {
    if (found >= SMALLEST_PAGE) return { ...at, page: at.page + 1 };
    return at.page === 1 ? nextState : { ...at, way: 'b', page: at.page - 1 };
  }
  return at.page === 1 ? nextState : { ...at, page: at.page - 1 };
}

/** Reads a cursor; throws `Rejected` for one that this connector never gave out. */
export function parseCursor(cursor: string | null, states: number): Cursor {
  if (cursor === null) return { state: 0, way: 'f', page: 1 };
  const match = /^(\d{1,2}):([fb]):(\d{1,4})$/.exec(cursor);
  const state = Number(match?.[1]);
  const page = Number(match?.[3]);
  if (match === null || state >= states || page < 1 || page > MAX_PAGES) {
    throw new ConnectorError('Rejected', 'This cursor is not one of this connector', {
      code: 'bad_cursor',
      remedy: 'Begin the read again without a cursor, with a smaller window if it was very large.',
    });
  }
  return { state, way: match[2] === 'b' ? 'b' : 'f', page };
}

/** Orders: read by change time, confirmed as shipped. */
export class JdIdOrders {
  readonly #client: JdIdClient;
  readonly #settings: JdIdSettings;
  /** The gateway has refused a list of all states (UNCONFIRMED whether it does). */
  #wantsState = false;

  constructor(client: JdIdClient, settings: JdIdSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  /**
   * v2 goes by `updateTime`, which also reveals later state changes; a gateway that refuses to list all states at once is
   * asked state by state. v1 has no such window: every state is asked for, and orders that did not change since then
   * appear as well.
   */
  async listOrders(input: Window): Promise<Page<ChannelOrderRef>> {
    const always = this.#client.gateway.asksByState || this.#settings.listOrdersByState === true;
    if (always) return this.#page(input, everyState);
    const began = input.cursor?.startsWith(BY_STATE) === true;
    if (!began && (input.cursor !== null || !this.#wantsState)) {
      try {
        return await this.#page(input, [null]);
      } catch (error) {
        const isOurs = error instanceof ConnectorError && error.details.code === 'bad_cursor';
        if (!isRefusal(error) || isOurs || input.cursor !== null) throw error;
        this.#wantsState = true;
      }
    }
    const cursor = began ? (input.cursor?.slice(BY_STATE.length) ?? null) : null;
    const page = await this.#page({ ...input, cursor }, everyState);
    return { ...page, next: page.next === null ? null : `${BY_STATE}${page.next}` };
  }

  async #page(input: Window, states: readonly (string | null)[]): Promise<Page<ChannelOrderRef>> {
    const at = parseCursor(input.cursor, states.length);
    const state = states[at.state] ?? null;
    const ids = await this.#client.ask(this.#client.gateway.calls.orderIds({ ...input, page: at.page, state }));
    const next = nextCursor(at, ids.length, states.length);
    return {
      items: ids.map((id) => ({
        externalId: String(id),
        nativeState: state,
        tag: state === null ? null : orderTag(state),
      })),
      next: next === null ? null : `${next.state}:${next.way}:${next.page}`,
      total: null,
    };
  }

  /** Details in tens. Throws when one of a ten cannot be read, naming it: then read the others one by one. */
  async readOrders(externalIds: readonly string[]): Promise<readonly ChannelOrderSnapshot[]> {
    const wanted = [...new Set(externalIds)];
    const snapshots: ChannelOrderSnapshot[] = [];
    for (let start = 0; start < wanted.length; start += ORDER_BATCH_SIZE) {
      const batch = wanted.slice(start, start + ORDER_BATCH_SIZE);
      for (const order of await this.#details(batch)) {
        const snapshot = this.#snapshot(order, batch);
        if (batch.includes(snapshot.externalId)) snapshots.push(snapshot);
      }
    }
    return snapshots;
  }

  /** A batch that is refused as a whole is asked for one by one: what there is not may be the reason, and is missing. */
  async #details(batch: readonly string[]): Promise<readonly unknown[]> {
    const { orders } = this.#client.gateway.calls;
    try {
      return await this.#client.ask(orders(batch));
    } catch (error) {
      const isMissing = error instanceof ConnectorError && error.kind === 'NotFound';
      if (batch.length === 1 && isMissing) return [];
      if (batch.length === 1 || !(isMissing || isRefusal(error))) throw error;
      const found: unknown[] = [];
      for (const id of batch) found.push(...((await this.#client.find(orders([id]))) ?? []));
      return found;
    }
  }

  #snapshot(order: unknown, batch: readonly string[]): ChannelOrderSnapshot {
    try {
      const { currency = 'IDR', region = 'ID', shipWithinHours } = this.#settings;
      return toSnapshot(order, currency, region, shipWithinHours);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const id = fits(orderIdSchema, order) ? String(order.orderId) : `one of ${batch.join(', ')}`;
      throw new ConnectorError(error.kind, `${error.message} (order ${id})`, error.details);
    }
  }

  /**
   * Names our own carrier and number, or hands the parcel to the platform's courier. A refusal is checked against the
   * order: shipped with this number is success, so repeating does no harm.
   */
  async confirmShipment(input: { externalId: string; carrier: string; trackingNumber: string }): Promise<void> {
    const { carrier, ...parcel } = input;
    const expressCompany = carrier === platformCarrier ? null : (this.#settings.expressCompanies?.[carrier] ?? carrier);
    try {
      await this.#client.ask(this.#client.gateway.calls.ship({ ...parcel, expressCompany }));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const [order] = await this.readOrders([input.externalId]);
      if (order === undefined) throw error;
      const shipped = ['READY_TO_SHIP', 'SHIPPED', 'COMPLETED'].includes(order.tag ?? '');
      if (shipped && order.trackingNumber === input.trackingNumber) return;
      throw new ConnectorError('Rejected', `${error.message}; the order is in state ${order.nativeState}`, {
        ...error.details,
        ...(shipped ? { code: 'other_tracking_number', remedy: 'Compare the tracking numbers in the portal.' } : {}),
      });
    }
  }
}
