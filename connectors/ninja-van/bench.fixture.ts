import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { CarrierConnector, ShipmentRequest } from '../contract/carrier.ts';
import type { WebhookDelivery } from '../contract/common.ts';
import { createTurns } from '../contract/turns.ts';
import { createHttpClient, type TransportTimeouts } from '../transport/index.ts';
import { createNinjaVanConnector } from './connector.ts';
import type { NinjaVanCredentials, NinjaVanSettings } from './schema.ts';
import { demoOptions, type NinjaVanOptions, startNinjaVanSimulator } from './simulator/index.ts';

/** A connector that talks to a simulator over a real socket; for tests. */
export interface Bench {
  readonly simulatorUrl: string;
  readonly connector: CarrierConnector;
  /** From now on a connector with nothing remembered, on the stored credentials. */
  reconnect(credentials?: Partial<NinjaVanCredentials>): void;
  /** Another connector on the same stored credentials, as a second worker has. */
  secondWorker(): CarrierConnector;
  control<Answer = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  fault(fault: Record<string, unknown>, path?: string): Promise<void>;
  /** What the country pushes while something happens, as it arrives at a server. */
  pushed(happens: () => Promise<unknown>): Promise<readonly WebhookDelivery[]>;
  /** How often an operation was called over there, by the simulator's log. */
  calls(operation: string): number;
  /** How many orders were ever booked. */
  bookings(): number;
  close(): Promise<void>;
}

/** The demonstration account of a country. */
export function accountOf(country: string) {
  const account = demoOptions.accounts.find((one) => one.country === country);
  if (account === undefined) throw new Error(`no demonstration account of ${country}`);
  return account;
}

export const exampleSettings: Pick<NinjaVanSettings, 'country' | 'trackingPrefix' | 'priceTiers'> = {
  country: 'SG',
  trackingPrefix: accountOf('SG').trackingPrefix,
  priceTiers: [{ place: '*', l1: 'SG_A00001_01', l2: 'SG_B00001_01' }],
};

export async function startBench(
  options: Partial<NinjaVanOptions> = {},
  settings: Partial<NinjaVanSettings> = {},
  credentials: Partial<NinjaVanCredentials> = {},
  timeouts: Partial<TransportTimeouts> = {},
): Promise<Bench> {
  const simulator = await startNinjaVanSimulator({ ...demoOptions, ...options });
  const log = pino({ level: 'silent' });
  const http = createHttpClient({ connectionId: 'bench', log, timeouts });
  const { clientId, clientSecret, trackingPrefix } = accountOf(settings.country ?? exampleSettings.country);
  let stored: NinjaVanCredentials = { clientId, clientSecret, ...credentials };
  const turns = createTurns();
  const connect = () =>
    createNinjaVanConnector({
      connectionId: 'bench',
      credentials: stored,
      settings: { baseUrl: simulator.url, ...exampleSettings, trackingPrefix, ...settings },
      http,
      clock: { now: async () => new Date() },
      log,
      exclusively: turns,
      renewCredentials: (refresh) =>
        turns('credentials', async () => {
          stored = await refresh(stored);
          return stored;
        }),
    });
  let connector = connect();
  const control: Bench['control'] = async (method, path, body) => {
    const answer = await fetch(`${simulator.url}/__control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const { lines } = simulator.log;
  return {
    simulatorUrl: simulator.url,
    get connector() {
      return connector;
    },
    reconnect: (more) => {
      // Other credentials have no token yet.
      if (more !== undefined) stored = { clientId, clientSecret, ...more };
      connector = connect();
    },
    secondWorker: connect,
    control,
    fault: async (fault, path) => {
      await control('POST', '/faults', { ...(path === undefined ? {} : { match: { path } }), fault });
    },
    pushed: async (happens) => {
      const receiver = await startReceiver();
      const country = settings.country ?? exampleSettings.country;
      await control('POST', '/webhooks', { country, url: receiver.url });
      try {
        await happens();
        await control('POST', '/deliver');
        return receiver.deliveries;
      } finally {
        await control('POST', '/webhooks', { country, url: null });
        await receiver.close();
      }
    },
    calls: (operation) => lines.filter((line) => line.kind === 'call' && line.operation === operation).length,
    bookings: () => lines.filter((line) => line.kind === 'fact' && line.fact === 'shipment.booked').length,
    close: async () => {
      await http.close();
      await simulator.close();
    },
  };
}

/** A server that takes webhooks and keeps them. */
async function startReceiver() {
  const deliveries: WebhookDelivery[] = [];
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)]);
      deliveries.push({ headers: Object.fromEntries(headers), rawBody: Buffer.concat(chunks) });
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}/hooks`, deliveries, close };
}

/** A parcel within Singapore; made-up people. */
export function requestOf(reference: string, more: Partial<ShipmentRequest> = {}): ShipmentRequest {
  return {
    reference,
    shipFrom: {
      name: 'Alex Example',
      company: 'Example Apparel Pte Ltd',
      lines: ['1 Example Street', '#02-03'],
      city: 'Singapore',
      region: null,
      postcode: '048582',
      countryCode: 'SG',
      phone: '+6561234567',
      email: 'dispatch@brand.example',
    },
    shipTo: {
      name: 'Mei Contoh',
      company: null,
      lines: ['Block 5 Sample Road', '#10-11'],
      city: 'Singapore',
      region: null,
      postcode: '520110',
      countryCode: 'SG',
      phone: '+6581234567',
      email: null,
    },
    pieces: [{ pieceId: 'p-a', weightGrams: 1200, lengthMm: 300, widthMm: 200, heightMm: 105, description: 'Shoes' }],
    incoterm: 'DAP',
    declaredValue: { amountMinor: 12_000, currency: 'SGD' },
    customs: [],
    invoiceNumber: 'INV-1',
    plannedAt: new Date(Date.now() + 86_400_000),
    originTimeZone: 'Asia/Singapore',
    description: 'Clothing',
    ...more,
  };
}

/** The same within another country. */
export function requestIn(country: string, reference: string, postcode: string | null = null): ShipmentRequest {
  const base = requestOf(reference);
  const there = { countryCode: country, city: 'Jakarta', region: 'DKI Jakarta', postcode };
  const lines = ['Jl. Contoh No. 5, Kelurahan Gambir, Kec. Gambir'];
  return {
    ...base,
    shipFrom: { ...base.shipFrom, ...there },
    shipTo: { ...base.shipTo, ...there, lines },
    originTimeZone: 'Asia/Jakarta',
  };
}
