import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A recorded call and its answer. */
export interface Exchange {
  file: string;
  name: string;
  request: { method: string; path: string; query?: Record<string, unknown>; body?: unknown };
  response: { status: number; headers: Record<string, string>; body: unknown };
}

/** Where recordings of a real shop may lie, beside the repository. */
const FOLDER = join(import.meta.dirname, '../../../../shared/reference/recorded/magento-2.4.7-p7');

export const hasRecordings = existsSync(FOLDER);

/** The numbered exchanges in the order in which they were made. */
export function recordedExchanges(): Exchange[] {
  const files = readdirSync(FOLDER).filter((file) => /^\d{3}-.*\.json$/.test(file));
  return files.sort().map((file) => ({ file, ...JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) }));
}

/** Values that can't be the same in another shop. */
const VOLATILE =
  /(^|\.)(created_at|updated_at|start_time|protect_code|data_hash|bulk_uuid|bulk_id|special_from_date|price_from|\w*base_(link_|static_|media_)?url|base_(link_|static_|media_)?url|result_serialized_data|serialized_data)$/;

/** Custom attributes by code: the shop lists them in no particular order. */
export function normalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalised);
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key !== 'custom_attributes' || !Array.isArray(inner)) return [key, normalised(inner)];
      return [key, Object.fromEntries(inner.map((one) => [String(one.attribute_code), one.value]))];
    }),
  );
}

/**
 * Compares two JSON values: keys, types, lengths of lists, and values that don't depend on the shop.
 * @param isFree paths (`a.b[0].c`) whose inside isn't compared, only the type of what is there
 * @returns one text per difference
 */
export function differencesOf(
  recorded: unknown,
  actual: unknown,
  isFree: (path: string) => boolean = () => false,
  path = '',
): string[] {
  const [wanted, got] = [typeName(recorded), typeName(actual)];
  if (wanted !== got) return [`${path || 'body'}: recorded ${wanted}, simulated ${got}`];
  if (isFree(path) || VOLATILE.test(path)) return [];
  if (Array.isArray(recorded) && Array.isArray(actual)) {
    const lengths = recorded.length === actual.length ? [] : [`${path}: ${recorded.length} rows, not ${actual.length}`];
    const rows = recorded.slice(0, actual.length);
    return [...lengths, ...rows.flatMap((row, at) => differencesOf(row, actual[at], isFree, `${path}[${at}]`))];
  }
  if (!isPlain(recorded) || !isPlain(actual)) {
    const same = recorded === actual;
    return same ? [] : [`${path || 'body'}: recorded ${JSON.stringify(recorded)}, simulated ${JSON.stringify(actual)}`];
  }
  return [...new Set([...Object.keys(recorded), ...Object.keys(actual)])].flatMap((key) => {
    const inner = path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(actual, key)) return [`${inner}: missing`];
    if (!Object.hasOwn(recorded, key)) return [`${inner}: not in the recording`];
    return differencesOf(recorded[key], actual[key], isFree, inner);
  });
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
