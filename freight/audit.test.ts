import { describe, expect, it } from 'vitest';
import { type AuditFacts, compareFreight, defaultTolerance, toleranceMinor } from './audit.ts';
import type { RateCard } from './card.ts';
import { consignmentOf, piece, plainCard } from './cards.fixture.ts';
import { type FreightPrice, quote } from './quote.ts';
import { type FreightStatement, statementOfCard, statementOfCharges } from './statement.ts';

const card: RateCard = {
  ...plainCard,
  zones: [...plainCard.zones, { zone: '2', from: 'AU', to: 'TH', postcodes: null }],
  breaks: [...plainCard.breaks, { zone: '2', fromGrams: 0, upToGrams: 20_000, baseMinor: 3_333, perKgMinor: 777 }],
  remoteAreas: [{ country: 'ID', postcodes: ['88000', '88999'] }],
  surcharges: [
    { code: 'RA', basis: 'shipment', amount: 2_500, minMinor: 0, when: { kind: 'remote' }, bearsFuel: false },
    {
      code: 'DD',
      basis: 'shipment',
      amount: 1_800,
      minMinor: 0,
      when: { kind: 'incoterm', is: 'DDP' },
      bearsFuel: false,
    },
  ],
};
const priced = (grams: number, by: RateCard = card): FreightPrice => {
  const answer = quote(by, consignmentOf([piece('a', grams)]));
  return answer.ok ? answer : expect.fail('refused');
};
/** 3 kg: base 52.00, fuel 10.40, duties 18.00. */
const expected = statementOfCard(card, priced(3_000));
const facts: AuditFacts = { card, zone: '1', shipOn: '2026-07-01', measured: null };

/** What a carrier would state: the card's own price in its words, with changes by code. */
function stated(changes: Record<string, number> = {}): FreightStatement {
  const amounts: Record<string, number> = { BASE: 5_200, FF: 1_040, DD: 1_800, ...changes };
  const statement = statementOfCharges(
    Object.entries(amounts).map(([code, amountMinor]) => ({
      type: code === 'BASE' ? ('base' as const) : code === 'TAX' ? ('tax' as const) : ('surcharge' as const),
      code,
      name: code === 'OO' ? 'REMOTE AREA DELIVERY' : code,
      amount: { amountMinor, currency: 'AUD' },
    })),
  );
  return statement ?? expect.fail('no statement');
}
const causes = (statement: FreightStatement, more: Partial<AuditFacts> = {}) =>
  compareFreight(expected, statement, { ...facts, ...more }, defaultTolerance).map(({ cause, amountMinor }) => [
    cause,
    amountMinor,
  ]);

describe('compareFreight', () => {
  it('says nothing within the greater of 2 % and 1.00', () => {
    expect(causes(stated())).toEqual([]);
    // 80.40 × 2 % = 1.60
    expect(causes(stated({ BASE: 5_360 }))).toEqual([]);
    expect(causes(stated({ BASE: 5_361 }))).not.toEqual([]);
    expect(toleranceMinor(defaultTolerance, 1_000, 'AUD')).toBe(100);
    expect(toleranceMinor(defaultTolerance, 10, 'IDR')).toBe(1);
  });

  it.each([
    ['the fuel of another week', { FF: 1_300 }, [['fuel-week', 260]]],
    ['a remote area', { OO: 2_500 }, [['remote-area', 2_500]]],
    // 4.5 kg: base 65.50 and its fuel.
    ['another weight', { BASE: 6_550, FF: 1_310 }, [['re-weigh', 1_620]]],
    // 3 kg in zone 2.
    ['another zone', { BASE: 5_664, FF: 1_133 }, [['zone', 557]]],
    ['a price that the card has not', { BASE: 5_801, FF: 1_160 }, [['base-price', 721]]],
    ['a surcharge that the card has not', { SF: 600 }, [['surcharge', 600]]],
    ['less than expected', { DD: 0 }, [['surcharge', -1_800]]],
    ['tax', { TAX: 800 }, [['tax', 800]]],
    [
      'several causes, the greatest first',
      { FF: 1_300, OO: 2_500 },
      [
        ['remote-area', 2_500],
        ['fuel-week', 260],
      ],
    ],
  ])('suspects %s', (_, changes, found) => {
    expect(causes(stated(changes))).toEqual(found);
  });

  it('knows the measure that explains it, before it guesses a zone', () => {
    const measured = statementOfCard(card, priced(4_250));
    const [first] = compareFreight(
      expected,
      stated({ BASE: 6_550, FF: 1_310 }),
      { ...facts, measured },
      defaultTolerance,
    );
    expect(first).toMatchObject({ cause: 're-weigh', explain: 'Measured by the carrier as 4.5 kg, declared as 3 kg.' });
  });

  it('does not guess where there are only totals', () => {
    expect(causes({ ...stated(), lines: [], totalMinor: 9_000 })).toEqual([['unknown', 960]]);
  });
});

describe('statements', () => {
  it('are none of several currencies, and of no charges', () => {
    const base = { type: 'base' as const, code: 'B', name: 'B' };
    expect(statementOfCharges([])).toBeNull();
    expect(
      statementOfCharges([
        { ...base, amount: { amountMinor: 1, currency: 'AUD' } },
        { ...base, amount: { amountMinor: 1, currency: 'USD' } },
      ]),
    ).toBeNull();
  });
});
