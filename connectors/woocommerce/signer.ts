import { createHmac } from 'node:crypto';
import type { WooCommerceCredentials } from './credentials.ts';

/** What a query may hold. Null and undefined are left out; lists go as comma lists, dates as UTC to the second. */
export type QueryValue = string | number | boolean | Date | readonly (string | number)[] | null | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

/** The query's values as the text that goes out, without those that are left out. */
export function queryTexts(query: Query): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    if (value instanceof Date) texts[name] = value.toISOString().slice(0, 19);
    else texts[name] = Array.isArray(value) ? value.join(',') : String(value);
  }
  return texts;
}

/** RFC 3986 percent-encoding, which both OAuth and the URL use, so that one value never has two spellings. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `a=b&c=d` in the given order. */
export function encodeQuery(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

/**
 * Signs a URL with OAuth 1.0a (RFC 5849, one-legged, HMAC-SHA256), all parameters in the query, each once.
 *
 * The client package's own signing falls short in these ways: it sends every parameter twice (in the URL, and once more
 * by axios); parameters that are null or a Date vanish and leave a nameless `&=`; undefined goes out as text; lists
 * deeper than one level become `[object Object]`; a value may be spelled differently in URL and signature.
 *
 * @param url without query, host spelled as the site's home address
 * @param atSeconds the shop accepts ± 15 minutes
 * @param nonce not used within 15 minutes
 */
export function signedUrl(
  request: { readonly method: string; readonly url: string; readonly query: Query },
  credentials: WooCommerceCredentials,
  atSeconds: number,
  nonce: string,
): string {
  const texts: Record<string, string> = {
    ...queryTexts(request.query),
    oauth_consumer_key: credentials.consumerKey,
    oauth_nonce: nonce,
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: String(atSeconds),
  };
  const pairs = Object.entries(texts).map(([name, value]) => [encode(name), encode(value)] as const);
  const sorted = pairs.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value}`);
  const base = [request.method, encode(request.url), encode(sorted.join('&'))].join('&');
  const signature = createHmac('sha256', `${credentials.consumerSecret}&`).update(base).digest('base64');
  return `${request.url}?${encodeQuery({ ...texts, oauth_signature: signature })}`;
}
