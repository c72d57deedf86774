import { createHash } from 'node:crypto';
import type { VendorAnswer, VendorRequest } from '../../simulator-kit/index.ts';
import type { ApiKey } from './options.ts';
import type { Shop } from './shop.ts';

const PREFIX = '/wc-auth/v1/';
const HTML = { 'content-type': 'text/html; charset=UTF-8' };
const SCOPES: Readonly<Record<string, string>> = { read: 'Read', write: 'Write', read_write: 'Read/Write' };
const WANTED = ['app_name', 'user_id', 'return_url', 'callback_url', 'scope'] as const;
const POST_TIMEOUT_MS = 60_000;

type Params = Record<(typeof WANTED)[number], string>;

/** True for the pages of the application authentication endpoint. Its rewrite rule needs permalinks. */
export const isConsent = (shop: Shop, { path }: VendorRequest): boolean =>
  path.startsWith(PREFIX) && !shop.dials.plainPermalinks;

/**
 * `/wc-auth/v1/authorize` shows what the app wants, with a link to agree and one to refuse; `/access_granted` makes a key,
 * posts it to the app and sends the browser back. Whoever comes is taken for a logged-in shop manager.
 */
export async function answerConsent(shop: Shop, request: VendorRequest): Promise<VendorAnswer> {
  const query = new URLSearchParams(request.query.map(([name, value]) => [name, value]));
  const problem = problemOf(shop, query);
  if (problem !== null) return denied(problem);
  const params = Object.fromEntries(WANTED.map((name) => [name, query.get(name) ?? ''])) as Params;
  const route = request.path.slice(PREFIX.length).toLowerCase();
  if (route === 'login') return { status: 302, headers: { location: `${PREFIX}authorize?${query.toString()}` } };
  if (route === 'authorize') return consentPage(shop, params);
  if (route !== 'access_granted') return denied('You do not have permission to access this page');
  if (query.get('wc_auth_nonce') !== nonceOf(shop, params)) return denied('Invalid nonce verification');
  return grant(shop, params);
}

function problemOf(shop: Shop, query: URLSearchParams): string | null {
  const missing = WANTED.find((name) => (query.get(name) ?? '') === '');
  if (missing !== undefined) return `Missing parameter ${missing}`;
  const scope = query.get('scope') ?? '';
  if (SCOPES[scope] === undefined) return `Invalid scope ${scope}`;
  const bad = (['return_url', 'callback_url'] as const).find((name) => !URL.canParse(query.get(name) ?? ''));
  if (bad !== undefined) return `The ${query.get(bad) ?? ''} is not a valid URL`;
  const isTls = /^https:\/\//i.test(query.get('callback_url') ?? '');
  return isTls || shop.dials.insecureCallback ? null : 'The callback_url needs to be over SSL';
}

/** Binds the link to what was shown. */
const nonceOf = (shop: Shop, params: Params): string =>
  createHash('sha256')
    .update(`${shop.options.consumerSecret}\n${JSON.stringify(params)}`)
    .digest('hex')
    .slice(0, 10);

function consentPage(shop: Shop, params: Params): VendorAnswer {
  const granted = new URLSearchParams({ ...params, wc_auth_nonce: nonceOf(shop, params) });
  const app = escaped(params.app_name);
  const body = `<!DOCTYPE html><html lang="en"><head><title>Application authentication request</title></head><body>
<h1>${app} would like to connect to your store</h1>
<p>This will give "${app}" <strong>${SCOPES[params.scope]}</strong> access to ${escaped(shop.options.siteName ?? 'shop')}.</p>
<p><a class="wc-auth-approve" href="${PREFIX}access_granted?${escaped(granted.toString())}">Approve</a>
<a class="wc-auth-deny" href="${escaped(backTo(params, '0'))}">Deny</a></p></body></html>`;
  return { status: 200, headers: HTML, body };
}

async function grant(shop: Shop, params: Params): Promise<VendorAnswer> {
  const number = shop.nextId('item');
  const hashed = (text: string) => createHash('sha1').update(`${text}\n${number}\n${params.user_id}`).digest('hex');
  const key: ApiKey = {
    consumerKey: `ck_${hashed('key')}`,
    consumerSecret: `cs_${hashed('secret')}`,
    permissions: params.scope as ApiKey['permissions'],
  };
  shop.addKey(key);
  const isTaken = await posted(params, key, number);
  if (!isTaken) {
    shop.removeKeys(({ consumerKey }) => consumerKey === key.consumerKey);
    return denied('An error occurred in the request and at the time were unable to send the consumer data');
  }
  return { status: 302, headers: { location: backTo(params, '1') }, body: '' };
}

/** The key goes to the app while the browser waits; anything but 200 makes the shop delete it again. */
async function posted(params: Params, key: ApiKey, keyId: number): Promise<boolean> {
  const data = {
    key_id: keyId,
    user_id: params.user_id,
    consumer_key: key.consumerKey,
    consumer_secret: key.consumerSecret,
    key_permissions: key.permissions,
  };
  try {
    const answer = await fetch(params.callback_url, {
      method: 'POST',
      headers: { 'content-type': 'application/json;charset=UTF-8' },
      body: JSON.stringify(data),
      redirect: 'manual',
      signal: AbortSignal.timeout(POST_TIMEOUT_MS),
    });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return false;
    throw error;
  }
}

function backTo({ return_url: returnUrl, user_id: userId }: Params, success: '0' | '1'): string {
  const url = new URL(returnUrl);
  url.searchParams.set('success', success);
  url.searchParams.set('user_id', userId);
  return url.href;
}

function denied(why: string): VendorAnswer {
  const body = `<!DOCTYPE html><html lang="en"><head><title>Access denied</title></head><body><p>Error: ${escaped(why)}.</p></body></html>`;
  return { status: 401, headers: HTML, body, summary: 'access denied' };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
