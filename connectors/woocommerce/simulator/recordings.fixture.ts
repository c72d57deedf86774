import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A recorded call and its answer. */
export interface Exchange {
  file: string;
  name: string;
  request: { method: string; path: string; query: Record<string, string>; body?: unknown };
  response: { status: number; headers: Record<string, string>; body: unknown };
}

/** A recorded webhook delivery as it arrived. */
export interface RecordedDelivery {
  file: string;
  request: { method: string; headers: Record<string, string>; rawBody: string; body: unknown };
}

/** Where recordings of a real shop may lie, beside the repository. */
const FOLDER = join(import.meta.dirname, '../../../../shared/reference/recorded/woocommerce-11.0.1');

export const hasRecordings = existsSync(FOLDER);

/** The numbered exchanges in the order in which they were made. */
export function recordedExchanges(): Exchange[] {
  return readAll<Omit<Exchange, 'file'>>(FOLDER, /^\d{3}-.*\.json$/);
}

export function recordedDeliveries(): RecordedDelivery[] {
  return readAll<Omit<RecordedDelivery, 'file'>>(join(FOLDER, 'webhooks'), /\.json$/);
}

function readAll<T>(folder: string, pattern: RegExp): Array<T & { file: string }> {
  const files = readdirSync(folder).filter((file) => pattern.test(file));
  return files.sort().map((file) => ({ file, ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as T) }));
}

/** Values that can't be the same in another shop, or are explained in other words. */
const VOLATILE =
  /(^|\.)(id|number|resource_id|parent_id|product_id|variation_id|variations(\[\d+\])?|href|permalink(_template)?|payment_url|order_key|url|home|authorization|price_html|related_ids(\[\d+\])?|date_\w+)$/;

/**
 * Compares the values of two JSON values of the same shape, ids, dates and addresses left out.
 * @returns one text per difference
 */
export function valueDifferences(
  recorded: unknown,
  actual: unknown,
  isFree: (path: string) => boolean = () => false,
  path = '',
): string[] {
  if (VOLATILE.test(path) || isFree(path)) return [];
  if (typeof recorded !== 'object' || recorded === null) {
    return recorded === actual
      ? []
      : [`${path}: recorded ${JSON.stringify(recorded)}, simulated ${JSON.stringify(actual)}`];
  }
  if (typeof actual !== 'object' || actual === null) return [`${path}: simulated ${JSON.stringify(actual)}`];
  const inner = new Map<string, unknown>(Object.entries(actual));
  return Object.entries(recorded).flatMap(([key, value]) => {
    const name = Array.isArray(recorded) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    return valueDifferences(value, inner.get(key), isFree, name);
  });
}

/**
 * Compares the shape of two JSON values: keys and types, recursively; lists must be equally long.
 * @param isFree paths (`a.b[0].c`) whose inside isn't compared, only the type of what is there
 * @returns one text per difference
 */
export function shapeDifferences(
  recorded: unknown,
  actual: unknown,
  isFree: (path: string) => boolean = () => false,
  path = '',
): string[] {
  const [wanted, got] = [typeName(recorded), typeName(actual)];
  if (wanted !== got) return [`${path || 'body'}: recorded ${wanted}, simulated ${got}`];
  if (isFree(path)) return [];
  if (Array.isArray(recorded) && Array.isArray(actual)) {
    const lengths = recorded.length === actual.length ? [] : [`${path}: ${recorded.length} rows, not ${actual.length}`];
    const rows = recorded.slice(0, actual.length);
    return [
      ...lengths,
      ...rows.flatMap((row, index) => shapeDifferences(row, actual[index], isFree, `${path}[${index}]`)),
    ];
  }
  if (!isPlain(recorded) || !isPlain(actual)) return [];
  const keys = new Set([...Object.keys(recorded), ...Object.keys(actual)]);
  return [...keys].flatMap((key) => {
    const inner = path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(actual, key)) return [`${inner}: missing`];
    if (!Object.hasOwn(recorded, key)) return [`${inner}: not in the recording`];
    return shapeDifferences(recorded[key], actual[key], isFree, inner);
  });
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Which simulated id stands for which recorded one. Ids of different tables may be equal numbers, so they are kept
 * by kind: terms and attributes apart, everything else is a post.
 */
export class IdMap {
  readonly #ids = new Map<string, unknown>();

  /** Learns from two answers of the same shape. */
  learn(recorded: unknown, actual: unknown, kind: string): void {
    if (Array.isArray(recorded) && Array.isArray(actual)) {
      for (const [index, row] of recorded.entries()) this.learn(row, actual[index], kind);
    } else if (isPlain(recorded) && isPlain(actual)) {
      if (typeof recorded.id === 'number' && recorded.id > 0) this.#ids.set(`${kind} ${recorded.id}`, actual.id);
      for (const key of Object.keys(recorded)) this.learn(recorded[key], actual[key], innerKind(key, kind));
    }
  }

  /** A recorded body with the simulator's ids. */
  translate(value: unknown, kind: string): unknown {
    if (Array.isArray(value)) return value.map((row) => this.translate(row, kind));
    if (!isPlain(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (key === 'id') return [key, this.of(kind, inner)];
        if (key === 'product_id' || key === 'variation_id') return [key, this.of('post', inner)];
        return [key, this.translate(inner, innerKind(key, kind))];
      }),
    );
  }

  translatePath(path: string): string {
    return path.replace(/\/(products|orders|variations)\/(\d+)/g, (_all, name: string, id: string) => {
      return `/${name}/${this.of('post', Number(id))}`;
    });
  }

  of(kind: string, id: unknown): unknown {
    return this.#ids.get(`${kind} ${id}`) ?? id;
  }
}

/** The kind of the ids that a path's answer holds at its top. */
export function kindOfPath(path: string): string {
  if (path.includes('/categories')) return 'term';
  if (path.includes('/attributes')) return 'attribute';
  if (path.includes('/webhooks')) return 'webhook';
  return path.includes('/notes') ? 'note' : 'post';
}

function innerKind(key: string, kind: string): string {
  const kinds: Record<string, string> = { categories: 'term', attributes: 'attribute', meta_data: 'meta' };
  const lines = ['line_items', 'shipping_lines', 'fee_lines'];
  return kinds[key] ?? (lines.includes(key) ? 'line' : kind);
}
