import type { Tx } from '../database.ts';
import type { Row } from '../steps.ts';
import { type IncidentRef, openIncidentsOf } from './incidents.ts';
import type { Ref } from './labels.ts';
import { anywhere, iso, isoOf, type ListFilter, openProblems, type PageOf, readPage, states } from './paging.ts';

/** An order as lists show it. Names from behind the staff's wall are added by `labels.ts`. */
export interface OrderSummary {
  readonly id: string;
  readonly number: string;
  readonly brand: Ref;
  readonly connectionId: string;
  readonly channelOrderId: string;
  readonly state: string;
  readonly version: number;
  readonly orderedAt: string;
  readonly shipBy: string | null;
  readonly total: { readonly amountMinor: number; readonly currency: string };
  readonly lines: number;
  readonly units: number;
  readonly shopOrderNumber: string | null;
  readonly trackingNumber: string | null;
  readonly problems: number;
  /** The brand's shop does not answer, and the order waits for it. */
  readonly sellerOffline: IncidentRef | null;
}

/** The row that the machine is asked about, and what people see of it. */
export interface OrderItem {
  readonly row: Row;
  readonly summary: OrderSummary;
}

export async function listOrders(trx: Tx, filter: ListFilter): Promise<PageOf<OrderItem>> {
  const query = trx('orders as o').select('o.*');
  const wanted = states(filter);
  if (wanted) query.whereIn('o.state', wanted);
  if (filter.brand !== undefined) query.where('o.brand_id', filter.brand);
  if (filter.connection !== undefined) query.where('o.connection_id', filter.connection);
  if (filter.q !== undefined) {
    const pattern = anywhere(filter.q);
    query.where((any) =>
      any
        .whereILike('o.number', pattern)
        .orWhereILike('o.shop_order_number', pattern)
        .orWhereIn('o.channel_order_id', trx('channel_orders').whereILike('external_id', pattern).select('id'))
        .orWhereIn('o.id', trx('parcels').whereILike('tracking_number', pattern).select('order_id'))
        .orWhereIn('o.id', trx('order_lines').whereILike('seller_sku', pattern).select('order_id')),
    );
  }
  const sorting = { table: 'orders', alias: 'o', column: 'ordered_at', direction: 'desc' } as const;
  const { items, next, total } = await readPage<Row>(query, sorting, filter);
  return { items: await summarised(trx, items), next, total };
}

export async function findOrder(trx: Tx, id: string): Promise<OrderItem | null> {
  const row: Row | undefined = await trx('orders').where({ id }).first();
  if (!row) return null;
  const [item] = await summarised(trx, [row]);
  return item ?? null;
}

/** The order with this number (`TL-000123`); for people who type. */
export async function orderIdOfNumber(trx: Tx, number: string): Promise<string | null> {
  const row = await trx('orders').whereRaw('lower(number) = lower(?)', [number]).first('id');
  return row?.id ?? null;
}

async function summarised(trx: Tx, rows: readonly Row[]): Promise<OrderItem[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const brands = new Map((await brandRefs(trx, rows)).map((ref) => [ref.id, ref]));
  const lines = await trx('order_lines')
    .whereIn('order_id', ids)
    .groupBy('order_id')
    .select('order_id', trx.raw('count(*) as lines, sum(quantity_ordered - quantity_cancelled) as units'));
  const counts = new Map(lines.map((row) => [row.order_id, row]));
  const tracked = await trx('parcels')
    .whereIn('order_id', ids)
    .whereNotNull('tracking_number')
    .whereNot({ state: 'VOIDED' })
    .orderBy('piece_number', 'desc')
    .select('order_id', 'tracking_number');
  const tracking = new Map<string, string>(tracked.map((row) => [row.order_id, row.tracking_number]));
  const problems = await openProblems(trx, ids);
  const outages = await openIncidentsOf(
    trx,
    rows.filter(waitsForShop).map((row) => String(row.store_connection_id)),
  );
  return rows.map((row) => ({
    row,
    summary: {
      id: row.id,
      number: String(row.number),
      brand: brands.get(String(row.brand_id)) ?? { id: String(row.brand_id), code: '', name: '' },
      connectionId: String(row.connection_id),
      channelOrderId: String(row.channel_order_id),
      state: row.state,
      version: row.version,
      orderedAt: isoOf(row.ordered_at as Date),
      shipBy: iso(row.ship_by as Date | null),
      total: { amountMinor: Number(row.total_minor), currency: String(row.currency) },
      lines: Number(counts.get(row.id)?.lines ?? 0),
      units: Number(counts.get(row.id)?.units ?? 0),
      shopOrderNumber: (row.shop_order_number as string | null) ?? null,
      trackingNumber: tracking.get(row.id) ?? null,
      problems: problems.get(row.id) ?? 0,
      sellerOffline: waitsForShop(row) ? (outages.get(String(row.store_connection_id)) ?? null) : null,
    },
  }));
}

/** Approved, and not in the brand's shop yet. */
const waitsForShop = (row: Row): boolean =>
  row.store_connection_id !== null && row.in_shop_at === null && ['APPROVED', 'QUEUE'].includes(row.state);

/** The brands that these rows belong to. */
export async function brandRefs(trx: Tx, rows: readonly Record<string, unknown>[]): Promise<Ref[]> {
  const ids = [...new Set(rows.map((row) => String(row.brand_id)))];
  return trx('brands').whereIn('id', ids).select('id', 'code', 'name');
}
