import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { startStream, wakeProcess, workflowIdOf } from '../../client/temporal/deliver.ts';
import { orchestrationQueue } from '../../client/temporal/queues.ts';
import { refiningKey } from '../../db/follow-ups.ts';
import { farSecrets } from '../../sandbox/channels/start.ts';
import { mainJob } from '../../sandbox/demo/main-job.ts';
import { opsOf } from '../../sandbox/demo/ops.ts';
import { peopleOf } from '../../sandbox/demo/people.ts';
import { type DemoWorld, demoInstallation, startDemoWorld } from '../../sandbox/demo/world.ts';
import { demoBuyer } from '../../sandbox/goods.ts';
import { accountIsBack } from '../../sandbox/scenarios/back.ts';
import { shopSecrets } from '../../sandbox/shops/start.ts';
import { historiesFolder, type RecordedHistory, textsOf } from '../../tests/replay/recorded.ts';

/**
 * Records the histories that the replay tests replay: runs the main job of the demo and some processes that end badly, and
 * keeps one or two of every workflow type. Run it after a change that new processes should be judged by, and keep the old
 * files as long as processes of their time may still run: `node scripts/generate/histories.ts [--keep]`.
 */
const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

interface Candidate {
  readonly type: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly status: string;
  readonly events: number;
  /** Names of the activities and of how some ended, each once. */
  readonly did: string;
}

/** Longer ones take their space and show nothing new. */
const longest = 220;

/** Processes that were ended, that failed, and that gave up. */
async function endBadly(world: DemoWorld): Promise<void> {
  const { client, db, shop, carrier } = world;
  const people = peopleOf(world);
  const ops = opsOf(world);
  const [first] = await people.onShelf();
  if (!first) throw new Error('nothing is on the shelf');
  const buy = () => people.buy([{ sellerSku: first.sellerSku, quantity: 1 }]);
  const processOf = async (externalId: string) => {
    const row = await db.tx('staff', (trx) =>
      trx('orders')
        .join('channel_orders', 'channel_orders.id', 'orders.channel_order_id')
        .where({ external_id: externalId })
        .first('orders.id'),
    );
    return client.workflow.getHandle(workflowIdOf(demoInstallation, `order/${row.id}`));
  };

  // A buyer cancels while the shop is away and the push is in back-off.
  const away = await buy();
  await world.sync('orders');
  const { id } = await shop.post<{ id: string }>('faults', {
    match: { operation: 'order' },
    times: 0,
    fault: { kind: 'drop' },
  });
  const rows = (await ops.orders('NEW')).filter(({ channelOrderNumber }) => channelOrderNumber === away);
  await ops.approveOrders(rows);
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  await people.askToCancel(away);
  await people.cancel(away);
  const marketplace = await world.connectionId('jd-id');
  await client.workflow.signalWithStart('channelOrdersWorkflow', {
    workflowId: workflowIdOf(demoInstallation, `orders/${marketplace}`),
    taskQueue: orchestrationQueue,
    args: [marketplace],
    signal: 'wake',
    signalArgs: [''],
  });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await shop.delete(`faults/${id}`);
  await world.quiet();

  // The brand wants a courier after each label mail from now on.
  const { id: brandId } = await db.tx('staff', (trx) => trx('brands').where({ code: 'kauri' }).first('id'));
  const connectionId = await world.connectionId('dhl-express');
  await world.api.send('POST', 'carriers/pickups', { brandId, connectionId, enabled: true });

  // A buyer cancels after the label was mailed: the brand is told not to ship.
  const notified = await buy();
  await world.sync('orders');
  await ops.approveOrders((await ops.orders('NEW')).filter((row) => row.channelOrderNumber === notified));
  await world.quiet();
  await world.advance(10 * 60 * 60 * 1000);
  // Couriers are called at the tick after the one that closed and booked, and not for slots of the day before.
  await world.advance(60 * 1000);
  await people.askToCancel(notified);
  await people.cancel(notified);
  // A person asks for the one order, a schedule for all of them.
  await client.workflow.signalWithStart('fetchOrderWorkflow', {
    workflowId: workflowIdOf(demoInstallation, `channel-order/${marketplace}/${notified}`),
    taskQueue: orchestrationQueue,
    args: [marketplace, notified],
    signal: 'wake',
    signalArgs: ['request-1'],
  });
  await client.workflow.execute('scheduledWorkflow', {
    workflowId: workflowIdOf(demoInstallation, `scheduled/orders/${marketplace}`),
    taskQueue: orchestrationQueue,
    args: [marketplace, 'orders'],
  });
  await world.quiet();

  // Translations and terms are read for an account; rules were changed; a shop's catalogue is compared as a whole; the shop
  // reports a change of one product.
  for (const stream of ['translations', 'terms']) await startStream(client, demoInstallation, marketplace, stream);
  await wakeProcess(client, demoInstallation, 'refining', refiningKey);
  const store = await world.connectionId('kauri-shop');
  await startStream(client, demoInstallation, store, 'compare');
  const product = await world.db.tx('staff', (trx) =>
    trx('products').where({ store_connection_id: store }).orderBy('external_id').first('external_id'),
  );
  await wakeProcess(client, demoInstallation, 'product-stock', `product-stock/${store}/${product.external_id}`);
  // A rate that is typed in prices everything anew.
  const date = world.now().toISOString().slice(0, 10);
  await world.api.send('POST', 'exchange-rates', {
    from: 'AUD',
    to: 'IDR',
    rate: '10500',
    date,
    source: 'the bank',
    reason: 'the contract says so',
  });
  await world.quiet();

  // An admin ends the process of an order that waits for people.
  const ended = await buy();
  await world.sync('orders');
  await (await processOf(ended)).cancel();

  // The process of an order that is not there.
  await client.workflow
    .execute('orderWorkflow', {
      workflowId: workflowIdOf(demoInstallation, 'order/00000000-0000-4000-8000-000000000000'),
      taskQueue: orchestrationQueue,
      args: ['00000000-0000-4000-8000-000000000000'],
    })
    .catch((error: unknown) => say(`as wanted: ${error}`));

  // A reading that gives up.
  const html = await carrier.post<{ id: string }>('faults', { times: 0, fault: { kind: 'html', status: 200 } });
  const rejected = await shop.post<{ id: string }>('faults', { times: 0, fault: { kind: 'html', status: 200 } });
  await world.sync('store-stock', 'tracking');
  await carrier.delete(`faults/${html.id}`);
  await shop.delete(`faults/${rejected.id}`);
  await accountIsBack(world, 'kauri-shop');
  await world.sync('store-stock');

  // The shop is away until that is an outage, and is caught up with afterwards.
  const silent = await shop.post<{ id: string }>('faults', { times: 0, fault: { kind: 'drop' } });
  await startStream(client, demoInstallation, store, 'store-stock');
  const isAway = () =>
    db.tx('staff', (trx) => trx('incidents').where({ connection_id: store }).whereNot({ state: 'CLOSED' }).first('id'));
  while (!(await isAway())) await new Promise((resolve) => setTimeout(resolve, 500));
  await shop.delete(`faults/${silent.id}`);
  await accountIsBack(world, 'kauri-shop');
  await world.quiet();
}

async function candidates({ client }: DemoWorld): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for await (const { type, workflowId, runId, status, historyLength = 0 } of client.workflow.list()) {
    if (!workflowId.startsWith(`${demoInstallation}/`) || historyLength > longest) continue;
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const names = (events ?? []).flatMap((event) => [
      ...[event.activityTaskScheduledEventAttributes?.activityType?.name ?? []].flat(),
      ...(event.activityTaskFailedEventAttributes ? ['failed'] : []),
      ...(event.activityTaskCanceledEventAttributes ? ['cancelled'] : []),
    ]);
    const did = [...new Set(names)].sort().join(' ');
    found.push({ type, workflowId, runId, status: status.name, events: historyLength, did });
  }
  return found.sort((a, b) => a.events - b.events);
}

/** How many different ways of a type and an ending are kept. */
const ways = 4;

/** Of every type, ending and set of activities the shortest. */
function chosen(all: readonly Candidate[]): Map<string, Candidate> {
  const shortest = [...Map.groupBy(all, ({ type, status, did }) => `${type} ${status} ${did}`).values()].flatMap(
    ([first]) => first ?? [],
  );
  // What did the most shows the most.
  const byEnding = Map.groupBy(
    shortest.toSorted((a, b) => b.did.length - a.did.length),
    ({ type, status }) => `${type}.${status.toLowerCase().replaceAll('_', '-')}`,
  );
  return new Map(
    [...byEnding].flatMap(([name, candidates]) =>
      candidates.slice(0, ways).map((one, index): [string, Candidate] => [index ? `${name}-${index + 1}` : name, one]),
    ),
  );
}

const canaries = [
  ...shopSecrets,
  ...farSecrets,
  ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((number) => Object.values(demoBuyer(number)).filter((text) => text.length >= 8)),
];

async function keep({ client }: DemoWorld, name: string, candidate: Candidate): Promise<void> {
  const { workflowId, runId, status } = candidate;
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const parsed: RecordedHistory['history'] = JSON.parse(historyToJSON(history));
  const recorded: RecordedHistory = { workflowId, status, history: { events: parsed.events.map(tidy) as never } };
  const texts = textsOf(recorded);
  const leak = canaries.find((canary) => texts.some((text) => text.includes(canary)));
  if (leak !== undefined) throw new Error(`${name} holds what must be in no history`);
  const lines = recorded.history.events.map((event) => JSON.stringify(event)).join(',\n');
  writeFileSync(
    join(historiesFolder, `${name}.json`),
    `{"workflowId":${JSON.stringify(workflowId)},"status":${JSON.stringify(status)},"history":{"events":[\n${lines}\n]}}\n`,
  );
  say(`${name}: ${recorded.history.events.length} events`);
}

/** Machine names, process ids and paths say nothing about the process. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (key === 'stackTrace') return [];
      if (key === 'identity' || key === 'lastWorkerIdentity') return [[key, 'worker']];
      return [[key, tidy(inner)]];
    }),
  );
}

async function main(): Promise<void> {
  const demo = await startDemoWorld({ say });
  try {
    for (const step of mainJob(demo)) say(`${step.name}: ${await step.run()}`);
    await endBadly(demo);
    const all = await candidates(demo);
    if (!process.argv.includes('--keep')) rmSync(historiesFolder, { recursive: true, force: true });
    mkdirSync(historiesFolder, { recursive: true });
    for (const [name, candidate] of chosen(all)) await keep(demo, name, candidate);
  } finally {
    await demo.close();
  }
}

await main();
