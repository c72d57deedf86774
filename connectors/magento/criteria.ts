import type { Query } from './signer.ts';

export interface Filter {
  readonly field: string;
  readonly value: string | number;
  /** Default eq. */
  readonly condition?: 'eq' | 'neq' | 'in' | 'gt' | 'gteq' | 'lt' | 'lteq' | 'like' | 'notnull';
}

/**
 * A search as a query: all filters must hold. Page size and sort are always sent: without them the shop answers with
 * everything, in any order.
 */
export function searchQuery(input: {
  readonly filters: readonly Filter[];
  readonly sort: readonly string[];
  readonly pageSize: number;
  readonly page?: number;
  readonly fields?: string;
}): Query {
  const query: Record<string, string | number | undefined> = {};
  for (const [group, { field, value, condition }] of input.filters.entries()) {
    const name = `searchCriteria[filter_groups][${group}][filters][0]`;
    query[`${name}[field]`] = field;
    query[`${name}[value]`] = value;
    query[`${name}[condition_type]`] = condition ?? 'eq';
  }
  for (const [position, field] of input.sort.entries()) {
    query[`searchCriteria[sortOrders][${position}][field]`] = field;
    query[`searchCriteria[sortOrders][${position}][direction]`] = 'ASC';
  }
  query['searchCriteria[pageSize]'] = input.pageSize;
  query['searchCriteria[currentPage]'] = input.page ?? 1;
  query.fields = input.fields;
  return query;
}

/** Web servers usually take an address of 8 kB; an encoded character may be nine. */
const LONGEST_LIST = 4_000;
const encodedLength = (text: string): number => encodeURIComponent(text).length + '%2C'.length;

/** `in` takes a comma list: texts with a comma cannot go into it and are asked for one by one. */
export function chunksForIn(texts: readonly string[], size: number): { condition: 'in' | 'eq'; value: string }[] {
  const chunks: { condition: 'in' | 'eq'; value: string }[] = [];
  let open: string[] = [];
  let length = 0;
  const close = (): void => {
    if (open.length > 0) chunks.push({ condition: 'in', value: open.join(',') });
    open = [];
    length = 0;
  };
  for (const text of texts.filter((one) => !one.includes(','))) {
    const own = encodedLength(text);
    if (open.length === size || length + own > LONGEST_LIST) close();
    open.push(text);
    length += own;
  }
  close();
  for (const text of texts) if (text.includes(',')) chunks.push({ condition: 'eq', value: text });
  return chunks;
}

/** Runs tasks a few at a time, answers in the order of the items. */
export async function inParallel<Item, Value>(
  items: readonly Item[],
  atOnce: number,
  run: (item: Item) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  for (let from = 0; from < items.length; from += atOnce) {
    values.push(...(await Promise.all(items.slice(from, from + atOnce).map(run))));
  }
  return values;
}
