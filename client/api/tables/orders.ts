import { readConsignees } from '../../../db/consignees.ts';
import type { Tx } from '../../../db/database.ts';
import { readLabels } from '../../../db/queries/labels.ts';
import { brandRefs } from '../../../db/queries/orders.ts';
import { anywhere, grouped, iso } from '../../../db/queries/paging.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import type { Row } from '../../../db/steps.ts';
import type { User } from '../../../db/users.ts';
import type { TableQuery, TableRow } from '../schemas/tables.ts';
import type { ReadPage, TableAdapter, TableReader } from './adapter.ts';
import { addressCells, isAddressKey } from './address.ts';
import { standingsOf } from './machine-rows.ts';
import { saveMachineRows } from './machine-save.ts';
import { addressFields, orderFields } from './order-fields.ts';
import { openAddress, orderSaving, sealAddresses } from './order-save.ts';
import { countStates, type PageSorting, readTablePage } from './paging.ts';

const sorting: PageSorting = {
  alias: 'o',
  keys: {
    orderedAt: { sql: 'o.ordered_at', type: 'timestamptz' },
    shipBy: { sql: `coalesce(o.ship_by, 'infinity')`, type: 'timestamptz' },
  },
  otherwise: '-orderedAt',
};

const isStaff = ({ role }: User): boolean => role !== 'brand';
const addressKeys = addressFields.map(({ column }) => column.key);

function filtered(trx: Tx, { brand, connection, q, findings, ids }: TableQuery) {
  const query = trx('orders as o');
  if (brand !== undefined) query.where('o.brand_id', brand);
  if (connection !== undefined) query.where('o.connection_id', connection);
  if (ids !== undefined) query.whereIn('o.id', ids.split(','));
  if (findings) {
    query.whereIn('o.id', trx('problems').whereIn('state', ['OPEN', 'SNOOZED']).select('entity_id'));
  }
  if (q !== undefined) {
    const pattern = anywhere(q);
    query.where((any) =>
      any
        .whereILike('o.number', pattern)
        .orWhereILike('o.shop_order_number', pattern)
        .orWhereIn('o.channel_order_id', trx('channel_orders').whereILike('external_id', pattern).select('id'))
        .orWhereIn('o.id', trx('parcels').whereILike('tracking_number', pattern).select('order_id'))
        .orWhereIn('o.id', trx('order_lines').whereILike('seller_sku', pattern).select('order_id')),
    );
  }
  return query;
}

interface LineRow {
  order_id: string;
  title: string;
  seller_sku: string | null;
  quantity_ordered: number;
  quantity_cancelled: number;
}

const openOf = (line: LineRow): number => line.quantity_ordered - line.quantity_cancelled;
const itemOf = (line: LineRow): string => `${openOf(line)} × ${line.seller_sku ?? line.title}`;

async function read(trx: Tx, query: TableQuery, { user, deps }: TableReader): Promise<ReadPage> {
  const base = filtered(trx, query);
  const counts = query.cursor === undefined ? await countStates(base, 'o') : null;
  if (query.state !== undefined) base.whereIn('o.state', query.state.split(','));
  const { items, next } = await readTablePage<Row>(base.select('o.*'), sorting, query);
  const ids = items.map(({ id }) => id);
  const brands = new Map((await brandRefs(trx, items)).map((ref) => [ref.id, ref]));
  const lines = grouped<LineRow>(
    await trx('order_lines').whereIn('order_id', ids).orderBy('id'),
    (line) => line.order_id,
  );
  await riseToStaff(trx);
  const standings = await standingsOf(trx, 'order', items, user);
  const labels = await readLabels(trx, {
    connections: items.map((row) => String(row.connection_id)),
    channelOrders: items.map((row) => String(row.channel_order_id)),
  });
  const consigneeIds = items.map((row) => String(row.consignee_id));
  const missing: { id: string; missing_fields: string[] }[] = await trx('consignees')
    .whereIn('id', consigneeIds)
    .select('id', 'missing_fields');
  const gaps = new Map(missing.map(({ id, missing_fields }) => [id, missing_fields]));
  const addresses = isStaff(user) ? await readConsignees(trx, deps.sealer, consigneeIds) : null;
  const rows = items.map((row): TableRow => {
    const own = lines.get(row.id) ?? [];
    const consignee = String(row.consignee_id);
    const standing = standings.get(row.id) ?? { allowed: [], edited: { to: null, why: null }, locked: {} };
    const erased =
      addresses && !addresses.has(consignee) ? 'The buyer was erased: there is no address any more.' : null;
    const cells = {
      number: row.number,
      state: row.state,
      brand: brands.get(String(row.brand_id)) ?? null,
      connection: labels.connection(String(row.connection_id)),
      channelOrderNumber: labels.channelOrder(String(row.channel_order_id))?.externalId ?? '',
      orderedAt: iso(row.ordered_at as Date),
      shipBy: iso(row.ship_by as Date | null),
      note: row.note,
      items: own.map(itemOf).join(', '),
      units: own.reduce((sum, line) => sum + openOf(line), 0),
      total: { amountMinor: row.total_minor, currency: row.currency },
      missing: (gaps.get(consignee) ?? []).join(', '),
      shopOrderNumber: row.shop_order_number,
      lastEditedAt: iso(row.last_edited_at as Date | null),
      ...(addresses ? addressCells(addresses.get(consignee) ?? null, addressKeys) : {}),
    };
    const { id, version, state } = row;
    const locked = {
      ...(erased ? Object.fromEntries(addressKeys.map((key) => [key, erased])) : {}),
      ...standing.locked,
    };
    return { id, entity: id, kind: 'order', parent: null, version, state, cells, ...standing, locked };
  });
  return { rows, next, states: counts };
}

/** Orders: the note and, for our own staff, where the parcel goes. */
export const orderTable: TableAdapter = {
  table: 'orders',
  columns: (user) =>
    [...orderFields, ...(isStaff(user) ? addressFields : [])].map(({ column }) => ({
      ...column,
      editable: column.editable && isStaff(user),
    })),
  read,
  save: (trx, rows, editor) => saveMachineRows(trx, orderSaving, rows, editor),
  sealing: {
    seals: isAddressKey,
    seal: sealAddresses,
    open: openAddress,
  },
};
