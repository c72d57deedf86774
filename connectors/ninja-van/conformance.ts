import type { CarrierBed, ConformanceSubject } from '../conformance/index.ts';
import { accountOf, type Bench, exampleSettings, requestOf, startBench } from './bench.fixture.ts';
import { ninjaVanServer } from './given.ts';
import { scanStatuses } from './tags.ts';

const { clientId, clientSecret } = accountOf('SG');

interface Booked {
  readonly number: string;
  readonly reference: string;
  readonly cancelledAt: string | null;
}

const scan: CarrierBed<Bench>['scan'] = async ({ control }, number, { native, at }) => {
  const event = { status: native, ...(at === undefined ? {} : { at: at.toISOString() }) };
  await control('POST', `/shipments/${number}/events`, event);
};

const dial =
  (...names: readonly string[]) =>
  async ({ control }: Bench, on: boolean) => {
    await control('POST', '/dials', Object.fromEntries(names.map((name) => [name, on])));
  };

const carrier: CarrierBed<Bench> = {
  example: {
    credentials: { clientId, clientSecret },
    settings: { baseUrl: 'https://api.ninjavan.example', ...exampleSettings },
  },
  connector: ({ connector }) => connector,
  request: requestOf,
  refused: { shipTo: { ...requestOf('R').shipTo, postcode: '1234' } },
  calls: {
    book: { method: 'POST', path: '/4\\.2/orders$' },
    void: { method: 'DELETE', path: '/2\\.2/orders/' },
  },
  paid: async ({ control }, reference) => {
    const shipments = await control<readonly Booked[]>('GET', '/shipments');
    const ours = shipments.filter((one) => one.reference === reference && one.cancelledAt === null);
    return ours.map(({ number }) => number);
  },
  scans: scanStatuses,
  strangeScan: 'Abducted by Ninjas',
  scan,
  course: { pickedUp: 'Successful Pickup', delivered: 'Successful Delivery', returned: 'Returned to Sender' },
  disorder: dial('doubleEvents', 'shuffleEvents'),
  zoneless: dial('withoutOffsets'),
  lateLabel: async ({ control }, on) => {
    await control('POST', '/dials', { waybillLateMs: on ? 3_600_000 : 0 });
  },
  pickup: { skip: 'couriers come with the order: Ninja Van has no call for a visit of its own' },
  push: {
    secret: clientSecret,
    otherSecret: accountOf('MY').clientSecret,
    delivery: async (bench, number) => {
      const [first] = await bench.pushed(() => scan(bench, number, { native: 'Arrived at Sorting Hub' }));
      if (first === undefined) throw new Error('nothing was pushed');
      return first;
    },
  },
};

/** Ninja Van as the conformance kit sees it. */
export const subject: ConformanceSubject<Bench> = {
  kind: 'carrier',
  name: 'ninja-van',
  capabilities: { read: 'rates', list: 'track', effect: 'book' },
  start: ({ timeouts = {} }) => startBench({}, {}, {}, timeouts),
  credentials: {
    good: ({ connector }) => connector.testConnection(),
    bad: (bench) => {
      bench.reconnect({ clientSecret: 'wrong-client-key' });
      return bench.connector.testConnection();
    },
  },
  read: {
    match: { path: '/1\\.0/public/price$' },
    run: async ({ connector }) => (await connector.rates(requestOf('R1'))).details,
  },
  throttles: {
    seconds: true,
    date: true,
    absent: true,
    'in-200': { skip: 'Ninja Van answers 429; no throttle inside a success is known' },
  },
  fullRead: { skip: 'a carrier has no list that is read page by page' },
  incremental: { skip: 'tracking is asked by number; there is no "changed since"' },
  effect: {
    match: { method: 'POST', path: '/4\\.2/orders$' },
    create: async ({ connector }, reference) => {
      const { details, messages } = await connector.book(requestOf(reference));
      if (details === null) throw new Error(JSON.stringify(messages));
      return details.trackingNumber;
    },
    find: async ({ connector }, reference) =>
      (await connector.findBooking(reference, new Date(0)))?.trackingNumber ?? null,
    count: async (bench, reference) => {
      const shipments = await bench.control<{ reference: string }[]>('GET', '/shipments');
      return shipments.filter((shipment) => shipment.reference === reference).length;
    },
  },
  carrier,
  server: ninjaVanServer,
};
