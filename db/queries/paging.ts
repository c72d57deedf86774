import type { Knex } from 'knex';
import type { Tx } from '../database.ts';

/** What a list can be narrowed by. `state` may name several, separated by commas. */
export interface ListFilter {
  readonly limit: number;
  /** Id of the last row of the page before. */
  readonly after?: string | undefined;
  readonly state?: string | undefined;
  readonly brand?: string | undefined;
  readonly connection?: string | undefined;
  readonly q?: string | undefined;
}

export interface PageOf<Item> {
  readonly items: readonly Item[];
  /** The `after` of the next page; null at the end. */
  readonly next: string | null;
  readonly total: number;
}

export interface Sorting {
  readonly table: string;
  /** Under which name the query knows the table. */
  readonly alias: string;
  /** Ties are broken by id. */
  readonly column: string;
  readonly direction: 'asc' | 'desc';
}

/**
 * Reads one page by key, not by offset: rows that arrive meanwhile neither repeat nor hide others. The sort value is
 * looked up by the id in the database, so that no precision is lost on the way through JSON.
 */
export async function readPage<Row extends { id: string }>(
  filtered: Knex.QueryBuilder,
  { table, alias, column, direction }: Sorting,
  { limit, after }: ListFilter,
): Promise<PageOf<Row>> {
  const counted = await filtered.clone().clearSelect().count({ n: '*' }).first();
  const beyond = direction === 'asc' ? '>' : '<';
  const query = filtered.clone();
  if (after !== undefined) {
    query.whereRaw(`(??.??, ??.id) ${beyond} (select ??, id from ?? where id = ?)`, [
      alias,
      column,
      alias,
      column,
      table,
      after,
    ]);
  }
  const rows: Row[] = await query
    .orderBy([
      { column: `${alias}.${column}`, order: direction },
      { column: `${alias}.id`, order: direction },
    ])
    .limit(limit + 1);
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null, total: Number(counted?.n ?? 0) };
}

export function states(filter: ListFilter): string[] | null {
  return filter.state === undefined ? null : filter.state.split(',');
}

/** A search text for ILIKE: what the person typed, anywhere, taken literally. */
export function anywhere(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

export const iso = (date: Date | null | undefined): string | null => date?.toISOString() ?? null;
export const isoOf = (date: Date): string => date.toISOString();

/** Groups rows by a text key. */
export function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** How many problems that nobody has resolved each of these things has. */
export async function openProblems(trx: Tx, entityIds: readonly string[]): Promise<Map<string, number>> {
  const rows: { entity_id: string; n: number }[] = await trx('problems')
    .whereIn('state', ['OPEN', 'SNOOZED'])
    .whereIn('entity_id', [...entityIds])
    .groupBy('entity_id')
    .select('entity_id')
    .count({ n: '*' });
  return new Map(rows.map(({ entity_id, n }) => [entity_id, Number(n)]));
}
