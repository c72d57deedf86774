import type { Tx } from '../database.ts';
import type { Row } from '../steps.ts';
import { brandRefs } from './orders.ts';
import { anywhere, grouped, iso, isoOf, type ListFilter, type PageOf, readPage, states } from './paging.ts';

/** Consignments, the latest slot first. */
export async function listConsignments(trx: Tx, filter: ListFilter) {
  const query = trx('consignments as c').select('c.*');
  const wanted = states(filter);
  if (wanted) query.whereIn('c.state', wanted);
  if (filter.brand !== undefined) query.where('c.brand_id', filter.brand);
  if (filter.connection !== undefined) query.where('c.carrier_connection_id', filter.connection);
  if (filter.q !== undefined) {
    const pattern = anywhere(filter.q);
    query.where((any) => any.whereILike('c.number', pattern).orWhereILike('c.tracking_number', pattern));
  }
  const sorting = { table: 'consignments', alias: 'c', column: 'close_due_at', direction: 'desc' } as const;
  const { items, next, total } = await readPage<Row>(query, sorting, filter);
  return { items: await withContents(trx, items), next, total };
}

export async function findConsignment(trx: Tx, id: string) {
  const row: Row | undefined = await trx('consignments').where({ id }).first();
  if (!row) return null;
  const [item] = await withContents(trx, [row]);
  return item ?? null;
}

async function withContents(trx: Tx, rows: readonly Row[]) {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const brands = new Map((await brandRefs(trx, rows)).map((ref) => [ref.id, ref]));
  const members = await trx('consignment_orders as co')
    .join('orders as o', 'o.id', 'co.order_id')
    .whereIn('co.consignment_id', ids)
    .whereNull('co.left_at')
    .orderBy('o.number')
    .select('co.consignment_id', 'o.id', 'o.number', 'o.state');
  const parcels: Row[] = await trx('parcels').whereIn('consignment_id', ids).orderBy('piece_number');
  const orders = grouped(members, (row) => row.consignment_id);
  const pieces = grouped(parcels, (row) => String(row.consignment_id));
  return rows.map((row) => ({
    row,
    summary: {
      id: row.id,
      number: String(row.number),
      brand: brands.get(String(row.brand_id)) ?? { id: String(row.brand_id), code: '', name: '' },
      carrierConnectionId: String(row.carrier_connection_id),
      kind: String(row.kind),
      state: row.state,
      version: row.version,
      revision: Number(row.revision),
      destinationCountryCode: String(row.destination_country_code),
      incoterm: String(row.incoterm),
      slotDate: String(row.slot_date),
      slotTime: String(row.slot_time),
      closeDueAt: isoOf(row.close_due_at as Date),
      closedAt: iso(row.closed_at as Date | null),
      trackingNumber: (row.tracking_number as string | null) ?? null,
      trackingUrl: (row.tracking_url as string | null) ?? null,
      labelDocumentId: (row.label_document_id as string | null) ?? null,
      costMinor: row.cost_minor as number | null,
      costCurrency: (row.cost_currency as string | null) ?? null,
      orders: (orders.get(row.id) ?? []).map((order) => ({
        id: order.id as string,
        number: order.number as string,
        state: order.state as string,
      })),
      parcels: (pieces.get(row.id) ?? []).map((parcel) => ({
        id: parcel.id,
        orderId: String(parcel.order_id),
        state: parcel.state,
        version: parcel.version,
        nativeStatus: (parcel.native_status as string | null) ?? null,
        trackingNumber: (parcel.tracking_number as string | null) ?? null,
        weightGrams: Number(parcel.weight_grams),
        lengthMm: Number(parcel.length_mm),
        widthMm: Number(parcel.width_mm),
        heightMm: Number(parcel.height_mm),
        estimated: parcel.estimated === true,
      })),
    },
  }));
}

/** Returns, newest first. */
export async function listReturns(trx: Tx, filter: ListFilter) {
  const query = trx('returns as r').select('r.*');
  const wanted = states(filter);
  if (wanted) query.whereIn('r.state', wanted);
  if (filter.brand !== undefined) query.where('r.brand_id', filter.brand);
  const { q, connection } = filter;
  if (connection !== undefined)
    query.whereIn('r.order_id', trx('orders').where({ connection_id: connection }).select('id'));
  if (q !== undefined) {
    const pattern = anywhere(q);
    query.where((any) =>
      any
        .whereILike('r.tracking_number', pattern)
        .orWhereIn('r.order_id', trx('orders').whereILike('number', pattern).select('id')),
    );
  }
  const sorting = { table: 'returns', alias: 'r', column: 'created_at', direction: 'desc' } as const;
  const { items, next, total } = await readPage<Row>(query, sorting, filter);
  const brands = new Map((await brandRefs(trx, items)).map((ref) => [ref.id, ref]));
  const orders: { id: string; number: string; state: string }[] = await trx('orders')
    .whereIn(
      'id',
      items.map((row) => String(row.order_id)),
    )
    .select('id', 'number', 'state');
  const byId = new Map(orders.map((order) => [order.id, order]));
  return {
    items: items.map((row) => ({
      row,
      summary: {
        id: row.id,
        brand: brands.get(String(row.brand_id)) ?? { id: String(row.brand_id), code: '', name: '' },
        order: byId.get(String(row.order_id)) ?? { id: String(row.order_id), number: '', state: '' },
        reason: String(row.reason),
        state: row.state,
        version: row.version,
        lines: row.lines as { orderLineId: string; quantity: number }[],
        trackingNumber: (row.tracking_number as string | null) ?? null,
        scannedInAt: iso(row.scanned_in_at as Date | null),
        createdAt: isoOf(row.created_at as Date),
      },
    })),
    next,
    total,
  };
}

function mailView(row: Record<string, unknown>) {
  return {
    id: String(row.id),
    kind: String(row.kind),
    subject: String(row.subject),
    recipients: row.recipients as string[],
    slotDate: (row.slot_date as string | null) ?? null,
    slotTime: (row.slot_time as string | null) ?? null,
    revision: Number(row.revision),
    documentId: (row.document_id as string | null) ?? null,
    accepted: row.accepted as string[],
    rejected: row.rejected as string[],
    sentAt: iso(row.sent_at as Date | null),
    createdAt: isoOf(row.created_at as Date),
  };
}

/** Mails to brands, newest first. `state` is WAITING or SENT. */
export async function listMails(trx: Tx, filter: ListFilter) {
  const query = trx('mails as m').select('m.*');
  const wanted = states(filter);
  if (wanted) {
    query.where((any) => {
      if (wanted.includes('SENT')) any.orWhereNotNull('m.sent_at');
      if (wanted.includes('WAITING')) any.orWhereNull('m.sent_at');
      if (!wanted.includes('SENT') && !wanted.includes('WAITING')) any.whereRaw('false');
    });
  }
  if (filter.brand !== undefined) query.where('m.brand_id', filter.brand);
  if (filter.q !== undefined) query.whereILike('m.subject', anywhere(filter.q));
  const sorting = { table: 'mails', alias: 'm', column: 'created_at', direction: 'desc' } as const;
  const page: PageOf<Row> = await readPage<Row>(query, sorting, filter);
  const brands = new Map((await brandRefs(trx, page.items)).map((ref) => [ref.id, ref]));
  return {
    rows: page.items.map((row) => ({
      ...mailView(row),
      brand: brands.get(String(row.brand_id)) ?? { id: String(row.brand_id), code: '', name: '' },
    })),
    next: page.next,
    total: page.total,
  };
}

export async function findMail(trx: Tx, id: string) {
  const row = await trx('mails').where({ id }).first();
  if (!row) return null;
  const [brand] = await brandRefs(trx, [row]);
  const consignments = await trx('mail_consignments as mc')
    .join('consignments as c', 'c.id', 'mc.consignment_id')
    .where('mc.mail_id', id)
    .orderBy('c.number')
    .select('c.id', 'c.number', 'mc.consignment_revision as revision');
  return {
    ...mailView(row),
    brand: brand ?? { id: String(row.brand_id), code: '', name: '' },
    messageId: row.message_id as string,
    text: row.body_text as string,
    html: row.body_html as string,
    consignments: consignments as { id: string; number: string; revision: number }[],
  };
}
