import { accountIsBack } from '../back.ts';
import type { Stagehand } from '../main.ts';
import { broken, type Row } from '../rows.ts';
import { always, ledger } from './always.ts';
import { arrivals } from './arrival.ts';
import { caseA, caseB1, caseB2 } from './before-push.ts';
import { copies } from './copies.ts';
import { caseC1, caseC2, caseC3 } from './in-flight.ts';
import { inTheShop } from './in-shop.ts';
import { type Played, play, the } from './played.ts';
import { makeStage, type Stage } from './stage.ts';

const inFull = ['b1', 'b2', 'c1', 'c2', 'c3', 'd1', 'd2', 'd2b', 'd3', 'd4', 'e1', 'e2'] as const;
const inShort = ['c1', 'd1', 'e1'] as const;

/** Scenario S1: an order of two lines is cancelled on the marketplace at every instant of its way. */
export async function runS1({ demo, say, add }: Stagehand, { quick }: { quick: boolean }): Promise<void> {
  const names: readonly string[] = quick ? inShort : inFull;
  const stage = await makeStage(demo, say, names.length + 1);
  const orders: Played[] = [];
  const step = async (title: string, work: () => Promise<Row | readonly Row[]>): Promise<void> => {
    const begun = performance.now();
    let isBroken = false;
    try {
      for (const row of [await work()].flat()) add(row);
    } catch (error) {
      isBroken = true;
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      add(broken(title, error));
    }
    say(`${title}: ${Math.round((performance.now() - begun) / 100) / 10} s`);
    // What a broken case left behind must not break the others.
    if (isBroken) await calm(stage);
    await accountIsBack(demo, demo.shop.code);
  };
  await step('a', async () => {
    const { row, played } = await caseA(stage);
    orders.push(played);
    return row;
  });
  await step('g', () => arrivals(stage, { quick }));
  const played = await play(stage, names);
  orders.push(...played.values());
  const one = async (name: string, run: (stage: Stage, order: Played) => Promise<Row>): Promise<void> => {
    if (played.has(name)) await step(name, () => run(stage, the(played, name)));
  };
  await one('b1', caseB1);
  await one('b2', caseB2);
  await one('c1', caseC1);
  await one('c2', caseC2);
  await one('c3', caseC3);
  await inTheShop(stage, played, step);
  await step('f', () => copies(stage, orders));
  await step('h', () => always(stage, orders));
  await step('ledger', () => ledger(stage));
}

async function calm({ demo }: Stage): Promise<void> {
  for (const control of [demo.shop, demo.marketplace, demo.carrier]) {
    await control.delete('faults');
    await control.post('release');
  }
  await demo.quiet();
}
