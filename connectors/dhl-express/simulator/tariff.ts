import type { Package } from './model.ts';

const VOLUMETRIC_DIVISOR_METRIC = 5000;
const VOLUMETRIC_DIVISOR_IMPERIAL = 139;
const GRAMS_PER_POUND = 453.592_37;
const STEP_GRAMS = 500;

/** A product of the carrier in this simulator's small world. */
export interface Product {
  code: string;
  name: string;
  localName: string;
  /** Share of the base price, percent. */
  pricePercent: number;
  transitDays: number;
  /** For customers with a contract only. */
  needsAgreement: boolean;
  isFor: (lane: { isInternational: boolean; isDeclarable: boolean }) => boolean;
}

/** What may be booked. */
export const PRODUCTS: readonly Product[] = [
  product('P', 'EXPRESS WORLDWIDE', 100, 3, false, (lane) => lane.isInternational && lane.isDeclarable),
  product('Y', 'EXPRESS 12:00', 120, 3, false, (lane) => lane.isInternational && lane.isDeclarable),
  product('B', 'EXPRESS BREAKBULK', 85, 4, true, (lane) => lane.isInternational && lane.isDeclarable),
  product('D', 'EXPRESS WORLDWIDE DOC', 90, 2, false, (lane) => lane.isInternational && !lane.isDeclarable),
  product('N', 'EXPRESS DOMESTIC', 40, 1, false, (lane) => !lane.isInternational),
];

/** The service code of a remote area's surcharge. */
export const REMOTE = 'OO';

/** Services beside transport, with fixed prices in cents; not fuel-bearing. Insurance is 1 % of the value, 15.00 at least. */
export const SERVICES: Readonly<Record<string, { name: string; cents: number }>> = {
  II: { name: 'SHIPMENT INSURANCE', cents: 1500 },
  DD: { name: 'DUTY TAX PAID', cents: 1800 },
  WY: { name: 'PAPERLESS TRADE', cents: 0 },
  [REMOTE]: { name: 'REMOTE AREA DELIVERY', cents: 2500 },
  SF: { name: 'DIRECT SIGNATURE', cents: 600 },
  HE: { name: 'DANGEROUS GOODS', cents: 9000 },
  HD: { name: 'LITHIUM ION PI966', cents: 1000 },
  HV: { name: 'LITHIUM ION PI967', cents: 1000 },
  HM: { name: 'LITHIUM METAL PI969', cents: 1000 },
  HW: { name: 'LITHIUM METAL PI970', cents: 1000 },
};

/** Weights and prices of a shipment; prices in cents. */
export interface Quote {
  providedGrams: number;
  volumetricGrams: number;
  billedGrams: number;
  baseCents: number;
  services: Array<{ code: string; name: string; cents: number }>;
  fuelCents: number;
  totalCents: number;
}

/** Volumetric weight of a package in grams. */
export function volumetricGrams(item: Package, system: 'metric' | 'imperial'): number {
  if (item.dimensions === undefined) return 0;
  const { length, width, height } = item.dimensions;
  const volume = length * width * height;
  if (system === 'metric') return Math.round((volume / VOLUMETRIC_DIVISOR_METRIC) * 1000);
  return Math.round((volume / VOLUMETRIC_DIVISOR_IMPERIAL) * GRAMS_PER_POUND);
}

/**
 * Prices a shipment: the heavier of actual and volumetric weight of each piece, summed, rounded up to 0.5 kg;
 * 25.00 + 9.00 a kg up to 5 kg, 40.00 + 6.00 a kg above; fuel on the base; services on top. One card for all lanes.
 */
export function quote(
  packages: readonly Package[],
  system: 'metric' | 'imperial',
  product: Product,
  services: ReadonlyArray<{ serviceCode: string; value?: number }>,
  fuelPercent: number,
): Quote {
  const weights = packages.map((item) => {
    const provided = Math.round(item.weight * (system === 'metric' ? 1000 : GRAMS_PER_POUND));
    return { provided, volumetric: volumetricGrams(item, system) };
  });
  const chargeable = sum(weights.map(({ provided, volumetric }) => Math.max(provided, volumetric)));
  const billedGrams = Math.ceil(chargeable / STEP_GRAMS) * STEP_GRAMS;
  const cardCents = billedGrams <= 5000 ? 2500 + (billedGrams * 9) / 10 : 4000 + (billedGrams * 6) / 10;
  const baseCents = Math.round((cardCents * product.pricePercent) / 100);
  const priced = services.map(({ serviceCode, value }) => {
    const { name, cents } = SERVICES[serviceCode] ?? { name: serviceCode, cents: 0 };
    return { code: serviceCode, name, cents: serviceCode === 'II' ? Math.max(cents, Math.round(value ?? 0)) : cents };
  });
  const fuelCents = Math.round((baseCents * fuelPercent) / 100);
  return {
    providedGrams: sum(weights.map(({ provided }) => provided)),
    volumetricGrams: sum(weights.map(({ volumetric }) => volumetric)),
    billedGrams,
    baseCents,
    services: priced,
    fuelCents,
    totalCents: baseCents + fuelCents + sum(priced.map(({ cents }) => cents)),
  };
}

function product(
  code: string,
  name: string,
  pricePercent: number,
  transitDays: number,
  needsAgreement: boolean,
  isFor: Product['isFor'],
): Product {
  return { code, name, localName: name, pricePercent, transitDays, needsAgreement, isFor };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
