import { setTimeout as sleep } from 'node:timers/promises';
import type { Stagehand } from '../main.ts';
import { broken, type Row } from '../rows.ts';
import { makeStage as makeOrderStage } from '../s1/stage.ts';
import { until } from '../wait.ts';
import {
  alert,
  alertsOf,
  backlog,
  collapsed,
  firstSlot,
  nothingLost,
  order,
  orderDetail,
  others,
  rates,
  type Seen,
} from './seen.ts';
import { calmCodes, makeStage, minuteMs, type Size, type Stage } from './stage.ts';

const full: Size = { products: 50, skusEach: 100, waves: 4, minuteWallMs: 4_000 };
const quick: Size = { products: 10, skusEach: 50, waves: 4, minuteWallMs: 2_500 };

const minutesBefore = 3;
const stormMinutes = 15;
/** The cancellation comes in this minute of the storm. */
const cancelMinute = 6;
/** Scenario S5: a marketplace answers nine calls of ten with "slow down" while twenty thousand updates wait. */
export async function runS5({ demo, say, add }: Stagehand, { isQuick }: { isQuick: boolean }): Promise<void> {
  const step = async (title: string, work: () => Promise<Row | Row[]>): Promise<void> => {
    say(title);
    try {
      for (const row of [await work()].flat()) add(row);
    } catch (error) {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      add(broken(title, error));
    }
  };
  const orders = await makeOrderStage(demo, say, 1);
  const [one, other] = orders.pair();
  const externalId = await orders.buy([one, other]);
  await demo.sync('orders');
  await approveAll(orders.demo);
  await demo.quiet();
  const stage = await makeStage(demo, isQuick ? quick : full, say);
  let seen: Seen | null = null;
  await step('the storm', async () => {
    seen = await storm(stage, externalId, say);
    return rates(stage, seen);
  });
  await step('afterwards', async () => {
    if (!seen) throw new Error('there was no storm to look back at');
    return [
      firstSlot(seen),
      order(seen),
      await collapsed(stage, seen),
      await nothingLost(stage),
      others(seen),
      alert(seen, await alertsOf(stage)),
    ];
  });
}

async function approveAll(demo: Stage['demo']): Promise<void> {
  const { rows } = await demo.api.get<{ rows: { id: string; version: number }[] }>('orders?limit=200&state=NEW');
  const items = rows.map(({ id, version }) => ({ id, version }));
  await demo.api.send('POST', 'orders/bulk', { type: 'APPROVE', items });
}

/** Three throttles in turn: one that names seconds, one that names nothing, one with a date; nine of ten calls in all. */
async function beginStorm({ demo }: Stage): Promise<void> {
  const kinds = [
    { retryAfter: 'seconds', seconds: 2, probability: 0.4 },
    { retryAfter: 'absent', seconds: 0, probability: 0.5 },
    { retryAfter: 'date', seconds: 2, probability: 2 / 3 },
  ];
  for (const { probability, ...fault } of kinds) {
    await demo.marketplace.post('faults', { match: {}, times: 0, probability, fault: { kind: 'throttle', ...fault } });
  }
}

async function storm(stage: Stage, externalId: string, say: (line: string) => void): Promise<Seen> {
  const { demo, size } = stage;
  const perMinute = Object.fromEntries(
    calmCodes.map((code) => [code, { before: [] as number[], during: [] as number[] }]),
  );
  const minute = async (when: 'before' | 'during'): Promise<void> => {
    const begunMs = performance.now();
    const marks = await Promise.all(calmCodes.map((code) => stage.lastLine(stage.controlOf(code))));
    await demo.advance(minuteMs, { whileBusy: true });
    await stage.askCalm();
    for (const [index, code] of calmCodes.entries()) {
      const calls = await stage.calls(stage.controlOf(code), marks[index] ?? 0);
      perMinute[code]?.[when].push(calls.length);
    }
    await sleep(Math.max(0, size.minuteWallMs - (performance.now() - begunMs)));
  };
  for (let n = 0; n < minutesBefore; n += 1) await minute('before');
  await demo.quiet();
  const mark = await stage.lastLine(demo.marketplace);
  await beginStorm(stage);
  const stormBeginsMs = Date.now();
  for (let wave = 1; wave < size.waves; wave += 1) await stage.updatePrices(wave);
  await stage.wake();
  await stage.cutStock();
  let hintMs = 0;
  const alerts: Seen['alerts'][number][] = [];
  for (let n = 1; n <= stormMinutes; n += 1) {
    if (n === cancelMinute) {
      await stage.updatePrices(size.waves);
      await demo.marketplace.post(`orders/${externalId}/cancel-request`);
      const before = await stage.lastLine(demo.marketplace);
      await demo.api.send('POST', `connections/${stage.stormId}/fetch`, { externalId });
      // From the request to the account's queue it takes outbox and Temporal: slots that come free meanwhile are others'.
      await until('the reading asks for a slot', () => asksForSlot(stage, before), 20_000);
      hintMs = Date.now();
    }
    await minute('during');
    if (n === stormMinutes - 1) alerts.push(...(await alertsOf(stage)));
  }
  await demo.marketplace.delete('faults');
  const stormEndsMs = Date.now();
  say(`     the storm is over; ${await backlog(stage)} rows wait`);
  await until('all of it is sent', async () => (await backlog(stage)) === 0, 600_000);
  // The rate grows back within a minute of wall time; the alert follows at the next tick.
  for (let n = 0; n < 20 && (await alertsOf(stage)).some(({ state }) => state !== 'RESOLVED'); n += 1) {
    await sleep(2_000);
    await demo.advance(minuteMs, { whileBusy: true });
  }
  await demo.quiet();
  const calls = await stage.calls(demo.marketplace, mark);
  return { calls, stormBeginsMs, stormEndsMs, hintMs, perMinute, alerts };
}

/** The most urgent rank: what a cancellation has. */
const cancelRank = 0;

/** The cancellation's reading stands in the account's queue, or has had its slot already. */
async function asksForSlot({ demo, stormId, calls }: Stage, mark: number): Promise<boolean> {
  const row = await demo.db.tx('staff', (trx) => trx('budgets').where({ connection_id: stormId }).first('book'));
  const { waiting = [] } = (row?.book ?? {}) as { waiting?: readonly { rank: number }[] };
  if (waiting.some(({ rank }) => rank === cancelRank)) return true;
  return (await calls(demo.marketplace, mark)).some(({ operation }) => orderDetail.test(operation));
}
