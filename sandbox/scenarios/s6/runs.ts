import type { AuditReport } from '../../../audit/main.ts';
import type { ProcessEnd } from '../../../scripts/servers/processes.ts';
import { Gate, steadfast } from '../../chaos/gate.ts';
import { armedWith, type PointResult, WorkerKeeper } from '../../chaos/keeper.ts';
import type { Point } from '../../chaos/points.ts';
import { askOutside, type Outside } from '../../chaos/twice.ts';
import { auditDemo, endState } from '../../demo/summary.ts';
import { type DemoWorld, startDemoWorld } from '../../demo/world.ts';
import { batchesOf } from './batches.ts';
import { type Size, wayJob } from './job.ts';
import { type WithoutLookup, withoutLookup } from './without-lookup.ts';

/** What a run led to, here and over there. */
export interface Ended {
  readonly state: { readonly hash: string; readonly lines: readonly string[] };
  readonly outside: Outside;
  readonly products: number;
  readonly listings: number;
  readonly mailsWithoutBatch: number;
  readonly batchesTwice: number;
  readonly problems: string;
  readonly seconds: number;
}

export interface Killed extends Ended {
  readonly points: readonly PointResult[];
  readonly otherDeaths: readonly ProcessEnd[];
  readonly audit: AuditReport;
  readonly withoutLookup: WithoutLookup;
}

/** The way in a world in which nothing happens to the worker. */
export async function runCalm(demo: DemoWorld, size: Size, say: (line: string) => void): Promise<Ended> {
  const from = performance.now();
  for (const { name, run } of wayJob(demo, size)) say(`calm    ${name}: ${await run()}`);
  return ended(demo, from);
}

/** The same in a world of its own, in which the worker is killed at one point after the other. */
export async function runKilled(
  size: Size,
  points: readonly Point[],
  {
    env,
    kind,
    say,
  }: { env: Readonly<Record<string, string>>; kind: DemoWorld['shop']['kind']; say: (line: string) => void },
): Promise<Killed> {
  const inner = await startDemoWorld({ say, restart: false, stores: [kind], env });
  const keeper = new WorkerKeeper(inner, points, say);
  try {
    const demo = steadfast(inner, new Gate(), say);
    // A world begins by reading its shop; only then is anybody killed.
    await inner.world.restartWorker(armedWith(points[0]));
    keeper.start();
    const from = performance.now();
    for (const { name, run } of wayJob(demo, size)) say(`killed  ${name}: ${await run()}`);
    const results = await keeper.finish();
    await demo.quiet();
    const facts = await ended(inner, from);
    const audit = await auditDemo(inner);
    return {
      ...facts,
      points: results,
      otherDeaths: keeper.otherDeaths,
      audit,
      withoutLookup: await withoutLookup(inner, say),
    };
  } finally {
    keeper.stop();
    await inner.close();
  }
}

async function ended(demo: DemoWorld, from: number): Promise<Ended> {
  const seconds = Math.round((performance.now() - from) / 1000);
  const state = await endState(demo);
  const kinds: string[] = await demo.db.tx('staff', (trx) =>
    trx('problems').whereNot({ state: 'RESOLVED' }).distinct('kind').orderBy('kind').pluck('kind'),
  );
  const products = await demo.db.tx('staff', (trx) => trx('products').count({ n: '*' }).first());
  const batches = await batchesOf(demo);
  const named = batches.filter((batch) => batch !== null);
  const outside = await askOutside(demo);
  return {
    state,
    outside,
    products: Number(products?.n ?? 0),
    listings: outside.counts.listings,
    mailsWithoutBatch: batches.length - named.length,
    batchesTwice: named.length - new Set(named).size,
    problems: kinds.length === 0 ? 'none' : kinds.join(' '),
    seconds,
  };
}
