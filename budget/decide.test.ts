import { describe, expect, it } from 'vitest';
import { ask, ended, throttled } from './decide.ts';
import { emptyBudget, type Limit, type Limits, type Priority, priorities, type Want, wholeAccount } from './types.ts';
import { type Call, excess, play, seeded, type Work } from './virtual.fixture.ts';

const limit = (callsPerSecond: number, burst: number, more: Partial<Limit> = {}): Limit => ({
  callsPerSecond,
  burst,
  concurrent: null,
  points: null,
  ...more,
});
const account = (callsPerSecond: number, burst: number, groups: Limits['groups'] = {}): Limits => ({
  account: limit(callsPerSecond, burst),
  groups,
});
const many = (count: number, work: Omit<Work, 'atMs'> & { atMs?: number }): Work[] =>
  Array.from({ length: count }, () => ({ atMs: 0, ...work }));
const tiny = 1e-6;
const seeds = Array.from({ length: 10 }, (_, index) => index * 7_919 + 1);

describe('a budget in virtual time', () => {
  it.each(seeds)('is never exceeded and 95 of 100 calls are used while work waits (seed %i)', (seed) => {
    const random = seeded(seed);
    const whole = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
    const limits = account(whole(1, 12), whole(2, 20));
    const workers = ['a', 'b', 'c'].slice(0, whole(1, 3));
    const seconds = 30;
    const enough = limits.account.burst + limits.account.callsPerSecond * seconds;
    const work: Work[] = Array.from({ length: enough }, () => ({
      atMs: Math.floor(random() * random() * 5_000),
      worker: workers[whole(0, workers.length - 1)] ?? 'a',
      priority: priorities[whole(0, priorities.length - 1)] ?? 'price',
      brand: `brand-${whole(1, 3)}`,
    }));
    work.push({ atMs: 0, worker: 'a', priority: 'price' }, ...many(enough, { worker: 'a', priority: 'content' }));
    const { calls } = play({ limits, work, untilMs: seconds * 1_000 });
    expect(excess(calls, limits.account)).toBeLessThanOrEqual(tiny);
    const permitted = limits.account.burst + limits.account.callsPerSecond * seconds;
    expect(calls.length / permitted).toBeGreaterThanOrEqual(0.95);
  });

  it('gives the next free slot to a cancellation behind 20,000 prices, whoever waits for them', () => {
    const limits = account(5, 10);
    const work = [
      ...many(20_000, { worker: 'a', priority: 'price' }),
      ...many(500, { worker: 'b', priority: 'price' }),
      { atMs: 10_090, worker: 'b', priority: 'cancel' as const },
    ];
    const { calls } = play({ limits, work, untilMs: 12_000 });
    const cancel = calls.find(({ priority }) => priority === 'cancel');
    const before = calls.filter(({ atMs }) => atMs < 10_090).at(-1);
    expect(cancel?.atMs).toBeLessThanOrEqual((before?.atMs ?? 0) + 201);
    expect(excess(calls, limits.account)).toBeLessThanOrEqual(tiny);
  });

  it('serves all eight priorities in their order', () => {
    const work = priorities.flatMap((priority) => many(6, { worker: priority.includes('c') ? 'a' : 'b', priority }));
    // The bucket is empty when the work comes, so that each call waits for its turn.
    const first = many(1, { worker: 'a', priority: 'cancel' });
    const { calls, left } = play({
      limits: account(10, 1),
      work: [...first, ...work.map((one) => ({ ...one, atMs: 1 }))],
      untilMs: 60_000,
    });
    expect(left).toBe(0);
    const order = calls.slice(1).map(({ priority }) => priorities.indexOf(priority));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('is fair between the brands of one account, also to one that comes later', () => {
    const work = [
      ...many(3_000, { worker: 'a', priority: 'price', brand: 'large' }),
      ...many(100, { worker: 'a', priority: 'price', brand: 'small' }),
      ...many(60, { worker: 'b', priority: 'price', brand: 'late', atMs: 10_000 }),
    ];
    const { calls } = play({ limits: account(10, 5), work, untilMs: 25_000 });
    const share = (from: number, to: number, brand: string) =>
      calls.filter((call) => call.atMs >= from && call.atMs < to && call.brand === brand).length;
    expect(Math.abs(share(0, 10_000, 'large') - share(0, 10_000, 'small'))).toBeLessThanOrEqual(1);
    const late = ['large', 'small', 'late'].map((brand) => share(10_200, 20_000, brand));
    expect(Math.max(...late) - Math.min(...late)).toBeLessThanOrEqual(2);
  });

  it('starves nobody for ever, but lets cuts of stock pass always', () => {
    const steady = (priority: Priority): Work[] =>
      Array.from({ length: 2_400 }, (_, index) => ({ atMs: index * 400, worker: 'a', priority }));
    const patient = many(5, { worker: 'b', priority: 'content', atMs: 20_000 });
    const through = (priority: Priority): Call[] =>
      play({ limits: account(2, 2), work: [...steady(priority), ...patient], untilMs: 600_000 }).calls.filter(
        (call) => call.priority === 'content',
      );
    expect(through('price')).toHaveLength(5);
    expect(through('stock-decrease')).toHaveLength(0);
  });
});

describe('groups of endpoints', () => {
  const limits = account(20, 20, { stock: limit(2, 2), orders: limit(5, 1, { concurrent: 1 }) });

  it('hold each other up only by what the account permits', () => {
    const work = [
      ...many(200, { worker: 'a', priority: 'stock-decrease', group: 'stock' }),
      ...many(900, { worker: 'b', priority: 'price' }),
    ];
    const { calls } = play({ limits, work, untilMs: 30_000 });
    const stock = calls.filter(({ group }) => group === 'stock');
    expect(excess(stock, { callsPerSecond: 2, burst: 2 })).toBeLessThanOrEqual(tiny);
    expect(excess(calls, limits.account)).toBeLessThanOrEqual(tiny);
    expect(stock.length).toBeGreaterThanOrEqual(60);
    expect(calls.length).toBeGreaterThanOrEqual(600);
  });

  it('hold to the calls that may be under way at once', () => {
    const work = many(30, { worker: 'a', priority: 'order-acknowledge', group: 'orders' });
    const { calls } = play({ limits, work, untilMs: 10_000, latencyMs: 400 });
    for (const [index, call] of calls.entries()) {
      const before = calls[index - 1];
      if (before) expect(call.atMs - before.atMs).toBeGreaterThanOrEqual(400);
    }
    expect(calls.length).toBeGreaterThanOrEqual(20);
  });

  it('count cost points beside the calls', () => {
    const withPoints: Limits = {
      account: limit(100, 100, { points: { perSecond: 100, capacity: 200 } }),
      groups: {},
    };
    const work = many(100, { worker: 'a', priority: 'price', cost: 50 });
    const { calls } = play({ limits: withPoints, work, untilMs: 10_000 });
    expect(excess(calls, { callsPerSecond: 100, burst: 200 })).toBeLessThanOrEqual(tiny);
    expect(calls.length).toBeGreaterThanOrEqual(23);
  });
});

describe('throttles', () => {
  const storm = (call: Call, announcedMs: number | null, random: () => number) =>
    call.atMs < 60_000 && random() < 0.9 ? { announcedMs } : null;

  it.each([
    ['announced', 5_000],
    ['not announced', null],
  ] as const)(
    '%s: nothing is sent while silence is due, one call tries, and all is well afterwards',
    (_, announcedMs) => {
      for (const seed of seeds.slice(0, 2)) {
        const random = seeded(seed);
        const verdicts = new Map<string, { announcedMs: number | null } | null>();
        const limits = account(5, 10);
        const work = many(1_500, { worker: 'a', priority: 'price' });
        work.push({ atMs: 30_000, worker: 'b', priority: 'cancel' });
        const played = play({
          limits,
          work,
          untilMs: 250_000,
          latencyMs: 5,
          answer: (call) => {
            const said = storm(call, announcedMs, random);
            verdicts.set(call.id, said);
            return said;
          },
        });
        const { calls } = played;
        expect(excess(calls, limits.account)).toBeLessThanOrEqual(tiny);
        // After a throttle was heard of there is silence for as long as was asked.
        const heard = calls.filter(({ id }) => verdicts.get(id)).map(({ atMs }) => atMs + 5);
        if (announcedMs !== null) {
          const early = calls.filter(({ atMs }) => heard.some((at) => atMs > at && atMs < at + announcedMs));
          expect(early).toEqual([]);
        }
        const during = calls.filter(({ atMs }) => atMs > (heard[0] ?? 0) && atMs < 60_000);
        expect(during.length).toBeLessThan(announcedMs === null ? 120 : 80);
        // The first call after the cancellation came is the cancellation.
        expect(calls.find(({ atMs }) => atMs >= 30_000)?.priority).toBe('cancel');
        // A minute and two after the storm all of the budget is used again.
        const late = calls.filter(({ atMs }) => atMs >= 200_000 && atMs < 250_000).length;
        expect(late).toBeGreaterThanOrEqual(0.95 * 100);
      }
    },
  );

  it('of several calls that were under way together count once; a longer wish prolongs the silence', () => {
    const limits = account(10, 10);
    const start = ask(emptyBudget, limits, 0, { worker: 'a', wants: wants(3) }).state;
    let state = throttled(start, limits, 10, { id: 'c0', group: wholeAccount, announcedMs: null });
    state = throttled(state, limits, 12, { id: 'c1', group: wholeAccount, announcedMs: null });
    expect(state.buckets['*']).toMatchObject({ pauses: 1, pauseMs: 1_000, factor: 0.5, silentUntilMs: 1_010 });
    state = throttled(state, limits, 14, { id: 'c2', group: wholeAccount, announcedMs: 9_000 });
    expect(state.buckets['*']?.silentUntilMs).toBe(9_014);
  });

  it('without a time are waited for twice as long each time, and four times less after an answer', () => {
    const limits = account(10, 10);
    let state = emptyBudget;
    let nowMs = 0;
    const pauses: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      state = throttled(state, limits, nowMs, { id: '', group: wholeAccount, announcedMs: null });
      const bucket = state.buckets['*'];
      pauses.push((bucket?.silentUntilMs ?? 0) - nowMs);
      nowMs = (bucket?.silentUntilMs ?? 0) + 1;
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    const decision = ask(state, limits, nowMs, { worker: 'a', wants: wants(2) });
    expect(decision.granted).toEqual([{ id: 'c0', tracked: true }]);
    state = ended(decision.state, limits, nowMs + 5, { id: 'c0', answered: true });
    expect(state.buckets['*']).toMatchObject({ pauses: 0, pauseMs: 15_000 });
  });

  it('of one group leave the others alone', () => {
    const limits = account(10, 10, { price: limit(10, 10) });
    const state = throttled(emptyBudget, limits, 0, { id: '', group: 'price', announcedMs: 5_000 });
    const asked = [...wants(1, 'price'), ...wants(1).map((want) => ({ ...want, id: 'order' }))];
    const { granted, waitMs } = ask(state, limits, 1, { worker: 'a', wants: asked });
    expect(granted).toEqual([{ id: 'order', tracked: false }]);
    expect(waitMs).toBe(4_999);
  });
});

describe('workers', () => {
  it('that died hold nothing for long', () => {
    const limits = account(10, 1);
    const work = [
      ...many(1_000, { worker: 'dead', priority: 'cancel' }),
      ...many(1_000, { worker: 'alive', priority: 'price' }),
    ];
    const { calls } = play({ limits, work, untilMs: 30_000, killed: { worker: 'dead', atMs: 5_000 } });
    const after = calls.filter(({ atMs, priority }) => priority === 'price' && atMs >= 5_000);
    expect(after[0]?.atMs).toBeLessThanOrEqual(9_000);
    expect(after.length).toBeGreaterThanOrEqual(200);
  });

  it('that come back for a call find its place kept, for a while', () => {
    const limits = account(1, 1);
    const [taken, cancel] = wants(2);
    if (!taken || !cancel) throw new Error('no wants');
    const urgent: Want = { ...cancel, priority: 'cancel' };
    let { state } = ask(emptyBudget, limits, 0, { worker: 'a', wants: [taken] });
    state = ask(state, limits, 1, { worker: 'a', wants: [], parked: [{ want: urgent, untilMs: 5_000 }] }).state;
    const price = { ...taken, id: 'price' };
    const meanwhile = ask(state, limits, 1_500, { worker: 'b', wants: [price] });
    expect(meanwhile.granted).toEqual([]);
    const back = ask(meanwhile.state, limits, 1_600, { worker: 'a', wants: [{ ...urgent, id: 'again' }] });
    expect(back.granted.map(({ id }) => id)).toEqual(['again']);
    expect(ask(meanwhile.state, limits, 5_001, { worker: 'b', wants: [price] }).granted).toHaveLength(1);
  });
});

function wants(count: number, group: string = wholeAccount): Want[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `c${index}`,
    priority: 'price',
    group,
    brand: '',
    cost: 1,
    sinceMs: 0,
  }));
}
