import { pino } from 'pino';
import type { OrderForStore, StoreConnector } from '../contract/store.ts';
import { createTurns } from '../contract/turns.ts';
import type { RunningSimulator } from '../simulator-kit/index.ts';
import { createHttpClient, type HttpClient, type TransportTimeouts } from '../transport/index.ts';
import { createWooCommerceConnector } from './connector.ts';
import type { WooCommerceCredentials, WooCommerceSettings } from './schema.ts';
import { startWooCommerceSimulator, type WooCommerceSimulatorOptions } from './simulator/index.ts';

export const goodKey: WooCommerceCredentials = { consumerKey: 'ck_bench_key', consumerSecret: 'cs_bench_secret' };

export interface BenchOptions {
  readonly simulator?: Partial<WooCommerceSimulatorOptions>;
  readonly settings?: Partial<WooCommerceSettings>;
  readonly credentials?: Partial<WooCommerceCredentials>;
  readonly timeouts?: Partial<TransportTimeouts>;
  /** The shop is called by an https address, so that the vendor's package makes the requests. */
  readonly https?: boolean;
}

/** A WooCommerce connector that talks to a simulated shop over real sockets; for tests. */
export interface Bench {
  readonly simulatorUrl: string;
  readonly simulator: RunningSimulator;
  connector: StoreConnector;
  readonly log: string[];
  reconnect(more?: Partial<WooCommerceSettings>, credentials?: WooCommerceCredentials): void;
  control<Answer = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  fault(fault: Record<string, unknown>, match?: Record<string, string>, more?: Record<string, unknown>): Promise<void>;
  /** Bodies as for `POST /products`; answers the ids, with those of their variations. */
  addProducts(...bodies: readonly object[]): Promise<{ id: number; sku: string; variations: number[] }[]>;
  orders(): Promise<OrderTruth[]>;
  /** How often an operation was called, by the simulator's log. */
  calls(operation: string): number;
  close(): Promise<void>;
}

/** An order by the simulator's own books. */
export interface OrderTruth {
  readonly id: number;
  readonly status: string;
  readonly reference: string;
  readonly total: string;
  readonly isStockReduced: boolean;
  readonly notes: readonly { readonly note: string }[];
}

export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const address = 'https://bench.shop.example';
  const simulator = await startWooCommerceSimulator({
    ...goodKey,
    ...(options.https === true ? { treatAsHttps: true, siteUrl: address } : {}),
    ...options.simulator,
  });
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const direct = createHttpClient({
    connectionId: 'bench',
    log,
    ...(options.timeouts ? { timeouts: options.timeouts } : {}),
  });
  // What ends TLS in front of a real shop, without certificates.
  const http: HttpClient = {
    send: (call) => direct.send({ ...call, url: call.url.replace(address, simulator.url) }),
  };
  // What the lock between workers is: the bench's connectors are several workers at one shop.
  const exclusively = createTurns();
  const connect = (more: Partial<WooCommerceSettings>, credentials: WooCommerceCredentials) =>
    createWooCommerceConnector({
      connectionId: 'bench',
      credentials,
      settings: { url: options.https === true ? address : simulator.url, ...options.settings, ...more },
      http,
      clock: { now: async () => new Date() },
      log,
      exclusively,
      renewCredentials: (refresh) => refresh(credentials),
    });
  const key = { ...goodKey, ...options.credentials };
  const control: Bench['control'] = async (method, path, body) => {
    const answer = await fetch(`${simulator.url}/__control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const bench: Bench = {
    simulatorUrl: simulator.url,
    simulator,
    connector: connect({}, key),
    log: lines,
    reconnect: (more = {}, credentials = key) => {
      bench.connector = connect(more, credentials);
    },
    control,
    fault: async (fault, match, more = {}) => {
      await control('POST', '/faults', { ...(match === undefined ? {} : { match }), ...more, fault });
    },
    addProducts: async (...bodies) =>
      (await control<{ products: { id: number; sku: string; variations: number[] }[] }>('POST', '/products', bodies))
        .products,
    orders: () => control<OrderTruth[]>('GET', '/orders'),
    calls: (operation) =>
      simulator.log.lines.filter((line) => line.kind === 'call' && line.operation === operation).length,
    close: async () => {
      await direct.close();
      await simulator.close();
    },
  };
  return bench;
}

export const tee = {
  name: 'Tee',
  type: 'simple',
  sku: 'TEE',
  regular_price: '39.95',
  manage_stock: true,
  stock_quantity: 12,
  weight: '0.2',
};

export const shirt = {
  name: 'Shirt &amp; Tie',
  type: 'variable',
  sku: 'SHIRT',
  attributes: [{ name: 'Size', variation: true, visible: true, options: ['S', 'M'] }],
  variations: ['S', 'M'].map((size, index) => ({
    sku: `SHIRT-${size}`,
    regular_price: '59.00',
    manage_stock: true,
    stock_quantity: 10 + index,
    attributes: [{ name: 'Size', option: size }],
  })),
};

const aud = (amountMinor: number) => ({ amountMinor, currency: 'AUD' });

/** An order for the shop: two pieces of one product, unless told otherwise. */
export function orderOf(
  reference: string,
  externalProductId: string,
  more: Partial<OrderForStore> = {},
): OrderForStore {
  return {
    reference,
    channelName: 'JD.id',
    channelOrderNumber: `N-${reference}`,
    currency: 'AUD',
    lines: [
      { sku: 'TEE', title: 'Tee', externalProductId, externalVariantId: null, quantity: 2, unitPrice: aud(3333) },
    ],
    shippingCharge: aud(1050),
    shipTo: {
      name: 'Sari Dewi Wijaya',
      company: null,
      lines: ['Jl. Sudirman 1', 'Lantai 3'],
      city: 'Jakarta',
      region: 'JK',
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
