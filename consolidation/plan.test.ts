import { beforeAll, describe, expect, it } from 'vitest';
import { piece, plainCard } from '../freight/cards.fixture.ts';
import fc from '../tests/properties.ts';
import { packingOf } from './clusters.ts';
import { type CoverSolver, openCoverSolver } from './cover.ts';
import { bestOfMixes } from './greedy.ts';
import type { FreightPlan, PlanInput, PlanOrder } from './orders.ts';
import { bruteForce, cards, faultsOf, inputOf, orderOf, orders, plainRules } from './plan.fixture.ts';
import { planConsignments } from './plan.ts';
import { solve } from './solve.ts';

let solver: CoverSolver;
beforeAll(async () => {
  solver = await openCoverSolver();
});
const plan = (input: PlanInput): FreightPlan => planConsignments(input, solver);
const idsOf = ({ consignments }: FreightPlan) => consignments.map(({ orderIds }) => orderIds.join('+')).sort();
const few = { numRuns: 25 };

describe('a plan', () => {
  it('joins the two parcels of the worked check and shows what that saves', () => {
    const a = orderOf('a', { pieces: [piece('A', 1_200, [200, 200, 100])] });
    const b = orderOf('b', { pieces: [piece('B', 900, [300, 250, 120])] });
    expect(plan(inputOf([a, b]))).toMatchObject({
      costMinor: 6_240,
      aloneMinor: 9_780,
      lowerBoundMinor: 6_240,
      currency: 'AUD',
      consignments: [{ orderIds: ['a', 'b'], kind: 'multiPiece', costMinor: 6_240, aloneMinor: 9_780 }],
      clusters: [{ method: 'exact', orderIds: ['a', 'b'] }],
    });
  });

  it('joins recipients of one country only where the carrier has break-bulk', () => {
    const some = [orderOf('a'), orderOf('b', { consignee: 'two' }), orderOf('c')];
    expect(idsOf(plan(inputOf(some)))).toEqual(['a+b+c']);
    expect(idsOf(plan(inputOf(some, { rules: { ...plainRules, breakBulk: false } })))).toEqual(['a+c', 'b']);
    expect(idsOf(plan(inputOf(some, { rules: { ...plainRules, multiPiece: false } })))).toEqual(['a', 'b', 'c']);
  });

  it.each<[string, Partial<PlanOrder>]>([
    ['brand', { brandId: 'another' }],
    ['origin', { from: { countryCode: 'AU', postcode: '3000' } }],
    ['incoterm', { incoterm: 'DAP' }],
    ['importer', { customsParty: 'hub' }],
    ['insurance', { insured: true }],
  ])('never joins orders of different %s', (_, other) => {
    expect(idsOf(plan(inputOf([orderOf('a'), orderOf('b', other)])))).toEqual(['a', 'b']);
  });

  it('keeps what people pinned: alone, or together', () => {
    const some = [orderOf('a'), orderOf('b', { pin: { kind: 'alone' } }), orderOf('c')];
    expect(idsOf(plan(inputOf(some)))).toEqual(['a+c', 'b']);
    const heavy = [10_000, 9_000, 9_000].map((grams, index) =>
      orderOf(`h${index}`, {
        pieces: [piece(`P${index}`, grams)],
        pin: index < 2 ? { kind: 'together', group: 'g' } : null,
      }),
    );
    expect(idsOf(plan(inputOf(heavy)))).toEqual(['h0+h1', 'h2']);
  });

  it('tells why a pinned group cannot be, instead of parting it', () => {
    const pin = { kind: 'together', group: 'g' } as const;
    const some = [orderOf('a', { pin }), orderOf('b', { pin, incoterm: 'DAP' }), orderOf('c')];
    expect(plan(inputOf(some))).toMatchObject({
      consignments: [{ orderIds: ['c'] }],
      refused: [
        { orderId: 'a', refusals: [{ code: 'pin', reason: expect.stringContaining('differ in') }] },
        { orderId: 'b', refusals: [{ code: 'pin' }] },
      ],
    });
  });

  it('refuses a missing weight and plans the others', () => {
    const found = plan(inputOf([orderOf('a', { pieces: [piece('A', null)] }), orderOf('b')]));
    expect(found.refused).toMatchObject([{ orderId: 'a', refusals: [{ code: 'missing-measure' }] }]);
    expect(idsOf(found)).toEqual(['b']);
  });

  it('counts what one recipient gets on one day as a whole and never parcels it to stay below the cap', () => {
    const some = [orderOf('a'), orderOf('b'), orderOf('c', { consignee: 'two' })];
    const capped = (recipientDayMinor: number, sentToday = {}) =>
      plan(inputOf(some, { rules: { ...plainRules, recipientDayMinor, sentToday } }));
    expect(capped(2_000).refused).toEqual([]);
    expect(capped(1_999).refused).toMatchObject([{ orderId: 'a' }, { orderId: 'b' }]);
    expect(capped(2_000, { two: 1_001 }).refused).toMatchObject([
      { orderId: 'c', refusals: [{ code: 'recipient-day' }] },
    ]);
  });

  it('finds a good plan of many orders, and never says that it is the best', () => {
    const some = Array.from({ length: 60 }, (_, index) =>
      orderOf(`o${String(index).padStart(2, '0')}`, { pieces: [piece(`P${index}`, 300 + ((index * 971) % 4_700))] }),
    );
    const input = inputOf(some);
    const found = plan(input);
    expect(faultsOf(input, found)).toEqual([]);
    expect(found.clusters).toMatchObject([{ method: 'pool' }]);
    expect(found.costMinor).toBeLessThan(found.aloneMinor);
    expect(found.costMinor / found.lowerBoundMinor).toBeLessThan(1.1);
  });
});

describe('every plan', () => {
  const inputs = fc
    .record({ card: cards, orders: orders(8), breakBulk: fc.boolean() })
    .map(({ breakBulk, ...input }) => inputOf(input.orders, { card: input.card, rules: { ...plainRules, breakBulk } }));

  it('is allowed, complete, no dearer than alone, and as cheap as trying everything', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const found = plan(input);
        expect(faultsOf(input, found)).toEqual([]);
        expect(found.costMinor).toBe(bruteForce(input));
        expect(found.lowerBoundMinor).toBe(found.costMinor);
      }),
      few,
    );
  });

  it('does not depend on the order of the input', () => {
    fc.assert(
      fc.property(
        inputs.chain((input) =>
          fc.tuple(fc.constant(input), fc.shuffledSubarray([...input.orders], { minLength: input.orders.length })),
        ),
        ([input, shuffled]) => {
          expect(plan({ ...input, orders: shuffled })).toEqual(plan(input));
        },
      ),
      few,
    );
  });

  it('of two clusters is the plans of both', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const [ddp, dap] = (['DDP', 'DAP'] as const).map((incoterm) =>
          plan({ ...input, orders: input.orders.filter((order) => order.incoterm === incoterm) }),
        );
        const whole = plan(input);
        expect(idsOf(whole)).toEqual([...idsOf(ddp as FreightPlan), ...idsOf(dap as FreightPlan)].sort());
        expect(whole.costMinor).toBe((ddp?.costMinor ?? 0) + (dap?.costMinor ?? 0));
      }),
      few,
    );
  });

  it('does not get cheaper by another order, a lower cap or another forbidden pair', () => {
    fc.assert(
      fc.property(inputs, fc.nat(7), fc.integer({ min: 100, max: 3_000 }), (input, index, less) => {
        const { costMinor } = plan(input);
        const dropped = input.orders[index % input.orders.length];
        const rest = input.orders.filter((order) => order !== dropped);
        expect(plan({ ...input, orders: rest }).costMinor).toBeLessThanOrEqual(costMinor);
        const { limits } = input.card;
        const wider = {
          ...limits,
          shipmentGrams: (limits.shipmentGrams ?? 0) + less,
          valueMinor: (limits.valueMinor ?? 0) + less,
        };
        expect(plan({ ...input, card: { ...input.card, limits: wider } }).costMinor).toBeLessThanOrEqual(costMinor);
        const peaceful = { ...input.card, forbiddenPairs: [] };
        expect(plan({ ...input, card: peaceful }).costMinor).toBeLessThanOrEqual(costMinor);
      }),
      few,
    );
  });
});

describe('larger clusters', () => {
  it('never cost more than the greedy, and keep their lower bound', () => {
    fc.assert(
      fc.property(orders(30), cards, (some, card) => {
        const input = inputOf(
          some.map((order) => ({ ...order, incoterm: 'DDP' as const })),
          { card },
        );
        const units = input.orders.map((order) => ({ orders: [order], isAlone: false }));
        const packing = packingOf(input, units);
        const floors = [{ upToWeight: 20_000, costMinor: 0 }];
        const effort = { isOver: () => false, secondsLeft: () => 5, runs: 5 };
        const found = solve(packing, { seed: 's', floors, solver, effort });
        expect(found.cost).toBeLessThanOrEqual(bestOfMixes(packing).cost);
        const whole = plan(input);
        expect(faultsOf(input, whole)).toEqual([]);
        expect(whole.costMinor).toBeLessThanOrEqual(bestOfMixes(packing).cost);
      }),
      { numRuns: 6 },
    );
  });
});

describe('the card', () => {
  it('with a pivot makes filling up free', () => {
    const card = {
      ...plainCard,
      breaks: [
        { zone: '1', fromGrams: 0, upToGrams: 10_000, baseMinor: 4_000, perKgMinor: 600 },
        { zone: '1', fromGrams: 10_000, upToGrams: 20_000, baseMinor: 4_500, perKgMinor: 500 },
      ],
    };
    const heavy = orderOf('a', { pieces: [piece('A', 9_500)] });
    const light = orderOf('b', { pieces: [piece('B', 400)] });
    const alone = plan(inputOf([heavy], { card })).costMinor;
    expect(plan(inputOf([heavy, light], { card })).costMinor).toBe(alone);
  });
});
