import { pino } from 'pino';
import type { StoreSubject } from '../conformance/store-subject.ts';
import { createTurns } from '../contract/turns.ts';
import type { MagentoCredentials, MagentoSettings } from './credentials.ts';
import { createTestBed } from './test-bed.ts';

const integration = {
  consumerKey: 'conformanceconsumerkey',
  consumerSecret: 'conformanceconsumersecret',
  accessToken: 'conformanceaccesstoken',
  accessTokenSecret: 'conformanceaccesssecret',
};
const reader = {
  consumerKey: 'readerconsumerkey',
  consumerSecret: 'readerconsumersecret',
  accessToken: 'readeraccesstoken',
  accessTokenSecret: 'readeraccesssecret',
};
const admin = { username: 'conformance-admin', password: 'conformance-password-1' };
/** What a key that only reads lacks. */
const WRITES = [
  ...['create', 'cancel', 'comment', 'ship', 'invoice', 'hold', 'unhold', 'creditmemo'].map(
    (one) => `Magento_Sales::${one}`,
  ),
  'Magento_InventoryApi::stock_source_item_assign',
];

function subjectOf(variant: string, authentication: 'oauth' | 'admin', orderMailbox?: string): StoreSubject {
  const credentials: MagentoCredentials = authentication === 'oauth' ? integration : admin;
  return {
    kind: 'store',
    name: 'magento',
    variant,
    example: {
      credentials,
      settings: { url: 'http://127.0.0.1', authentication } satisfies MagentoSettings,
    },
    simulate: async () => {
      const { startMagentoSimulator } = await import('./simulator/index.ts');
      const simulator = await startMagentoSimulator({
        ...admin,
        integration,
        integrations: [{ ...reader, lacks: WRITES }],
      });
      return {
        url: simulator.url,
        credentials,
        settings: { authentication, ...(orderMailbox === undefined ? {} : { orderMailbox }) },
        readOnly: authentication === 'oauth' ? reader : null,
        close: () => simulator.close(),
      };
    },
    settingsFor: (url, more, given) => ({ authentication: waysOf(given as MagentoCredentials), ...more, url }),
    wrongCredentials: (given) => wrongOf(given as MagentoCredentials),
    testBed: (access) =>
      createTestBed(
        {
          connectionId: 'test-bed',
          credentials: access.credentials as MagentoCredentials,
          settings: access.settings as MagentoSettings,
          http: access.http,
          clock: { now: async () => new Date() },
          log: pino({ level: 'silent' }),
          exclusively: createTurns(),
          renewCredentials: async (refresh) =>
            (await access.renewCredentials(async (latest) =>
              refresh(latest as MagentoCredentials),
            )) as MagentoCredentials,
        },
        access.mark,
      ),
    lacks: {
      compareAndSetStock:
        'Magento sets a source’s stock whatever is there: it is read, compared, written and read back',
      reconcileWebhooks: 'Magento Open Source has no webhooks: changes are polled',
      verifyWebhook: 'Magento Open Source has no webhooks: changes are polled',
    },
    calls: {
      readProducts: { method: 'GET', path: '/V1/products$' },
      createOrder: {
        method: 'POST',
        path: orderMailbox === undefined ? '/V1/orders$' : '/V1/guest-carts/\\w+/payment-information$',
      },
      writeStock: { method: 'POST', path: '/V1/inventory/source-items$' },
      writePrices: { method: 'POST', path: '/V1/products/base-prices$' },
      refundOrder: { method: 'POST', path: '/V1/order/\\d+/refund$' },
      addOrderNote: { method: 'POST', path: '/V1/orders/\\d+/comments$' },
      fulfilOrder: { method: 'POST', path: '/V1/order/\\d+/ship$' },
      cancelOrder: { method: 'POST', path: '/V1/orders/\\d+/cancel$' },
    },
    throttles: {
      seconds: true,
      date: true,
      absent: true,
      'in-200': {
        skip: 'Magento has no rate limit of its own for these calls; what stands before it answers 429 or 503',
      },
    },
    exceptions: Object.fromEntries(
      ['longer', 'longer-stock', 'longer-order'].map((id) => [
        `odd SKUs/${id}`,
        'Magento takes SKUs of 64 characters at most',
      ]),
    ),
  };
}

/** Of the same shape, and refused; another user's name, because wrong passwords would lock the right user out. */
function wrongOf(given: MagentoCredentials): MagentoCredentials {
  const { adminToken: _old, ...credentials } = given;
  if (credentials.username !== undefined) return { ...credentials, username: `not-${credentials.username}` };
  if (credentials.accessTokenSecret !== undefined)
    return { ...credentials, accessTokenSecret: 'wrongaccesstokensecret' };
  return { ...credentials, accessToken: 'wrongaccesstoken0123456789abcdef' };
}

/** An integration's keys: every call is signed. */
export const subject = subjectOf('OAuth 1.0a', 'oauth');

/** An administrator's token. */
export const adminSubject = subjectOf('administrator’s token', 'admin');

/** Which way the given credentials are made for, where nobody says it. */
function waysOf({ consumerKey, accessToken, username }: MagentoCredentials): 'oauth' | 'bearer' | 'admin' {
  if (consumerKey === undefined && username !== undefined) return 'admin';
  return consumerKey === undefined && accessToken !== undefined ? 'bearer' : 'oauth';
}

/** Orders through a cart, with the marketplace's amounts. */
export const cartSubject = subjectOf('orders through a cart', 'oauth', 'orders@shop.example');
