import { describe, expect, it } from 'vitest';
import {
  formatDuration,
  formatMinor,
  formatMoney,
  formatRelative,
  formatTime,
  formatUtc,
  formatWeight,
} from './format.ts';

describe('money', () => {
  it.each([
    [{ amountMinor: 1_299_000, currency: 'IDR' }, 'IDR 1,299,000'],
    [{ amountMinor: 1_290, currency: 'AUD' }, 'AUD 12.90'],
    [{ amountMinor: 5, currency: 'AUD' }, 'AUD 0.05'],
    [{ amountMinor: -123_456, currency: 'SGD' }, 'SGD −1,234.56'],
    [{ amountMinor: 1_234_567, currency: 'KWD' }, 'KWD 1,234.567'],
    [{ amountMinor: 0, currency: 'IDR' }, 'IDR 0'],
  ])('%o is %s', (money, text) => expect(formatMoney(money)).toBe(text));

  it('loses no digit of the largest safe integer', () => {
    expect(formatMinor(Number.MAX_SAFE_INTEGER, 'AUD')).toBe('90,071,992,547,409.91');
  });
});

describe('times', () => {
  const now = new Date('2026-11-21T06:05:09Z');

  it('shows the zone that was asked for, and UTC in full', () => {
    expect(formatTime('2026-11-21T06:05:09Z', 'Asia/Jakarta', now)).toBe('21 Nov, 13:05');
    expect(formatTime('2025-11-21T06:05:09Z', 'UTC', now)).toContain('2025');
    expect(formatUtc('2026-11-21T06:05:09.123Z')).toBe('2026-11-21 06:05:09 UTC');
  });

  it('leaves what is no time as it is', () => {
    expect(formatTime('11:00', undefined, now)).toBe('11:00');
    expect(formatUtc('soon')).toBe('soon');
  });

  it('counts in the largest whole unit, both ways', () => {
    expect(formatRelative('2026-11-21T09:06:00Z', now)).toBe('in 3 h');
    expect(formatRelative('2026-11-21T06:00:00Z', now)).toBe('5 min ago');
    expect(formatRelative('2026-11-21T06:05:08Z', now)).toBe('now');
    expect(formatDuration(59)).toBe('59 s');
    expect(formatDuration(172_800)).toBe('2 d');
  });
});

it('weights change unit at a kilogram', () => {
  expect([formatWeight(null), formatWeight(350), formatWeight(1_000), formatWeight(1_250)]).toEqual([
    '–',
    '350 g',
    '1 kg',
    '1.25 kg',
  ]);
});
