import { createHmac, timingSafeEqual } from 'node:crypto';
import { ConnectorError } from '../errors.ts';
import type { HttpClient } from '../transport/client.ts';
import { SCOPES, type ShopifyCredentials } from './credentials.ts';
import { requestToken } from './tokens.ts';

/** Only such hosts are shops: anything else in a callback is somebody else's server. */
const SHOP_HOST = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;
/** A callback is taken for so long after Shopify signed it. */
const MAX_AGE_MS = 90_000;

/** Where the shop's owner is sent to let the app in. `state` must be random and kept until the callback. */
export function authorizeUrl(input: {
  readonly shopUrl: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly scopes?: readonly string[];
}): string {
  const query = new URLSearchParams({
    client_id: input.clientId,
    scope: (input.scopes ?? SCOPES.map(({ scope }) => scope)).join(','),
    redirect_uri: input.redirectUri,
    state: input.state,
  });
  return `${input.shopUrl.replace(/\/+$/, '')}/admin/oauth/authorize?${query.toString()}`;
}

/**
 * Checks the callback: HMAC over all other parameters in constant time, the state, the host, the age.
 * @returns the code to exchange and the shop's host
 * @throws ConnectorError Rejected naming what does not fit
 */
export function checkCallback(
  query: URLSearchParams,
  expected: { readonly clientSecret: string; readonly state: string; readonly now: Date },
): { readonly code: string; readonly shop: string } {
  const value = (name: string) => {
    const all = query.getAll(name);
    return all.length === 1 ? (all[0] ?? '') : '';
  };
  const signed = [...query]
    .filter(([name]) => name !== 'hmac' && name !== 'signature')
    .map(([name, text]) => `${name}=${text}`)
    .toSorted()
    .join('&');
  const hmac = createHmac('sha256', expected.clientSecret).update(signed).digest();
  const given = Buffer.from(value('hmac'), 'hex');
  if (given.length !== hmac.length || !timingSafeEqual(given, hmac)) throw refused('its signature is wrong', 'hmac');
  if (!isSame(value('state'), expected.state)) throw refused('its state is not the one that was sent', 'state');
  const shop = value('shop');
  if (!SHOP_HOST.test(shop)) throw refused('it names no shop of Shopify', 'shop');
  const ageMs = expected.now.getTime() - Number(value('timestamp')) * 1000;
  if (!(Math.abs(ageMs) <= MAX_AGE_MS)) throw refused('it is too old', 'timestamp');
  const code = value('code');
  if (code === '') throw refused('it holds no code', 'code');
  return { code, shop };
}

/**
 * The code for a token. `expiring` asks for tokens that end and are refreshed (that it is a parameter of this grant, too,
 * is UNCONFIRMED).
 */
export async function exchangeCode(
  http: HttpClient,
  input: {
    readonly shopUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly code: string;
    readonly expiring: boolean;
    readonly now: Date;
  },
): Promise<ShopifyCredentials> {
  const { clientId, clientSecret, code, expiring, now, shopUrl } = input;
  const grant = { client_id: clientId, client_secret: clientSecret, code, ...(expiring ? { expiring: '1' } : {}) };
  return { clientId, clientSecret, ...(await requestToken(http, shopUrl, grant, now)) };
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return wanted !== '' && a.length === b.length && timingSafeEqual(a, b);
}

function refused(why: string, field: string): ConnectorError {
  return new ConnectorError('Rejected', `The OAuth callback is refused: ${why}.`, {
    code: 'oauth_callback',
    field,
    remedy: 'Begin the connection of the shop again.',
  });
}
