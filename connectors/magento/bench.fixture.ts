import { pino } from 'pino';
import type { OrderForStore } from '../contract/store.ts';
import { createTurns, type Exclusively } from '../contract/turns.ts';
import type { RunningSimulator } from '../simulator-kit/index.ts';
import { createHttpClient, type TransportTimeouts } from '../transport/index.ts';
import { createMagentoConnector, type MagentoConnector } from './connector.ts';
import type { MagentoCredentials, MagentoSettings } from './schema.ts';
import { type MagentoSimulatorOptions, startMagentoSimulator } from './simulator/index.ts';

export const integration = {
  consumerKey: 'benchconsumerkey',
  consumerSecret: 'benchconsumersecret',
  accessToken: 'benchaccesstoken',
  accessTokenSecret: 'benchaccesssecret',
};
export const admin = { username: 'bench-admin', password: 'bench-password-1' };

export interface BenchOptions {
  readonly simulator?: Partial<MagentoSimulatorOptions>;
  readonly settings?: Partial<MagentoSettings>;
  readonly credentials?: MagentoCredentials;
  readonly timeouts?: Partial<TransportTimeouts>;
}

/** An order by the simulator's own books. */
export interface OrderTruth {
  readonly id: number;
  readonly state: string;
  readonly isDirect: boolean;
  readonly reference: string;
  readonly total: number;
  readonly tracks: readonly string[];
  readonly comments: readonly string[];
}

export interface ShopTruth {
  readonly products: readonly {
    readonly id: number;
    readonly sku: string;
    readonly salable: number;
    readonly physical: number | null;
    readonly children: readonly number[];
  }[];
}

/** A Magento connector that talks to a simulated shop over real sockets; for tests. */
export interface Bench {
  readonly simulatorUrl: string;
  readonly simulator: RunningSimulator;
  connector: MagentoConnector;
  reconnect(more?: Partial<MagentoSettings>, credentials?: MagentoCredentials): void;
  /** One more connector, of another worker process, with the lock that it has. */
  worker(exclusively: Exclusively): MagentoConnector;
  control<Answer = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  fault(fault: Record<string, unknown>, match?: Record<string, string>): Promise<void>;
  addProducts(...bodies: readonly object[]): Promise<{ id: number; sku: string; variants: number[] }[]>;
  orders(): Promise<OrderTruth[]>;
  salable(sku: string): Promise<number>;
  physical(sku: string): Promise<number>;
  /** How often an operation was called, by the simulator's log. */
  calls(operation: string): number;
  close(): Promise<void>;
}

export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const simulator = await startMagentoSimulator({ ...admin, integration, ...options.simulator });
  const log = pino({ level: 'silent' });
  const http = createHttpClient({
    connectionId: 'bench',
    log,
    ...(options.timeouts ? { timeouts: options.timeouts } : {}),
  });
  const turns: Exclusively = createTurns();
  let stored = options.credentials ?? integration;
  const connect = (more: Partial<MagentoSettings>, credentials: MagentoCredentials, exclusively = turns) => {
    stored = credentials;
    return createMagentoConnector({
      connectionId: 'bench',
      credentials,
      settings: { url: simulator.url, ...options.settings, ...more },
      http,
      clock: { now: async () => new Date() },
      log,
      exclusively,
      renewCredentials: async (refresh) => {
        stored = await refresh(stored);
        return stored;
      },
    });
  };
  const control: Bench['control'] = async (method, path, body) => {
    const answer = await fetch(`${simulator.url}/__control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const product = async (sku: string) => {
    const found = (await control<ShopTruth>('GET', '/state')).products.find((one) => one.sku === sku);
    if (found === undefined) throw new Error(`no product ${sku}`);
    return found;
  };
  const bench: Bench = {
    simulatorUrl: simulator.url,
    simulator,
    connector: connect({}, stored),
    reconnect: (more = {}, credentials = options.credentials ?? integration) => {
      bench.connector = connect(more, credentials);
    },
    worker: (exclusively) => connect({}, stored, exclusively),
    control,
    fault: async (fault, match) => {
      await control('POST', '/faults', { ...(match === undefined ? {} : { match }), fault });
    },
    addProducts: async (...bodies) =>
      (await control<{ products: { id: number; sku: string; variants: number[] }[] }>('POST', '/products', bodies))
        .products,
    orders: () => control<OrderTruth[]>('GET', '/orders'),
    salable: async (sku) => (await product(sku)).salable,
    physical: async (sku) => (await product(sku)).physical ?? 0,
    calls: (operation) =>
      simulator.log.lines.filter((line) => line.kind === 'call' && line.operation === operation).length,
    close: async () => {
      await http.close();
      await simulator.close();
    },
  };
  return bench;
}

export const stockOf = (qty: number) => ({ stock_item: { qty, is_in_stock: qty > 0 } });

export const tee = { sku: 'TEE', name: 'Tee', price: 39.95, weight: 0.2, extension_attributes: stockOf(200) };

export const shirt = {
  sku: 'SHIRT',
  name: 'Shirt',
  option_name: 'Size',
  category_names: ['Shirts'],
  variants: ['S', 'M'].map((option, index) => ({
    sku: `SHIRT-${option}`,
    name: `Shirt ${option}`,
    price: 59,
    weight: 0.3,
    option,
    extension_attributes: stockOf(10 + index),
  })),
};

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });

/** An order for the shop: two pieces of one product, unless told otherwise. */
export function orderOf(reference: string, productId: string, more: Partial<OrderForStore> = {}): OrderForStore {
  const line = { sku: 'TEE', title: 'Tee', externalProductId: productId, externalVariantId: null, quantity: 2 };
  return {
    reference,
    channelName: 'JD.id',
    channelOrderNumber: `N-${reference}`,
    currency: 'AUD',
    lines: [{ ...line, unitPrice: aud(3333) }],
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
      email: null,
    },
    orderedAt: new Date('2026-11-21T08:00:00Z'),
    exchangeRate: null,
    ...more,
  };
}
