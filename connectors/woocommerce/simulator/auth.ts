import type { VendorRequest } from '../../simulator-kit/index.ts';
import { WpError } from './errors.ts';
import { checkOAuth, sameText } from './oauth.ts';
import type { ApiKey } from './options.ts';
import type { Shop } from './shop.ts';

/**
 * Who calls: Basic or query keys where the site sees TLS, OAuth 1.0a everywhere.
 * @returns the key, or `null` for a caller that showed none the shop takes note of (refused later, where rights matter)
 * @throws WpError 401 when a key was shown but is wrong, or may not do this
 */
export function authenticate(shop: Shop, request: VendorRequest): ApiKey | null {
  const authorization = shop.dials.stripAuthorization ? '' : (request.headers.authorization ?? '');
  const key =
    (shop.options.treatAsHttps ? checkPlainKey(shop, request, authorization) : null) ??
    checkOAuth(shop, request, authorization);
  if (key !== null) checkPermission(key, request.method);
  return key;
}

/** Keys sent as they are: in the query (taken first when both are there) or as Basic credentials. */
function checkPlainKey(shop: Shop, request: VendorRequest, authorization: string): ApiKey | null {
  const query = new Map(request.query);
  let consumerKey = query.get('consumer_key') ?? '';
  let consumerSecret = query.get('consumer_secret') ?? '';
  if (consumerKey === '' || consumerSecret === '') {
    const basic = /^basic\s+(\S+)$/i.exec(authorization);
    const text = Buffer.from(basic?.[1] ?? '', 'base64').toString('utf8');
    const colon = text.indexOf(':');
    consumerKey = colon < 0 ? '' : text.slice(0, colon);
    consumerSecret = colon < 0 ? '' : text.slice(colon + 1);
  }
  if (consumerKey === '' || consumerSecret === '') return null;
  const key = shop.keys.find((candidate) => candidate.consumerKey === consumerKey);
  if (key === undefined) return null;
  if (!sameText(key.consumerSecret, consumerSecret)) {
    throw new WpError(401, 'woocommerce_rest_authentication_error', 'Consumer secret is invalid.');
  }
  return key;
}

function checkPermission(key: ApiKey, method: string): void {
  const isRead = method === 'GET' || method === 'HEAD';
  if (method === 'OPTIONS' || key.permissions === 'read_write') return;
  if (isRead === (key.permissions === 'read')) return;
  const message = `The API key provided does not have ${isRead ? 'read' : 'write'} permissions.`;
  throw new WpError(401, 'woocommerce_rest_authentication_error', message);
}
