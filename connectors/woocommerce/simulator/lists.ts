import { isObject, type JsonObject, listOf, numberOf, numbersOf, textOf } from './json.ts';
import type { Shop } from './shop.ts';
import { gmtDate, localDate, parseDate, zoneOffsetMs } from './time.ts';

/** A page of a list with the totals for its headers. */
export interface Page<R> {
  rows: R[];
  total: number;
  pages: number;
}

interface Dated {
  id: number;
  createdMs: number;
  modifiedMs: number;
}

/** Cuts a page out of a list that is filtered and sorted already. */
export function pageOf<R>(rows: readonly R[], query: JsonObject): Page<R> {
  const perPage = numberOf(query.per_page) || 10;
  const start = query.offset === undefined ? (numberOf(query.page) - 1) * perPage : numberOf(query.offset);
  return { rows: rows.slice(start, start + perPage), total: rows.length, pages: Math.ceil(rows.length / perPage) };
}

/**
 * The headers of a list. The links repeat the caller's own query, keys and signatures included, as the shop does.
 * @param url without query
 */
export function pageHeaders(
  { total, pages }: Page<unknown>,
  url: string,
  sentQuery: ReadonlyArray<readonly [string, string]>,
): Record<string, string> {
  const headers: Record<string, string> = { 'x-wp-total': String(total), 'x-wp-totalpages': String(pages) };
  const current = Number(new Map(sentQuery).get('page') ?? 1);
  // Of a name sent twice PHP keeps the last value; list names (`a[]`) keep all.
  const last = new Map(sentQuery.map(([name], index) => [name, index]));
  const kept = sentQuery.filter(([name], index) => name !== 'page' && (name.endsWith(']') || last.get(name) === index));
  const link = (page: number, rel: string) => {
    const query = new URLSearchParams(kept.map(([name, value]) => [name, value]));
    query.set('page', String(page));
    return `<${url}?${query}>; rel="${rel}"`;
  };
  const links: string[] = [];
  if (current > 1 && pages > 0) links.push(link(Math.min(current - 1, pages), 'prev'));
  if (current < pages) links.push(link(current + 1, 'next'));
  if (links.length > 0) headers.link = links.join(', ');
  return headers;
}

/** Filters that all lists of posts have: include, exclude and the four date limits (all exclusive). */
export function postFilter(shop: Shop, query: JsonObject): (row: Dated) => boolean {
  const include = new Set(numbersOf(query.include));
  const exclude = new Set(numbersOf(query.exclude));
  const isGmt = query.dates_are_gmt === true;
  const limit = (name: string) => wallLimit(query[name], shop.zone);
  const [after, before] = [limit('after'), limit('before')];
  const [modifiedAfter, modifiedBefore] = [limit('modified_after'), limit('modified_before')];
  const wall = (atMs: number) => (isGmt ? atMs : atMs + zoneOffsetMs(shop.zone, atMs));
  return (row) =>
    (include.size === 0 || include.has(row.id)) &&
    !exclude.has(row.id) &&
    (after === null || wall(row.createdMs) > after) &&
    (before === null || wall(row.createdMs) < before) &&
    (modifiedAfter === null || wall(row.modifiedMs) > modifiedAfter) &&
    (modifiedBefore === null || wall(row.modifiedMs) < modifiedBefore);
}

/**
 * A limit as the wall-clock text that the database compares. A zone mark is turned into the site's wall clock first,
 * even when the compared column is GMT (UNCONFIRMED for orders): send `dates_are_gmt` limits without a zone mark.
 */
function wallLimit(value: unknown, zone: string): number | null {
  const text = textOf(value);
  if (text === '') return null;
  const isMarked = /(Z|[+-]\d{2}:?\d{2})$/i.test(text);
  const atMs = parseDate(text, isMarked ? zone : 'UTC');
  return atMs === null || !isMarked ? atMs : atMs + zoneOffsetMs(zone, atMs);
}

/** Sorts a list of posts by the query's `orderby` and `order`; rows with equal dates follow their ids. */
export function sortPosts<R extends Dated>(shop: Shop, rows: R[], query: JsonObject, title: (row: R) => string): R[] {
  const direction = query.order === 'asc' ? 1 : -1;
  const orderby = textOf(query.orderby);
  const tie = shop.dials.unstableDateOrder ? randomTies(shop) : (one: R, other: R) => one.id - other.id;
  const compare: Record<string, (one: R, other: R) => number> = {
    date: (one, other) => one.createdMs - other.createdMs || tie(one, other),
    modified: (one, other) => one.modifiedMs - other.modifiedMs || tie(one, other),
    title: (one, other) => title(one).localeCompare(title(other)) || one.id - other.id,
    slug: (one, other) => title(one).localeCompare(title(other)) || one.id - other.id,
  };
  if (orderby === 'include') {
    const wanted = numbersOf(query.include);
    return rows.sort((one, other) => wanted.indexOf(one.id) - wanted.indexOf(other.id));
  }
  const chosen = compare[orderby] ?? ((one: R, other: R) => one.id - other.id);
  return rows.sort((one, other) => direction * chosen(one, other));
}

function randomTies(shop: Shop): (one: { id: number }, other: { id: number }) => number {
  const draws = new Map<number, number>();
  const drawOf = (id: number) => {
    const draw = draws.get(id) ?? shop.tools.random.next();
    draws.set(id, draw);
    return draw;
  };
  return (one, other) => drawOf(one.id) - drawOf(other.id);
}

/** Keeps filtered and sorted lists until something changes, so that paging through a large shop stays fast. */
export class ListCache {
  readonly #lists = new Map<string, unknown[]>();
  #revision = -1;

  get<R>(shop: Shop, kind: string, query: JsonObject, compute: () => R[]): R[] {
    const { page: _page, per_page: _perPage, offset: _offset, ...rest } = query;
    const isCacheable = !shop.dials.unstableDateOrder && query.orderby !== 'random';
    if (this.#revision !== shop.revision) this.#lists.clear();
    this.#revision = shop.revision;
    const plain = Object.entries(rest).filter(([name]) => !name.startsWith('oauth_'));
    const key = `${kind} ${JSON.stringify(plain)}`;
    const known = isCacheable ? this.#lists.get(key) : undefined;
    if (known !== undefined) return known as R[];
    const rows = compute();
    if (isCacheable) this.#lists.set(key, rows);
    return rows;
  }
}

/** Keeps only the fields named in `_fields` (`a,b.c`); without it everything stays. */
export function trimFields(body: unknown, fields: unknown): unknown {
  const wanted = isObject(fields) ? Object.values(fields).map(textOf) : listOf(fields);
  if (wanted.length === 0) return body;
  const paths = wanted.map((field) => field.split('.'));
  return Array.isArray(body) ? body.map((row) => pick(row, paths)) : pick(body, paths);
}

function pick(value: unknown, paths: string[][]): unknown {
  if (!isObject(value)) return value;
  const picked: JsonObject = {};
  for (const [name, inner] of Object.entries(value)) {
    const fitting = paths.filter(([first]) => first === name);
    if (fitting.length === 0) continue;
    const deeper = fitting.map((path) => path.slice(1));
    picked[name] = deeper.some((path) => path.length === 0) || !isObject(inner) ? inner : pick(inner, deeper);
  }
  return picked;
}

/** A date in its two forms: the site's wall clock and GMT. */
export function datePair(name: string, atMs: number | null, zone: string): JsonObject {
  return { [name]: localDate(atMs, zone), [`${name}_gmt`]: gmtDate(atMs) };
}
