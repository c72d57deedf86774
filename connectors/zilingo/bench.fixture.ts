import { pino } from 'pino';
import type { ListingDraft, ListingRef, MarketplaceConnector } from '../contract/marketplace.ts';
import { createTurns } from '../contract/turns.ts';
import { createHttpClient, type TransportTimeouts } from '../transport/index.ts';
import { createZilingoConnector } from './connector.ts';
import type { ZilingoCredentials, ZilingoSettings } from './schema.ts';
import { demoOptions, startZilingoSimulator, type ZilingoOptions } from './simulator/index.ts';

/** A connector that talks to a simulator over a real socket; for tests. */
export interface Bench {
  readonly simulatorUrl: string;
  readonly connector: MarketplaceConnector;
  /** From now on a connector with nothing remembered. */
  reconnect(credentials?: Partial<ZilingoCredentials>, settings?: Partial<ZilingoSettings>): void;
  control<Answer = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  fault(fault: Record<string, unknown>, operation?: string, more?: Record<string, unknown>): Promise<void>;
  /** How often an operation was called over there, by the simulator's log. */
  calls(operation: string): number;
  close(): Promise<void>;
}

/** Everything that nobody could confirm, as the simulator has it. */
export const allActions: NonNullable<ZilingoSettings['unconfirmed']> = {
  ...{ accept: true, pickup: true, label: true, ship: true, products: true },
};

export async function startBench(
  options: Partial<ZilingoOptions> = {},
  settings: Partial<ZilingoSettings> = {},
  timeouts: Partial<TransportTimeouts> = {},
): Promise<Bench> {
  const simulator = await startZilingoSimulator({ ...demoOptions, reviewDelayMs: 0, ...options });
  const log = pino({ level: 'silent' });
  const http = createHttpClient({ connectionId: 'bench', log, timeouts });
  const connect = (credentials: Partial<ZilingoCredentials>, more: Partial<ZilingoSettings>) =>
    createZilingoConnector({
      connectionId: 'bench',
      credentials: { sellerId: demoOptions.sellerId, apiKey: demoOptions.apiKey, ...credentials },
      settings: { baseUrl: simulator.url, subCategoryIds: ['SC101', 'SC103'], ...settings, ...more },
      http,
      clock: { now: async () => new Date() },
      log,
      exclusively: createTurns(),
      renewCredentials: async () => {
        throw new Error('there is nothing to renew');
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
  let connector = connect({}, {});
  return {
    simulatorUrl: simulator.url,
    get connector() {
      return connector;
    },
    reconnect: (credentials = {}, more = {}) => {
      connector = connect(credentials, more);
    },
    control,
    fault: async (fault, operation, more = {}) => {
      await control('POST', '/faults', {
        ...(operation === undefined ? {} : { match: { operation } }),
        ...more,
        fault,
      });
    },
    calls: (operation) =>
      simulator.log.lines.filter((line) => line.kind === 'call' && line.operation === operation).length,
    close: async () => {
      await http.close();
      await simulator.close();
    },
  };
}

export function draftOf(skus: readonly string[], more: Partial<ListingDraft> = {}): ListingDraft {
  return {
    listingId: 'l1',
    title: 'Bench tee',
    descriptionHtml: '<p>A tee.</p>',
    categoryId: 'SC101',
    brandId: 'none',
    attributes: {},
    images: [{ url: 'https://images.example/tee.jpg' }],
    weightGrams: 200,
    lengthMm: 300,
    widthMm: 200,
    heightMm: 20,
    skus: skus.map((sellerSku, index) => ({
      sellerSku,
      title: `Bench tee ${sellerSku}`,
      price: { amountMinor: 2_590 + index, currency: 'SGD' },
      quantity: 5,
      barcode: null,
      variantAttributes: { size: `SC101-SIZ-${String(index + 1).padStart(2, '0')}` },
    })),
    ...more,
  };
}

/** Brings a listing with these SKUs through the check; `quantity` of each is offered. */
export async function publish(
  { connector, control }: Bench,
  skus: readonly string[],
  quantity = 0,
): Promise<ListingRef> {
  const draft = draftOf(skus);
  const queued = await connector.createListing(draft);
  let verdict = await connector.readReview(queued);
  if (verdict.status === 'in_review') {
    await control('POST', `/products/${queued.externalId}/review`, { approve: true });
    verdict = await connector.readReview(queued);
  }
  if (verdict.status !== 'passed' || verdict.ref === undefined) throw new Error(`it is ${verdict.native}`);
  const { externalId } = verdict.ref;
  if (quantity > 0) await connector.writeStock(verdict.ref.skus.map((sku) => ({ ...sku, externalId, quantity })));
  return verdict.ref;
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
