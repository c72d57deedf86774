import { stringify } from 'csv-stringify/sync';
import type { Limits, RateCard } from './card.ts';
import { type Column, columns, writeCondition } from './card-rows.ts';
import { minorDigits, unscaled } from './decimal.ts';

/** A card as the CSV that `readCardCsv` reads: what was imported can be had back, changed and imported as a new version. */
export function writeCardCsv(card: RateCard): string {
  const digits = minorDigits(card.currency);
  const money = (minor: number) => unscaled(minor, digits);
  const setting = (name: string, value: string | number): Partial<Record<Column, string>> => ({
    record: 'card',
    name,
    value: String(value),
  });
  const limitNames: Readonly<Record<keyof Limits, string>> = {
    pieceGrams: 'piece_g',
    lengthMm: 'length_mm',
    widthMm: 'width_mm',
    heightMm: 'height_mm',
    girthMm: 'girth_mm',
    pieces: 'pieces',
    shipmentGrams: 'shipment_g',
    lines: 'lines',
    valueMinor: 'value',
  };
  const postcodes = (range: readonly [string, string] | null) =>
    range === null ? {} : { postcode_from: range[0], postcode_to: range[1] };
  const rows: Partial<Record<Column, string>>[] = [
    setting('code', card.code),
    setting('carrier', card.carrier),
    setting('service', card.service),
    setting('account', card.account),
    setting('currency', card.currency),
    setting('valid_from', card.validFrom),
    ...(card.validTo === null ? [] : [setting('valid_to', card.validTo)]),
    setting('divisor', card.divisor),
    setting('side_rounding', card.sideRounding),
    setting('compare_at', card.compareAt),
    ...(card.taxBasisPoints === 0 ? [] : [setting('tax_percent', unscaled(card.taxBasisPoints, 2))]),
    setting('source', card.source),
    ...card.steps.map((step) => ({ record: 'step', up_to_g: String(step.upToGrams), value: String(step.stepGrams) })),
    ...card.zones.map((lane) => ({
      record: 'zone',
      zone: lane.zone,
      from: lane.from,
      to: lane.to,
      ...postcodes(lane.postcodes),
    })),
    ...card.breaks.map((item) => ({
      record: 'break',
      zone: item.zone,
      from_g: String(item.fromGrams),
      up_to_g: String(item.upToGrams),
      base: money(item.baseMinor),
      per_kg: money(item.perKgMinor),
    })),
    ...card.remoteAreas.map((area) => ({ record: 'remote', to: area.country, ...postcodes(area.postcodes) })),
    ...card.surcharges.map((item) => ({
      record: 'surcharge',
      name: item.code,
      value: item.basis,
      amount: item.basis === 'percent' || item.basis === 'value' ? unscaled(item.amount, 2) : money(item.amount),
      min: item.minMinor === 0 ? '' : money(item.minMinor),
      when: writeCondition(item.when),
      fuel: item.bearsFuel ? 'yes' : 'no',
    })),
    ...card.fuel.map((rate) => ({ record: 'fuel', date: rate.from, amount: unscaled(rate.basisPoints, 2) })),
    ...(Object.entries(card.limits) as [keyof Limits, number | null][]).flatMap(([key, value]) =>
      value === null
        ? []
        : [{ record: 'limit', name: limitNames[key], value: key === 'valueMinor' ? money(value) : String(value) }],
    ),
    ...card.goodsRules.map((rule) => ({
      record: 'goods',
      name: rule.category,
      to: rule.to,
      value: rule.rule === 'service' ? `service:${rule.service}` : rule.rule,
    })),
    ...card.forbiddenPairs.map(([name, value]) => ({ record: 'pair', name, value })),
  ];
  return stringify(rows, { header: true, columns: [...columns] });
}

/** An example of every kind of line. The prices are made up: replace all of them by those of the contract. */
export const templateCard: RateCard = {
  code: 'carrier-au',
  carrier: 'Carrier',
  service: 'worldwide',
  account: '000000000',
  currency: 'AUD',
  validFrom: '2026-01-01',
  validTo: '2026-12-31',
  divisor: 5000,
  sideRounding: 'up',
  compareAt: 'piece',
  steps: [
    { upToGrams: 30_000, stepGrams: 500 },
    { upToGrams: 70_000, stepGrams: 1_000 },
  ],
  zones: [
    { zone: '4', from: 'AU', to: 'ID', postcodes: null },
    { zone: '5', from: 'AU', to: 'TH', postcodes: null },
    { zone: '6', from: 'AU', to: 'TH', postcodes: ['94000', '96999'] },
  ],
  breaks: ['4', '5', '6'].flatMap((zone, index) => [
    { zone, fromGrams: 0, upToGrams: 5_000, baseMinor: 2_500 + 300 * index, perKgMinor: 900 },
    { zone, fromGrams: 5_000, upToGrams: 70_000, baseMinor: 4_000 + 300 * index, perKgMinor: 600 },
  ]),
  remoteAreas: [{ country: 'ID', postcodes: ['98000', '99999'] }],
  surcharges: [
    { code: 'REMOTE', basis: 'kg', amount: 80, minMinor: 3_500, when: { kind: 'remote' }, bearsFuel: true },
    {
      code: 'HEAVY',
      basis: 'piece',
      amount: 9_000,
      minMinor: 0,
      when: { kind: 'piece-over-grams', grams: 30_000 },
      bearsFuel: true,
    },
    {
      code: 'DD',
      basis: 'shipment',
      amount: 1_800,
      minMinor: 0,
      when: { kind: 'incoterm', is: 'DDP' },
      bearsFuel: false,
    },
    { code: 'INSURANCE', basis: 'value', amount: 100, minMinor: 1_500, when: { kind: 'insured' }, bearsFuel: false },
  ],
  taxBasisPoints: 0,
  fuel: [
    { from: '2026-01-01', basisPoints: 2_000 },
    { from: '2026-07-01', basisPoints: 2_150 },
  ],
  limits: {
    pieceGrams: 70_000,
    lengthMm: 1_200,
    widthMm: 800,
    heightMm: 800,
    girthMm: null,
    pieces: 999,
    shipmentGrams: 70_000,
    lines: 999,
    valueMinor: null,
  },
  goodsRules: [
    { category: 'lithium', to: '*', rule: 'service', service: 'HV' },
    { category: 'knife', to: 'ID', rule: 'forbid', service: null },
  ],
  forbiddenPairs: [['food', 'chemical']],
  source: 'made up: replace by the contract',
};
