import { MagentoError, required } from './errors.ts';
import { isObject, type JsonObject, objectOf, textOf } from './json.ts';

interface Filter {
  field: string;
  value: string;
  condition: string;
}

interface Criteria {
  /** Filters inside a group: one must hold; groups: all must. */
  groups: Filter[][];
  sorts: { field: string; direction: string }[];
  pageSize: number | null;
  currentPage: number | null;
}

export interface ListOptions {
  itemsNull: boolean;
  repeatLastPage: boolean;
  inputLimits: boolean;
  /** Some lists are served without criteria (sources). */
  optional?: boolean;
  /** @throws MagentoError where a field can't be filtered by */
  checkField?: (field: string) => void;
}

const values = (node: unknown): JsonObject[] => Object.values(objectOf(node)).filter(isObject);
const either = (node: JsonObject, ...names: string[]): unknown =>
  names.map((name) => node[name]).find((one) => one !== undefined);

function parse(query: JsonObject, isOptional: boolean): Criteria {
  if (query.searchCriteria === undefined && query.search_criteria === undefined && !isOptional)
    throw required('searchCriteria');
  const node = objectOf(query.searchCriteria ?? query.search_criteria);
  const size = either(node, 'pageSize', 'page_size');
  const page = either(node, 'currentPage', 'current_page');
  return {
    groups: values(either(node, 'filter_groups', 'filterGroups')).map((group) =>
      values(group.filters).map((filter) => ({
        field: textOf(filter.field),
        value: textOf(filter.value),
        condition: textOf(either(filter, 'condition_type', 'conditionType')) || 'eq',
      })),
    ),
    sorts: values(either(node, 'sortOrders', 'sort_orders')).map((sort) => ({
      field: textOf(sort.field),
      direction: textOf(sort.direction) || 'ASC',
    })),
    pageSize: size === undefined ? null : Number(size),
    currentPage: page === undefined ? null : Number(page),
  };
}

/** Answers a list call: filtered, sorted, one page; the criteria echoed as they were sent. */
export function listAnswer<Row>(
  query: JsonObject,
  rows: readonly Row[],
  fieldOf: (row: Row, field: string) => unknown,
  view: (row: Row) => unknown,
  options: ListOptions,
): JsonObject {
  const criteria = parse(query, options.optional ?? false);
  if (options.inputLimits && (criteria.pageSize ?? 20) > 300) {
    throw new MagentoError(400, 'Maximum SearchCriteria pageSize is %max', { max: 300 });
  }
  for (const group of criteria.groups) for (const { field } of group) options.checkField?.(field);
  const groups = criteria.groups.map((group) => group.map((filter) => ({ field: filter.field, holds: test(filter) })));
  const found = rows.filter((row) =>
    groups.every((group) => group.some(({ field, holds }) => holds(fieldOf(row, field)))),
  );
  for (const { field, direction } of criteria.sorts.toReversed()) {
    found.sort((a, b) => compare(fieldOf(a, field), fieldOf(b, field)) * (direction.toUpperCase() === 'DESC' ? -1 : 1));
  }
  const size = criteria.pageSize ?? (options.inputLimits ? 20 : found.length);
  const last = Math.max(1, Math.ceil(found.length / Math.max(1, size)));
  const wanted = Math.max(1, criteria.currentPage ?? 1);
  const page = options.repeatLastPage ? Math.min(wanted, last) : wanted;
  const items = found.slice((page - 1) * size, page * size).map(view);
  return {
    items: items.length === 0 && options.itemsNull ? null : items,
    search_criteria: {
      filter_groups: criteria.groups.map((group) => ({
        filters: group.map(({ field, value, condition }) => ({ field, value, condition_type: condition })),
      })),
      ...(criteria.sorts.length === 0 ? {} : { sort_orders: criteria.sorts }),
      ...(criteria.pageSize === null ? {} : { page_size: criteria.pageSize }),
      ...(criteria.currentPage === null ? {} : { current_page: criteria.currentPage }),
    },
    total_count: found.length,
  };
}

/** A filter made ready once for all rows: long lists of ids and SKUs are looked up, not searched through. */
function test(filter: Filter): (actual: unknown) => boolean {
  const { value, condition } = filter;
  if (condition !== 'in' && condition !== 'nin') return (actual) => holds(actual, filter);
  const listed = new Set(value.split(',').map(sameKey));
  return (actual) => listed.has(sameKey(actual)) === (condition === 'in');
}

/** Equal for what `compare` calls equal. */
function sameKey(value: unknown): string {
  const text = textOf(value);
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(number) ? text.toLowerCase() : `=${number}`;
}

function holds(actual: unknown, { value, condition }: Filter): boolean {
  switch (condition) {
    case 'eq':
    case 'is':
      return compare(actual, value) === 0;
    case 'neq':
      return compare(actual, value) !== 0;
    case 'gt':
      return compare(actual, value) > 0;
    case 'lt':
      return compare(actual, value) < 0;
    case 'gteq':
    case 'from':
    case 'moreq':
      return compare(actual, value) >= 0;
    case 'lteq':
    case 'to':
      return compare(actual, value) <= 0;
    case 'null':
      return actual === null || actual === undefined;
    case 'notnull':
      return actual !== null && actual !== undefined;
    case 'like':
      return new RegExp(`^${value.split('%').map(escapeRegExp).join('.*')}$`, 'i').test(textOf(actual));
    default:
      throw new MagentoError(400, 'Invalid condition type "%1".', [condition]);
  }
}

function compare(a: unknown, b: unknown): number {
  const [left, right] = [textOf(a), textOf(b)];
  const x = left.trim() === '' ? Number.NaN : Number(left);
  const y = right.trim() === '' ? Number.NaN : Number(right);
  if (!Number.isNaN(x) && !Number.isNaN(y)) return Math.sign(x - y);
  const [lower, other] = [left.toLowerCase(), right.toLowerCase()];
  return lower < other ? -1 : lower > other ? 1 : 0;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** `fields=items[sku,price],total_count`: what isn't named is left out of the answer. */
export function trim(value: unknown, fields: string): unknown {
  return pick(value, parseFields(fields));
}

type Tree = Map<string, Tree>;

function parseFields(text: string): Tree {
  const root: Tree = new Map();
  const stack: Tree[] = [root];
  let last: Tree = root;
  for (const [piece] of text.matchAll(/[^,[\]]+|\[|\]/g)) {
    if (piece === '[') stack.push(last);
    else if (piece === ']') stack.pop();
    else {
      last = new Map();
      stack.at(-1)?.set(piece.trim(), last);
    }
  }
  return root;
}

function pick(value: unknown, tree: Tree): unknown {
  if (tree.size === 0) return value;
  if (Array.isArray(value)) return value.map((one) => pick(one, tree));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    [...tree].filter(([name]) => Object.hasOwn(value, name)).map(([name, inner]) => [name, pick(value[name], inner)]),
  );
}
