import type { Static, TSchema } from '@sinclair/typebox';
import type { Page } from '../contract/common.ts';
import type { StoreOrderDetail } from '../contract/store-writing.ts';
import { ConnectorError } from '../errors.ts';
import type { MagentoClient, MagentoContext } from './client.ts';
import { type Filter, searchQuery } from './criteria.ts';
import { nextChanged, OVERLAP_MS, readOrderCursor, writeCursor } from './cursor.ts';
import { toDetail } from './order-detail.ts';
import { filledOrder } from './order-gaps.ts';
import {
  anyRowSchema,
  type CreditMemo,
  check,
  creditMemoSchema,
  listSchema,
  type OrderDetail,
  orderDetailSchema,
  type ShipmentDetail,
  shipmentDetailSchema,
} from './schema.ts';
import { formatUtc } from './text.ts';

/** What is asked for: buyers' names and addresses stay where they are. */
const ITEM_FIELDS = [
  'item_id,parent_item_id,product_id,product_type,sku,name,qty_ordered,qty_invoiced,qty_shipped,qty_canceled',
  'qty_refunded,row_total,tax_amount,discount_amount,discount_tax_compensation_amount',
].join(',');
const FIELDS = [
  'entity_id,increment_id,state,status,ext_order_id,order_currency_code,base_currency_code,grand_total,tax_amount',
  'discount_amount',
  'discount_tax_compensation_amount,shipping_amount,shipping_discount_amount',
  'shipping_discount_tax_compensation_amount,total_refunded,created_at,updated_at',
  `items[${ITEM_FIELDS}],status_histories[comment,entity_id]`,
].join(',');
const LARGEST_PAGE = 300;

type Input = { cursor: string | null; changedSince: Date | null; pageSize?: number };

/** Reads of all orders of the shop, its own ones included. */
export class OrderHistory {
  readonly #client: MagentoClient;
  readonly #ctx: MagentoContext;

  constructor(client: MagentoClient, ctx: MagentoContext) {
    this.#client = client;
    this.#ctx = ctx;
  }

  /** All by id, or what changed by date with an overlap; rows of one second may come twice. */
  async read({ cursor: text, changedSince, pageSize: wanted }: Input): Promise<Page<StoreOrderDetail>> {
    const pageSize = Math.max(1, Math.min(wanted ?? this.#ctx.settings.pageSize ?? 100, LARGEST_PAGE));
    const first =
      changedSince === null
        ? ({ mode: 'all', lastId: 0 } as const)
        : ({ mode: 'changed', since: formatUtc(new Date(changedSince.getTime() - OVERLAP_MS)), page: 1 } as const);
    const cursor = text === null ? first : readOrderCursor(text);
    const isAll = cursor.mode === 'all';
    const filter: Filter = isAll
      ? { field: 'entity_id', value: cursor.lastId, condition: 'gt' }
      : { field: 'updated_at', value: cursor.since, condition: 'gteq' };
    const sort = isAll ? ['entity_id'] : ['updated_at', 'entity_id'];
    const page = isAll ? 1 : cursor.page;
    const fields = `items[${FIELDS}],total_count`;
    const query = searchQuery({ filters: [filter], sort, pageSize, page, fields });
    const call = { method: 'GET', path: 'orders', query, operation: 'orders.list' } as const;
    const answer = await this.#client.ask(call, listSchema(anyRowSchema));
    const rows = (answer.items ?? []).map(readable);
    const isEnd = rows.length === 0 || page * pageSize >= (answer.total_count ?? Number.POSITIVE_INFINITY);
    const last = rows.at(-1);
    const following = isAll
      ? { mode: 'all' as const, lastId: last?.entity_id ?? 0 }
      : nextChanged(cursor, last?.updated_at);
    return { items: await this.#complete(rows), next: isEnd ? null : writeCursor(following), total: null };
  }

  async #complete(rows: readonly OrderDetail[]): Promise<StoreOrderDetail[]> {
    const refunded = rows.filter((row) => Number(row.total_refunded ?? 0) > 0 || isAny(row, 'qty_refunded'));
    const memos = await this.memos(refunded.map(({ entity_id: id }) => id));
    const shipments = await this.shipments(
      rows.filter((row) => isAny(row, 'qty_shipped')).map(({ entity_id: id }) => id),
    );
    return rows.map((row) =>
      toDetail(
        row,
        memos.filter(({ order_id: id }) => id === row.entity_id),
        shipments.filter(({ order_id: id }) => id === row.entity_id),
      ),
    );
  }

  memos(orderIds: readonly number[]): Promise<CreditMemo[]> {
    const inner = 'items[order_item_id,qty],comments[comment]';
    const fields = `items[entity_id,order_id,created_at,grand_total,order_currency_code,${inner}],total_count`;
    return this.#ofOrders('creditmemos', orderIds, fields, creditMemoSchema);
  }

  shipments(orderIds: readonly number[]): Promise<ShipmentDetail[]> {
    const fields = 'items[entity_id,order_id,created_at,tracks[track_number,title,carrier_code]],total_count';
    return this.#ofOrders('shipments', orderIds, fields, shipmentDetailSchema);
  }

  async #ofOrders<S extends TSchema>(
    path: 'creditmemos' | 'shipments',
    orderIds: readonly number[],
    fields: string,
    schema: S,
  ): Promise<Static<S>[]> {
    const all: Static<S>[] = [];
    if (orderIds.length === 0) return all;
    const filters: Filter[] = [{ field: 'order_id', value: orderIds.join(','), condition: 'in' }];
    for (let page = 1; ; page += 1) {
      const query = searchQuery({ filters, sort: ['entity_id'], pageSize: LARGEST_PAGE, page, fields });
      const call = { method: 'GET', path, query, operation: `${path}.list` } as const;
      const { items, total_count: total } = await this.#client.ask(call, listSchema(schema));
      all.push(...(items ?? []));
      if ((items ?? []).length === 0 || page * LARGEST_PAGE >= (total ?? 0)) return all;
    }
  }
}

/** @throws ConnectorError Unavailable naming the order and what does not fit */
function readable(row: unknown): OrderDetail {
  const verdict = check(orderDetailSchema, filledOrder(row));
  if (verdict.ok) return verdict.value;
  const id = typeof row === 'object' && row !== null && 'entity_id' in row ? String(row.entity_id) : 'without an id';
  throw new ConnectorError('Unavailable', `orders.list: the order ${id} cannot be read (${verdict.problem}).`, {
    code: 'unreadable_answer',
  });
}

function isAny({ items }: OrderDetail, field: 'qty_refunded' | 'qty_shipped'): boolean {
  return (items ?? []).some((item) => (item[field] ?? 0) > 0);
}
