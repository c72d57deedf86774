import { ApiError } from './errors.ts';

/** Deepest nesting of a body; the deepest of ours is 5. */
export const maxDepth = 16;
/** Most values of one body. */
export const maxValues = 50_000;

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * Reads a JSON body as strictly as the rest of the system can bear: valid UTF-8, no NUL and no half surrogate in any
 * text (PostgreSQL stores neither), no key that JavaScript treats as special, limited depth and size.
 * @throws ApiError InvalidInput
 */
export function parseJson(bytes: Buffer): unknown {
  const value = parse(decode(bytes));
  guardValue(value);
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw invalid('The body is not valid UTF-8.', cause);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('The body is not valid JSON.', cause);
  }
}

function invalid(message: string, cause: unknown): ApiError {
  const error = new ApiError('InvalidInput', message);
  error.cause = cause;
  return error;
}

/** Walks without recursion: a body of any depth is refused, never a stack overflow. */
export function guardValue(root: unknown): void {
  const waiting: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    seen += 1;
    if (seen > maxValues) throw new ApiError('InvalidInput', `The body holds more than ${maxValues} values.`);
    if (typeof value === 'string') guardText(value);
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new ApiError('InvalidInput', 'A number is larger than can be represented.');
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= maxDepth) throw new ApiError('InvalidInput', `The body is nested deeper than ${maxDepth} levels.`);
    if (!Array.isArray(value)) for (const key of Object.keys(value)) guardKey(key);
    for (const inner of Object.values(value)) waiting.push({ value: inner, depth: depth + 1 });
  }
}

function guardKey(key: string): void {
  if (forbiddenKeys.has(key)) throw new ApiError('InvalidInput', `The key ${key} is not allowed.`);
  guardText(key);
}

/** @throws ApiError when a text holds a NUL or half a surrogate pair. */
export function guardText(text: string): void {
  if (text.includes('\0')) throw new ApiError('InvalidInput', 'A text holds a NUL character.');
  if (!text.isWellFormed()) throw new ApiError('InvalidInput', 'A text holds half a surrogate pair.');
}
