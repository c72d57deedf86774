import type { ConformanceSubject } from '../conformance/index.ts';
import { type Bench, requestOf, startBench } from './bench.fixture.ts';

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
};
