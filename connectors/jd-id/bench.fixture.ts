import { pino } from 'pino';
import type { ListingDraft, ListingRef, MarketplaceConnector } from '../contract/marketplace.ts';
import { createTurns } from '../contract/turns.ts';
import { createHttpClient, type TransportTimeouts } from '../transport/index.ts';
import { createJdIdConnector } from './connector.ts';
import type { JdIdCredentials, JdIdSettings } from './schema.ts';
import { demoOptions, type JdIdOptions, startJdIdSimulator } from './simulator/index.ts';

/** A connector that talks to a simulator over a real socket; for tests. */
export interface Bench {
  readonly simulatorUrl: string;
  readonly connector: MarketplaceConnector;
  /** From now on a connector with nothing remembered, on the stored credentials. */
  reconnect(credentials?: Partial<JdIdCredentials>): void;
  readonly stored: { credentials: JdIdCredentials; renewals: number };
  control<Answer = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  fault(fault: Record<string, unknown>, operation?: string, more?: Record<string, unknown>): Promise<void>;
  /** How often an operation was called over there, by the simulator's log; a regular expression. */
  calls(operation: string): number;
  /** Another connector on the same stored credentials, as a second worker has. */
  secondWorker(settings?: Partial<JdIdSettings>): MarketplaceConnector;
  /** Both sides' clocks move on. */
  passTime(ms: number): Promise<void>;
  close(): Promise<void>;
}

export const brandId = 4711;
const sizeAttributeId = '502';
const farAway = '2999-01-01T00:00:00.000Z';

const tokens = {
  v1: { accessToken: 'demo-long-lived-token' },
  v2: { accessToken: 'demo-access-token', refreshToken: 'demo-refresh-token', accessTokenExpiresAt: farAway },
};

const addresses = (url: string, gateway: 'v1' | 'v2') =>
  gateway === 'v1' ? { gatewayUrl: `${url}/api` } : { gatewayUrl: `${url}/routerjson`, oauthUrl: `${url}/oauth2` };

export async function startBench(
  options: Partial<JdIdOptions> = {},
  settings: Partial<JdIdSettings> = {},
  credentials: Partial<JdIdCredentials> = {},
  timeouts: Partial<TransportTimeouts> = {},
): Promise<Bench> {
  const brands = [{ brandId, brandName: 'Bench' }];
  const simulator = await startJdIdSimulator({ ...demoOptions, reviewDelayMs: 0, brands, ...options });
  const stored: Bench['stored'] = {
    credentials: {
      appKey: demoOptions.appKey,
      appSecret: demoOptions.appSecret,
      ...tokens[settings.gateway ?? 'v2'],
      ...credentials,
    },
    renewals: 0,
  };
  let passedMs = 0;
  let lock: Promise<unknown> = Promise.resolve();
  const log = pino({ level: 'silent' });
  const http = createHttpClient({ connectionId: 'bench', log, timeouts });
  const connect = (more: Partial<JdIdSettings>) =>
    createJdIdConnector({
      connectionId: 'bench',
      credentials: stored.credentials,
      settings: {
        ...addresses(simulator.url, settings.gateway ?? 'v2'),
        lookUpMinutes: 0,
        ...settings,
        ...more,
      },
      http,
      clock: { now: async () => new Date(Date.now() + passedMs) },
      log,
      exclusively: createTurns(),
      renewCredentials: (refresh) => {
        const turn = lock.then(async () => {
          const latest = stored.credentials;
          stored.credentials = await refresh(latest);
          if (stored.credentials !== latest) stored.renewals += 1;
          return stored.credentials;
        });
        lock = turn.catch(() => undefined);
        return turn;
      },
    });
  const control: Bench['control'] = async (method, path, body) => {
    const answer = await fetch(`${simulator.url}/__control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  let connector = connect({});
  return {
    simulatorUrl: simulator.url,
    get connector() {
      return connector;
    },
    reconnect: (more = {}) => {
      stored.credentials = { ...stored.credentials, ...more };
      connector = connect({});
    },
    stored,
    control,
    fault: async (fault, operation, more = {}) => {
      await control('POST', '/faults', {
        ...(operation === undefined ? {} : { match: { operation } }),
        ...more,
        fault,
      });
    },
    calls: (operation) =>
      simulator.log.lines.filter((line) => line.kind === 'call' && new RegExp(operation).test(line.operation)).length,
    secondWorker: (more = {}) => connect(more),
    passTime: async (ms) => {
      passedMs += ms;
      await control('POST', '/clock', { now: new Date(Date.now() + passedMs).toISOString() });
    },
    close: async () => {
      await http.close();
      await simulator.close();
    },
  };
}

/** The smallest PNG there is: one pixel. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export function draftOf(categoryId: string, skus: readonly string[], more: Partial<ListingDraft> = {}): ListingDraft {
  return {
    listingId: 'l1',
    title: 'Bench shoe',
    descriptionHtml: '<p>A shoe.</p>',
    categoryId,
    brandId: String(brandId),
    attributes: {},
    images: [],
    weightGrams: 800,
    lengthMm: 300,
    widthMm: 200,
    heightMm: 120,
    skus: skus.map((sellerSku, index) => ({
      sellerSku,
      title: `Bench shoe ${sellerSku}`,
      price: { amountMinor: 150_000 + index, currency: 'IDR' },
      quantity: 5,
      barcode: null,
      variantAttributes: { [sizeAttributeId]: String(Number(sizeAttributeId) * 100 + index + 1) },
    })),
    ...more,
  };
}

/** Any category that products may be put into. */
export async function leafOf(connector: MarketplaceConnector): Promise<string> {
  const leaf = (await connector.listCategories()).find((category) => category.leaf);
  if (leaf === undefined) throw new Error('the simulator has no leaf category');
  return leaf.id;
}

export const images = [{ bytes: pixel, fileName: 'a.png' }];

/** Brings a listing with these SKUs from draft to shelf. */
export async function publish({ connector }: Bench, skus: readonly string[]): Promise<ListingRef> {
  const ref = await connector.createListing(draftOf(await leafOf(connector), skus));
  await connector.uploadImages(ref, images);
  await connector.submitForReview(ref);
  await connector.putOnShelf(ref);
  return ref;
}

/** Benches that are closed after each test: `const open = openedFor(afterEach)`. */
export function openedFor(after: (close: () => Promise<void>) => void): typeof startBench {
  const benches: Bench[] = [];
  after(async () => {
    for (const bench of benches.splice(0)) await bench.close();
  });
  return async (...input) => {
    const bench = await startBench(...input);
    benches.push(bench);
    return bench;
  };
}
