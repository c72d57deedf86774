import { createHmac, randomUUID } from 'node:crypto';

/** A caller's credentials for one-legged OAuth. */
export interface Signer {
  consumerKey: string;
  consumerSecret: string;
}

export interface SignOptions {
  /** Seconds; default: now. */
  timestamp?: number;
  nonce?: string;
  method?: 'HMAC-SHA256' | 'HMAC-SHA1';
}

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** The URL with OAuth 1.0a parameters in its query; for flat queries without repeated names. */
export function signedUrl(
  method: string,
  url: string,
  query: Record<string, string>,
  signer: Signer,
  options: SignOptions = {},
): string {
  const signatureMethod = options.method ?? 'HMAC-SHA256';
  const params: Record<string, string> = {
    ...query,
    oauth_consumer_key: signer.consumerKey,
    oauth_timestamp: String(options.timestamp ?? Math.floor(Date.now() / 1000)),
    oauth_nonce: options.nonce ?? randomUUID().replaceAll('-', ''),
    oauth_signature_method: signatureMethod,
  };
  const pairs = Object.keys(params)
    .sort()
    .map((name) => `${encode(name)}=${encode(params[name] ?? '')}`);
  const base = [method, encode(url), encode(pairs.join('&'))].join('&');
  const hash = signatureMethod === 'HMAC-SHA1' ? 'sha1' : 'sha256';
  const signature = createHmac(hash, `${signer.consumerSecret}&`).update(base).digest('base64');
  return `${url}?${pairs.join('&')}&oauth_signature=${encode(signature)}`;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

/** One call, signed unless `signer` is `null`; a text as body goes out as it is. */
export async function call(
  base: string,
  method: string,
  path: string,
  { query = {}, body, signer }: { query?: Record<string, string>; body?: unknown; signer: Signer | null },
): Promise<Answer> {
  const url = `${base}${path}`;
  const plain = Object.keys(query).length === 0 ? url : `${url}?${new URLSearchParams(query)}`;
  const target = signer === null ? plain : signedUrl(method, url, query, signer);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const init =
    body === undefined ? { method } : { method, body: text, headers: { 'content-type': 'application/json' } };
  const response = await fetch(target, init);
  const answered = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json') && answered !== '';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(answered) : answered };
}

/** A call to the control surface. */
export async function control(base: string, method: string, path: string, body?: unknown): Promise<Answer> {
  return call(base, method, `/__control${path}`, { body, signer: null });
}
