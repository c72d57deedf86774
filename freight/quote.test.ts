import { describe, expect, it } from 'vitest';
import fc from '../tests/properties.ts';
import type { RateCard, Surcharge } from './card.ts';
import { consignmentOf, piece, plainCard } from './cards.fixture.ts';
import { type FreightConsignment, type FreightPrice, quote } from './quote.ts';

function priced(card: RateCard, consignment: FreightConsignment): FreightPrice {
  const answer = quote(card, consignment);
  if (!answer.ok) throw new Error(answer.refusals.map(({ reason }) => reason).join(' '));
  return answer;
}
const total = (card: RateCard, consignment: FreightConsignment) => priced(card, consignment).totalMinor;
const codes = (card: RateCard, consignment: FreightConsignment) => {
  const answer = quote(card, consignment);
  return answer.ok ? [] : answer.refusals.map(({ code, place }) => `${code} at ${place}`);
};
const withoutFuel: RateCard = { ...plainCard, fuel: [] };
const kilograms = (grams: number) => consignmentOf([piece('A', grams)]);

const a = piece('A', 1_200, [200, 200, 100]);
const b = piece('B', 900, [300, 250, 120]);

describe('the worked check', () => {
  it('prices two parcels alone at 46.20 and 51.60', () => {
    expect(total(plainCard, consignmentOf([a]))).toBe(4_620);
    expect(total(plainCard, consignmentOf([b]))).toBe(5_160);
  });

  it.each(['piece', 'shipment'] as const)('joins them at 62.40, compared by %s', (compareAt) => {
    expect(priced({ ...plainCard, compareAt }, consignmentOf([a, b]))).toMatchObject({
      totalMinor: 6_240,
      billedGrams: 3_000,
    });
  });

  it('rounds 4.8 kg to 70.00 and 5.1 kg to 73.00 before fuel', () => {
    expect(total(withoutFuel, kilograms(4_800))).toBe(7_000);
    expect(total(withoutFuel, kilograms(5_100))).toBe(7_300);
  });

  it('bills 9.5 kg as 10 kg at 95.00 by the pivot rule, and leaves 9.0 kg at 94.00', () => {
    const card: RateCard = {
      ...withoutFuel,
      breaks: [
        ...plainCard.breaks.slice(0, 1),
        { zone: '1', fromGrams: 5_000, upToGrams: 10_000, baseMinor: 4_000, perKgMinor: 600 },
        { zone: '1', fromGrams: 10_000, upToGrams: 20_000, baseMinor: 4_500, perKgMinor: 500 },
      ],
    };
    expect(priced(card, kilograms(9_500))).toMatchObject({ totalMinor: 9_500, billedGrams: 10_000 });
    expect(priced(card, kilograms(9_000))).toMatchObject({ totalMinor: 9_400, billedGrams: 9_000 });
  });
});

describe('quote', () => {
  it('bills dense and bulky goods less where the totals are compared', () => {
    const dense = piece('dense', 4_000, [100, 100, 100]);
    const bulky = piece('bulky', 500, [400, 400, 100]);
    const both = consignmentOf([dense, bulky]);
    expect(priced({ ...plainCard, compareAt: 'piece' }, both).billedGrams).toBe(7_500);
    expect(priced({ ...plainCard, compareAt: 'shipment' }, both).billedGrams).toBe(4_500);
  });

  it('rounds sides as the card says', () => {
    const odd = consignmentOf([piece('A', 100, [204, 200, 196])]);
    const grams = (sideRounding: RateCard['sideRounding']) =>
      priced({ ...plainCard, sideRounding, steps: [{ upToGrams: 20_000, stepGrams: 1 }] }, odd).billedGrams;
    expect(grams('up')).toBe(Math.ceil((210 * 200 * 200) / 5000));
    expect(grams('nearest')).toBe(Math.ceil((200 * 200 * 200) / 5000));
    expect(grams('none')).toBe(Math.ceil((204 * 200 * 196) / 5000));
  });

  it('takes the fuel of the ship date', () => {
    const card = { ...plainCard, fuel: [...plainCard.fuel, { from: '2026-07-06', basisPoints: 2_550 }] };
    expect(total(card, consignmentOf([a], { shipOn: '2026-07-05' }))).toBe(4_620);
    expect(total(card, consignmentOf([a], { shipOn: '2026-07-06' }))).toBe(3_850 + 982);
  });

  it('adds each surcharge by its basis, its least, and only when it is due', () => {
    const surcharge = (code: string, parts: Partial<Surcharge>): Surcharge => ({
      code,
      basis: 'shipment',
      amount: 0,
      minMinor: 0,
      when: { kind: 'always' },
      bearsFuel: false,
      ...parts,
    });
    const card: RateCard = {
      ...withoutFuel,
      remoteAreas: [{ country: 'ID', postcodes: ['40000', '40999'] }],
      surcharges: [
        surcharge('EMERGENCY', { basis: 'kg', amount: 20 }),
        surcharge('REMOTE', { basis: 'kg', amount: 100, minMinor: 3_000, when: { kind: 'remote' } }),
        surcharge('HEAVY', { basis: 'piece', amount: 500, when: { kind: 'piece-over-grams', grams: 1_000 } }),
        surcharge('LONG', { basis: 'piece', amount: 900, when: { kind: 'side-over-mm', mm: 1_000 } }),
        surcharge('DD', { amount: 1_800, when: { kind: 'incoterm', is: 'DDP' } }),
        surcharge('INSURANCE', { basis: 'value', amount: 100, minMinor: 1_500, when: { kind: 'insured' } }),
        surcharge('SEASON', { basis: 'percent', amount: 1_000 }),
        surcharge('DANGEROUS', { amount: 9_000, when: { kind: 'dangerous' } }),
        surcharge('DELIVERY', { basis: 'piece', amount: 700, when: { kind: 'consignment', is: 'breakBulk' } }),
        surcharge('HOME', { amount: 400, when: { kind: 'residential' } }),
        surcharge('LITHIUM', { amount: 1_000, when: { kind: 'goods', category: 'lithium' } }),
      ],
    };
    const lines = (changes: Partial<FreightConsignment>, pieces = [a, b]) =>
      Object.fromEntries(
        priced(card, consignmentOf(pieces, changes)).lines.map((line) => [line.code, line.amountMinor]),
      );
    expect(lines({})).toEqual({ BASE: 5_200, EMERGENCY: 60, REMOTE: 3_000, HEAVY: 500, DD: 1_800, SEASON: 520 });
    expect(
      lines({ incoterm: 'DAP', insured: true, valueMinor: 200_000, residential: true, kind: 'breakBulk' }, [
        a,
        piece('C', 900, [1_010, 100, 100], ['dangerous', 'lithium']),
      ]),
    ).toMatchObject({ INSURANCE: 2_000, DANGEROUS: 9_000, DELIVERY: 1_400, HOME: 400, LITHIUM: 1_000, LONG: 900 });
  });

  it('puts fuel on what bears it, and tax on everything', () => {
    const card: RateCard = {
      ...plainCard,
      taxBasisPoints: 1_000,
      surcharges: [
        { code: 'X', basis: 'shipment', amount: 1_000, minMinor: 0, when: { kind: 'always' }, bearsFuel: true },
        { code: 'Y', basis: 'shipment', amount: 1_000, minMinor: 0, when: { kind: 'always' }, bearsFuel: false },
      ],
    };
    expect(total(card, consignmentOf([a]))).toBe(Math.round((3_850 + 2_000 + (3_850 + 1_000) * 0.2) * 1.1));
  });

  it('explains itself, and its lines add up', () => {
    const answer = priced(plainCard, consignmentOf([a, b]));
    expect(answer.explain.join('\n')).toContain('30 × 25 × 12 cm is 1.8 kg by volume');
    expect(answer.lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(answer.totalMinor);
  });

  it('refuses a missing weight instead of taking it as zero', () => {
    expect(codes(plainCard, consignmentOf([a, piece('B', null)]))).toEqual(['missing-measure at piece B']);
    expect(codes(plainCard, consignmentOf([piece('A', 0)]))).toEqual(['missing-measure at piece A']);
    expect(codes(plainCard, consignmentOf([]))).toEqual(['missing-measure at consignment']);
  });

  it('refuses lanes, dates, sizes, weights, counts, values and goods that the card does not take', () => {
    const card: RateCard = {
      ...plainCard,
      validTo: '2026-12-31',
      limits: {
        ...plainCard.limits,
        pieceGrams: 3_000,
        lengthMm: 500,
        girthMm: 1_500,
        pieces: 2,
        lines: 9,
        valueMinor: 100,
      },
      goodsRules: [{ category: 'knife', to: 'ID', rule: 'forbid', service: null }],
      forbiddenPairs: [['food', 'chemical']],
    };
    const fine = { valueMinor: 100 };
    expect(codes(card, consignmentOf([a], { ...fine, shipOn: '2027-01-01' }))).toEqual(['not-valid at card plain']);
    expect(codes(card, consignmentOf([a], { ...fine, to: { countryCode: 'TH', postcode: null } }))).toEqual([
      'no-zone at card plain',
    ]);
    expect(codes(card, consignmentOf([piece('A', 3_001)], fine))).toEqual(['over-limit at piece A']);
    expect(codes(card, consignmentOf([piece('A', 1, [501, 260, 260])], fine))).toEqual([
      'over-limit at piece A',
      'over-limit at piece A',
    ]);
    expect(codes(card, consignmentOf([a, b, piece('C', 1)], fine))).toEqual(['over-limit at consignment']);
    expect(codes(card, consignmentOf([a], { ...fine, lines: 10 }))).toEqual(['over-limit at consignment']);
    expect(codes(card, consignmentOf([a], { valueMinor: 101 }))).toEqual(['over-limit at consignment']);
    expect(codes(card, consignmentOf([a], { valueMinor: null }))).toEqual(['no-value at consignment']);
    expect(codes(card, consignmentOf([piece('A', 1, [1, 1, 1], ['knife'])], fine))).toEqual([
      'goods-forbidden at piece A',
    ]);
    expect(
      codes(card, consignmentOf([piece('A', 1, [1, 1, 1], ['food']), piece('B', 1, [1, 1, 1], ['chemical'])], fine)),
    ).toEqual(['goods-pair at pieces A and B']);
    expect(codes(plainCard, consignmentOf([piece('A', 20_001)]))).toEqual(['over-limit at consignment']);
  });

  it('names the services that goods need, and lets the narrower rule win', () => {
    const card: RateCard = {
      ...plainCard,
      goodsRules: [
        { category: 'lithium', to: '*', rule: 'forbid', service: null },
        { category: 'lithium', to: 'ID', rule: 'service', service: 'HV' },
      ],
    };
    expect(priced(card, consignmentOf([piece('A', 1, [1, 1, 1], ['lithium'])])).services).toEqual(['HV']);
  });

  it('never gets cheaper with more weight, whatever the breaks are', () => {
    const breaks = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 0, max: 2_000 })), {
        minLength: 1,
        maxLength: 5,
      })
      .map((prices) =>
        prices.map(([baseMinor, perKgMinor], k) => ({
          zone: '1',
          fromGrams: k * 3_000,
          upToGrams: k === prices.length - 1 ? 20_000 : (k + 1) * 3_000,
          baseMinor,
          perKgMinor,
        })),
      );
    fc.assert(
      fc.property(
        breaks,
        fc.integer({ min: 1, max: 19_000 }),
        fc.integer({ min: 0, max: 1_000 }),
        (some, grams, more) => {
          const card = { ...plainCard, breaks: some };
          // Within one break a card may be as its carrier made it; across breaks the pivot rule holds.
          expect(total(card, kilograms(grams + more))).toBeGreaterThanOrEqual(total(card, kilograms(grams)));
        },
      ),
      { numRuns: 200 },
    );
  });
});
