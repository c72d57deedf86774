import { pino } from 'pino';
import type { StoreSubject } from '../conformance/store-subject.ts';
import { createTurns } from '../contract/turns.ts';
import type { WooCommerceCredentials, WooCommerceSettings } from './credentials.ts';
import { createTestBed } from './test-bed.ts';

const key = { consumerKey: 'ck_conformance_key', consumerSecret: 'cs_conformance_secret' };
const reader = { consumerKey: 'ck_conformance_reader', consumerSecret: 'cs_conformance_reader' };

/** The address that a simulated shop behind https believes in. */
const HTTPS = 'https://conformance.shop.example';

function subjectOf(variant: string, https: boolean): StoreSubject {
  return {
    kind: 'store',
    name: 'woocommerce',
    variant,
    example: { credentials: key, settings: { url: 'http://127.0.0.1' } satisfies WooCommerceSettings },
    simulate: async () => {
      const { startWooCommerceSimulator } = await import('./simulator/index.ts');
      const simulator = await startWooCommerceSimulator({
        ...key,
        keys: [{ ...reader, permissions: 'read' }],
        ...(https ? { treatAsHttps: true, siteUrl: HTTPS } : {}),
      });
      return {
        url: simulator.url,
        ...(https ? { publicUrl: HTTPS } : {}),
        credentials: key,
        readOnly: reader,
        close: () => simulator.close(),
      };
    },
    settingsFor: (url, more) => ({ ...more, url }),
    wrongCredentials: (credentials) => ({
      ...(credentials as WooCommerceCredentials),
      consumerSecret: 'cs_wrong_secret',
    }),
    testBed: (access) =>
      createTestBed(
        {
          connectionId: 'test-bed',
          credentials: access.credentials as WooCommerceCredentials,
          settings: access.settings as WooCommerceSettings,
          http: access.http,
          clock: { now: async () => new Date() },
          log: pino({ level: 'silent' }),
          exclusively: createTurns(),
          renewCredentials: async () => access.credentials as WooCommerceCredentials,
        },
        access.mark,
      ),
    lacks: {
      compareAndSetStock: 'WooCommerce sets stock whatever is there: it is read, compared, written and read back',
    },
    calls: {
      readProducts: { method: 'GET', path: '/products$' },
      createOrder: { method: 'POST', path: '/orders$' },
      // One row is a PUT, several are a batch.
      writeStock: { path: '/products/(\\d+/variations/)?(\\d+|batch)$' },
      writePrices: { path: '/products/(\\d+/variations/)?(\\d+|batch)$' },
      refundOrder: { method: 'POST', path: '/orders/\\d+/refunds$' },
      addOrderNote: { method: 'POST', path: '/orders/\\d+/notes$' },
      fulfilOrder: { method: 'PUT', path: '/orders/\\d+$' },
      cancelOrder: { method: 'PUT', path: '/orders/\\d+$' },
    },
    throttles: {
      seconds: true,
      date: true,
      absent: true,
      'in-200': { skip: 'WooCommerce has no rate limit of its own; what stands before it answers 429 or 503' },
    },
  };
}

/** Plain http: every call is signed with OAuth 1.0a. */
export const subject = subjectOf('http, OAuth 1.0a', false);

/** https: the vendor's package makes the calls, with Basic. */
export const httpsSubject = subjectOf('https, the vendor’s package', true);
