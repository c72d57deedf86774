import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { workflowIdOf } from '../../../client/temporal/deliver.ts';
import { demoInstallation } from '../../demo/world.ts';
import { adminOf } from '../admin.ts';
import type { Stagehand } from '../main.ts';
import { broken, compare, type Row } from '../rows.ts';
import { detailOf, marketplaceOrder, movementsOf, ordersOf } from '../s1/facts.ts';
import { makeStage, type Stage, sellerSku } from '../s1/stage.ts';
import { until } from '../wait.ts';

const account = 'jd-id';
const secret = randomUUID() + randomUUID();

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
}

/** What a scenario does with deliveries: the marketplace's own clock and ours have no part in their signatures. */
interface Messenger {
  /** Reports a change of an order; the same `id` again is a copy. */
  deliver(externalId: string, id: string, options?: { readonly key?: string }): Promise<Answer>;
  /** Copies included, and those refused. */
  counts(): Promise<{ deliveries: number; stored: number; refused: number }>;
}

function messengerOf({ demo }: Stage, connectionId: string): Messenger {
  return {
    async deliver(externalId, id, { key = secret } = {}) {
      const body = JSON.stringify({ type: 'order.changed', data: { id: externalId } });
      const at = new Date();
      const answer = await fetch(`${demo.world.urls.apiUrl}/hooks/${account}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': new Webhook(key, { format: 'raw' }).sign(id, at, body),
        },
        body,
      });
      await answer.arrayBuffer();
      return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
    },
    counts: () =>
      demo.db.tx('staff', async (trx) => {
        const inbox = await trx('webhook_inbox').where({ connection_id: connectionId }).select('copies');
        const refusals = await trx('webhook_refusals').where({ connection_id: connectionId }).select('count');
        return {
          deliveries: inbox.reduce((sum, { copies }) => sum + copies, 0),
          stored: inbox.length,
          refused: refusals.reduce((sum, { count }) => sum + count, 0),
        };
      }),
  };
}

/** Scenario S4: what happened to an order is told twice, out of order, and by polling as well. */
export async function runS4({ demo, say, add }: Stagehand): Promise<void> {
  const stage = await makeStage(demo, say, 3);
  const admin = await adminOf(demo);
  await admin(`connections/${stage.marketplaceId}/webhook-secret`, { secret });
  const messenger = messengerOf(stage, stage.marketplaceId);
  const step = async (title: string, work: () => Promise<Row>): Promise<void> => {
    say(title);
    try {
      add(await work());
    } catch (error) {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      add(broken(title, error));
    }
  };
  await step('a. twice and out of order', () => outOfOrder(stage, messenger));
  await step('b. equal times', () => equalTimes(stage, messenger));
  await step('c. a forged signature', () => forged(stage, messenger));
  await step('d. the database is away', () => databaseAway(stage, messenger));
}

/** A buyer's order with its three versions on the marketplace: as placed, another address, and one unit less. */
async function threeVersions(stage: Stage): Promise<string> {
  const [one, other] = stage.pair();
  await stage.demo.shop.post('stock', { sku: one, quantity: 20, cause: 'delivery' });
  await stage.demo.sync('store-stock', 'offers');
  const externalId = await stage.buy([one, other], { visible: false, quantities: [2, 1] });
  const update = (fields: object): Promise<unknown> =>
    stage.demo.marketplace.post(`orders/${externalId}/update`, { fields });
  await update({ address: 'Jl. Kedua 2' });
  await update({ address: 'Jl. Ketiga 3', lines: [{ sellerSku: sellerSku(one), quantity: 1 }] });
  return externalId;
}

const serve = (stage: Stage, externalId: string, version: number | null): Promise<unknown> =>
  stage.demo.marketplace.post(`orders/${externalId}/serve`, { version });

async function outOfOrder(stage: Stage, messenger: Messenger): Promise<Row> {
  const { demo } = stage;
  const externalId = await threeVersions(stage);
  await demo.quiet();
  await serve(stage, externalId, 3);
  await demo.marketplace.post(`orders/${externalId}/visible`);
  const before = await messenger.counts();
  const answers: number[] = [];
  // updated (v3), created (v1), created again (v1), updated (v2); each is then shown by polling, too.
  for (const [version, id] of [
    [3, 'third'],
    [1, 'first'],
    [1, 'first'],
    [2, 'second'],
  ] as const) {
    await serve(stage, externalId, version);
    answers.push((await messenger.deliver(externalId, `${externalId}-${id}`)).status);
    await demo.quiet();
    await demo.sync('orders');
  }
  await serve(stage, externalId, null);
  const after = await messenger.counts();
  const detail = await detailOf(stage, externalId);
  const { snapshots } = await marketplaceOrder(stage, externalId);
  const versionOf = (modifiedAt: string | null): string =>
    `v${snapshots.find(({ vo }) => new Date(vo.modifyTime).toISOString() === modifiedAt)?.version ?? '?'}`;
  const said = (source: string): string =>
    detail.sightings
      .filter((sighting) => sighting.source === source)
      .map(({ modifiedAt, verdict }) => `${versionOf(modifiedAt)} ${verdict}`)
      .join(', ');
  const truth = snapshots.at(-1)?.vo;
  return compare('a. v3, v1, v1 again, v2; each by webhook and by polling', {
    'answers to the webhooks': ['200 200 200 200', answers.join(' ')],
    'order rows': [1, (await ordersOf(stage, externalId)).length],
    'its address': [truth?.address ?? 'none', detail.consignee?.address?.lines[0] ?? 'none'],
    'its units': [
      truth?.orderSkuinfos.map(({ skuNumber }) => skuNumber).join(' ') ?? 'none',
      detail.lines.map(({ ordered, cancelled }) => ordered - cancelled).join(' '),
    ],
    'deliveries on record': [4, after.deliveries - before.deliveries],
    'the copy was stored again': ['no', after.stored - before.stored === 3 ? 'no' : 'yes'],
    'readings that webhooks caused': ['v3 first, v1 older, v2 older', said('webhook')],
    'readings by polling': ['v3 duplicate, v1 older, v1 older, v2 older', said('poll')],
    processes: [1, await processesOf(stage, detail.id)],
    'allocations for each line': ['RESERVE', (await movementsOf(stage, detail)).replace(/ \d+ of \d+/g, '')],
  });
}

/** How many processes Temporal ever had for the order: runs of one business key count each. */
async function processesOf({ demo }: Stage, orderId: string): Promise<number> {
  const workflowId = workflowIdOf(demoInstallation, `order/${orderId}`);
  const seen = new Set<string>();
  for await (const { runId } of demo.client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) seen.add(runId);
  return seen.size;
}

async function equalTimes(stage: Stage, messenger: Messenger): Promise<Row> {
  const { demo } = stage;
  const [one] = stage.pair();
  const externalId = await stage.buy([one]);
  await demo.sync('orders');
  const placed = (await marketplaceOrder(stage, externalId)).snapshots.at(-1)?.vo;
  await demo.marketplace.post(`orders/${externalId}/update`, {
    fields: { address: 'Jl. Sama Waktu 5' },
    modifyTime: placed?.modifyTime,
  });
  await messenger.deliver(externalId, `${externalId}-equal`);
  await demo.quiet();
  const detail = await detailOf(stage, externalId);
  return compare('b. equal times, different content', {
    'times on the marketplace': [
      1,
      new Set((await marketplaceOrder(stage, externalId)).snapshots.map(({ vo }) => vo.modifyTime)).size,
    ],
    // Polling goes on beside it and shows the same again and again.
    readings: [
      'poll first, webhook same-time, fetch duplicate',
      detail.sightings
        .filter(({ source, verdict }) => !(source === 'poll' && verdict === 'duplicate'))
        .map(({ source, verdict }) => `${source} ${verdict}`)
        .join(', '),
    ],
    'its address': ['Jl. Sama Waktu 5', detail.consignee?.address?.lines[0] ?? 'none'],
    'order rows': [1, (await ordersOf(stage, externalId)).length],
  });
}

async function forged(stage: Stage, messenger: Messenger): Promise<Row> {
  const before = await messenger.counts();
  const answer = await messenger.deliver('1', 'forged', { key: `${secret} of somebody else` });
  const after = await messenger.counts();
  await stage.demo.quiet();
  return compare('c. a forged signature', {
    answer: [401, answer.status],
    'deliveries stored': [0, after.stored - before.stored],
    'refusals counted': [1, after.refused - before.refused],
  });
}

async function databaseAway(stage: Stage, messenger: Messenger): Promise<Row> {
  const { demo } = stage;
  const [, other] = stage.pair();
  const externalId = await stage.buy([other]);
  const before = await messenger.counts();
  await demo.quiet();
  await demo.world.stopPostgres('immediate');
  let away: Answer;
  try {
    away = await messenger.deliver(externalId, `${externalId}-away`);
  } finally {
    await demo.world.startPostgres();
  }
  const lost = await until('the database answers again', () =>
    // Until it does, each question fails; that it stays away is told by the time-out.
    messenger.counts().catch(() => null),
  );
  // The sender does what the answer told it: it tries again.
  const again = await until('the delivery is taken', async () => {
    const answer = await messenger.deliver(externalId, `${externalId}-away`);
    return answer.status === 200 ? answer : null;
  });
  await demo.quiet();
  const after = await messenger.counts();
  const detail = await detailOf(stage, externalId);
  return compare('d. the database is away', {
    'answer while it is away': [503, away.status],
    'the sender is told when to try again': ['yes', away.retryAfter === null ? 'no' : 'yes'],
    'stored of it': [0, lost.stored - before.stored],
    'answer afterwards': [200, again.status],
    'stored afterwards': [1, after.stored - before.stored],
    'the order': [
      'NEW, webhook first',
      `${detail.state}, ${detail.sightings[0]?.source} ${detail.sightings[0]?.verdict}`,
    ],
  });
}
