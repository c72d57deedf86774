import type { Page } from '../contract/common.ts';
import type { ChannelOrderRef, ChannelOrderSnapshot } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import type { JdIdCall, JdIdClient } from './client.ts';
import { idValue } from './json.ts';
import { toSnapshot } from './mapping.ts';
import { fits, idListSchema, type JdIdSettings, orderIdSchema, ordersSchema } from './schema.ts';
import { orderStates, orderTag } from './tags.ts';
import { jakartaWallTime } from './times.ts';

/** What clients send in one `batchGetOrderInfoList`. */
export const ORDER_BATCH_SIZE = 10;
/** The smallest page that any client was seen asking for: fewer ids than that are certainly the end. */
const SMALLEST_PAGE = 20;
const MAX_PAGES = 2000;

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

  constructor(client: JdIdClient, settings: JdIdSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  /** Ids of orders by `updateTime`, which also reveals later state changes; `bookTime` would not. */
  async listOrders(input: { since: Date; until: Date; cursor: string | null }): Promise<Page<ChannelOrderRef>> {
    const states = this.#settings.listOrdersByState === true ? orderStates.map((row) => row.native) : [null];
    const at = parseCursor(input.cursor, states.length);
    const state = states[at.state] ?? null;
    const call: JdIdCall = {
      method: 'jingdong.seller.order.getOrderIdListByCondition',
      operation: 'orders.list',
      parameters: {
        updateTimeBegin: jakartaWallTime(input.since, 'down'),
        updateTimeEnd: jakartaWallTime(input.until, 'up'),
        pageNo: at.page,
        pageSize: this.#settings.orderPageSize ?? 100,
        ...(state === null ? {} : { orderStatus: idValue(state) }),
      },
    };
    const { model } = await this.#client.succeed(call);
    const ids = model === null ? [] : this.#client.read(call, idListSchema, model);
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
      const call: JdIdCall = {
        method: 'jingdong.seller.order.batchGetOrderInfoList',
        operation: 'orders.read',
        parameters: { orderId: batch.join(',') },
      };
      const { model } = await this.#client.succeed(call);
      const orders = model === null ? [] : this.#client.read(call, ordersSchema, model);
      for (const order of orders) {
        const snapshot = this.#snapshot(order, batch);
        if (batch.includes(snapshot.externalId)) snapshots.push(snapshot);
      }
    }
    return snapshots;
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
   * Names our own carrier and number. A refusal is checked against the order: shipped with this number is success, so
   * repeating does no harm.
   */
  async confirmShipment(input: { externalId: string; carrier: string; trackingNumber: string }): Promise<void> {
    const expressCompany = this.#settings.expressCompanies?.[input.carrier] ?? input.carrier;
    try {
      await this.#client.succeed({
        method: 'jingdong.seller.order.sendGoodsOpenApi',
        operation: 'orders.ship',
        parameters: { orderId: idValue(input.externalId), expressNo: input.trackingNumber, expressCompany },
        effect: true,
      });
    } catch (error) {
      if (!(error instanceof ConnectorError) || !['Rejected', 'Duplicate'].includes(error.kind)) throw error;
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
