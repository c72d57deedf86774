import { type Condition, goodsRule, isWithin, type RateCard, type Surcharge, zoneOf } from './card.ts';
import { type MeasuredPiece, measure, roundUpToStep } from './measure.ts';
import { freightBase } from './price.ts';
import { refusalsOf } from './refusals.ts';

export interface FreightPiece {
  readonly id: string;
  /** Null is a fault, never zero. */
  readonly weightGrams: number | null;
  readonly lengthMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  /** Categories that the card has rules about, such as `lithium`; `dangerous` marks dangerous goods. */
  readonly goods: readonly string[];
}

/** What is to be priced: pieces that travel as one. */
export interface FreightConsignment {
  readonly from: { readonly countryCode: string; readonly postcode: string | null };
  readonly to: { readonly countryCode: string; readonly postcode: string | null };
  /** Date of shipping at the place of origin, YYYY-MM-DD: decides version and fuel. */
  readonly shipOn: string;
  readonly incoterm: 'DDP' | 'DAP';
  readonly kind: 'single' | 'multiPiece' | 'breakBulk';
  readonly residential: boolean;
  readonly insured: boolean;
  /** Value of the goods in minor units of the card's currency; null where it is not known in it. */
  readonly valueMinor: number | null;
  /** Lines of the customs invoice. */
  readonly lines: number;
  readonly pieces: readonly FreightPiece[];
}

export interface QuoteLine {
  readonly code: string;
  readonly kind: 'base' | 'surcharge' | 'fuel' | 'tax';
  readonly amountMinor: number;
  readonly how: string;
}

/** What forbids the consignment, where it stands, and what to do about it. */
export interface FreightRefusal {
  readonly code:
    | 'missing-measure'
    | 'no-zone'
    | 'not-valid'
    | 'over-limit'
    | 'goods-forbidden'
    | 'goods-pair'
    | 'no-value';
  readonly place: string;
  readonly reason: string;
  readonly remedy: string;
}

export interface FreightPrice {
  readonly ok: true;
  readonly totalMinor: number;
  readonly currency: string;
  readonly billedGrams: number;
  readonly lines: readonly QuoteLine[];
  /** How the total came about, a sentence a step. */
  readonly explain: readonly string[];
  /** Services that have to be booked because of the goods. */
  readonly services: readonly string[];
}
export type Quote = FreightPrice | { readonly ok: false; readonly refusals: readonly FreightRefusal[] };

const kg = (grams: number): string => `${grams / 1000} kg`;

/** A share in basis points, halves rounded up. */
const share = (amountMinor: number, basisPoints: number): number =>
  Math.floor((amountMinor * basisPoints + 5_000) / 10_000);

const percent = (basisPoints: number): string => `${basisPoints / 100} %`;

/**
 * Prices a consignment by a card, in the order in which carriers bill: measure, volumetric weight, rounding, zone,
 * base with the pivot rule, surcharges, fuel of the ship date, tax. Pure; everything is exact in minor units.
 * @returns the price with its lines, or everything that forbids the consignment
 */
export function quote(card: RateCard, consignment: FreightConsignment): Quote {
  const refusals = refusalsOf(card, consignment);
  if (refusals.length > 0) return { ok: false, refusals };
  const zone = zoneOf(card, consignment.from.countryCode, consignment.to.countryCode, consignment.to.postcode);
  if (zone === null) throw new Error('a consignment without a zone was not refused');
  const pieces = consignment.pieces.map((piece) => measure(card, piece));
  const { chargeableGrams, how } = chargeable(card, pieces);
  const rounded = roundUpToStep(card, chargeableGrams);
  const base = freightBase(card, zone, rounded);
  const explain = [
    ...pieces.map(({ id, weightGrams, volumetricGrams, sides }) => {
      return `${id}: ${kg(weightGrams)}, ${sides} is ${kg(volumetricGrams)} by volume`;
    }),
    how,
    `billed as ${kg(rounded)}, zone ${zone}`,
    base.how,
  ];
  const lines: QuoteLine[] = [{ code: 'BASE', kind: 'base', amountMinor: base.amountMinor, how: base.how }];
  const facts: Facts = { card, consignment, pieces, billedGrams: base.billedGrams, baseMinor: base.amountMinor };
  let fuelBearing = base.amountMinor;
  for (const surcharge of card.surcharges) {
    const line = surchargeLine(surcharge, facts);
    if (!line) continue;
    lines.push(line);
    explain.push(`${line.code}: ${line.how}`);
    if (surcharge.bearsFuel) fuelBearing += line.amountMinor;
  }
  const fuel = fuelOn(card, consignment.shipOn);
  if (fuel) {
    const how = `${percent(fuel.basisPoints)} fuel (since ${fuel.from}) on base and what bears fuel`;
    lines.push({ code: 'FUEL', kind: 'fuel', amountMinor: share(fuelBearing, fuel.basisPoints), how });
    explain.push(how);
  }
  if (card.taxBasisPoints > 0) {
    const how = `${percent(card.taxBasisPoints)} tax on everything`;
    lines.push({ code: 'TAX', kind: 'tax', amountMinor: share(sum(lines), card.taxBasisPoints), how });
    explain.push(how);
  }
  return {
    ok: true,
    totalMinor: sum(lines),
    currency: card.currency,
    billedGrams: base.billedGrams,
    lines,
    explain,
    services: servicesOf(card, consignment),
  };
}

const sum = (lines: readonly QuoteLine[]): number => lines.reduce((total, { amountMinor }) => total + amountMinor, 0);

/** The heavier of actual and volumetric weight; whether for each piece or for the totals is money. */
function chargeable(
  card: RateCard,
  pieces: readonly MeasuredPiece[],
): { readonly chargeableGrams: number; readonly how: string } {
  const actual = pieces.reduce((total, { weightGrams }) => total + weightGrams, 0);
  const volumetric = pieces.reduce((total, { volumetricGrams }) => total + volumetricGrams, 0);
  if (card.compareAt === 'shipment') {
    return {
      chargeableGrams: Math.max(actual, volumetric),
      how: `the heavier of all weights (${kg(actual)}) and all volumes (${kg(volumetric)})`,
    };
  }
  const heavier = pieces.reduce(
    (total, { weightGrams, volumetricGrams }) => total + Math.max(weightGrams, volumetricGrams),
    0,
  );
  return { chargeableGrams: heavier, how: `the heavier of weight and volume of each piece: ${kg(heavier)}` };
}

/** The fuel rate of a ship date; null where the card has none. */
export function fuelOn(card: RateCard, shipOn: string): RateCard['fuel'][number] | null {
  return card.fuel.filter(({ from }) => from <= shipOn).at(-1) ?? null;
}

interface Facts {
  readonly card: RateCard;
  readonly consignment: FreightConsignment;
  readonly pieces: readonly MeasuredPiece[];
  readonly billedGrams: number;
  readonly baseMinor: number;
}

function surchargeLine(surcharge: Surcharge, facts: Facts): QuoteLine | null {
  const count = timesDue(surcharge.when, facts);
  if (count === 0) return null;
  const { amount, basis, code, minMinor } = surcharge;
  const { billedGrams, baseMinor, consignment } = facts;
  const by: Record<Surcharge['basis'], () => { raw: number; how: string }> = {
    shipment: () => ({ raw: amount, how: 'once for the consignment' }),
    piece: () => ({ raw: amount * count, how: `for ${count} of its pieces` }),
    kg: () => ({ raw: Math.ceil((amount * billedGrams) / 1000), how: `for ${kg(billedGrams)}` }),
    percent: () => ({ raw: share(baseMinor, amount), how: `${percent(amount)} of the base` }),
    value: () => ({ raw: share(consignment.valueMinor ?? 0, amount), how: `${percent(amount)} of the goods' value` }),
  };
  const { raw, how } = by[basis]();
  const amountMinor = Math.max(raw, minMinor);
  return {
    code,
    kind: 'surcharge',
    amountMinor,
    how: amountMinor > raw ? `${how}, the least that is charged` : how,
  };
}

/** How many pieces a surcharge is about; 0: it is not due. */
function timesDue(when: Condition, { card, consignment, pieces }: Facts): number {
  const all = (isDue: boolean): number => (isDue ? pieces.length : 0);
  const some = (is: (piece: MeasuredPiece) => boolean): number => pieces.filter(is).length;
  switch (when.kind) {
    case 'always':
      return pieces.length;
    case 'remote':
      return all(
        card.remoteAreas.some(
          ({ country, postcodes }) =>
            country === consignment.to.countryCode && isWithin(consignment.to.postcode, postcodes),
        ),
      );
    case 'residential':
      return all(consignment.residential);
    case 'insured':
      return all(consignment.insured);
    case 'incoterm':
      return all(consignment.incoterm === when.is);
    case 'consignment':
      return all(consignment.kind === when.is);
    case 'dangerous':
      return some(({ goods }) => goods.includes('dangerous'));
    case 'goods':
      return some(({ goods }) => goods.includes(when.category));
    case 'piece-over-grams':
      return some(({ weightGrams }) => weightGrams > when.grams);
    case 'side-over-mm':
      return some(({ lengthMm }) => lengthMm > when.mm);
  }
}

function servicesOf(card: RateCard, { pieces, to }: FreightConsignment): string[] {
  const services = pieces.flatMap(({ goods }) =>
    goods.flatMap((category) => goodsRule(card, category, to.countryCode).service ?? []),
  );
  return [...new Set(services)].sort();
}
