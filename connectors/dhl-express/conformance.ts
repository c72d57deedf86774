import type { CarrierBed, ConformanceSubject } from '../conformance/index.ts';
import { type Bench, requestOf, startBench } from './bench.fixture.ts';
import { dhlExpressServer } from './given.ts';
import { scanCodes } from './tags.ts';

interface ControlledShipment {
  readonly number: string;
  readonly reference: string;
}

interface ControlledPickup {
  readonly cancelledAt: string | null;
}

const good = requestOf('good');
const dayMs = 86_400_000;
const dayAfterTomorrow = (): string => new Date(Date.now() + 2 * dayMs).toISOString().slice(0, 10);

/** DHL's scanners and books, by the simulator's controls. */
const carrier: CarrierBed<Bench> = {
  example: {
    credentials: { username: 'example', password: 'example' },
    settings: { baseUrl: 'https://dhl.example/mydhlapi', accountNumber: '123456789' },
  },
  connector: ({ connector }) => connector,
  request: (reference, more = {}) => requestOf(reference, { pieces: good.pieces.slice(0, 1), ...more }),
  refused: { shipTo: { ...good.shipTo, city: '' } },
  calls: {
    book: { method: 'POST', path: '/shipments$' },
    void: { skip: 'MyDHL API has no call that takes a waybill back' },
  },
  paid: async ({ control }, reference) => {
    const shipments = await control<readonly ControlledShipment[]>('GET', '/shipments');
    return shipments.filter((shipment) => shipment.reference === reference).map(({ number }) => number);
  },
  scans: scanCodes,
  strangeScan: 'ZZ',
  scan: async ({ control }, trackingNumber, { native, at }) => {
    const event = { typeCode: native, ...(at === undefined ? {} : { at: at.toISOString() }) };
    await control('POST', `/shipments/${trackingNumber}/events`, event);
  },
  course: { pickedUp: 'PU', delivered: 'OK', returned: 'RT' },
  disorder: async ({ control }, on) => {
    await control('POST', '/dials', { doubleEvents: on, shuffleEvents: on });
  },
  zoneless: async ({ control }, on) => {
    await control('POST', '/dials', { withoutOffsets: on });
  },
  lateLabel: { skip: 'MyDHL API answers the label with the booking' },
  pickup: {
    match: { method: 'POST', path: '/pickups$' },
    request: (reference) => ({
      reference,
      at: good.shipFrom,
      // From noon on at the place, whatever the time is here: a window that crosses midnight is refused.
      readyAt: new Date(`${dayAfterTomorrow()}T02:00:00Z`),
      closesAt: new Date(`${dayAfterTomorrow()}T05:00:00Z`),
      timeZone: good.originTimeZone,
      pieces: good.pieces,
      shipmentIdentifiers: [],
    }),
    open: async ({ control }) => {
      const pickups = await control<readonly ControlledPickup[]>('GET', '/pickups');
      return pickups.filter(({ cancelledAt }) => cancelledAt === null).length;
    },
  },
  push: { skip: 'MyDHL API pushes nothing to this connector: tracking is asked' },
};

/** DHL Express as the conformance kit sees it. */
export const subject: ConformanceSubject<Bench> = {
  kind: 'carrier',
  name: 'dhl-express',
  capabilities: { read: 'rates', list: 'track', effect: 'book' },
  start: ({ timeouts = {} }) => startBench({}, {}, {}, timeouts),
  credentials: {
    good: ({ connector }) => connector.testConnection(),
    bad: (bench) => {
      bench.reconnect({ password: 'wrong-password' });
      return bench.connector.testConnection();
    },
  },
  read: {
    match: { path: '/rates$' },
    run: async ({ connector }) => (await connector.rates(requestOf('R1'))).details,
  },
  throttles: {
    seconds: true,
    date: true,
    absent: true,
    'in-200': { skip: 'MyDHL API answers 429; no throttle inside a success is known' },
  },
  fullRead: { skip: 'a carrier has no list that is read page by page' },
  incremental: { skip: 'tracking is asked by number; there is no "changed since"' },
  effect: {
    match: { method: 'POST', path: '/shipments$' },
    create: async ({ connector }, reference) => {
      const { details, messages } = await connector.book(requestOf(reference));
      if (details === null) throw new Error(JSON.stringify(messages));
      return details.trackingNumber;
    },
    find: async ({ connector }, reference) =>
      (await connector.findBooking(reference, new Date(Date.now() - 3_600_000)))?.trackingNumber ?? null,
    count: async (bench, reference) => {
      const shipments = await bench.control<unknown[]>('GET', '/shipments');
      return shipments.filter((shipment) => JSON.stringify(shipment).includes(`"${reference}"`)).length;
    },
  },
  carrier,
  server: dhlExpressServer,
};
