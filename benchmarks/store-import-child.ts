import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { StoreConnector } from '../connectors/contract/store.ts';
import { createTurns } from '../connectors/contract/turns.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { createMagentoConnector } from '../connectors/magento/connector.ts';
import type { MagentoCredentials } from '../connectors/magento/schema.ts';
import { createShopifyConnector } from '../connectors/shopify/connector.ts';
import type { ShopifyCredentials } from '../connectors/shopify/schema.ts';
import { TokenBucket } from '../connectors/simulator-kit/rate-limit.ts';
import { type Budget, createHttpClient } from '../connectors/transport/index.ts';
import { createWooCommerceConnector } from '../connectors/woocommerce/connector.ts';
import type { WooCommerceCredentials } from '../connectors/woocommerce/schema.ts';
import { changesSince, credentialsOf, type ShopName } from './shops.ts';

export interface Task {
  readonly name: ShopName;
  readonly url: string;
  /** The account's budget; null: as fast as it goes. */
  readonly permitted: { readonly perSecond: number; readonly burst: number } | null;
}

/** One line of it comes after the full reading, and one after the reading of changes where that is asked for. */
export interface Answer {
  readonly products: number;
  readonly variants: number;
  readonly pages: number;
  readonly seconds: number;
  readonly peakBytes: number;
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async (): Promise<string | null> => {
  const { value, done } = await lines.next();
  return done === true ? null : String(value);
};

const task: Task = JSON.parse((await next()) ?? '');
const log = pino({ level: 'silent' });

/** The same bucket as an account's in the database, for this process alone. */
function budgetOf({ permitted }: Task): Budget {
  const bucket = new TokenBucket(permitted);
  return {
    take: async (_operation, cost) => {
      for (let taken = 0; taken < Math.max(1, cost ?? 1); ) {
        const seconds = bucket.take();
        if (seconds > 0) await sleep(Math.ceil(seconds * 1_000));
        else taken += 1;
      }
    },
    penalise: async () => undefined,
  };
}

function open({ name, url, permitted }: Task): StoreConnector {
  const http = createHttpClient({
    connectionId: 'bench',
    log,
    ...(permitted === null ? {} : { budget: budgetOf(task) }),
  });
  const shared = {
    connectionId: 'bench',
    exclusively: createTurns(),
    http,
    log,
    clock: { now: async () => new Date() },
    settings: { url },
  };
  const fixed = <Credentials>(credentials: Credentials) => ({
    ...shared,
    credentials,
    renewCredentials: (refresh: (old: Credentials) => Promise<Credentials>) => refresh(credentials),
  });
  if (name === 'woocommerce')
    return createWooCommerceConnector(fixed<WooCommerceCredentials>(credentialsOf.woocommerce));
  if (name === 'magento') return createMagentoConnector(fixed<MagentoCredentials>(credentialsOf.magento));
  return createShopifyConnector(fixed<ShopifyCredentials>(credentialsOf.shopify));
}

const connector = open(task);

/** As often as the engine asks for a page that does not come. */
const attempts = 6;

/** One page; told to wait, or left without an answer, it asks again from the same cursor, as the engine does. */
async function pageOf(cursor: string | null, changedSince: Date | null): ReturnType<typeof connector.readProducts> {
  for (let failures = 0; ; ) {
    try {
      return await connector.readProducts({ cursor, changedSince });
    } catch (error) {
      if (!(error instanceof ConnectorError) || !['RateLimited', 'Unavailable'].includes(error.kind)) throw error;
      if (error.kind === 'Unavailable') failures += 1;
      if (failures === attempts) throw error;
      await sleep(error.details.retryAfterMs ?? 1_000);
    }
  }
}

/** Reads everything, or what changed, and keeps nothing of it. */
async function read(changedSince: Date | null): Promise<Answer> {
  const begun = performance.now();
  let [products, variants, pages] = [0, 0, 0];
  for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
    const page = await pageOf(cursor, changedSince);
    pages += 1;
    products += page.items.length;
    for (const item of page.items) variants += item.variants.length;
    cursor = page.next;
  }
  const seconds = (performance.now() - begun) / 1_000;
  // The kernel counts in kibibytes.
  return { products, variants, pages, seconds, peakBytes: process.resourceUsage().maxRSS * 1_024 };
}

async function answer(value: Answer): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(value)}\n`)) await once(process.stdout, 'drain');
}

await answer(await read(null));
if ((await next()) === 'changes') await answer(await read(changesSince()));
process.exit(0);
