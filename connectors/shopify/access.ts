import { isIP } from 'node:net';
import type { AccessWay, HandOver } from '../contract/access.ts';
import { ConnectorError } from '../errors.ts';
import { isPublicAddress } from '../transport/index.ts';
import { SCOPES } from './credentials.ts';
import { authorizeUrl, checkCallback, exchangeCode } from './oauth.ts';

const scopeList = SCOPES.map(({ scope }) => scope).join(', ');

/** Who lets us into a Shopify shop, and how. */
export const ways: readonly AccessWay[] = [
  {
    id: 'oauth',
    title: 'Let the shop’s owner install the app',
    when: 'For shops of other organisations: the usual way.',
    steps: [
      'In the Dev Dashboard: create an app once, and note its client ID and secret.',
      'Enter our redirect address there (Configuration → URLs → Allowed redirection URLs); it is named below.',
      `Ask for the scopes ${scopeList}.`,
      'Go on: the shop’s own page opens. Its owner logs in and chooses Install.',
    ],
    credentials: ['clientId', 'clientSecret'],
    settings: {},
    handOver: true,
  },
  {
    id: 'client-credentials',
    title: 'Client ID and secret',
    when: 'For shops of the same organisation as the app. Tokens last 24 hours and are renewed by themselves.',
    steps: [
      `In the Dev Dashboard: create an app with the scopes ${scopeList}, and install it in the shop.`,
      'Copy client ID and secret from its settings.',
    ],
    credentials: ['clientId', 'clientSecret'],
    settings: {},
    handOver: false,
  },
  {
    id: 'token',
    title: 'Access token of an admin custom app',
    when: 'For custom apps made in the shop’s admin before 2026; new ones cannot be made.',
    steps: [
      'In the shop’s admin: Settings → Apps and sales channels → Develop apps → the app → API credentials.',
      `It needs the Admin API scopes ${scopeList}.`,
      'Copy the Admin API access token, and the API secret key as client secret: it signs webhooks.',
    ],
    credentials: ['accessToken'],
    optionalCredentials: ['clientSecret'],
    settings: {},
    handOver: false,
  },
];

/** The authorization code grant: the owner agrees, the browser brings a signed code, the code becomes tokens that end. */
export const handOver: HandOver = {
  arrival: 'redirect',
  consentUrl({ settings, credentials, state }, { callbackUrl }) {
    const shopUrl = String(settings.url);
    if (shopHost(shopUrl) === null) {
      throw new ConnectorError('Rejected', 'The address is not the shop’s own at Shopify.', {
        code: 'hand_over',
        field: 'url',
        remedy: 'Use https://….myshopify.com; the shop’s admin shows it under Settings → Domains.',
      });
    }
    return authorizeUrl({ shopUrl, clientId: String(credentials.clientId), redirectUri: callbackUrl, state });
  },
  check({ settings, credentials, state, query, now }) {
    const clientSecret = String(credentials.clientSecret);
    const { code, shop } = checkCallback(query, { clientSecret, state, now });
    const wanted = shopHost(String(settings.url));
    if (wanted !== 'simulator' && shop !== wanted) throw anotherShop(wanted ?? 'a shop of Shopify', shop);
    return { code };
  },
  async redeem({ http, settings, credentials, received, now }) {
    const exchanged = await exchangeCode(http, {
      shopUrl: String(settings.url),
      clientId: String(credentials.clientId),
      clientSecret: String(credentials.clientSecret),
      code: String(received.code),
      expiring: true,
      now,
    });
    return { credentials: exchanged, findings: [] };
  },
};

/** The host that Shopify must name. `simulator` for private addresses: whether these may be called is decided elsewhere. */
function shopHost(shopUrl: string): string | null {
  const { hostname } = new URL(shopUrl);
  if (/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/.test(hostname)) return hostname;
  const address = hostname.replace(/^\[|\]$/g, '');
  return hostname === 'localhost' || (isIP(address) > 0 && !isPublicAddress(address)) ? 'simulator' : null;
}

function anotherShop(wanted: string, given: string): ConnectorError {
  return new ConnectorError('Rejected', `The app was installed in ${given}, not in ${wanted}.`, {
    code: 'oauth_callback',
    field: 'shop',
    remedy: 'Begin again, and log in to the right shop.',
  });
}
