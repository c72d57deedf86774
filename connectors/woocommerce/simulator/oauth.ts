import { createHmac, timingSafeEqual } from 'node:crypto';
import type { VendorRequest } from '../../simulator-kit/index.ts';
import { WpError } from './errors.ts';
import { isObject, type JsonObject, phpQuery, textOf } from './json.ts';
import type { ApiKey } from './options.ts';
import type { Shop } from './shop.ts';

const REQUIRED = [
  'oauth_consumer_key',
  'oauth_timestamp',
  'oauth_nonce',
  'oauth_signature',
  'oauth_signature_method',
] as const;
const WINDOW_SECONDS = 15 * 60;

const denied = (message: string) => new WpError(401, 'woocommerce_rest_authentication_error', message);

/**
 * One-legged OAuth 1.0a: parameters in the query or an `OAuth` header, HMAC-SHA256 or HMAC-SHA1 under
 * `consumerSecret&`, the JSON body not included.
 * @returns the key, or `null` when no OAuth parameter was sent
 * @throws WpError 401 naming what is wrong
 */
export function checkOAuth(shop: Shop, request: VendorRequest, authorization: string): ApiKey | null {
  const query = phpQuery(request.query);
  const params: JsonObject = { ...query, ...headerParams(authorization) };
  const missing = REQUIRED.filter((name) => textOf(params[name]) === '');
  if (missing.length === REQUIRED.length) return null;
  if (missing.length > 0) {
    const noun = missing.length === 1 ? 'parameter' : 'parameters';
    const text = `Missing OAuth ${noun} ${missing.join(', ')}`;
    throw new WpError(401, 'woocommerce_rest_authentication_missing_parameter', text);
  }
  const key = shop.keys.find(({ consumerKey }) => consumerKey === textOf(params.oauth_consumer_key));
  if (key === undefined) throw denied('Consumer key is invalid.');
  checkSignature(shop, request, params, key);
  checkTimeAndNonce(shop, key, textOf(params.oauth_timestamp), textOf(params.oauth_nonce));
  return key;
}

function checkSignature(shop: Shop, request: VendorRequest, params: JsonObject, key: ApiKey): void {
  const algorithm = { 'HMAC-SHA256': 'sha256', 'HMAC-SHA1': 'sha1' }[textOf(params.oauth_signature_method)];
  if (algorithm === undefined) throw denied('Invalid signature - signature method is invalid.');
  const base = baseString(request.method, `${shop.siteUrl}${request.path}`, params);
  const wanted = createHmac(algorithm, `${key.consumerSecret}&`).update(base).digest('base64');
  const given = decode(textOf(params.oauth_signature).replaceAll(' ', '+'));
  if (!sameText(wanted, given)) throw denied('Invalid signature - provided signature does not match.');
}

/** The text that is signed: method, URL without query, sorted parameters, each part percent-encoded (RFC 3986). */
export function baseString(method: string, url: string, params: JsonObject): string {
  const names = Object.keys(params)
    .filter((name) => name !== 'oauth_signature')
    .sort((one, other) => (one < other ? -1 : 1));
  const pairs = names.flatMap((name) => flatten(encode(name), params[name]));
  return `${method}&${encode(url)}&${pairs.map(encode).join('%26')}`;
}

/** Nested parameters are signed with PHP's own keys: `include[]=1` counts as `include[0]=1`. */
function flatten(name: string, value: unknown): string[] {
  if (!isObject(value)) return [`${name}=${encode(textOf(value))}`];
  return Object.entries(value).flatMap(([key, inner]) => flatten(`${name}%5B${encode(key)}%5D`, inner));
}

function checkTimeAndNonce(shop: Shop, key: ApiKey, timestamp: string, nonce: string): void {
  const { clock } = shop.tools;
  const seconds = Number(timestamp);
  // A caller may sign with the machine's time while the shop's clock is a virtual one: either is right.
  const clocks = [clock.now().getTime() / 1000, (performance.timeOrigin + performance.now()) / 1000];
  const isNear = clocks.some((now) => Math.abs(now - seconds) <= WINDOW_SECONDS);
  if (!isNear) throw denied('Invalid timestamp.');
  const entry = `${key.consumerKey}/${nonce}`;
  if (shop.nonces.has(entry)) throw denied('Invalid nonce - nonce has already been used.');
  shop.nonces.set(entry, seconds);
  forgetOldNonces(shop, Math.min(...clocks) - WINDOW_SECONDS);
}

function forgetOldNonces(shop: Shop, beforeSeconds: number): void {
  for (const [entry, seconds] of shop.nonces) {
    if (seconds >= beforeSeconds) return;
    shop.nonces.delete(entry);
  }
}

function headerParams(authorization: string): JsonObject {
  if (!/^oauth\s/i.test(authorization)) return {};
  const pairs = [...authorization.matchAll(/(oauth_\w+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, decode(value)]));
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

export function sameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
