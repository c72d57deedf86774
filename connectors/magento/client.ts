import { randomUUID } from 'node:crypto';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import type { ConnectorContext } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import type { IncomingAnswer } from '../transport/client.ts';
import { parseJsonAnswer, unreadableAnswer } from '../transport/json.ts';
import type { MagentoCredentials, MagentoSettings } from './credentials.ts';
import { isDeadlock, pause, refusal } from './errors.ts';
import { check } from './schema.ts';
import { encodeQuery, type OAuthKeys, oauthHeader, plainlySigned, type Query } from './signer.ts';

export type MagentoContext = ConnectorContext<MagentoCredentials, MagentoSettings>;

/** Six refusals lock a user for half an hour. */
const SIGN_IN_PAUSE_MS = 10 * 60_000;
/** How often a call is sent again that met another one in the shop's database. */
const MOST_DEADLOCKS = 2;

const BEARER_REMEDY =
  'Shops take access tokens alone only where Stores → Configuration → Services → OAuth → Consumer Settings allows it (off since 2.4.4); signed calls (oauth) always work.';

interface RefusedSignIn {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly error: ConnectorError;
  readonly untilMs: number;
}

/** A call of the shop's REST interface. */
export interface MagentoCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `V1`, without a leading slash, SKUs in it encoded: `products/A%2FB`. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly operation: string;
  /** True where a repetition could do something twice. Default false. */
  readonly effect?: boolean;
  /** Absolute, in one transaction of the shop: after a deadlock it is sent again. Default: reads only. */
  readonly repeatable?: boolean;
  /** `view`: the connection's store view (default for GET); `all`: global values (default for writes). */
  readonly scope?: 'view' | 'all';
  /** `bulk`: accepted now, done later. Default sync. */
  readonly mode?: 'sync' | 'bulk';
}

/** The shop's REST interface V1: address, authentication, errors, shapes. */
export class MagentoClient {
  readonly #ctx: MagentoContext;
  readonly #baseUrl: string;
  #credentials: MagentoCredentials;
  #renewing: Promise<MagentoCredentials> | null = null;
  #refusedSignIn: RefusedSignIn | null = null;
  #signsPlainly = false;

  constructor(ctx: MagentoContext) {
    this.#ctx = ctx;
    // People copy the address of the interface itself.
    this.#baseUrl = ctx.settings.url.replace(/(?:\/rest(?:\/\w+)?\/V1)?\/*$/i, '');
    this.#credentials = ctx.credentials;
    requireCredentials(ctx);
  }

  /**
   * The answer's body, checked.
   * @throws ConnectorError by the shop's refusal; Unavailable (effects: OutcomeUnknown) naming the path that does not fit
   */
  async ask<S extends TSchema>(call: MagentoCall, schema: S): Promise<Static<S>> {
    const answer = await this.#sendPatiently(call);
    const named = { operation: call.operation, effect: call.effect ?? false };
    const verdict = check(schema, parseJsonAnswer(answer, named));
    if (verdict.ok) return verdict.value;
    throw unreadableAnswer(answer, named, `a body that does not fit (${verdict.problem})`);
  }

  async #sendPatiently(call: MagentoCall): Promise<IncomingAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#send(call);
      } catch (error) {
        const isRepeatable = call.repeatable ?? call.method === 'GET';
        if (!isRepeatable || attempt > MOST_DEADLOCKS || !isDeadlock(error)) throw error;
        await pause();
      }
    }
  }

  async #send(call: MagentoCall): Promise<IncomingAnswer> {
    const answer = await this.#sendSigned(call);
    if (answer.status < 300) return answer;
    // An unknown, expired and powerless token look alike: one new token, then it is the right that is missing.
    const isAdmin = this.#ctx.settings.authentication === 'admin';
    if (answer.status !== 401 || !isAdmin) throw this.#refusal(answer, call);
    await this.#renew(this.#credentials.adminToken);
    const second = await this.#sendOnce(call);
    if (second.status >= 300) throw this.#refusal(second, call);
    return second;
  }

  #refusal(answer: IncomingAnswer, call: MagentoCall): ConnectorError {
    const error = refusal(answer, { operation: call.operation, effect: call.effect ?? false });
    if (error.kind !== 'Unauthorized' || this.#ctx.settings.authentication !== 'bearer') return error;
    const remedy = `${error.details.remedy ?? ''} ${BEARER_REMEDY}`.trim();
    return new ConnectorError(error.kind, error.message, { ...error.details, remedy });
  }

  /** Shops' versions differ in how they sign SKUs with rarer characters in a path: the other way is tried once. */
  async #sendSigned(call: MagentoCall): Promise<IncomingAnswer> {
    const isPlain = this.#signsPlainly;
    const answer = await this.#sendOnce(call, isPlain);
    const isSigned = (this.#ctx.settings.authentication ?? 'oauth') === 'oauth';
    const isOdd = isSigned && plainlySigned(call.path) !== call.path;
    if (answer.status !== 401 || !isOdd || !answer.text.includes('The signature is invalid')) return answer;
    const other = await this.#sendOnce(call, !isPlain);
    if (other.status !== 401) this.#signsPlainly = !isPlain;
    return other;
  }

  async #sendOnce(call: MagentoCall, isPlain = this.#signsPlainly): Promise<IncomingAnswer> {
    const scope =
      (call.scope ?? (call.method === 'GET' ? 'view' : 'all')) === 'all' ? 'all' : this.#ctx.settings.storeView;
    const parts = ['rest', scope, call.mode === 'bulk' ? 'async/bulk' : undefined, 'V1', call.path];
    const url = `${this.#baseUrl}/${parts.filter((part) => part !== undefined).join('/')}`;
    const query = call.query ?? {};
    const search = encodeQuery(query);
    return this.#ctx.http.send({
      method: call.method,
      url: search === '' ? url : `${url}?${search}`,
      operation: call.operation,
      effect: call.effect ?? false,
      headers: {
        accept: 'application/json',
        authorization: await this.#authorization(call.method, isPlain ? plainlySigned(url) : url, query),
        // Older versions look at it for every POST, also where there is no body.
        ...(call.method === 'GET' || call.method === 'DELETE' ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  }

  async #authorization(method: string, url: string, query: Query): Promise<string> {
    const { authentication = 'oauth' } = this.#ctx.settings;
    if (authentication === 'oauth') {
      const atSeconds = Math.floor((await this.#ctx.clock.now()).getTime() / 1000);
      return oauthHeader(
        { method, url, query },
        oauthKeys(this.#credentials),
        atSeconds,
        randomUUID().replaceAll('-', ''),
      );
    }
    if (authentication === 'bearer') return `Bearer ${this.#credentials.accessToken ?? ''}`;
    const { adminToken } = this.#credentials;
    return `Bearer ${adminToken ?? (await this.#renew(undefined)).adminToken ?? ''}`;
  }

  /** Under the connection's lock: whoever comes second finds the token renewed and makes no call. */
  #renew(used: string | undefined): Promise<MagentoCredentials> {
    this.#renewing ??= this.#ctx
      .renewCredentials(async (latest) => {
        if (latest.adminToken !== undefined && latest.adminToken !== used) return latest;
        return { ...latest, adminToken: await this.#signIn(latest) };
      })
      .then((renewed) => {
        this.#credentials = renewed;
        return renewed;
      })
      .finally(() => {
        this.#renewing = null;
      });
    return this.#renewing;
  }

  /**
   * Never in a loop: the shop locks a user after six failures, and answers as to a wrong password. A refusal holds for
   * a while without asking again.
   */
  async #signIn(credentials: MagentoCredentials): Promise<string> {
    const nowMs = (await this.#ctx.clock.now()).getTime();
    const last = this.#refusedSignIn;
    const isSame = last?.username === credentials.username && last?.password === credentials.password;
    if (last !== null && isSame && nowMs < last.untilMs) throw last.error;
    try {
      return await this.#askToken(credentials);
    } catch (error) {
      if (error instanceof ConnectorError && error.kind === 'Unauthorized') {
        const { username, password } = credentials;
        this.#refusedSignIn = { username, password, error, untilMs: nowMs + SIGN_IN_PAUSE_MS };
      }
      throw error;
    }
  }

  async #askToken({ username, password }: MagentoCredentials): Promise<string> {
    const call = { operation: 'token.create', effect: false };
    const answer = await this.#ctx.http.send({
      ...call,
      method: 'POST',
      url: `${this.#baseUrl}/rest/V1/integration/admin/token`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    });
    if (answer.status >= 300) throw refusal(answer, call);
    const verdict = check(Type.String({ minLength: 1 }), parseJsonAnswer(answer, call));
    if (verdict.ok) return verdict.value;
    throw unreadableAnswer(answer, call, 'something that is no token');
  }
}

function oauthKeys(credentials: MagentoCredentials): OAuthKeys {
  const { consumerKey = '', consumerSecret = '', accessToken = '', accessTokenSecret = '' } = credentials;
  return { consumerKey, consumerSecret, accessToken, accessTokenSecret };
}

/** @throws ConnectorError Rejected naming the first field that the chosen authentication needs and does not have */
function requireCredentials({ credentials, settings }: MagentoContext): void {
  const needed = {
    oauth: ['consumerKey', 'consumerSecret', 'accessToken', 'accessTokenSecret'],
    bearer: ['accessToken'],
    admin: ['username', 'password'],
  } as const;
  const { authentication = 'oauth' } = settings;
  const missing = needed[authentication].find((name) => credentials[name] === undefined);
  if (missing === undefined) return;
  throw new ConnectorError('Rejected', `credentials/${missing}: the authentication ${authentication} needs it`, {
    code: 'schema',
    field: `credentials/${missing}`,
  });
}
