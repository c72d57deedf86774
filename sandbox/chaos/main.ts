import { renderAudit } from '../../audit/main.ts';
import type { StoreKind } from '../shops/kinds.ts';
import { type Disturbance, type RunResult, runDisturbed } from './disturbed.ts';
import { allPoints } from './points.ts';
import { differences, renderChaos } from './table.ts';

/** All kills, a lost Temporal and a stopped PostgreSQL in one run of the main job. */
const everything: Disturbance = {
  points: allPoints,
  // The version of the worker that has the work is something else that Temporal forgets.
  env: { WORKER_BUILD_ID: 'chaos-1' },
  temporal: { step: /^more orders for the next slot/ },
  postgres: {
    step: /^the parcels arrive/,
    awayMs: 15_000,
    when: { what: 'a delivered parcel', sql: `select id from parcels where state = 'DELIVERED' limit 1` },
  },
};

interface ChaosWish {
  readonly json: boolean;
  readonly stores: readonly [StoreKind, ...StoreKind[]];
  readonly say: (line: string) => void;
}

/**
 * The main job twice, in a world of its own each: undisturbed, and with everything done to it that a bad day brings. Both
 * must lead to the same. Returns the exit code.
 */
export async function runChaos(wish: ChaosWish): Promise<number> {
  const { json, say } = wish;
  try {
    return await compare(wish);
  } catch (error) {
    // A run that did not come to its end has an answer, too.
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (json)
      process.stdout.write(`${JSON.stringify({ chaos: true, ok: false, error: String(error).slice(0, 500) })}\n`);
    return 1;
  }
}

async function compare({ json, stores, say }: ChaosWish): Promise<number> {
  const from = performance.now();
  say('First run: nothing happens to it');
  const calm = await runDisturbed({ points: [], stores }, say);
  say(`Second run: ${allPoints.length} deaths of the worker, Temporal lost, PostgreSQL stopped`);
  const wild = await runDisturbed({ ...everything, stores }, say);
  const ok = isRight(calm) && isRight(wild) && calm.endState.hash === wild.endState.hash && withstood(wild);
  const seconds = Math.round((performance.now() - from) / 100) / 10;
  say(renderChaos(wild));
  for (const line of differences(calm.endState.lines, wild.endState.lines)) say(`     ${line}`);
  if (!calm.audit.ok) say(renderAudit(calm.audit));
  if (!wild.audit.ok) say(renderAudit(wild.audit));
  say(
    `${ok ? 'All of it holds' : 'Something does not hold'}: end state ${calm.endState.hash} undisturbed, ${wild.endState.hash} disturbed; ${seconds} s.`,
  );
  if (json) process.stdout.write(`${JSON.stringify({ ...document(calm, wild, ok, seconds), stores })}\n`);
  return ok ? 0 : 1;
}

/** What every run must have led to. */
export const isRight = ({ audit, outside }: RunResult): boolean => audit.ok && outside.twice.length === 0;

/** Every fault came and was survived. */
export const withstood = ({ points, temporalLost, postgresStopped }: RunResult): boolean =>
  points.every(({ hit, ok }) => hit && ok) && temporalLost?.ok !== false && postgresStopped?.ok !== false;

function document(calm: RunResult, wild: RunResult, ok: boolean, seconds: number) {
  return {
    chaos: true,
    ok,
    points: wild.points.map(({ point, hit, ok: isOk, seconds: took }) => ({ point, hit, ok: isOk, seconds: took })),
    otherDeaths: wild.otherDeaths,
    temporalLost: wild.temporalLost,
    postgresStopped: wild.postgresStopped,
    endState: { undisturbed: calm.endState.hash, disturbed: wild.endState.hash },
    outside: wild.outside,
    audit: Object.fromEntries(Object.entries(wild.audit.checks).map(([name, check]) => [name, check.ok])),
    seconds,
  };
}
