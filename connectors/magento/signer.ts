import { createHmac } from 'node:crypto';

/** What a query may hold; undefined is left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

export interface OAuthKeys {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly accessToken: string;
  readonly accessTokenSecret: string;
}

/** RFC 3986 percent-encoding, the same for URL and signature, so that one value never has two spellings. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function pairs(query: Query): [string, string][] {
  return Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
}

/** `a=b&c=d`, square brackets percent-encoded. */
export function encodeQuery(query: Query): string {
  return pairs(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

/**
 * The URL as shops up to 2.4.7 sign it: their library writes these characters of a path plainly, however they were
 * sent. Later versions sign what was sent.
 */
export function plainlySigned(url: string): string {
  const decoded = url.replace(/%[0-9A-Fa-f]{2}/g, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[A-Za-z0-9_\-.~:@&=+$,/;%]/.test(character) ? character : code.toUpperCase();
  });
  return decoded.replace(/%(?![0-9A-Fa-f]{2})/g, '%25');
}

/**
 * The `Authorization` header of OAuth 1.0a with HMAC-SHA256, the only method that Magento takes. A JSON body is not part
 * of the signature; the URL is signed as Magento sees it (a proxy that hides https breaks it).
 *
 * @param url without query, path encoded as it goes out
 * @param atSeconds at most 600 s in the shop's future
 * @param nonce never used before by this consumer
 */
export function oauthHeader(
  request: { readonly method: string; readonly url: string; readonly query: Query },
  keys: OAuthKeys,
  atSeconds: number,
  nonce: string,
): string {
  const own = {
    oauth_consumer_key: keys.consumerKey,
    oauth_nonce: nonce,
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: String(atSeconds),
    oauth_token: keys.accessToken,
  };
  const sorted = [...pairs(request.query), ...pairs(own)]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  const base = [request.method, encode(request.url), encode(sorted.join('&'))].join('&');
  const key = `${encode(keys.consumerSecret)}&${encode(keys.accessTokenSecret)}`;
  const oauth_signature = createHmac('sha256', key).update(base).digest('base64');
  const parts = Object.entries({ ...own, oauth_signature }).map(([name, value]) => `${name}="${encode(value)}"`);
  return `OAuth ${parts.join(', ')}`;
}
