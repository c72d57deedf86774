import { describe, expect, it } from 'vitest';
import { assessCustoms, declarationFaults } from './customs.ts';
import { customsRuleFor, customsRules } from './customs-rules.ts';

describe('customs rules', () => {
  it('hold by date: Thailand’s exemption ended with 2025', () => {
    expect(customsRuleFor('TH', '2025-12-31')?.id).toBe('th-2024-07-05');
    expect(customsRuleFor('TH', '2026-01-01')?.id).toBe('th-2026-01-01');
    expect(customsRuleFor('TH', '2024-07-04')).toBeNull();
    expect(customsRuleFor('AQ', '2026-01-01')).toBeNull();
  });

  it('each says where it comes from, and no two of a country hold on one day', () => {
    for (const rule of customsRules) {
      expect(rule.source).not.toBe('');
      for (const other of customsRules) {
        if (other === rule || other.country !== rule.country) continue;
        const apart = (rule.to ?? '9999') < (other.from ?? '') || (other.to ?? '9999') < (rule.from ?? '');
        expect(apart, `${rule.id} and ${other.id}`).toBe(true);
      }
    }
  });

  const indonesia = customsRuleFor('ID', '2026-11-20');
  if (!indonesia) throw new Error('there is no rule for Indonesia');
  it.each([
    [300, 1, ['95'], 'free', true],
    [301, 1, ['95'], 'flat-duty', true],
    // Two parcels of USD 2: neither is free, for the day is judged as a whole.
    [400, 2, ['95'], 'flat-duty', true],
    [400, 2, ['61', '95'], 'tariff', true],
    [150_000, 1, ['95'], 'flat-duty', true],
    [150_001, 2, ['95'], 'full-declaration', true],
    [null, 1, ['95'], 'unknown', null],
  ])('Indonesia: %s US cents in %i parcels of chapter %j are %s', (sumMinor, parcels, chapters, regime, taxDue) => {
    expect(assessCustoms(indonesia, { sumMinor, parcels }, chapters)).toMatchObject({ regime, taxDue });
  });
});

describe('a line that crosses a border', () => {
  const line = {
    sku: 'KW-1',
    description: 'Wool jumper',
    hsCode: '6110.11',
    originCountryCode: 'NZ',
    unitValueMinor: 9_900,
    netWeightGrams: 400,
  };
  it.each([
    [{}, []],
    [{ hsCode: '61101' }, ['KW-1 hsCode']],
    [{ hsCode: null, originCountryCode: null }, ['KW-1 hsCode', 'KW-1 originCountryCode']],
    [{ originCountryCode: 'New Zealand' }, ['KW-1 originCountryCode']],
    [{ description: '12 !' }, ['KW-1 title']],
    [{ unitValueMinor: 0, netWeightGrams: null }, ['KW-1 price', 'KW-1 weightGrams']],
  ])('with %j lacks %j', (changes, fields) => {
    expect(declarationFaults([{ ...line, ...changes }]).map(({ field }) => field)).toEqual(fields);
  });
});
