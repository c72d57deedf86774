import type { Json } from './replay.fixture.ts';

/** Points, places in the text and times are left out; ids count by their type. */
export function comparable(value: Json, key = ''): Json {
  if (Array.isArray(value)) return value.map((one) => comparable(one, key));
  if (isRecord(value)) {
    const left = Object.entries(value).filter(
      ([name]) => !['locations', 'cost'].includes(name) && !(name === 'path' && 'message' in value),
    );
    return Object.fromEntries(left.map(([name, one]) => [name, comparable(one, name)]));
  }
  if (key === 'field' && typeof value === 'number') return String(value);
  if (typeof value !== 'string') return value;
  if (key === 'endCursor' || key === 'startCursor') return 'a cursor';
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return 'a time';
  if (/^#\d+(-F\d+)?$/.test(value)) return value.replace(/\d+/, '…');
  return value.replace(/gid:\/\/shopify\/(\w+)\/[\w-]+(\?\S*)?/g, 'gid://shopify/$1');
}

/** Where an answer is another one than what was recorded, in words. What it has beyond that does not count. */
export function mismatches(wanted: Json, got: Json, path: string): string[] {
  if (Array.isArray(wanted) && Array.isArray(got) && wanted.length === got.length) {
    return wanted.flatMap((one, index) => mismatches(one, got[index] ?? null, `${path}.${index}`));
  }
  if (isRecord(wanted) && isRecord(got)) {
    return Object.entries(wanted).flatMap(([key, one]) => mismatches(one, got[key] ?? null, `${path}.${key}`));
  }
  const [left, right] = [JSON.stringify(wanted), JSON.stringify(got)];
  return left === right ? [] : [`${path}: recorded ${left}, here ${right.slice(0, 300)}`];
}

/** `*` stands for any key, `**` for any number of them. */
export function drop(value: Json, [key = '', ...rest]: readonly string[]): void {
  if (key === '**') {
    drop(value, rest);
    if (isRecord(value) || Array.isArray(value)) for (const one of Object.values(value)) drop(one, ['**', ...rest]);
    return;
  }
  if (Array.isArray(value)) for (const one of value) drop(one, [key, ...rest]);
  if (!isRecord(value)) return;
  if (rest.length === 0) delete value[key];
  else if (key === '*') for (const one of Object.values(value)) drop(one, rest);
  else drop(value[key] ?? null, rest);
}

function isRecord(value: unknown): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
