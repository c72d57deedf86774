import { pino } from 'pino';
import type { CarrierConnector, ShipmentRequest } from '../contract/carrier.ts';
import { createTurns } from '../contract/turns.ts';
import { createHttpClient, type TransportTimeouts } from '../transport/index.ts';
import { createDhlExpressConnector } from './connector.ts';
import type { DhlExpressCredentials, DhlExpressSettings } from './schema.ts';
import { type DhlExpressOptions, demoOptions, startDhlExpressSimulator } from './simulator/index.ts';

/** A connector that talks to a simulator over a real socket; for tests. */
export interface Bench {
  readonly simulatorUrl: string;
  readonly connector: CarrierConnector;
  /** From now on a connector with nothing remembered. */
  reconnect(credentials?: Partial<DhlExpressCredentials>): void;
  control<Answer = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  fault(fault: Record<string, unknown>, path?: string): Promise<void>;
  /** How many shipments exist over there. */
  bookings(): number;
  close(): Promise<void>;
}

export async function startBench(
  options: Partial<DhlExpressOptions> = {},
  settings: Partial<DhlExpressSettings> = {},
  credentials: Partial<DhlExpressCredentials> = {},
  timeouts: Partial<TransportTimeouts> = {},
): Promise<Bench> {
  const simulator = await startDhlExpressSimulator({ ...demoOptions, ...options });
  const log = pino({ level: 'silent' });
  const http = createHttpClient({ connectionId: 'bench', log, timeouts });
  const { username, password, accountNumber } = demoOptions;
  const connect = (more: Partial<DhlExpressCredentials>) =>
    createDhlExpressConnector({
      connectionId: 'bench',
      credentials: { username, password, ...credentials, ...more },
      settings: { baseUrl: `${simulator.url}/mydhlapi`, accountNumber, ...settings },
      http,
      clock: { now: async () => new Date() },
      log,
      exclusively: createTurns(),
      renewCredentials: (refresh) => refresh({ username, password }),
    });
  let connector = connect({});
  const control: Bench['control'] = async (method, path, body) => {
    const answer = await fetch(`${simulator.url}/__control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    simulatorUrl: simulator.url,
    get connector() {
      return connector;
    },
    reconnect: (more = {}) => {
      connector = connect(more);
    },
    control,
    fault: async (fault, path) => {
      await control('POST', '/faults', { ...(path === undefined ? {} : { match: { path } }), fault });
    },
    bookings: () =>
      simulator.log.lines.filter((line) => line.kind === 'fact' && line.fact === 'shipment.booked').length,
    close: async () => {
      await http.close();
      await simulator.close();
    },
  };
}

const tomorrow = (): Date => new Date(Date.now() + 86_400_000);

/** A shipment from Sydney to Jakarta; made-up people. */
export function requestOf(reference: string, more: Partial<ShipmentRequest> = {}): ShipmentRequest {
  return {
    reference,
    shipFrom: {
      name: 'Alex Example',
      company: 'Example Apparel Pty Ltd',
      lines: ['1 Example Street'],
      city: 'Sydney',
      region: 'NSW',
      postcode: '2000',
      countryCode: 'AU',
      phone: '+61255501234',
      email: 'dispatch@brand.example',
    },
    shipTo: {
      name: 'Budi Contoh',
      company: null,
      lines: ['Jl. Contoh No. 5, Kelurahan Gambir, Kecamatan Gambir, RT 01 RW 02'],
      city: 'Jakarta',
      region: 'DKI Jakarta',
      postcode: '10110',
      countryCode: 'ID',
      phone: '+628110001111',
      email: null,
    },
    pieces: [
      { pieceId: 'p-a', weightGrams: 1200, lengthMm: 300, widthMm: 200, heightMm: 105, description: 'Shoes' },
      { pieceId: 'p-b', weightGrams: 900, lengthMm: 300, widthMm: 250, heightMm: 120, description: 'Shirts' },
    ],
    incoterm: 'DDP',
    declaredValue: { amountMinor: 12_000, currency: 'AUD' },
    customs: [
      {
        description: 'Leather shoes',
        quantity: 2,
        unitValue: { amountMinor: 6_000, currency: 'AUD' },
        netWeightGrams: 950,
        hsCode: '640399',
        originCountryCode: 'AU',
      },
    ],
    invoiceNumber: 'INV-1',
    plannedAt: tomorrow(),
    originTimeZone: 'Australia/Sydney',
    description: 'Clothing',
    ...more,
  };
}
