import type { RateCard } from '../freight/card.ts';
import { piece, plainCard } from '../freight/cards.fixture.ts';
import { quote } from '../freight/quote.ts';
import fc from '../tests/properties.ts';
import { consignmentOf, type FreightPlan, type PlanInput, type PlanOrder, type PlanRules } from './orders.ts';

export const plainRules: PlanRules = {
  multiPiece: true,
  breakBulk: true,
  maxPieces: 999,
  recipientDayMinor: null,
  sentToday: {},
};

export const orderOf = (id: string, changes: Partial<PlanOrder> = {}): PlanOrder => ({
  id,
  brandId: 'brand',
  from: { countryCode: 'AU', postcode: '2000' },
  to: { countryCode: 'ID', postcode: '40111' },
  consignee: 'one',
  incoterm: 'DDP',
  customsParty: 'consignee',
  residential: false,
  insured: false,
  valueMinor: 1_000,
  lines: 1,
  pieces: [piece(id, 1_000)],
  pin: null,
  ...changes,
});

export const inputOf = (orders: readonly PlanOrder[], changes: Partial<PlanInput> = {}): PlanInput => ({
  card: plainCard,
  orders,
  shipOn: '2026-07-01',
  rules: plainRules,
  ...changes,
});

/** A card with a cap on weight and value, fixed costs, pivot breaks and goods that may not meet. */
export const cards: fc.Arbitrary<RateCard> = fc
  .record({
    cap: fc.integer({ min: 3_000, max: 12_000 }),
    value: fc.integer({ min: 3_000, max: 20_000 }),
    fixed: fc.integer({ min: 0, max: 3_000 }),
    perPiece: fc.integer({ min: 0, max: 400 }),
    base: fc.integer({ min: 500, max: 4_000 }),
    perKg: fc.integer({ min: 100, max: 1_200 }),
    step: fc.constantFrom(250, 500, 1_000),
    compareAt: fc.constantFrom('piece' as const, 'shipment' as const),
  })
  .map(({ cap, value, fixed, perPiece, base, perKg, step, compareAt }) => ({
    ...plainCard,
    compareAt,
    steps: [{ upToGrams: 20_000, stepGrams: step }],
    breaks: [
      { zone: '1', fromGrams: 0, upToGrams: 4_000, baseMinor: base, perKgMinor: perKg },
      { zone: '1', fromGrams: 4_000, upToGrams: 20_000, baseMinor: base + perKg, perKgMinor: Math.floor(perKg * 0.7) },
    ],
    surcharges: [
      { code: 'CLEAR', basis: 'shipment', amount: fixed, minMinor: 0, when: { kind: 'always' }, bearsFuel: false },
      { code: 'PIECE', basis: 'piece', amount: perPiece, minMinor: 0, when: { kind: 'always' }, bearsFuel: false },
    ],
    limits: { ...plainCard.limits, shipmentGrams: cap, valueMinor: value },
    forbiddenPairs: [['food', 'chemical']],
  }));

export const orders = (most: number): fc.Arbitrary<PlanOrder[]> =>
  fc
    .array(
      fc.record({
        grams: fc.integer({ min: 100, max: 2_900 }),
        side: fc.integer({ min: 50, max: 240 }),
        goods: fc.constantFrom([], [], [], ['food'], ['chemical']),
        consignee: fc.constantFrom('one', 'two', 'three'),
        valueMinor: fc.integer({ min: 100, max: 2_900 }),
        incoterm: fc.constantFrom('DDP' as const, 'DDP' as const, 'DAP' as const),
      }),
      { minLength: 1, maxLength: most },
    )
    .map((some) =>
      some.map(({ grams, side, goods, ...order }, index) =>
        orderOf(`o${String(index).padStart(2, '0')}`, {
          ...order,
          pieces: [piece(`p${index}`, grams, [side, side, side], goods)],
        }),
      ),
    );

/** The cheapest partition by trying all of them: reads the rules anew instead of asking the planner. */
export function bruteForce({ card, orders: all, shipOn, rules }: PlanInput): number {
  const priceOfMask = (mask: number): number | null => {
    const chosen = all.filter((_, index) => (mask >> index) & 1);
    const [first] = chosen;
    if (!first || chosen.some(({ incoterm }) => incoterm !== first.incoterm)) return null;
    const isOneConsignee = chosen.every(({ consignee }) => consignee === first.consignee);
    if (chosen.length > 1 && !rules.multiPiece) return null;
    if (!isOneConsignee && !rules.breakBulk) return null;
    const answer = quote(card, consignmentOf(chosen, shipOn));
    return answer.ok ? answer.totalMinor : null;
  };
  const best: number[] = [0];
  for (let mask = 1; mask < 1 << all.length; mask += 1) {
    const lowest = mask & -mask;
    let least = Number.POSITIVE_INFINITY;
    for (let part = mask; part > 0; part = (part - 1) & mask) {
      if ((part & lowest) === 0) continue;
      const cost = priceOfMask(part);
      if (cost !== null) least = Math.min(least, cost + (best[mask ^ part] ?? 0));
    }
    best[mask] = least;
  }
  return best[(1 << all.length) - 1] ?? 0;
}

/** What is wrong with a plan; empty when every order is in it once and every consignment is allowed. */
export function faultsOf(input: PlanInput, plan: FreightPlan): string[] {
  const faults: string[] = [];
  const placed = plan.consignments.flatMap(({ orderIds }) => orderIds);
  const refused = plan.refused.map(({ orderId }) => orderId);
  const expected = input.orders.map(({ id }) => id).sort();
  if ([...placed, ...refused].sort().join() !== expected.join())
    faults.push(`orders: ${[...placed, ...refused].sort()}`);
  for (const consignment of plan.consignments) {
    const chosen = input.orders.filter(({ id }) => consignment.orderIds.includes(id));
    const sameness = new Set(
      chosen.map(({ brandId, from, to, incoterm, customsParty }) =>
        JSON.stringify([brandId, from, to.countryCode, incoterm, customsParty]),
      ),
    );
    if (sameness.size !== 1) faults.push(`${consignment.orderIds} differ in what must be equal`);
    const consignees = new Set(chosen.map(({ consignee }) => consignee)).size;
    const kind = chosen.length === 1 ? 'single' : consignees === 1 ? 'multiPiece' : 'breakBulk';
    if (kind !== consignment.kind) faults.push(`${consignment.orderIds} is ${kind}, not ${consignment.kind}`);
    if (kind === 'breakBulk' && !input.rules.breakBulk) faults.push(`${consignment.orderIds} needs break-bulk`);
    const answer = quote(input.card, consignmentOf(chosen, input.shipOn));
    if (!answer.ok) faults.push(`${consignment.orderIds} is refused`);
    else if (answer.totalMinor !== consignment.costMinor) faults.push(`${consignment.orderIds} has another price`);
  }
  const sum = plan.consignments.reduce((total, { costMinor }) => total + costMinor, 0);
  if (sum !== plan.costMinor) faults.push(`the consignments cost ${sum}, the plan ${plan.costMinor}`);
  if (plan.costMinor > plan.aloneMinor) faults.push('dearer than all alone');
  if (plan.lowerBoundMinor > plan.costMinor) faults.push('cheaper than its lower bound');
  return faults;
}
