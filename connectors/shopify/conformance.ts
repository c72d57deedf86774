import { pino } from 'pino';
import type { StoreSubject } from '../conformance/store-subject.ts';
import { createTurns } from '../contract/turns.ts';
import { grantOf, type ShopifyCredentials, type ShopifySettings } from './credentials.ts';
import { createTestBed } from './test-bed.ts';

const app = { clientId: 'conformance-client', clientSecret: 'conformance-client-secret' };
const permanent: ShopifyCredentials = { accessToken: 'shpat_conformance', clientSecret: app.clientSecret };
const reader: ShopifyCredentials = { accessToken: 'shpat_conformance_reader', clientSecret: app.clientSecret };
const READ_SCOPES = ['read_products', 'read_inventory', 'read_locations', 'read_orders'];

function subjectOf(variant: string, credentials: ShopifyCredentials): StoreSubject {
  return {
    kind: 'store',
    name: 'shopify',
    variant,
    example: { credentials, settings: { url: 'https://brand.myshopify.com' } satisfies ShopifySettings },
    simulate: async () => {
      const { startShopifySimulator } = await import('./simulator/index.ts');
      const simulator = await startShopifySimulator({
        ...app,
        ...(permanent.accessToken === undefined ? {} : { accessToken: permanent.accessToken }),
        // A shop of the largest plan: the cases are many, and their waits would be long.
        dials: { bucketPoints: 40_000, restoredPerSecond: 2_000 },
        readers: [{ accessToken: 'shpat_conformance_reader', scopes: READ_SCOPES }],
      });
      return { url: simulator.url, credentials, readOnly: reader, close: () => simulator.close() };
    },
    // Who copies the interface's address out of a document means the shop.
    settingsFor: (url, more) => ({ ...more, url: url.replace(/\/admin(?:\/.*)?$/, '') }),
    wrongCredentials: (given) => {
      const known = given as ShopifyCredentials;
      // A token that can be renewed is only as wrong as what it is renewed with.
      if (grantOf(known) === 'permanent') return { ...known, accessToken: 'shpat_wrong_token' };
      return { clientId: known.clientId, clientSecret: 'wrong-client-secret' };
    },
    testBed: (access) =>
      createTestBed(
        {
          connectionId: 'test-bed',
          credentials: access.credentials as ShopifyCredentials,
          settings: access.settings as ShopifySettings,
          http: access.http,
          clock: { now: async () => new Date() },
          log: pino({ level: 'silent' }),
          exclusively: createTurns(),
          renewCredentials: (refresh) =>
            access.renewCredentials((latest) => refresh(latest as ShopifyCredentials)) as Promise<ShopifyCredentials>,
        },
        access.mark,
      ),
    calls: {
      readProducts: { operation: '^TradelaneProducts$' },
      createOrder: { operation: '^TradelaneCreateOrder$' },
      writeStock: { operation: '^TradelaneSetStock$' },
      writePrices: { operation: '^TradelaneSetPrices$' },
      refundOrder: { operation: '^TradelaneRefund$' },
      addOrderNote: { operation: '^TradelaneUpdateOrder$' },
      fulfilOrder: { operation: '^TradelaneFulfil$' },
      cancelOrder: { operation: '^TradelaneCancelOrder$' },
    },
    exceptions: {
      'money and time/sale': 'Shopify keeps no dates of sales; a sale is a price below the struck one',
    },
    throttles: { seconds: true, date: true, absent: true, 'in-200': true },
  };
}

/** A token that the shop gave for good. */
export const subject = subjectOf('permanent token', permanent);

/** Tokens that end, by client credentials. */
export const expiringSubject = subjectOf('client credentials', app);
