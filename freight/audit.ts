import type { RateCard } from './card.ts';
import { minorDigits, unscaled } from './decimal.ts';
import { roundUpToStep } from './measure.ts';
import { freightBase } from './price.ts';
import { fuelOn } from './quote.ts';
import { type FreightStatement, partTotal, type StatedLine } from './statement.ts';

/** How far two prices may differ before a person is told: the greater of a share and a sum. */
export interface Tolerance {
  readonly basisPoints: number;
  /** Hundredths of the currency's main unit: 100 = 1.00, in rupiah 1. */
  readonly leastHundredths: number;
}

export const defaultTolerance: Tolerance = { basisPoints: 200, leastHundredths: 100 };

export type Cause =
  | 're-weigh'
  | 'fuel-week'
  | 'remote-area'
  | 'zone'
  | 'base-price'
  | 'surcharge'
  | 'tax'
  | 'carrier-quote'
  | 'unknown';

/** Why two prices are suspected to differ; the amount is what the stated price has more of, in minor units. */
export interface Finding {
  readonly cause: Cause;
  readonly code: string | null;
  readonly amountMinor: number;
  readonly explain: string;
  readonly remedy: string;
}

/** What is known of the consignment besides prices. */
export interface AuditFacts {
  readonly card: RateCard;
  readonly zone: string;
  readonly shipOn: string;
  /** By the card with the weights that were measured, where they were. */
  readonly measured: FreightStatement | null;
}

const remedies: Readonly<Record<Cause, string>> = {
  're-weigh': 'Ask the brand to weigh and measure before it packs, or dispute the carrier’s measure with a photo.',
  'fuel-week': 'Import the carrier’s present fuel percentages into the rate card.',
  'remote-area': 'Add the postcode to the card’s remote areas, or dispute the surcharge.',
  zone: 'Correct the lane’s zone in the rate card, or dispute the zone with the carrier.',
  'base-price': 'Compare the card’s prices with the contract; import the new ones, or dispute the bill.',
  surcharge: 'Add the surcharge to the rate card where the contract has it, else dispute it.',
  tax: 'Compare the card’s tax with the bill.',
  'carrier-quote': 'Ask the carrier why it charged otherwise than it quoted on the same day.',
  unknown: 'Compare the carrier’s lines with the card’s; add what is missing to the card, or dispute the bill.',
};

export function finding(cause: Cause, amountMinor: number, explain: string, code: string | null = null): Finding {
  return { cause, code, amountMinor, explain, remedy: remedies[cause] };
}

/** Minor units by which prices of this size may differ. */
export function toleranceMinor(tolerance: Tolerance, expectedMinor: number, currency: string): number {
  const least = Math.round((tolerance.leastHundredths * 10 ** minorDigits(currency)) / 100);
  return Math.max(least, Math.floor((expectedMinor * tolerance.basisPoints) / 10_000));
}

/**
 * Compares a price that a carrier states with the one that the card gives, both in one currency.
 * @returns nothing within the tolerance; else what is suspected, the greatest difference first
 */
export function compareFreight(
  expected: FreightStatement,
  stated: FreightStatement,
  facts: AuditFacts,
  tolerance: Tolerance,
): readonly Finding[] {
  const allowedMinor = toleranceMinor(tolerance, expected.totalMinor, expected.currency);
  if (Math.abs(stated.totalMinor - expected.totalMinor) <= allowedMinor) return [];
  const lines = stated.lines.length > 0 && expected.lines.length > 0;
  const found = lines
    ? [...fuelFindings(stated, facts), ...baseFindings(expected, stated, facts), ...otherFindings(expected, stated)]
    : [];
  // Cents of single lines explain nothing beside a difference that is worth a person's time.
  const telling = found.filter(({ amountMinor }) => Math.abs(amountMinor) * 10 >= allowedMinor);
  const explained = telling.length > 0 ? telling : [unknown(expected, stated)];
  return [...explained].sort((a, b) => Math.abs(b.amountMinor) - Math.abs(a.amountMinor));
}

const money = (minor: number, currency: string): string =>
  `${minor < 0 ? '-' : ''}${unscaled(Math.abs(minor), minorDigits(currency))} ${currency}`;
const kg = (grams: number): string => `${grams / 1000} kg`;
const percent = (basisPoints: number): string => `${Math.round(basisPoints) / 100} %`;

function unknown(expected: FreightStatement, stated: FreightStatement): Finding {
  const explain = `${money(stated.totalMinor, stated.currency)} in place of ${money(expected.totalMinor, expected.currency)}; the carrier’s lines do not say why.`;
  return finding('unknown', stated.totalMinor - expected.totalMinor, explain);
}

/** Fuel by another percentage than the card's. What follows from another base is the base's difference, not fuel's. */
function fuelFindings(stated: FreightStatement, { card, shipOn }: AuditFacts): Finding[] {
  const bearing = (statement: FreightStatement): number =>
    statement.lines
      .filter(({ part, code }) => part === 'base' || card.surcharges.some((one) => one.code === code && one.bearsFuel))
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const basisPoints = fuelOn(card, shipOn)?.basisPoints ?? 0;
  const statedBearing = bearing(stated);
  const due = Math.round((statedBearing * basisPoints) / 10_000);
  const amountMinor = partTotal(stated, 'fuel') - due;
  if (Math.abs(amountMinor) <= 1 || statedBearing <= 0) return [];
  const rate = (partTotal(stated, 'fuel') * 10_000) / statedBearing;
  return [
    finding('fuel-week', amountMinor, `Fuel at ${percent(rate)}; the card has ${percent(basisPoints)} for ${shipOn}.`),
  ];
}

/** The base price as if of another weight, of another zone, or of no weight and zone of the card. */
function baseFindings(expected: FreightStatement, stated: FreightStatement, facts: AuditFacts): Finding[] {
  const { card, zone, measured, shipOn } = facts;
  const statedBase = partTotal(stated, 'base');
  const baseDifference = statedBase - partTotal(expected, 'base');
  if (Math.abs(baseDifference) <= 1) return [];
  const basisPoints = fuelOn(card, shipOn)?.basisPoints ?? 0;
  const amountMinor = baseDifference + Math.round((baseDifference * basisPoints) / 10_000);
  const billed = expected.billedGrams ?? 0;
  const declared = `declared as ${kg(billed)}`;
  if (measured && Math.abs(partTotal(measured, 'base') - statedBase) <= 1) {
    return [
      finding('re-weigh', amountMinor, `Measured by the carrier as ${kg(measured.billedGrams ?? 0)}, ${declared}.`),
    ];
  }
  const otherZone = zonesOf(card).find((one) => one !== zone && baseIn(card, one, billed) === statedBase);
  if (otherZone !== undefined) {
    return [finding('zone', amountMinor, `The price of zone ${otherZone}; the card says zone ${zone} for this lane.`)];
  }
  const grams = stated.billedGrams ?? weightFor(card, zone, statedBase);
  if (grams !== null && grams !== billed) {
    return [finding('re-weigh', amountMinor, `The price of ${kg(grams)}, ${declared}.`)];
  }
  return [
    finding(
      'base-price',
      amountMinor,
      `A base of ${money(statedBase, stated.currency)} for ${kg(billed)} in zone ${zone} is none of the card’s.`,
    ),
  ];
}

const zonesOf = (card: RateCard): string[] => [...new Set(card.breaks.map(({ zone }) => zone))].sort();

const heaviest = (card: RateCard, zone: string): number =>
  Math.max(0, ...card.breaks.filter((one) => one.zone === zone).map(({ upToGrams }) => upToGrams));

function baseIn(card: RateCard, zone: string, grams: number): number | null {
  return grams <= heaviest(card, zone) ? freightBase(card, zone, grams).amountMinor : null;
}

/** The lightest weight of the card's steps that costs exactly this base; null where none does. */
function weightFor(card: RateCard, zone: string, baseMinor: number): number | null {
  const last = heaviest(card, zone);
  for (let grams = roundUpToStep(card, 1); grams <= last; grams = roundUpToStep(card, grams + 1)) {
    const price = freightBase(card, zone, grams).amountMinor;
    if (price === baseMinor) return grams;
    // Prices never fall with the weight.
    if (price > baseMinor) return null;
  }
  return null;
}

/** Everything that is neither base nor fuel, by its code. */
function otherFindings(expected: FreightStatement, stated: FreightStatement): Finding[] {
  const rest = (statement: FreightStatement): StatedLine[] =>
    statement.lines.filter(({ part }) => part !== 'base' && part !== 'fuel');
  const codes = new Set([...rest(expected), ...rest(stated)].map(keyOf));
  return [...codes].flatMap((key) => {
    const sum = (statement: FreightStatement): number =>
      rest(statement)
        .filter((line) => keyOf(line) === key)
        .reduce((total, { amountMinor }) => total + amountMinor, 0);
    const amountMinor = sum(stated) - sum(expected);
    const [line] = [...rest(stated), ...rest(expected)].filter((one) => keyOf(one) === key);
    if (line === undefined || Math.abs(amountMinor) <= 1) return [];
    const cause: Cause = line.part === 'remote' ? 'remote-area' : line.part === 'tax' ? 'tax' : 'surcharge';
    const explain = `${line.name}: ${money(sum(stated), stated.currency)} in place of ${money(sum(expected), expected.currency)}.`;
    return [finding(cause, amountMinor, explain, line.code)];
  });
}

/** Carriers and cards name a remote area and tax by different codes; what they are is compared. */
const keyOf = ({ part, code }: StatedLine): string => (part === 'surcharge' ? code : part);
