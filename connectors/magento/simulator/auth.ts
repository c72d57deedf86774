import { createHmac } from 'node:crypto';
import type { VendorRequest } from '../../simulator-kit/index.ts';
import { MagentoError, notAuthorized, required } from './errors.ts';
import { objectOf, textOf } from './json.ts';
import type { Integration } from './options.ts';
import type { Shop } from './shop.ts';

const SIGN_IN_FAILED =
  'The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later.';
const MAX_FAILURES = 6;
const LOCK_MS = 1_800_000;
const FUTURE_S = 600;

/** Who may call: administrators' tokens, integrations. */
export class Access {
  readonly #shop: Shop;
  readonly #tokens = new Map<string, number>();
  readonly #nonces = new Set<string>();
  #failures = 0;
  #lockedUntilMs = 0;

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  clear(): void {
    this.#tokens.clear();
    this.#nonces.clear();
    this.#failures = 0;
    this.#lockedUntilMs = 0;
  }

  /** All tokens of administrators die, as when their hour is over. */
  expire(): number {
    const count = this.#tokens.size;
    this.#tokens.clear();
    return count;
  }

  /** `POST /integration/admin/token`. */
  signIn(body: unknown): string {
    const shop = this.#shop;
    const { username, password } = objectOf(body);
    if (textOf(username) === '') throw required('username');
    if (textOf(password) === '') throw required('password');
    if (shop.dials.twoFactor) {
      throw new MagentoError(401, 'Please use the 2fa provider-specific endpoints to obtain a token.');
    }
    const isRight = username === shop.options.username && password === shop.options.password;
    if (!isRight || shop.nowMs() < this.#lockedUntilMs) {
      this.#failures += 1;
      if (this.#failures >= MAX_FAILURES) this.#lockedUntilMs = shop.nowMs() + LOCK_MS;
      throw new MagentoError(401, SIGN_IN_FAILED);
    }
    this.#failures = 0;
    const part = (text: string) => Buffer.from(text).toString('base64url');
    const serial = shop.tools.random.text(12);
    const token = `${part('{"alg":"HS256"}')}.${part(`{"uid":1,"serial":"${serial}"}`)}.${part(serial)}`;
    this.#tokens.set(token, shop.tools.clock.baseNow().getTime() + shop.dials.adminTokenMinutes * 60_000);
    shop.tools.log.fact({ fact: 'token.issued' });
    return token;
  }

  /** @throws MagentoError 401 naming the right, also where the token is unknown or too old */
  demand(request: VendorRequest, right: string): void {
    const header = request.headers.authorization ?? '';
    if (header.startsWith('OAuth ')) {
      this.#demandSigned(request, header, right);
      return;
    }
    const bearer = /^Bearer (.+)$/.exec(header)?.[1] ?? '';
    const validUntil = this.#tokens.get(bearer);
    if (validUntil !== undefined && validUntil > this.#shop.tools.clock.baseNow().getTime()) return;
    const known = this.#integrations().find(({ accessToken }) => accessToken === bearer);
    if (known !== undefined && this.#shop.dials.integrationBearer && !known.lacks?.includes(right)) return;
    throw notAuthorized(right);
  }

  #integrations(): readonly Integration[] {
    const { integration, integrations = [] } = this.#shop.options;
    return integration === undefined ? integrations : [integration, ...integrations];
  }

  #demandSigned(request: VendorRequest, header: string, right: string): void {
    const given = oauthParameters(header);
    const consumer = given.get('oauth_consumer_key');
    const integration = this.#integrations().find(({ consumerKey }) => consumerKey === consumer);
    if (integration === undefined) {
      throw new MagentoError(401, 'A consumer having the specified key does not exist');
    }
    if (given.get('oauth_token') !== integration.accessToken) {
      throw new MagentoError(401, 'Specified token does not exist');
    }
    const atSeconds = Number(given.get('oauth_timestamp'));
    // Where time is played, callers sign with either clock.
    const { clock } = this.#shop.tools;
    const latestSeconds = Math.max(clock.baseNow().getTime(), clock.now().getTime()) / 1000 + FUTURE_S;
    if (!(atSeconds > 0) || atSeconds > latestSeconds) {
      throw new MagentoError(401, 'The oauth_timestamp value in the oauth_timestamp parameter is invalid.');
    }
    const nonce = given.get('oauth_nonce') ?? '';
    if (this.#nonces.has(nonce)) {
      throw new MagentoError(401, 'The nonce is already being used by the consumer with ID %1', [1]);
    }
    const key = `${percentEncode(integration.consumerSecret)}&${percentEncode(integration.accessTokenSecret)}`;
    const expected = createHmac('sha256', key)
      .update(baseString(this.#shop, request, given))
      .digest('base64');
    if (given.get('oauth_signature_method') !== 'HMAC-SHA256' || given.get('oauth_signature') !== expected) {
      throw new MagentoError(401, 'The signature is invalid. Verify and try again.');
    }
    this.#nonces.add(nonce);
    if (integration.lacks?.includes(right)) throw notAuthorized(right);
  }
}

function oauthParameters(header: string): Map<string, string> {
  const pairs = [...header.slice('OAuth '.length).matchAll(/(\w+)="([^"]*)"/g)];
  return new Map(pairs.map(([, name = '', value = '']) => [name, decodeURIComponent(value)]));
}

/** RFC 5849: method, URL without query, all parameters sorted; a JSON body is not part of it. */
function baseString(shop: Shop, request: VendorRequest, given: ReadonlyMap<string, string>): string {
  const parameters = [...request.query, ...given].filter(([name]) => name !== 'oauth_signature' && name !== 'realm');
  const sorted = parameters
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  const origin = new URL(shop.tools.url()).protocol;
  const url = `${origin}//${request.headers.host ?? ''}${shop.dials.plainSignatures ? plainPath(request.path) : request.path}`;
  return [request.method, percentEncode(url), percentEncode(sorted.join('&'))].join('&');
}

/** What the shop's URI library makes of a path: characters that may stand plainly are decoded. */
function plainPath(path: string): string {
  const plain = new Set([...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~:@&=+$,/;%']);
  const decoded = path.replace(/%[0-9a-f]{2}/gi, (code) => {
    const character = String.fromCharCode(Number(`0x${code.slice(1)}`));
    return plain.has(character) ? character : code.toUpperCase();
  });
  return decoded.replace(/%(?![0-9a-f]{2})/gi, '%25');
}

function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
