import { Type } from '@sinclair/typebox';
import type { ConnectorContext } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import type { HttpClient } from '../transport/client.ts';
import { parseJsonAnswer, unreadableAnswer } from '../transport/json.ts';
import { grantOf, type ShopifyCredentials, type ShopifySettings } from './credentials.ts';
import { check } from './schema.ts';

const MINUTE_MS = 60_000;
/** A token is renewed so long before its end; a 24 h token twenty times earlier than it needs. */
const EARLY_MS = 10 * MINUTE_MS;

const tokenSchema = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  scope: Type.Optional(Type.String()),
  expires_in: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  refresh_token: Type.Optional(Type.String({ minLength: 1 })),
  refresh_token_expires_in: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
});

/**
 * Asks the shop's token endpoint. No effect for the ledger: a token that got lost is simply asked for again; a lost
 * answer to a refresh may have used up the refresh token (UNCONFIRMED), then the next attempt asks for a person.
 *
 * @throws ConnectorError Unauthorized when the shop refuses the grant
 */
export async function requestToken(
  http: HttpClient,
  shopUrl: string,
  grant: Readonly<Record<string, string>>,
  now: Date,
): Promise<ShopifyCredentials> {
  const call = { operation: 'oauth.token', effect: false } as const;
  const answer = await http.send({
    ...call,
    method: 'POST',
    url: `${shopUrl.replace(/\/+$/, '')}/admin/oauth/access_token`,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(grant),
  });
  if (answer.status >= 500) throw unreadableAnswer(answer, call, 'an error of the server');
  if (answer.status !== 200) {
    throw new ConnectorError('Unauthorized', `oauth.token: Shopify refused the grant with status ${answer.status}`, {
      status: answer.status,
      code: 'oauth',
      remedy: 'Check client ID and secret, that the app is installed in this shop, and connect the shop again.',
    });
  }
  const verdict = check(tokenSchema, parseJsonAnswer(answer, call));
  if (!verdict.ok) throw unreadableAnswer(answer, call, `a token that does not fit (${verdict.problem})`);
  const token = verdict.value;
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();
  return {
    accessToken: token.access_token,
    ...(token.expires_in === undefined ? {} : { accessTokenExpiresAt: after(token.expires_in) }),
    ...(token.refresh_token === undefined ? {} : { refreshToken: token.refresh_token }),
    ...(token.refresh_token_expires_in === undefined
      ? {}
      : { refreshTokenExpiresAt: after(token.refresh_token_expires_in) }),
  };
}

/**
 * Hands out the access token. Tokens that end are renewed early and once more after a refusal, through
 * `ctx.renewCredentials`, which holds a lock and stores the new ones before they are used: whoever comes second finds
 * them renewed and makes no call.
 */
export class TokenKeeper {
  readonly #ctx: ConnectorContext<ShopifyCredentials, ShopifySettings>;
  #current: ShopifyCredentials;
  #renewing: Promise<ShopifyCredentials> | null = null;

  constructor(ctx: ConnectorContext<ShopifyCredentials, ShopifySettings>) {
    this.#ctx = ctx;
    this.#current = ctx.credentials;
  }

  /** A token that is good for now. An early renewal that does not get through is put off. */
  async token(): Promise<string> {
    const now = await this.#ctx.clock.now();
    const { accessToken } = this.#current;
    if (accessToken === undefined) return this.renew(undefined);
    if (!isDue(this.#current, now, EARLY_MS)) return accessToken;
    try {
      return await this.renew(accessToken);
    } catch (error) {
      const passing = error instanceof ConnectorError && ['Unavailable', 'RateLimited'].includes(error.kind);
      if (!passing || isDue(this.#current, now, 0)) throw error;
      this.#ctx.log.warn({ reason: error.message }, 'the token could not be renewed early; the present one is used on');
      return accessToken;
    }
  }

  /** True where a refused token can be replaced without a person. */
  get renewable(): boolean {
    return ['refresh', 'client-credentials'].includes(grantOf(this.#current));
  }

  /** Renews unless somebody else has already replaced `usedToken`. */
  async renew(usedToken: string | undefined): Promise<string> {
    this.#renewing ??= this.#renewOnce(usedToken).finally(() => {
      this.#renewing = null;
    });
    const { accessToken } = await this.#renewing;
    if (accessToken === undefined) throw missing();
    return accessToken;
  }

  async #renewOnce(usedToken: string | undefined): Promise<ShopifyCredentials> {
    const renewed = await this.#ctx.renewCredentials(async (latest) =>
      latest.accessToken === usedToken ? this.#request(latest) : latest,
    );
    this.#current = renewed;
    return renewed;
  }

  async #request(latest: ShopifyCredentials): Promise<ShopifyCredentials> {
    const { clientId, clientSecret, refreshToken } = latest;
    const grant = grantOf(latest);
    if (clientId === undefined || clientSecret === undefined || grant === 'none' || grant === 'permanent') {
      throw missing();
    }
    const app = { client_id: clientId, client_secret: clientSecret };
    const body =
      grant === 'refresh' && refreshToken !== undefined
        ? { ...app, grant_type: 'refresh_token', refresh_token: refreshToken }
        : { ...app, grant_type: 'client_credentials' };
    const now = await this.#ctx.clock.now();
    return { ...latest, ...(await requestToken(this.#ctx.http, this.#ctx.settings.url, body, now)) };
  }
}

/** Whether a token is to be renewed: it ends within `earlyMs`. One without an end never is. */
export function isDue({ accessTokenExpiresAt }: ShopifyCredentials, now: Date, earlyMs: number): boolean {
  if (accessTokenExpiresAt === undefined) return false;
  const endMs = Date.parse(accessTokenExpiresAt);
  return Number.isNaN(endMs) || now.getTime() >= endMs - earlyMs;
}

function missing(): ConnectorError {
  return new ConnectorError('Unauthorized', 'The connection has neither a token nor a way to get one.', {
    code: 'no_token',
    remedy: 'Enter client ID and client secret, or an access token, or connect the shop by OAuth.',
  });
}
