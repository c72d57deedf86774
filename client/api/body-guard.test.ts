import { describe, expect, it } from 'vitest';
import { guardValue, maxDepth, maxValues, parseJson } from './body-guard.ts';

const parse = (text: string) => parseJson(Buffer.from(text, 'utf8'));

describe('reading a JSON body', () => {
  it('gives back what was sent', () => {
    const value = { a: [1, -0.5, true, null, 'ключ 🎁'], b: { c: '' } };
    expect(parse(JSON.stringify(value))).toEqual(value);
  });

  it.each([
    ['half of JSON', '{"a":'],
    ['two values', '{} {}'],
    ['a NUL', '{"a":"\\u0000"}'],
    ['a NUL in a key', '{"a\\u0000":1}'],
    ['half a surrogate pair', '{"a":"\\ud800"}'],
    ['__proto__', '{"__proto__":{"admin":true}}'],
    ['constructor', '{"a":{"constructor":1}}'],
    ['a number beyond all numbers', '{"a":1e400}'],
    ['nesting', `${'['.repeat(maxDepth + 1)}${']'.repeat(maxDepth + 1)}`],
    ['nesting without end', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['many values', JSON.stringify(Array.from({ length: maxValues }, () => 0))],
  ])('refuses %s', (_what, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'InvalidInput' }));
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toThrow('not valid UTF-8');
  });

  it('leaves prototypes as they were', () => {
    expect(() => guardValue(JSON.parse('{"__proto__":{"admin":true}}'))).toThrow();
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});
