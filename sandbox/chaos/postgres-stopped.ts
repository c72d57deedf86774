import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoWorld } from '../demo/world.ts';
import type { Gate } from './gate.ts';
import { insistently, recovered, underWay, until } from './recovery.ts';

/** What was seen while PostgreSQL was away, and after it came back. */
export interface PostgresStopped {
  readonly ok: boolean;
  readonly awaySeconds: number;
  /** What the API answered meanwhile: 503 with Retry-After, and that it is alive and not ready. */
  readonly apiAnswer: { readonly status: number; readonly retryAfter: string | null };
  readonly live: number;
  readonly ready: number;
  /** Worker, API and sandbox are the processes that they were. */
  readonly processesSurvived: boolean;
  /** From the start of the server until what was under way had come to its end. */
  readonly seconds: number | null;
}

export interface PostgresStrike {
  readonly gate: Gate;
  readonly say: (line: string) => void;
  readonly awayMs: number;
  /** What must be under way before the server is stopped, by a query that finds a row. */
  readonly when: { readonly what: string; readonly sql: string };
}

const waitMs = 120_000;
const processes = ['worker', 'api', 'sandbox'] as const;

/** Stops PostgreSQL with `immediate`, a crash on purpose, in the middle of work, and starts it again. */
export async function stopPostgres(demo: DemoWorld, strike: PostgresStrike): Promise<PostgresStopped> {
  const { gate, say, awayMs, when } = strike;
  await until(when.what, waitMs, async () => {
    const holds = await demo.db.tx('staff', async (trx) => (await trx.raw(when.sql)).rows.length > 0);
    // Closed in the same moment: nobody may begin something between the question and the stop.
    const strikes = holds && gate.isWaited;
    if (strikes) gate.close();
    return strikes;
  });
  try {
    const pids = processes.map((name) => demo.world.pid(name));
    const interrupted = await underWay(demo);
    await demo.world.stopPostgres('immediate');
    say(`     PostgreSQL is stopped with immediate for ${awayMs / 1000} s`);
    const stoppedAt = performance.now();
    await sleep(awayMs / 2);
    const seen = await whatTheApiSays(demo);
    await sleep(Math.max(0, awayMs - (performance.now() - stoppedAt)));
    const from = performance.now();
    await demo.world.startPostgres();
    const over = await insistently(waitMs, () => recovered(demo, interrupted, waitMs));
    const seconds = over ? Math.round((performance.now() - from) / 100) / 10 : null;
    const processesSurvived = processes.every((name, index) => demo.world.pid(name) === pids[index]);
    const { apiAnswer, live, ready } = seen;
    const ok =
      over &&
      processesSurvived &&
      apiAnswer.status === 503 &&
      apiAnswer.retryAfter !== null &&
      live === 200 &&
      ready === 503;
    say(`     PostgreSQL is back; the API answered ${apiAnswer.status}, Retry-After ${apiAnswer.retryAfter}`);
    return { ok, awaySeconds: Math.round((from - stoppedAt) / 100) / 10, ...seen, processesSurvived, seconds };
  } finally {
    gate.open();
  }
}

async function whatTheApiSays(demo: DemoWorld): Promise<Pick<PostgresStopped, 'apiAnswer' | 'live' | 'ready'>> {
  const { apiUrl } = demo.world.urls;
  // A log-in reads the database before anything else.
  const answer = await fetch(`${apiUrl}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'nobody@tradelane.test', password: 'nobody-at-all' }),
  });
  const status = async (path: string): Promise<number> => (await fetch(`${apiUrl}${path}`)).status;
  return {
    apiAnswer: { status: answer.status, retryAfter: answer.headers.get('retry-after') },
    live: await status('/live'),
    ready: await status('/ready'),
  };
}
