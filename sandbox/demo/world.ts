import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { openClient } from '../../client/temporal/connect.ts';
import { startStream, startTick } from '../../client/temporal/deliver.ts';
import { moveClock } from '../../db/clock.ts';
import { type Database, openDatabase } from '../../db/database.ts';
import { startWorld, temporaryDataDir, type World } from '../../scripts/launcher/world.ts';
import { type CarrierControl, carrierControl } from '../channels/carrier-control.ts';
import { type FarSide, smallFarSide } from '../channels/kinds.ts';
import { type MarketControl, marketControl } from '../channels/market-control.ts';
import { type Control, controlOf } from '../control.ts';
import { demoLogIns } from '../seed.ts';
import { shopsOf } from '../shops/brands.ts';
import type { StoreKind } from '../shops/kinds.ts';
import { type ShopControl, shopControl } from '../shops/shop-control.ts';
import { isQuiet } from './quiet.ts';

export const demoInstallation = 'demo';

/** The headless demo world: the same processes as `npm start`, on free ports, with a clock that we move. */
export interface DemoWorld {
  readonly world: World;
  readonly dataDir: string;
  readonly db: Database;
  readonly client: Client;
  /** The main brand's shop, whatever kind it is. */
  readonly shop: ShopControl;
  /** All shops, the main brand's first. */
  readonly shops: readonly ShopControl[];
  /** The marketplace that scenarios are played on. */
  readonly marketplace: MarketControl;
  /** All of different kinds, that one first. */
  readonly marketplaces: readonly MarketControl[];
  /** A second account of the marketplace, where the world was asked for one. */
  readonly secondMarketplace: Control | null;
  /** The carrier that crosses borders. */
  readonly carrier: CarrierControl;
  readonly carriers: readonly CarrierControl[];
  readonly mail: Control;
  readonly api: Api;
  now(): Date;
  /** Waits until nothing is left to do at the present time. Throws after `timeoutMs` with what is still open. */
  quiet(timeoutMs?: number): Promise<void>;
  /**
   * Moves all clocks; only when everything is quiet. Then what is due happens. `whileBusy`: neither before nor after is
   * waited for quiet, because somebody outside is silent on purpose.
   */
  advance(ms: number, options?: { readonly whileBusy?: boolean }): Promise<void>;
  /** Reads the named streams now and waits for quiet, of every account of the kind that has them. */
  sync(...streams: StreamName[]): Promise<void>;
  /** The same of one account by its code. */
  syncAccount(code: string, ...streams: StreamName[]): Promise<void>;
  connectionId(code: string): Promise<string>;
  close(): Promise<void>;
}

export type StreamName = 'catalogue' | 'store-stock' | 'orders' | 'reviews' | 'offers' | 'live' | 'tracking';

const streamsOf: Readonly<Record<StreamName, 'shops' | 'marketplaces' | 'carriers'>> = {
  catalogue: 'shops',
  'store-stock': 'shops',
  orders: 'marketplaces',
  reviews: 'marketplaces',
  offers: 'marketplaces',
  live: 'marketplaces',
  tracking: 'carriers',
};

export interface DemoOptions {
  readonly say: (line: string) => void;
  readonly env?: Readonly<Record<string, string>>;
  /** Chaos runs count deaths themselves. */
  readonly restart?: boolean;
  /** Kinds of shops: the main brand has the first one, each of the others comes with its own brand. */
  readonly stores?: readonly [StoreKind, ...StoreKind[]];
  readonly farSide?: FarSide;
}

export async function startDemoWorld({
  say,
  env = {},
  restart = true,
  stores = ['woocommerce'],
  farSide = smallFarSide,
}: DemoOptions): Promise<DemoWorld> {
  const dataDir = temporaryDataDir();
  const lines: string[] = [];
  const guard = endWhenAsked(dataDir, say);
  const world = await startWorld({
    dataDir,
    onWorld: guard.hold,
    ports: 'free',
    sandbox: true,
    web: false,
    fsync: false,
    restart,
    log: (line) => say(`  … ${line}`),
    onLine: (line, name) => {
      lines.push(`${name}: ${line}`);
      if (lines.length > 400) lines.shift();
    },
    env: {
      TRADELANE_CLOCK: 'database',
      TRADELANE_INSTALLATION: demoInstallation,
      TRADELANE_LOG_LEVEL: 'info',
      SANDBOX_STORES: stores.join(','),
      SANDBOX_MARKETPLACES: farSide.marketplaces.join(','),
      SANDBOX_CARRIERS: farSide.carriers.join(','),
      ...env,
    },
  });
  const { urls } = world;
  const db = openDatabase({ url: urls.databaseAppUrl, maxConnections: 6, applicationName: 'tradelane-demo' });
  const client = openClient({
    address: urls.temporalAddress,
    namespace: 'default',
    apiKey: null,
    tls: null,
    uiUrl: null,
  });
  const [shop, ...further] = shopsOf(stores);
  const shopAt = (one: typeof shop): ShopControl => shopControl(one, urls.sandbox[one.kind] ?? '');
  const shops: [ShopControl, ...ShopControl[]] = [shopAt(shop), ...further.map(shopAt)];
  const marketplaces = farSide.marketplaces.map((kind) => marketControl(kind, urls.sandbox[kind] ?? ''));
  const carriers = farSide.carriers.map((kind) => carrierControl(kind, urls.sandbox[kind] ?? ''));
  const [marketplace] = marketplaces;
  const [carrier] = carriers;
  if (!marketplace || !carrier) throw new Error('a world has a marketplace and a carrier');
  const mail = controlOf(urls.sandbox.mail ?? '');
  const controls: Control[] = [...shops, ...marketplaces, ...carriers, mail];
  const accounts = { shops, marketplaces, carriers };
  const secondUrl = urls.sandbox['jd-id-2'];
  const secondMarketplace = secondUrl ? controlOf(secondUrl) : null;
  if (secondMarketplace) controls.push(secondMarketplace);
  const api = await logIn(urls.apiUrl);
  let present = await db
    .knex('clock')
    .first('virtual_now')
    .then((row) => row.virtual_now as Date);
  const connections = new Map<string, string>();

  const demo: DemoWorld = {
    world,
    dataDir,
    db,
    client,
    shop: shops[0],
    shops,
    marketplace,
    marketplaces,
    secondMarketplace,
    carrier,
    carriers,
    mail,
    api,
    now: () => present,
    async quiet(timeoutMs = 240_000) {
      const deadline = Date.now() + timeoutMs;
      let quietOnce = false;
      for (;;) {
        const verdict = await isQuiet({ db, client, installation: demoInstallation, controls });
        if (verdict.quiet && quietOnce) return;
        quietOnce = verdict.quiet;
        if (Date.now() > deadline) {
          throw new Error(
            `not quiet after ${timeoutMs / 1000} s: ${verdict.open.join('; ')}\n${lines.slice(-20).join('\n')}`,
          );
        }
        await sleep(verdict.quiet ? 120 : 80);
      }
    },
    async advance(ms, { whileBusy = false } = {}) {
      if (!whileBusy) await demo.quiet();
      present = new Date(present.getTime() + ms);
      await moveClock(urls.databaseUrl, present);
      for (const control of controls) await control.post('clock', { now: present.toISOString() });
      await ended(client, await startTick(client, demoInstallation));
      if (!whileBusy) await demo.quiet();
    },
    async sync(...streams) {
      for (const stream of streams) {
        for (const { code } of accounts[streamsOf[stream]]) await demo.syncAccount(code, stream);
      }
    },
    async syncAccount(code, ...streams) {
      for (const stream of streams) {
        const connectionId = await demo.connectionId(code);
        await ended(client, await startStream(client, demoInstallation, connectionId, stream));
        await demo.quiet();
      }
    },
    async connectionId(code) {
      const known = connections.get(code);
      if (known) return known;
      const row = await db.tx('staff', (trx) => trx('connections').where({ code }).first('id'));
      if (!row) throw new Error(`there is no connection ${code}`);
      connections.set(code, row.id);
      return row.id;
    },
    async close() {
      await db.close();
      await client.connection.close();
      await world.stop();
      guard.release();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  await demo.quiet();
  return demo;
}

/** A run that is told to end takes the servers and processes of its world with it; told twice, at once. */
function endWhenAsked(dataDir: string, say: (line: string) => void): { hold(world: World): void; release(): void } {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let held: World | null = null;
  let isAsked = false;
  const leave = (): void => {
    rmSync(dataDir, { recursive: true, force: true });
    process.exit(130);
  };
  const onSignal = (): void => {
    if (held === null) leave();
    else if (isAsked) void held.crash().finally(leave);
    else {
      say('stopping the world of this run …');
      void held.stop().finally(leave);
    }
    isAsked = true;
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    hold: (world) => {
      held = world;
    },
    release: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

/** Waits for the end of a process that ends by itself. */
async function ended(client: Client, workflowId: string): Promise<void> {
  await client.workflow.getHandle(workflowId).result();
}

/** Ops' way in: the same HTTP API as the dashboard's. */
export interface Api {
  get<Answer>(path: string): Promise<Answer>;
  send<Answer>(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<Answer>;
  /** Sends a file as it is. */
  upload<Answer>(path: string, bytes: string): Promise<Answer>;
}

async function logIn(apiUrl: string): Promise<Api> {
  const ops = demoLogIns.find(({ role }) => role === 'ops');
  let token = '';
  let serial = 0;
  const ask = async (method: string, path: string, type: string, body: string | null): Promise<unknown> => {
    serial += 1;
    const response = await fetch(`${apiUrl}/api/${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === null ? {} : { 'content-type': type, 'idempotency-key': `demo-${serial}` }),
      },
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return text === '' ? null : JSON.parse(text);
  };
  const call = (method: string, path: string, body?: unknown): Promise<unknown> =>
    ask(method, path, 'application/json', body === undefined ? null : JSON.stringify(body));
  const session = (await call('POST', 'session', { email: ops?.email, password: ops?.password })) as { token: string };
  token = session.token;
  return {
    get: async <Answer>(path: string) => (await call('GET', path)) as Answer,
    send: async <Answer>(method: 'POST' | 'PATCH', path: string, body: unknown) =>
      (await call(method, path, body)) as Answer,
    upload: async <Answer>(path: string, bytes: string) => (await ask('POST', path, 'text/csv', bytes)) as Answer,
  };
}
