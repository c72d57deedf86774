import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { channelOrderActivities } from '../activities/channel-orders.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import { priorityOf } from '../activities/priorities.ts';
import { stockOfferActivities } from '../activities/stock-offers.ts';
import { startRelay } from '../client/temporal/relay.ts';
import { demoOptions, startJdIdSimulator } from '../connectors/jd-id/simulator/index.ts';
import { createConnectorOpener } from '../connectors/open.ts';
import type { RateLimit, RunningSimulator } from '../connectors/simulator-kit/index.ts';
import { withUrgency } from '../connectors/transport/index.ts';
import { systemClock } from '../db/clock.ts';
import { createSealer } from '../db/sealing.ts';
import { type Command, create, mustStep } from '../db/steps.ts';
import { controlOf } from '../sandbox/control.ts';
import { putOnSale } from '../sandbox/scenarios/s5/goods.ts';
import type { BenchDatabase } from './types.ts';

/** One marketplace with our account there. */
export interface Market {
  readonly connectionId: string;
  readonly simulator: RunningSimulator;
}

/** The engine's own way of a stock change, without Temporal between its parts: outbox, relay, orders read, stock sent. */
export interface StockEngine {
  readonly markets: readonly Market[];
  /** Ids of the SKUs, and how the marketplaces call them. */
  readonly skus: readonly { readonly id: string; readonly sellerSku: string }[];
  /** Resolves when no account's process runs and no follow-up work waits. @throws what a process ended with */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const sealer = createSealer(Buffer.alloc(32, 7));
const tokenHours = 20;
const credentials = {
  appKey: demoOptions.appKey,
  appSecret: demoOptions.appSecret,
  accessToken: demoOptions.accessToken ?? '',
  refreshToken: demoOptions.refreshToken ?? '',
  accessTokenExpiresAt: new Date(Date.now() + tokenHours * 3_600_000).toISOString(),
};
/** Calls at once that are left to the other side's clock. */
const burstMargin = 2;

export async function startStockEngine(
  database: BenchDatabase,
  input: { readonly skus: number; readonly permitted: RateLimit; readonly stock: number },
): Promise<StockEngine> {
  const { db } = database;
  const at = await systemClock.now();
  const simulators = await Promise.all(
    [1, 2].map(() => startJdIdSimulator({ ...demoOptions, reviewDelayMs: 0, limits: input.permitted })),
  );
  const brandId = randomUUID();
  await db.tx('staff', (trx) =>
    trx('brands').insert({
      ...{ id: brandId, code: 'bench', name: 'Bench', time_zone: 'Australia/Sydney', currency: 'AUD', created_at: at },
      mail_schedule: JSON.stringify({ times: ['11:00'], workingDays: [1] }),
      ...{ mail_to: ['bench@example.test'], ship_from: JSON.stringify({}) },
    }),
  );
  const markets: Market[] = [];
  for (const [index, simulator] of simulators.entries()) {
    const connectionId = await openAccount(database, { code: `market-${index + 1}`, url: simulator.url, at, ...input });
    markets.push({ connectionId, simulator });
  }
  const skusEach = 100;
  const goods = {
    products: Math.ceil(input.skus / skusEach),
    skusEach,
    price: 100_000,
    stock: input.stock,
    prefix: 'B',
  };
  const accounts = markets.map(({ connectionId, simulator }) => ({ connectionId, control: controlOf(simulator.url) }));
  const ids = await putOnSale(db, { brandId, accounts, goods, at });
  const skus = ids.map((id, index) => ({ id, sellerSku: `B-${Math.floor(index / skusEach)}-${index % skusEach}` }));
  return run(database, markets, skus);
}

async function openAccount(
  { db }: BenchDatabase,
  input: { code: string; url: string; at: Date; permitted: RateLimit },
): Promise<string> {
  const id = randomUUID();
  const { code, url, at, permitted } = input;
  const command: Command = { commandId: `bench/${code}`, actor: 'bench', role: 'admin', at };
  await db.tx('staff', async (trx) => {
    const row = {
      ...{ id, code, name: code, connector: 'jd-id', kind: 'marketplace', created_at: at },
      settings: { gatewayUrl: `${url}/routerjson`, oauthUrl: `${url}/oauth2` },
      credentials_sealed: sealer.sealJson(credentials, `connection/${id}`),
      ...{ credentials_key_id: sealer.keyId, credentials_proved: true },
      ...{ calls_per_second: permitted.perSecond, call_burst: permitted.burst - burstMargin },
    };
    await create(trx, 'connection', row, command);
    await mustStep(
      trx,
      { machine: 'connection', id, event: 'PROVE' },
      { ...command, commandId: `bench/${code}/prove` },
    );
  });
  return id;
}

function run(database: BenchDatabase, markets: readonly Market[], skus: StockEngine['skus']): StockEngine {
  const { db } = database;
  const log = pino({ level: 'silent' });
  const open = createConnectorOpener({ db, sealer, clock: systemClock, log, allowPrivateTargets: true });
  const deps: ActivityDeps = {
    ...{ db, clock: systemClock, log, sealer, open, installation: 'bench', linkUrl: 'http://localhost' },
    ...{ allowPrivateTargets: true, pausedSchedules: true, waits: { settleMs: 10_000, leaseMs: 60_000 } },
    wall: () => new Date(),
    checkpoint: async () => undefined,
    mailer: { send: () => Promise.reject(new Error('nothing is mailed here')) },
    client: new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) }),
  };
  const orders = channelOrderActivities(deps);
  const stock = stockOfferActivities(deps);
  const as = <Result>(activity: string, work: () => Promise<Result>) =>
    withUrgency({ priority: priorityOf(activity), brandId: null }, work);
  const readOrders = async (connectionId: string): Promise<void> => {
    const { since, until, mark } = await orders.ordersWindow(connectionId);
    let cursor: string | null = null;
    do {
      const page: { next: string | null } = await as('readOrdersPage', () =>
        orders.readOrdersPage({ connectionId, since, until, cursor }),
      );
      cursor = page.next;
    } while (cursor !== null);
    await orders.ordersWindowDone(connectionId, until, mark);
  };
  /** The same steps in the same order as `offersWorkflow`, prices left out. */
  const round = async (connectionId: string): Promise<void> => {
    await readOrders(connectionId);
    for (let more = true; more; ) {
      const sent = await as('pushStock', () => stock.pushStock(connectionId));
      more = sent.more;
      if (sent.freed > 0) await readOrders(connectionId);
    }
  };
  const processes = new Map(markets.map(({ connectionId }) => [connectionId, { isRunning: false, isWoken: false }]));
  let failure: unknown = null;
  const wake = async (connectionId: string): Promise<void> => {
    const process = processes.get(connectionId);
    if (!process) return;
    process.isWoken = true;
    if (process.isRunning) return;
    process.isRunning = true;
    try {
      while (process.isWoken && failure === null) {
        process.isWoken = false;
        await round(connectionId);
      }
    } catch (error) {
      failure = error;
    } finally {
      process.isRunning = false;
    }
  };
  const relay = startRelay({
    db,
    listenUrl: database.appUrl,
    checkpoint: async () => undefined,
    log,
    deliver: async ({ topic, payload }) => {
      if (topic === 'stock') void wake(String(payload.id));
    },
  });
  return {
    markets,
    skus,
    async idle() {
      for (;;) {
        if (failure !== null) throw failure;
        const { waiting } = await (await import('../db/outbox.ts')).outboxAge(db);
        if (waiting === 0 && [...processes.values()].every(({ isRunning }) => !isRunning)) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async close() {
      await relay.stop();
      await open.close();
      await Promise.all(markets.map(({ simulator }) => simulator.close()));
    },
  };
}
