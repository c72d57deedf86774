import { isWithin, pairForbidden, zoneOf } from '../freight/card.ts';
import { measure } from '../freight/measure.ts';
import { freightBase } from '../freight/price.ts';
import { fuelOn, quote } from '../freight/quote.ts';
import { greatestWeight } from '../freight/refusals.ts';
import type { CostFloor } from './bounds.ts';
import { consignmentOf, type PlanInput, type PlanOrder } from './orders.ts';
import { canJoin, makePacking, type Packing } from './packing.ts';

/** Orders that people put together, or a single order: what the search moves about as one. */
export interface Unit {
  readonly orders: readonly PlanOrder[];
  readonly isAlone: boolean;
}

export const unitId = (unit: Unit): string => unit.orders[0]?.id ?? '';

/** Only orders with an equal key can share a label and a declaration. */
export function clusterKey({ card }: PlanInput, order: PlanOrder): string {
  const { from, to } = order;
  const isRemote = card.remoteAreas.some(
    ({ country, postcodes }) => country === to.countryCode && isWithin(to.postcode, postcodes),
  );
  return [
    order.brandId,
    card.code,
    `${from.countryCode} ${from.postcode ?? ''}`.trim(),
    to.countryCode,
    `zone ${zoneOf(card, from.countryCode, to.countryCode, to.postcode) ?? 'none'}`,
    isRemote ? 'remote' : 'near',
    order.incoterm,
    order.customsParty,
    order.residential ? 'home' : 'business',
    order.insured ? 'insured' : 'plain',
  ].join(' | ');
}

/** Why two units may never be in one consignment; null when they may. */
function cannotMeet({ card, rules }: PlanInput, a: Unit, b: Unit): string | null {
  if (a.isAlone || b.isAlone) return 'one of them is to be shipped alone';
  if (!rules.multiPiece) return 'the carrier takes one parcel a shipment';
  const isOneConsignee = a.orders[0]?.consignee === b.orders[0]?.consignee;
  if (!isOneConsignee && !rules.breakBulk) return 'they go to different recipients';
  return pairForbidden(card, goodsOf(a), goodsOf(b));
}

const goodsOf = ({ orders }: Unit): string[] => orders.flatMap(({ pieces }) => pieces.flatMap(({ goods }) => goods));

/** The units of a cluster as numbers: sums that are limited, pairs that cannot meet, and what a set costs. */
export function packingOf(input: PlanInput, units: readonly Unit[]): Packing {
  const { card, shipOn, rules } = input;
  const sums = limitedSums(input);
  const conflicts = new Uint8Array(units.length * units.length);
  for (const [i, a] of units.entries()) {
    for (const [j, b] of units.entries()) {
      if (i !== j && cannotMeet(input, a, b) !== null) conflicts[i * units.length + j] = 1;
    }
  }
  return makePacking({
    demands: sums.map(({ of }) =>
      Int32Array.from(units, ({ orders }) => orders.reduce((sum, order) => sum + of(order), 0)),
    ),
    capacities: sums.map(({ most }) => most),
    conflicts,
    cost(things) {
      const orders = things.flatMap((thing) => units[thing]?.orders ?? []);
      const consignment = consignmentOf(orders, shipOn);
      if (consignment.kind === 'breakBulk' && !rules.breakBulk) return null;
      const answer = quote(card, consignment);
      return answer.ok ? answer.totalMinor : null;
    },
  });
}

interface LimitedSum {
  readonly most: number;
  of(order: PlanOrder): number;
}

function limitedSums({ card, rules }: PlanInput): LimitedSum[] {
  const { limits } = card;
  const measured = (order: PlanOrder) => order.pieces.map((piece) => measure(card, piece));
  const actual = (order: PlanOrder) => measured(order).reduce((sum, { weightGrams }) => sum + weightGrams, 0);
  const volumetric = (order: PlanOrder) =>
    measured(order).reduce((sum, { volumetricGrams }) => sum + volumetricGrams, 0);
  const heavier = (order: PlanOrder) =>
    measured(order).reduce((sum, piece) => sum + Math.max(piece.weightGrams, piece.volumetricGrams), 0);
  const most = greatestWeight(card);
  const pieces = Math.min(limits.pieces ?? rules.maxPieces, rules.maxPieces);
  return [
    ...(card.compareAt === 'piece'
      ? [{ most, of: heavier }]
      : [
          { most, of: actual },
          { most, of: volumetric },
        ]),
    { most: pieces, of: (order) => order.pieces.length },
    ...(limits.lines === null ? [] : [{ most: limits.lines, of: ({ lines }: PlanOrder) => lines }]),
    ...(limits.valueMinor === null
      ? []
      : [{ most: limits.valueMinor, of: ({ valueMinor }: PlanOrder) => valueMinor ?? 0 }]),
  ];
}

/** Parts of a packing between which nothing could ever be shared; each is a search of its own. */
export function connectedParts(packing: Packing): number[][] {
  const parts: number[][] = [];
  const placed = new Set<number>();
  for (let start = 0; start < packing.size; start += 1) {
    if (placed.has(start)) continue;
    placed.add(start);
    const part = [start];
    for (const thing of part) {
      for (let other = 0; other < packing.size; other += 1) {
        if (placed.has(other) || !canJoin(packing, [thing], other)) continue;
        placed.add(other);
        part.push(other);
      }
    }
    parts.push(part.sort((a, b) => a - b));
  }
  return parts;
}

/** What a consignment of the cluster costs at least by its weight: base and fuel, and what is due for every one of them. */
export function floorsOf({ card, shipOn }: PlanInput, order: PlanOrder): CostFloor[] {
  const zone = zoneOf(card, order.from.countryCode, order.to.countryCode, order.to.postcode);
  if (zone === null) return [];
  const fuel = fuelOn(card, shipOn)?.basisPoints ?? 0;
  const fixed = card.surcharges
    .filter(({ basis, when }) => {
      const isAlways = when.kind === 'always' || (when.kind === 'incoterm' && when.is === order.incoterm);
      return basis === 'shipment' && isAlways;
    })
    .reduce((sum, { amount, minMinor }) => sum + Math.max(amount, minMinor), 0);
  const floors: CostFloor[] = [];
  const most = greatestWeight(card);
  for (let grams = 0; grams < most; ) {
    const step = card.steps.find(({ upToGrams }) => grams < upToGrams) ?? card.steps.at(-1);
    grams = Math.min(most, grams + (step?.stepGrams ?? most));
    const base = freightBase(card, zone, grams).amountMinor;
    // Rounded down: a floor may be too low, never too high.
    floors.push({ upToWeight: grams, costMinor: base + Math.floor((base * fuel) / 10_000) + fixed });
  }
  return floors;
}
