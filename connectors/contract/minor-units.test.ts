import { describe, expect, it } from 'vitest';
import { decimalsOf as decimalsOfPrices } from '../../pricing/currency.ts';
import { decimalsOf, fromMinor, toMinor } from './minor-units.ts';

describe('minor units', () => {
  it.each([
    ['42.5', 'AUD', 4_250],
    ['10000.0', 'IDR', 10_000],
    ['7.', 'USD', 700],
    ['1.234', 'KWD', 1_234],
    ['-0.05', 'USD', -5],
    ['-0', 'USD', 0],
    ['1.005', 'USD', null],
    ['10000.5', 'IDR', null],
    ['1,50', 'USD', null],
    ['', 'USD', null],
    ['90071992547409.93', 'USD', null],
  ])('reads %j in %s as %j', (text, currency, minor) => {
    expect(toMinor(text, currency)).toBe(minor);
  });

  it.each([
    [4_250, 'AUD', '42.50'],
    [5, 'USD', '0.05'],
    [-5, 'KWD', '-0.005'],
    [10_000, 'CLP', '10000'],
  ])('writes %j in %s as %j', (minor, currency, text) => {
    expect(fromMinor(minor, currency)).toBe(text);
    expect(toMinor(text, currency)).toBe(minor);
  });

  it('are the same for prices and for outside systems', () => {
    for (const currency of ['AUD', 'IDR', 'KWD', 'CLP', 'constructor']) {
      expect(decimalsOfPrices(currency)).toBe(decimalsOf(currency));
    }
    expect(decimalsOfPrices('KWD')).toBe(3);
  });
});
