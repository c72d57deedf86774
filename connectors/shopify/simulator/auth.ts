import { createHmac } from 'node:crypto';
import type { VendorAnswer, VendorRequest } from '../../simulator-kit/index.ts';
import type { TokenRecord } from './model.ts';
import { ALL_SCOPES } from './options.ts';
import type { Shop } from './shop.ts';

const REFRESH_SECONDS = 90 * 24 * 3600;

/** What a call with a token that is good now may do; null for others. */
export function admittedScopes(shop: Shop, request: VendorRequest): readonly string[] | null {
  const given = request.headers['x-shopify-access-token'] ?? '';
  const nowMs = shop.tools.clock.now().getTime();
  const isGood = (one: TokenRecord) => (one.expiresMs ?? Number.POSITIVE_INFINITY) > nowMs;
  const token = shop.tokens.find((one) => one.accessToken === given && isGood(one));
  return token === undefined ? null : (token.scopes ?? shop.options.scopes ?? ALL_SCOPES);
}

/** What is answered to a wrong or ended token. */
export const notAdmitted: VendorAnswer = {
  status: 401,
  body: { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' },
};

/**
 * `/admin/oauth/authorize`: a page with one button (its looks are our own); agreed to by posting it, the callback is signed
 * as the real one is. Whoever comes is taken for the logged-in owner.
 */
export function authorize(shop: Shop, request: VendorRequest): VendorAnswer {
  const query = new URLSearchParams(request.query.map(([name, value]) => [name, value]));
  const redirect = query.get('redirect_uri') ?? '';
  if (query.get('client_id') !== shop.options.clientId || !URL.canParse(redirect)) {
    return { status: 400, body: 'Oauth error invalid_request: Could not find Shopify API application' };
  }
  return request.method === 'GET' ? consentPage(shop, query) : agreed(shop, query, redirect);
}

function consentPage(shop: Shop, query: URLSearchParams): VendorAnswer {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const scopes = (query.get('scope') ?? '').split(',').map((scope) => `<li>${escaped(scope)}</li>`);
  const body = `<!DOCTYPE html><html lang="en"><head><title>Install app</title></head><body>
<h1>Install app in ${escaped(shop.domain)}</h1><ul>${scopes.join('')}</ul>
<form method="post" action="?${escaped(query.toString())}"><button>Install</button></form></body></html>`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

function agreed(shop: Shop, query: URLSearchParams, redirect: string): VendorAnswer {
  const code = `code-${shop.newId()}`;
  shop.codes.push(code);
  shop.changed();
  const callback = new URL(redirect);
  const values: Record<string, string> = {
    code,
    host: Buffer.from(`${shop.domain}/admin`).toString('base64url'),
    shop: shop.domain,
    state: query.get('state') ?? '',
    timestamp: String(Math.floor(shop.tools.clock.now().getTime() / 1000)),
  };
  const message = Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join('&');
  const hmac = createHmac('sha256', shop.options.clientSecret).update(message).digest('hex');
  for (const [name, value] of Object.entries({ ...values, hmac })) callback.searchParams.set(name, value);
  return { status: 302, headers: { location: callback.href }, body: '' };
}

/** `POST /admin/oauth/access_token`: client credentials, a code, or a refresh. */
export function grantToken(shop: Shop, request: VendorRequest): VendorAnswer {
  const body = formOf(request);
  if (body.client_id !== shop.options.clientId || body.client_secret !== shop.options.clientSecret) {
    return refused('invalid_client');
  }
  if (body.grant_type === 'client_credentials') return issue(shop, { expiring: true, refreshable: false });
  if (body.grant_type === 'refresh_token') {
    const old = shop.tokens.findIndex(
      ({ refreshToken }) => refreshToken !== null && refreshToken === body.refresh_token,
    );
    if (old < 0) return refused('invalid_grant');
    // Used once: the pair is replaced as a whole.
    shop.tokens.splice(old, 1);
    return issue(shop, { expiring: true, refreshable: true });
  }
  const at = shop.codes.indexOf(String(body.code));
  if (body.code === undefined || at < 0) return refused('invalid_request');
  shop.codes.splice(at, 1);
  const expiring = String(body.expiring ?? '0') === '1';
  return issue(shop, { expiring, refreshable: expiring });
}

function issue(shop: Shop, { expiring, refreshable }: { expiring: boolean; refreshable: boolean }): VendorAnswer {
  const { tokenSeconds } = shop.dials;
  const number = shop.newId();
  const token: TokenRecord = {
    accessToken: `shpat_issued${number}`,
    refreshToken: refreshable ? `shprt_issued${number}` : null,
    expiresMs: expiring ? shop.tools.clock.now().getTime() + tokenSeconds * 1000 : null,
  };
  shop.tokens.push(token);
  shop.tools.log.fact({ fact: 'token.issued' });
  shop.changed();
  return {
    status: 200,
    body: {
      access_token: token.accessToken,
      scope: (shop.options.scopes ?? []).join(','),
      ...(expiring ? { expires_in: tokenSeconds } : {}),
      ...(refreshable ? { refresh_token: token.refreshToken, refresh_token_expires_in: REFRESH_SECONDS } : {}),
    },
  };
}

function formOf({ body, headers }: VendorRequest): Record<string, unknown> {
  const text = body.toString('utf8');
  if (!(headers['content-type'] ?? '').includes('json')) return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function refused(error: string): VendorAnswer {
  return { status: 400, body: { error, error_description: 'The grant is not valid.' } };
}
