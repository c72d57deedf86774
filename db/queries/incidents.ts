import type { Tx } from '../database.ts';
import { type IncidentReport, reportOf } from '../incident-report.ts';
import { outagePolicyOf } from '../outage-policy.ts';
import type { Row } from '../steps.ts';
import { iso, isoOf, type ListFilter, type PageOf, readPage, states } from './paging.ts';

const columns = ['i.*', 'k.code as account_code', 'k.name as account_name', 'k.kind as account_kind'];

const base = (trx: Tx) => trx('incidents as i').join('connections as k', 'k.id', 'i.connection_id').select(columns);

/** Outages, the newest first, inside the caller's wall. */
export async function listIncidents(trx: Tx, filter: ListFilter): Promise<PageOf<IncidentView>> {
  const query = base(trx);
  const wanted = states(filter);
  if (wanted) query.whereIn('i.state', wanted);
  if (filter.brand !== undefined) query.where('i.brand_id', filter.brand);
  if (filter.connection !== undefined) query.where('i.connection_id', filter.connection);
  const sorting = { table: 'incidents', alias: 'i', column: 'opened_at', direction: 'desc' } as const;
  const { items, next, total } = await readPage<Row>(query, sorting, filter);
  return { items: items.map(viewOf), next, total };
}

export type IncidentView = ReturnType<typeof viewOf>;

function viewOf(row: Row) {
  return {
    id: row.id,
    number: String(row.number),
    state: row.state,
    version: row.version,
    brandId: (row.brand_id as string | null) ?? null,
    connection: { id: String(row.connection_id), code: String(row.account_code), name: String(row.account_name) },
    kind: String(row.account_kind),
    since: isoOf(row.since as Date),
    openedAt: isoOf(row.opened_at as Date),
    answeredAt: iso(row.answered_at as Date | null),
    closedAt: iso(row.closed_at as Date | null),
    operation: String(row.operation),
    reason: String(row.reason),
    stage: String(row.shrink_stage),
    failures: Number(row.failures),
    callsSaved: Number(row.calls_saved),
    probes: Number(row.probes),
    probeDueAt: iso(row.probe_due_at as Date | null),
    report: (row.report as IncidentReport | null) ?? null,
  };
}

/**
 * One incident, by id or number, with the orders that waited; null where there is none inside the wall. While it is open, the
 * report is what is known so far: some of it lies behind the staff's wall, so the caller rises first.
 */
export async function findIncident(trx: Tx, id: string, at: Date) {
  const column = /^INC-\d+$/i.test(id) ? 'i.number' : 'i.id';
  const row: Row | undefined = await base(trx)
    .where({ [column]: column === 'i.id' ? id : id.toUpperCase() })
    .first();
  if (!row) return null;
  const orders = await trx('incident_orders as w')
    .join('orders as o', 'o.id', 'w.order_id')
    .where({ incident_id: row.id })
    .orderByRaw('w.ship_by nulls last, o.ordered_at, o.number')
    .select('o.id', 'o.number', 'o.state', 'w.ship_by', 'w.waits_since', 'w.pushed_at');
  const view = viewOf(row);
  return {
    ...view,
    policy: outagePolicyOf(row.policy),
    report: view.report ?? (await reportOf(trx, row, at)),
    steps: {
      answeredAt: view.answeredAt,
      drainedAt: iso(row.drained_at as Date | null),
      caughtUpAt: iso(row.caught_up_at as Date | null),
      comparedAt: iso(row.compared_at as Date | null),
      stockReadAt: iso(row.stock_read_at as Date | null),
      closedAt: view.closedAt,
    },
    orders: orders.map((order) => ({
      id: String(order.id),
      number: String(order.number),
      state: String(order.state),
      shipBy: iso(order.ship_by),
      waitsSince: isoOf(order.waits_since),
      pushedAt: iso(order.pushed_at),
    })),
  };
}

/** What lists of other things say of an outage. */
export interface IncidentRef {
  readonly id: string;
  readonly number: string;
  readonly state: string;
  readonly since: string;
}

/** Open incidents by account. */
export async function openIncidentsOf(trx: Tx, connectionIds: readonly string[]): Promise<Map<string, IncidentRef>> {
  const ids = [...new Set(connectionIds)];
  if (ids.length === 0) return new Map();
  const rows: Row[] = await trx('incidents').whereIn('connection_id', ids).whereNot({ state: 'CLOSED' });
  return new Map(
    rows.map((row) => [
      String(row.connection_id),
      { id: row.id, number: String(row.number), state: row.state, since: isoOf(row.since as Date) },
    ]),
  );
}
