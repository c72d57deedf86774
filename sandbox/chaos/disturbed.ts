import type { AuditReport } from '../../audit/main.ts';
import type { ProcessEnd } from '../../scripts/servers/processes.ts';
import { mainJob } from '../demo/main-job.ts';
import { auditDemo, endState } from '../demo/summary.ts';
import { startDemoWorld } from '../demo/world.ts';
import type { StoreKind } from '../shops/kinds.ts';
import { Gate, steadfast } from './gate.ts';
import { armedWith, type PointResult, WorkerKeeper } from './keeper.ts';
import type { Point } from './points.ts';
import { type PostgresStopped, type PostgresStrike, stopPostgres } from './postgres-stopped.ts';
import { losingTemporal, type TemporalLost } from './temporal-lost.ts';
import { askOutside, type Outside } from './twice.ts';

/** What is done to a run of the main job, and how much of the job is run. */
export interface Disturbance {
  readonly points: readonly Point[];
  /** The step during which Temporal is lost; it must approve orders. */
  readonly temporal?: { readonly step: RegExp };
  /** The step during which PostgreSQL is stopped, and when in it. */
  readonly postgres?: { readonly step: RegExp } & Pick<PostgresStrike, 'awayMs' | 'when'>;
  /** The steps to run; all of them where it is absent. */
  readonly only?: readonly RegExp[];
  /** The shops; a WooCommerce alone where it is absent. */
  readonly stores?: readonly [StoreKind, ...StoreKind[]];
  /** Further configuration of the processes. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunResult {
  readonly points: readonly PointResult[];
  /** Ends of the worker that nobody asked for. */
  readonly otherDeaths: readonly ProcessEnd[];
  readonly temporalLost: TemporalLost | null;
  readonly postgresStopped: PostgresStopped | null;
  readonly endState: { readonly hash: string; readonly lines: readonly string[] };
  readonly outside: Outside;
  readonly audit: AuditReport;
  readonly seconds: number;
}

/** Runs the main job in a fresh world, disturbed as asked, and looks at what it led to. */
export async function runDisturbed(
  { points, temporal, postgres, only, stores, env }: Disturbance,
  say: (line: string) => void,
): Promise<RunResult> {
  const from = performance.now();
  const inner = await startDemoWorld({
    say,
    restart: points.length === 0,
    ...(stores ? { stores } : {}),
    env: { ...env, ...armedWith(points[0]) },
  });
  const gate = new Gate();
  const strike = losingTemporal(inner, gate, say);
  const demo = { ...steadfast(inner, gate, say), api: strike.api };
  const keeper = points.length === 0 ? null : new WorkerKeeper(inner, points, say);
  keeper?.start();
  try {
    const steps = mainJob(demo).filter(({ name }) => only === undefined || only.some((wanted) => wanted.test(name)));
    for (const wanted of [...(only ?? []), ...[temporal?.step, postgres?.step].filter((step) => step !== undefined)]) {
      if (!steps.some(({ name }) => wanted.test(name))) throw new Error(`the job has no step ${wanted}`);
    }
    let postgresStopped: PostgresStopped | null = null;
    for (const { name, run } of steps) {
      if (temporal?.step.test(name)) strike.arm();
      const stopping = postgres?.step.test(name) ? stopPostgres(inner, { gate, say, ...postgres }) : null;
      const [result, stopped] = await Promise.all([run(), stopping]);
      if (stopped) postgresStopped = stopped;
      await demo.quiet();
      say(`${demo.now().toISOString().slice(0, 16).replace('T', ' ')}  ${name}: ${result}`);
    }
    const results = (await keeper?.finish()) ?? [];
    await demo.quiet();
    return {
      points: results,
      otherDeaths: keeper?.otherDeaths ?? [],
      temporalLost: strike.result(),
      postgresStopped,
      outside: await askOutside(inner),
      endState: await endState(inner),
      audit: await auditDemo(inner),
      seconds: Math.round((performance.now() - from) / 100) / 10,
    };
  } finally {
    keeper?.stop();
    await inner.close();
  }
}
