import { setTimeout as sleep } from 'node:timers/promises';
import type { ResumeReport } from '../../client/temporal/resume.ts';
import { outboxAge } from '../../db/outbox.ts';
import { runCommand } from '../../scripts/launcher/run.ts';
import type { Api, DemoWorld } from '../demo/world.ts';
import type { Gate } from './gate.ts';
import { insistently, until } from './recovery.ts';

/** What was seen while Temporal was away, and after it came back with nothing in its database. */
export interface TemporalLost {
  readonly ok: boolean;
  /** Orders that were being pushed when the server was killed. */
  readonly inFlight: number;
  /** Approvals that the API took while there was no Temporal. */
  readonly approvedMeanwhile: number;
  /** Rows that waited in the outbox at the end of the outage. */
  readonly outboxWaited: number;
  /** What `tradelane resume` answered. */
  readonly resumed: ResumeReport;
  readonly schedules: number;
  /** The search attribute that the processes carry can be asked for again. */
  readonly searchable: boolean;
  readonly workerSurvived: boolean;
  /** From the start of the empty server until the outbox was empty. */
  readonly seconds: number;
}

interface Bulk {
  type: string;
  items: { id: string; version: number }[];
}
interface BulkAnswer {
  results: unknown[];
}

/** The shop takes this long for an order, so that several are under way when Temporal goes. */
const slowness = { times: 0, fault: { kind: 'latency', ms: 700 } };
/** Long enough for calls under way to come back to a Temporal that is not there any more. */
const outageMs = 4_000;
const waitMs = 60_000;

/** An API whose next bulk approval of orders loses Temporal, once it is armed. */
export interface TemporalStrike {
  readonly api: Api;
  arm(): void;
  result(): TemporalLost | null;
}

/**
 * The armed API cuts a bulk approval of orders in two: half of the orders are approved, and while they are being pushed
 * Temporal is killed and its database file deleted. The other half is approved without it. Then an empty server is started
 * and `tradelane resume` brings every open process back from the rows.
 */
export function losingTemporal(demo: DemoWorld, gate: Gate, say: (line: string) => void): TemporalStrike {
  let armed = false;
  let result: TemporalLost | null = null;
  const send = async <Answer>(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<Answer> => {
    if (!armed || path !== 'orders/bulk') return demo.api.send(method, path, body);
    armed = false;
    const { type, items } = body as Bulk;
    const half = Math.ceil(items.length / 2);
    gate.close();
    const { dialect } = demo.shop;
    const slow = await demo.shop.post<{ id: string }>('faults', { match: dialect.creating, ...slowness });
    try {
      const first = await demo.api.send<BulkAnswer>(method, path, { type, items: items.slice(0, half) });
      const away = await lose(demo, say);
      const second = await demo.api.send<BulkAnswer>(method, path, { type, items: items.slice(half) });
      await sleep(outageMs);
      const { waiting } = await outboxAge(demo.db);
      result = { ...(await bringBack(demo, away, waiting, say)), approvedMeanwhile: second.results.length };
      const joined: unknown = { results: [...first.results, ...second.results] };
      return joined as Answer;
    } finally {
      await demo.shop.delete(`faults/${slow.id}`);
      gate.open();
    }
  };
  return {
    api: { ...demo.api, send },
    arm: () => {
      armed = true;
    },
    result: () => result,
  };
}

interface Away {
  readonly inFlight: number;
  readonly workerPid: number | null;
}

async function lose(demo: DemoWorld, say: (line: string) => void): Promise<Away> {
  const inFlight = () =>
    demo.db.tx('staff', async (trx) => {
      const row = await trx('effects').where({ kind: 'push', state: 'ATTEMPTED' }).count({ n: '*' }).first();
      return Number(row?.n ?? 0);
    });
  let pushing = 0;
  await until('a push under way', waitMs, async () => {
    pushing = await inFlight();
    return pushing > 0;
  });
  await demo.world.killTemporal({ deleteDatabase: true });
  say(`     Temporal is killed and its database deleted, ${pushing} pushes under way`);
  return { inFlight: pushing, workerPid: demo.world.pid('worker') };
}

async function bringBack(
  demo: DemoWorld,
  { inFlight, workerPid }: Away,
  outboxWaited: number,
  say: (line: string) => void,
): Promise<Omit<TemporalLost, 'approvedMeanwhile'>> {
  const from = performance.now();
  await demo.world.restartTemporal();
  const resumed = await resume(demo);
  say(`     Temporal is back, empty; resume: ${JSON.stringify(resumed)}`);
  await insistently(waitMs, () =>
    until('an empty outbox', waitMs, async () => (await outboxAge(demo.db)).waiting === 0),
  );
  const seconds = Math.round((performance.now() - from) / 100) / 10;
  let schedules = 0;
  for await (const _ of demo.client.schedule.list()) schedules += 1;
  const orders = await demo.client.workflow.count(`TradelaneKind = 'order'`);
  const searchable = orders.count > 0;
  const workerSurvived = workerPid !== null && demo.world.pid('worker') === workerPid;
  const hasVersion = demo.world.env.WORKER_BUILD_ID === (resumed.version ?? undefined);
  const ok = inFlight > 0 && outboxWaited > 0 && schedules > 0 && searchable && hasVersion && workerSurvived;
  return { ok, inFlight, outboxWaited, resumed, schedules, searchable, workerSurvived, seconds };
}

/** The command that an admin would type. */
async function resume(demo: DemoWorld): Promise<ResumeReport> {
  demo.world.writeRunFile();
  const stdout = await runCommand(['resume', '--json', '--data-dir', demo.dataDir], demo.world.env);
  return JSON.parse(stdout) as ResumeReport;
}
