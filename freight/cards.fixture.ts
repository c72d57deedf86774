import { noLimits, type RateCard } from './card.ts';
import type { FreightConsignment, FreightPiece } from './quote.ts';

/** Base 25.00 + 9.00/kg up to 5 kg, 40.00 + 6.00/kg up to 20 kg; fuel 20 %; divisor 5000, steps of half a kilogram. */
export const plainCard: RateCard = {
  code: 'plain',
  carrier: 'Example Express',
  service: 'worldwide',
  account: '000000000',
  currency: 'AUD',
  validFrom: '2026-01-01',
  validTo: null,
  divisor: 5000,
  sideRounding: 'up',
  compareAt: 'piece',
  steps: [{ upToGrams: 20_000, stepGrams: 500 }],
  zones: [{ zone: '1', from: 'AU', to: 'ID', postcodes: null }],
  breaks: [
    { zone: '1', fromGrams: 0, upToGrams: 5_000, baseMinor: 2_500, perKgMinor: 900 },
    { zone: '1', fromGrams: 5_000, upToGrams: 20_000, baseMinor: 4_000, perKgMinor: 600 },
  ],
  remoteAreas: [],
  surcharges: [],
  taxBasisPoints: 0,
  fuel: [{ from: '2026-01-01', basisPoints: 2_000 }],
  limits: noLimits,
  goodsRules: [],
  forbiddenPairs: [],
  source: 'made up for tests',
};

export const piece = (
  id: string,
  weightGrams: number | null,
  [lengthMm, widthMm, heightMm]: readonly [number, number, number] = [100, 100, 100],
  goods: readonly string[] = [],
): FreightPiece => ({ id, weightGrams, lengthMm, widthMm, heightMm, goods });

export const consignmentOf = (
  pieces: readonly FreightPiece[],
  changes: Partial<FreightConsignment> = {},
): FreightConsignment => ({
  from: { countryCode: 'AU', postcode: '2000' },
  to: { countryCode: 'ID', postcode: '40111' },
  shipOn: '2026-07-01',
  incoterm: 'DDP',
  kind: pieces.length === 1 ? 'single' : 'multiPiece',
  residential: false,
  insured: false,
  valueMinor: null,
  lines: 1,
  pieces,
  ...changes,
});
