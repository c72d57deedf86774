import { setTimeout as sleep } from 'node:timers/promises';
import { outboxAge } from '../../../db/outbox.ts';
import { compare, type Row } from '../rows.ts';
import { detailOf, inShop, ordersOf } from '../s1/facts.ts';
import type { Stage } from '../s1/stage.ts';
import { until } from '../wait.ts';

/** Buys and approves an order; `approve` is given apart because a server may be away by then. */
async function orderToApprove(stage: Stage): Promise<{ externalId: string; approve: () => Promise<void> }> {
  const externalId = await stage.buy([stage.shared[0]]);
  await stage.demo.sync('orders');
  const [row] = await ordersOf(stage, externalId);
  return { externalId, approve: () => stage.send(`orders/${row?.id}`, 'APPROVE') };
}

const isInShop = async (stage: Stage, externalId: string): Promise<boolean> =>
  (await detailOf(stage, externalId)).shopOrderId !== null;

/** Decisions are taken while Temporal is away; what follows from them waits in the outbox and happens once it is back. */
export async function temporalAway(stage: Stage): Promise<Row> {
  const { demo } = stage;
  const { externalId, approve } = await orderToApprove(stage);
  const worker = demo.world.pid('worker');
  await demo.world.killTemporal({ deleteDatabase: false });
  await approve();
  await sleep(3_000);
  const meanwhile = (await detailOf(stage, externalId)).state;
  const { waiting } = await outboxAge(demo.db);
  await demo.world.restartTemporal();
  await until('the order is in the shop', () => isInShop(stage, externalId), 120_000);
  await demo.quiet();
  const after = await detailOf(stage, externalId);
  return compare('Temporal is killed and started again', {
    'an approval meanwhile': ['APPROVED', meanwhile],
    'follow-up work waits': ['yes', waiting > 0 ? 'yes' : 'no'],
    'the worker lived on': ['yes', demo.world.pid('worker') === worker ? 'yes' : 'no'],
    'afterwards in the shop': ['1 processing', await inShop(stage, after.number)],
  });
}

/** PostgreSQL crashes and stays away: 503 with a time, nothing half-written, work goes on afterwards by itself. */
export async function databaseAway(stage: Stage, awayMs: number): Promise<Row> {
  const { demo } = stage;
  const { externalId, approve } = await orderToApprove(stage);
  const pids = (['worker', 'api'] as const).map((name) => demo.world.pid(name));
  await approve();
  await demo.world.stopPostgres('immediate');
  const { apiUrl } = demo.world.urls;
  await sleep(awayMs / 2);
  const answer = await fetch(`${apiUrl}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'nobody@tradelane.test', password: 'nobody-at-all' }),
  });
  const [live, ready] = [await fetch(`${apiUrl}/live`), await fetch(`${apiUrl}/ready`)];
  await sleep(awayMs / 2);
  await demo.world.startPostgres();
  await until('the order is in the shop', () => isInShop(stage, externalId).catch(() => false), 120_000);
  await until(
    'the world is quiet',
    () =>
      demo.quiet().then(
        () => true,
        () => false,
      ),
    120_000,
  );
  const { number } = await detailOf(stage, externalId);
  const alive = (['worker', 'api'] as const).map((name) => demo.world.pid(name));
  return compare(`the database is away for ${awayMs / 1000} s`, {
    'the API answers': [503, answer.status],
    'it says when to come back': ['yes', answer.headers.get('retry-after') === null ? 'no' : 'yes'],
    'live, ready': ['200, 503', `${live.status}, ${ready.status}`],
    'no process died': ['yes', String(alive) === String(pids) ? 'yes' : 'no'],
    'the approved order in the shop': ['1 processing', await inShop(stage, number)],
  });
}
