import type { Tx } from '../database.ts';
import type { Row } from '../steps.ts';
import { anywhere, iso, isoOf, type ListFilter, type PageOf, readPage, states } from './paging.ts';

export interface ProblemFilter extends ListFilter {
  readonly severity?: string | undefined;
  readonly kind?: string | undefined;
}

export interface ProblemItem {
  readonly row: Row;
  readonly summary: ReturnType<typeof problemView>;
}

/** Problems, the ones seen last first. */
export async function listProblems(trx: Tx, filter: ProblemFilter): Promise<PageOf<ProblemItem>> {
  const query = trx('problems as p').select('p.*');
  const wanted = states(filter);
  if (wanted) query.whereIn('p.state', wanted);
  if (filter.brand !== undefined) query.where('p.brand_id', filter.brand);
  if (filter.connection !== undefined) query.where('p.connection_id', filter.connection);
  if (filter.severity !== undefined) query.where('p.severity', filter.severity);
  if (filter.kind !== undefined) query.where('p.kind', filter.kind);
  if (filter.q !== undefined) {
    const pattern = anywhere(filter.q);
    query.where((any) => any.whereILike('p.title', pattern).orWhereILike('p.detail', pattern));
  }
  const sorting = { table: 'problems', alias: 'p', column: 'last_seen_at', direction: 'desc' } as const;
  const { items, next, total } = await readPage<Row>(query, sorting, filter);
  return { items: items.map((row) => ({ row, summary: problemView(row) })), next, total };
}

export async function findProblem(trx: Tx, id: string): Promise<ProblemItem | null> {
  const row: Row | undefined = await trx('problems').where({ id }).first();
  return row ? { row, summary: problemView(row) } : null;
}

/** Problems about one thing, open ones first. */
export async function problemsOf(trx: Tx, entityId: string) {
  const rows: Row[] = await trx('problems')
    .where({ entity_id: entityId })
    .orderByRaw(`state = 'RESOLVED', last_seen_at desc`)
    .limit(50);
  return rows.map(problemView);
}

const pages: Readonly<Record<string, string>> = {
  order: 'orders',
  product: 'products',
  listing: 'listings',
  connection: 'connections',
  consignment: 'consignments',
  return: 'returns',
  mail: 'mails',
};

/** The dashboard's page of what a problem is about; null where there is none. */
function linkOf(kind: string | null, id: string | null): string | null {
  // Couriers stand in one list.
  if (kind === 'pickup') return '/freight';
  const folder = kind === null ? undefined : pages[kind];
  return folder === undefined || id === null ? null : `/${folder}/${id}`;
}

export function problemView(row: Row) {
  const entityKind = (row.entity_kind as string | null) ?? null;
  const entityId = (row.entity_id as string | null) ?? null;
  return {
    id: row.id,
    kind: String(row.kind),
    severity: String(row.severity),
    title: String(row.title),
    detail: String(row.detail),
    remedy: String(row.remedy),
    state: row.state,
    version: row.version,
    occurrences: Number(row.occurrences),
    firstSeenAt: isoOf(row.first_seen_at as Date),
    lastSeenAt: isoOf(row.last_seen_at as Date),
    snoozedUntil: iso(row.snoozed_until as Date | null),
    resolvedAt: iso(row.resolved_at as Date | null),
    brandId: (row.brand_id as string | null) ?? null,
    connectionId: (row.connection_id as string | null) ?? null,
    entityKind,
    entityId,
    link: linkOf(entityKind, entityId),
  };
}
