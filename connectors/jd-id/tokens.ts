import type { ConnectorContext } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import { fits, misfit, tokenAnswerSchema } from './answers.ts';
import { statusError, unreadable } from './errors.ts';
import type { Gateway } from './gateways/gateway.ts';
import { parseJson } from './json.ts';
import type { JdIdCredentials, JdIdSettings } from './schema.ts';

const operation = 'oauth.refresh';
const reconnect = 'Connect the shop again, so that it grants new tokens.';
const MINUTE_MS = 60_000;

/** A token answer as new credentials. Expiry = issue time + lifetime; without an issue time, from now. */
export function renewedCredentials(old: JdIdCredentials, text: string, now: Date): JdIdCredentials {
  let answer: unknown;
  try {
    answer = parseJson(text);
  } catch (error) {
    throw unreadable(operation, false, `no JSON (${error instanceof Error ? error.name : 'unknown'})`);
  }
  if (!fits(tokenAnswerSchema, answer)) {
    throw unreadable(operation, false, misfit(tokenAnswerSchema, answer) ?? '/');
  }
  const { access_token: accessToken, refresh_token: refreshToken } = answer;
  const code = String(answer.code ?? '0');
  if (code !== '0' || !accessToken || !refreshToken) {
    throw new ConnectorError('Unauthorized', `JD.id did not renew the tokens (code ${code})`, {
      code,
      remedy: reconnect,
    });
  }
  const lifetimeMs = Number(answer.expires_in ?? Number.NaN) * 1000;
  const issuedMs = Number(answer.time || now.getTime());
  const expiresAt = new Date(issuedMs + lifetimeMs);
  if (!(lifetimeMs > 0) || [expiresAt, new Date(issuedMs)].some((at) => Number.isNaN(at.getTime()))) {
    throw unreadable(operation, false, '/expires_in: expected a number of seconds');
  }
  return {
    ...old,
    accessToken,
    refreshToken,
    accessTokenExpiresAt: expiresAt.toISOString(),
    accessTokenIssuedAt: new Date(issuedMs).toISOString(),
  };
}

/**
 * Whether a token is to be renewed: early by the margin, but never in the first three quarters of its life. One of which
 * nobody said when it ends is used until it is refused.
 */
export function isDue(credentials: JdIdCredentials, now: Date, earlyMinutes: number): boolean {
  if (credentials.accessTokenExpiresAt === undefined) return false;
  const expiresMs = Date.parse(credentials.accessTokenExpiresAt);
  if (Number.isNaN(expiresMs)) return true;
  const issuedMs = Date.parse(credentials.accessTokenIssuedAt ?? '');
  const quarterMs = Number.isNaN(issuedMs) ? Number.POSITIVE_INFINITY : (expiresMs - issuedMs) / 4;
  return now.getTime() >= expiresMs - Math.min(earlyMinutes * MINUTE_MS, quarterMs);
}

/** Where the access token of a call comes from. */
export interface TokenSource {
  /** Credentials with a token that is good for now. */
  current(now: Date): Promise<JdIdCredentials>;
  /** Credentials with another token, because the gateway refused this one. */
  renew(usedToken: string, refusal: ConnectorError): Promise<JdIdCredentials>;
}

/** The tokens that the gateway works with. Throws `Rejected` where the credentials lack what it needs. */
export function tokenSource(ctx: ConnectorContext<JdIdCredentials, JdIdSettings>, gateway: Gateway): TokenSource {
  return gateway.renewsTokens ? new TokenKeeper(ctx) : longLivedToken(ctx.credentials);
}

/** One token without an end and without a way to renew it: once refused, a person makes a new one. */
function longLivedToken(credentials: JdIdCredentials): TokenSource {
  return {
    current: async () => credentials,
    renew: async (_used, refusal) => {
      throw new ConnectorError('Unauthorized', refusal.message, {
        ...refusal.details,
        remedy: 'Copy the access token from the developer console again: this gateway cannot renew it.',
      });
    },
  };
}

/** What v2 needs beside an access token; the error names the first field that is missing. */
function assertRenewable({ credentials, settings }: ConnectorContext<JdIdCredentials, JdIdSettings>): void {
  const missing =
    credentials.refreshToken === undefined
      ? 'credentials/refreshToken'
      : settings.oauthUrl === undefined
        ? 'settings/oauthUrl'
        : null;
  if (missing === null) return;
  throw new ConnectorError('Rejected', `${missing}: needed by JD.id's gateway v2`, {
    code: 'schema',
    field: missing,
    remedy: 'Connect the shop by OAuth, or choose gateway v1 for a long-lived token.',
  });
}

/**
 * Hands out the access token and renews it early. Renewals go through `ctx.renewCredentials`, which holds a lock and
 * stores the new pair before it is used: whoever comes second finds it renewed and makes no call.
 */
class TokenKeeper implements TokenSource {
  readonly #ctx: ConnectorContext<JdIdCredentials, JdIdSettings>;
  #current: JdIdCredentials;
  #renewing: Promise<JdIdCredentials> | null = null;

  constructor(ctx: ConnectorContext<JdIdCredentials, JdIdSettings>) {
    assertRenewable(ctx);
    this.#ctx = ctx;
    this.#current = ctx.credentials;
  }

  /** Credentials with a token that is good for now. An early renewal that does not get through is put off. */
  async current(now: Date): Promise<JdIdCredentials> {
    const used = this.#current;
    if (!isDue(used, now, this.#ctx.settings.refreshEarlyMinutes ?? 60)) return used;
    try {
      return await this.renew(used.accessToken);
    } catch (error) {
      const passing = error instanceof ConnectorError && ['Unavailable', 'RateLimited'].includes(error.kind);
      if (!passing || isDue(used, now, 0)) throw error;
      this.#ctx.log.warn({ reason: error.message }, 'tokens could not be renewed early; the present one is used on');
      return used;
    }
  }

  /** Renews unless somebody else has already replaced `usedToken`. */
  async renew(usedToken: string): Promise<JdIdCredentials> {
    this.#renewing ??= this.#renewOnce(usedToken).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renewOnce(usedToken: string): Promise<JdIdCredentials> {
    const renewed = await this.#ctx.renewCredentials(async (latest) =>
      latest.accessToken === usedToken ? this.#refresh(latest) : latest,
    );
    this.#current = renewed;
    return renewed;
  }

  async #refresh(latest: JdIdCredentials): Promise<JdIdCredentials> {
    const query = new URLSearchParams({
      app_key: latest.appKey,
      app_secret: latest.appSecret,
      grant_type: 'refresh_token',
      refresh_token: latest.refreshToken ?? '',
    });
    const url = `${(this.#ctx.settings.oauthUrl ?? '').replace(/\/+$/, '')}/refresh_token?${query.toString()}`;
    // No effect for the ledger: after a lost answer the next try finds the old token dead and asks for a person.
    const answer = await this.#ctx.http.send({ method: 'GET', url, operation, effect: false });
    if (answer.status < 200 || answer.status > 299) throw statusError(answer.status, operation, false, '');
    return renewedCredentials(latest, answer.text, await this.#ctx.clock.now());
  }
}
