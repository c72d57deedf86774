import { ConnectorError } from '../errors.ts';
import type { WooCall, WooClient } from './client.ts';
import type { ChangedPlace, FullPlace } from './cursor.ts';
import { rowsSchema } from './schema.ts';
import { parseGmt } from './text.ts';

/** Clocks differ, and rows appear in lists a little after their date. */
const OVERLAP_MS = 5 * 60 * 1000;
const SECOND_MS = 1000;
/** After these a smaller page may succeed: slow shops time out on large ones. */
const TOO_SLOW = new Set(['first_byte_timeout', 'call_timeout', 'too_large']);
const TOO_SLOW_STATUS = new Set([500, 502, 504, 524]);
const LARGEST_PAGE = 100;
const SMALLEST_PAGE = 10;

export type Row = { readonly id: number };

/** A list of the shop: its path and what is asked of it beside paging. */
export type Listing = Pick<WooCall, 'path' | 'operation' | 'namespace'> & {
  readonly query: NonNullable<WooCall['query']>;
};

/** Where an incremental read begins. */
export function firstPlace(changedSince: Date): ChangedPlace & { readonly since: string } {
  const since = new Date(changedSince.getTime() - OVERLAP_MS).toISOString();
  return { since, after: since };
}

/**
 * A page of everything by id. A row that is deleted meanwhile shifts the rest forward; therefore each page begins with
 * the last row of the one before, and where that row is not there any more the page before is read once more.
 *
 * A page may be shorter than asked for without being the last: the shop counts rows that it then does not show (products
 * of a type whose plugin is gone, for example). The end is told by the shop's total, where it comes through.
 */
export async function fullPage(
  client: WooClient,
  list: Listing,
  place: FullPlace,
  pageSize: number,
): Promise<{ rows: Row[]; next: FullPlace | null; total: number | null }> {
  // One row of each page is known already: a page of one would never get on.
  const perPage = Math.max(2, pageSize);
  const read = (offset: number) => {
    const query = { ...list.query, orderby: 'id', order: 'asc', offset, per_page: perPage };
    return client.list({ ...list, method: 'GET', query }, rowsSchema);
  };
  let offset = Math.max(0, place.offset - 1);
  const end = offset + perPage;
  const { rows: latest, total } = await read(offset);
  const seen = new Map(latest.map((row) => [row.id, row]));
  let first = latest[0]?.id;
  while (offset > 0 && (first === undefined || first > place.lastId)) {
    offset = Math.max(0, offset - perPage);
    const { rows } = await read(offset);
    first = rows[0]?.id;
    for (const row of rows) if (!seen.has(row.id)) seen.set(row.id, row);
  }
  const rows = [...seen.values()].filter(({ id }) => id > place.lastId).sort((one, other) => one.id - other.id);
  const isEnd = total === null ? latest.length < perPage : end >= total;
  return { rows, next: isEnd ? null : { offset: end, lastId: rows.at(-1)?.id ?? place.lastId }, total };
}

/**
 * What changed, oldest first, going on from the last row's date; rows of that second come twice. A second with more rows
 * than a page (an import) is read by id: among rows of equal date the shop promises no order from call to call.
 *
 * @param list its fields must contain `id` and `date_modified_gmt`
 */
export async function changedPage(
  client: WooClient,
  list: Listing,
  place: ChangedPlace,
  pageSize: number,
): Promise<{ rows: Row[]; next: ChangedPlace | null }> {
  if (place.tie !== undefined) {
    const second = new Date(place.tie.second).getTime();
    const within = { modified_after: new Date(second - SECOND_MS), modified_before: new Date(second + SECOND_MS) };
    const query = { ...list.query, ...within, dates_are_gmt: true };
    const { rows, next } = await fullPage(client, { ...list, query }, place.tie, pageSize);
    const tie = next === null ? undefined : { ...next, second: place.tie.second };
    return { rows, next: tie === undefined ? { after: place.tie.second } : { ...place, tie } };
  }
  const { skip = 0 } = place;
  const query = {
    ...list.query,
    modified_after: new Date(place.after),
    dates_are_gmt: true,
    orderby: 'modified',
    order: 'asc',
    // By rows, not by the page's number: a page may be of another size than the one before.
    ...(skip > 0 ? { offset: skip } : { page: 1 }),
    per_page: pageSize,
  };
  const call = { ...list, method: 'GET', query } as const;
  const { rows, total } = await client.list(call, rowsSchema);
  const isEnd = total === null ? rows.length < pageSize : skip + pageSize >= total;
  return { rows, next: isEnd ? null : placeAfter(place, rows, skip + pageSize) };
}

function placeAfter(place: ChangedPlace, rows: readonly Row[], passed: number): ChangedPlace {
  const last = rows.at(-1);
  const date = last !== undefined && 'date_modified_gmt' in last ? parseGmt(String(last.date_modified_gmt)) : null;
  // Without dates there is nothing else to go by.
  if (date === null) return { ...place, skip: passed };
  // The filter is exclusive and counts whole seconds: one second earlier meets the rest of that second again.
  const after = new Date(date.getTime() - SECOND_MS);
  if (after > new Date(place.after)) return { after: after.toISOString() };
  return { ...place, tie: { second: date.toISOString(), offset: 0, lastId: 0 } };
}

/** Remembers which pages a slow shop can answer: halved after a time-out, growing again with every success. */
export class PageSizer {
  #largest = LARGEST_PAGE;

  /** @param read called with the page size to ask for, at least 1 */
  async run<Result>(wanted: number, read: (pageSize: number) => Promise<Result>): Promise<Result> {
    const pageSize = Math.max(1, Math.min(wanted, this.#largest));
    try {
      const result = await read(pageSize);
      this.#largest = Math.min(LARGEST_PAGE, this.#largest + SMALLEST_PAGE);
      return result;
    } catch (error) {
      // The read is repeated by whoever asked for it; then with smaller pages.
      if (isTooSlow(error)) this.#largest = Math.max(SMALLEST_PAGE, Math.floor(pageSize / 2));
      throw error;
    }
  }
}

function isTooSlow(error: unknown): boolean {
  if (!(error instanceof ConnectorError) || error.kind !== 'Unavailable') return false;
  return TOO_SLOW.has(error.details.code ?? '') || TOO_SLOW_STATUS.has(error.details.status ?? 0);
}
