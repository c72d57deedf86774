import { pino } from 'pino';
import type { OrderForStore } from '../contract/store.ts';
import { createTurns } from '../contract/turns.ts';
import type { RunningSimulator } from '../simulator-kit/index.ts';
import { createHttpClient, type HttpClient, type TransportTimeouts } from '../transport/index.ts';
import { createShopifyConnector, type ShopifyConnector } from './connector.ts';
import type { ShopifyCredentials, ShopifySettings } from './schema.ts';
import { type ProductSeed, type ShopifySimulatorOptions, startShopifySimulator } from './simulator/index.ts';

export const app = { clientId: 'bench-client', clientSecret: 'bench-client-secret' };
export const goodToken: ShopifyCredentials = { accessToken: 'shpat_benchtoken', clientSecret: app.clientSecret };

export interface BenchOptions {
  readonly simulator?: Partial<ShopifySimulatorOptions>;
  readonly settings?: Partial<ShopifySettings>;
  readonly credentials?: ShopifyCredentials;
  readonly timeouts?: Partial<TransportTimeouts>;
}

/** An order by the simulator's own books. */
export interface OrderTruth {
  readonly id: number;
  readonly reference: string;
  readonly status: string;
  readonly total: string;
  readonly isRefunded: boolean;
  readonly staffNote: string | null;
  readonly tags: readonly string[];
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly isClaimed: boolean }[];
  readonly numbers: readonly string[];
  readonly companies: readonly (string | null)[];
}

export interface Seeded {
  readonly id: number;
  readonly variants: readonly { readonly id: number; readonly itemId: number; readonly sku: string | null }[];
}

/** A Shopify connector that talks to a simulated shop over real sockets; for tests. */
export interface Bench {
  readonly simulatorUrl: string;
  readonly simulator: RunningSimulator;
  readonly http: HttpClient;
  connector: ShopifyConnector;
  /** What the connection's credentials are now; renewals replace them, as the sealed row in the database. */
  credentials: ShopifyCredentials;
  readonly log: string[];
  /** The cost in units that each call took from the budget. */
  readonly taken: number[];
  now: Date | null;
  reconnect(more?: Partial<ShopifySettings>, credentials?: ShopifyCredentials): void;
  control<Answer = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  fault(fault: Record<string, unknown>, match?: Record<string, string>, more?: Record<string, unknown>): Promise<void>;
  addProducts(...seeds: readonly ProductSeed[]): Promise<readonly Seeded[]>;
  orders(): Promise<readonly OrderTruth[]>;
  /** How often an operation was called, by the simulator's log. */
  calls(operation: string): number;
  close(): Promise<void>;
}

export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const simulator = await startShopifySimulator({
    ...app,
    ...(goodToken.accessToken === undefined ? {} : { accessToken: goodToken.accessToken }),
    ...options.simulator,
  });
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const taken: number[] = [];
  const http = createHttpClient({
    connectionId: 'bench',
    log: logger,
    budget: { take: async (_operation, cost) => void taken.push(cost), penalise: async () => undefined },
    ...(options.timeouts ? { timeouts: options.timeouts } : {}),
  });
  let renewing: Promise<unknown> = Promise.resolve();
  const connect = (more: Partial<ShopifySettings>): ShopifyConnector =>
    createShopifyConnector({
      connectionId: 'bench',
      credentials: bench.credentials,
      settings: { url: simulator.url, ...options.settings, ...more },
      http,
      clock: { now: async () => bench.now ?? new Date() },
      log: logger,
      exclusively: createTurns(),
      // One after another, each seeing what the one before stored: what the row lock does.
      renewCredentials: (refresh) => {
        const next = renewing.then(async () => {
          bench.credentials = await refresh(bench.credentials);
          return bench.credentials;
        });
        renewing = next.catch(() => undefined);
        return next;
      },
    });
  const control: Bench['control'] = async (method, path, body) => {
    const answer = await fetch(`${simulator.url}/__control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const bench: Omit<Bench, 'connector'> & { connector?: ShopifyConnector } = {
    simulatorUrl: simulator.url,
    simulator,
    http,
    credentials: options.credentials ?? goodToken,
    log,
    taken,
    now: null,
    reconnect: (more = {}, credentials) => {
      if (credentials !== undefined) bench.credentials = credentials;
      bench.connector = connect(more);
    },
    control,
    fault: async (fault, match, more = {}) => {
      await control('POST', '/faults', { ...(match === undefined ? {} : { match }), ...more, fault });
    },
    addProducts: async (...seeds) => (await control<{ products: Seeded[] }>('POST', '/products', seeds)).products,
    orders: () => control<OrderTruth[]>('GET', '/orders'),
    calls: (operation) =>
      simulator.log.lines.filter((line) => line.kind === 'call' && line.operation === operation).length,
    close: async () => {
      await http.close();
      await simulator.close();
    },
  };
  return Object.assign(bench, { connector: connect({}) });
}

export const tee: ProductSeed = {
  title: 'Tee',
  variants: [{ sku: 'TEE', price: '39.95', available: 12, weightGrams: 200 }],
};

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });

/** An order for the shop: two pieces of one variant, unless told otherwise. */
export function orderOf(reference: string, variantId: string, more: Partial<OrderForStore> = {}): OrderForStore {
  const line = { sku: 'TEE', title: 'Tee', externalProductId: 'gid://shopify/Product/1', quantity: 2 };
  return {
    reference,
    channelName: 'JD.id',
    channelOrderNumber: `N-${reference}`,
    currency: 'AUD',
    lines: [{ ...line, externalVariantId: variantId, unitPrice: aud(3333) }],
    shippingCharge: aud(1050),
    shipTo: {
      name: 'Sari Dewi Wijaya',
      company: null,
      lines: ['Jl. Sudirman 1', 'Lantai 3'],
      city: 'Jakarta',
      region: 'DKI Jakarta',
      postcode: '10220',
      countryCode: 'ID',
      phone: '+62 21 555 000',
      email: 'not an address',
    },
    orderedAt: new Date('2026-11-21T08:00:00Z'),
    exchangeRate: null,
    ...more,
  };
}
