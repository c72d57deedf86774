import { GraphQLError } from 'graphql';

export interface PageArguments {
  first?: number | null;
  after?: string | null;
  reverse?: boolean | null;
}

export interface Connection<Node> {
  nodes: Node[];
  edges: Array<{ node: Node }>;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** The largest page, and the size of arrays in inputs. */
export const MAX_PAGE = 250;
/** The page that holds everything: for work in bulk alone. */
export const UNBOUNDED = 2 ** 31 - 1;

/**
 * A page of records in a stable order. Cursors hold the last value and id, as Shopify's do, so that they survive
 * deletions and insertions.
 */
export function pageOf<R extends { id: number }, Node>(
  records: Iterable<R>,
  { first, after, reverse }: PageArguments,
  rankOf: (record: R) => number,
  view: (record: R) => Node,
): Connection<Node> {
  if (first === undefined || first === null) {
    throw new GraphQLError('you must provide one of first or last', { extensions: { code: 'BAD_REQUEST' } });
  }
  if ((first > MAX_PAGE && first !== UNBOUNDED) || first < 0) {
    throw new GraphQLError(`first must be between 0 and ${MAX_PAGE}`, { extensions: { code: 'BAD_REQUEST' } });
  }
  const sign = reverse === true ? -1 : 1;
  const order = (a: Place, b: Place) => sign * (a.last_value - b.last_value || a.last_id - b.last_id);
  const start = after === undefined || after === null ? null : readPlace(after);
  const sorted = [...records]
    .map((record) => ({ record, place: { last_id: record.id, last_value: rankOf(record) } }))
    .filter(({ place }) => start === null || order(place, start) > 0)
    .sort((a, b) => order(a.place, b.place));
  const page = sorted.slice(0, first);
  const last = page.at(-1);
  const nodes = page.map(({ record }) => view(record));
  return {
    nodes,
    edges: nodes.map((node) => ({ node })),
    pageInfo: {
      hasNextPage: sorted.length > page.length,
      endCursor: last === undefined ? null : Buffer.from(JSON.stringify(last.place)).toString('base64'),
    },
  };
}

interface Place {
  last_id: number;
  last_value: number;
}

function readPlace(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'));
    if (typeof place === 'object' && place !== null && 'last_id' in place && 'last_value' in place) {
      const [last_id, last_value] = [Number(place.last_id), Number(place.last_value)];
      if (Number.isFinite(last_id) && Number.isFinite(last_value)) return { last_id, last_value };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new GraphQLError('Invalid cursor for current pagination sort.', { extensions: { code: 'BAD_REQUEST' } });
}

/** One condition of a search: `field:>=value`. */
export interface Condition {
  field: string;
  operator: '' | '>' | '>=' | '<' | '<=';
  value: string;
}

/** Reads a search text: conditions joined by AND or spaces, values in quotes where they hold spaces or colons. */
export function readSearch(text: string): Condition[] {
  const pattern = /(\w+):(>=|<=|>|<|)(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\S+))/g;
  return [...text.matchAll(pattern)].map(([, field = '', operator = '', single, double, bare]) => ({
    field,
    operator: operator as Condition['operator'],
    value: (single ?? double ?? bare ?? '').replace(/\\(.)/g, '$1'),
  }));
}

/** Whether a number or time fits a condition. */
export function fitsNumber(actual: number, { operator, value }: Condition, parse: (text: string) => number): boolean {
  const wanted = parse(value);
  if (operator === '>') return actual > wanted;
  if (operator === '>=') return actual >= wanted;
  if (operator === '<') return actual < wanted;
  return operator === '<=' ? actual <= wanted : actual === wanted;
}
