import type { Knex } from 'knex';
import { ApiError } from '../errors.ts';
import type { TableQuery } from '../schemas/tables.ts';

/** How a table is sorted by one of its columns. */
export interface SortKey {
  /** SQL expression, never null and of one type; trusted text of ours. */
  readonly sql: string;
  /** PostgreSQL type of the expression, to which a cursor's text is cast back. */
  readonly type: 'text' | 'timestamptz' | 'integer' | 'bigint';
}

export interface PageSorting {
  /** Of the table that holds the id: `p`. */
  readonly alias: string;
  readonly keys: Readonly<Record<string, SortKey>>;
  /** As in `TableQuery.sort`. */
  readonly otherwise: string;
}

interface Cursor {
  readonly sort: string;
  readonly value: string;
  readonly id: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The place after which the next page begins: the sort value as PostgreSQL writes it, and the id that breaks ties. */
export function cursorOf({ sort, value, id }: Cursor): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url');
}

/** @throws ApiError InvalidInput when it is no cursor of ours, or one of another sorting. */
function readCursor(text: string, sort: string): Cursor {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch (error) {
    throw new ApiError('InvalidInput', `The cursor cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
  const [given, value, id] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (given !== sort || typeof value !== 'string' || typeof id !== 'string' || !uuid.test(id)) {
    throw new ApiError('InvalidInput', 'The cursor belongs to another list.', {
      remedy: 'Begin with the first page; a cursor goes with the sorting that it came from.',
    });
  }
  return { sort, value, id };
}

export interface Page<Row> {
  readonly items: readonly Row[];
  readonly next: string | null;
}

/**
 * Reads one page by key: rows that arrive meanwhile neither repeat nor hide others, and page 1000 costs what page 1
 * does. `query` has its filters; sorting, selection of the sort value and the limit are added here.
 */
export async function readTablePage<Row extends { id: string }>(
  query: Knex.QueryBuilder,
  { alias, keys, otherwise }: PageSorting,
  { sort = otherwise, limit, cursor }: Pick<TableQuery, 'sort' | 'limit' | 'cursor'>,
): Promise<Page<Row>> {
  const isDescending = sort.startsWith('-');
  const key = keys[isDescending ? sort.slice(1) : sort];
  if (!key) {
    throw new ApiError('InvalidInput', `This table cannot be sorted by ${sort}.`, {
      remedy: `It can by ${Object.keys(keys).join(', ')}.`,
    });
  }
  const direction = isDescending ? 'desc' : 'asc';
  const page = query.clone();
  if (cursor !== undefined) {
    const { value, id } = readCursor(cursor, sort);
    page.whereRaw(`(${key.sql}, ${alias}.id) ${isDescending ? '<' : '>'} (?::${key.type}, ?::uuid)`, [value, id]);
  }
  const rows: (Row & { sort_value: string })[] = await page
    .select(page.client.raw(`(${key.sql})::text as sort_value`))
    .orderByRaw(`${key.sql} ${direction}, ${alias}.id ${direction}`)
    .limit(limit + 1);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last ? cursorOf({ sort, value: last.sort_value, id: last.id }) : null;
  return { items, next };
}

/** How many things are in each state under a filter without `state`; one pass over an index. */
export async function countStates(query: Knex.QueryBuilder, alias: string): Promise<Record<string, number>> {
  const rows: { state: string; n: number }[] = await query
    .clone()
    .clearSelect()
    .clearOrder()
    .groupBy(`${alias}.state`)
    .select(`${alias}.state`)
    .count({ n: '*' });
  return Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)]));
}
