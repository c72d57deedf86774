import type { Static, TSchema } from '@sinclair/typebox';
import { check } from '../contract/check.ts';
import type { ConnectorContext } from '../contract/common.ts';
import type { IncomingAnswer } from '../transport/client.ts';
import { parseJsonAnswer, unreadableAnswer } from '../transport/json.ts';
import type { NinjaVanCredentials, NinjaVanSettings } from './schema.ts';
import { apiOf, TokenKeeper } from './tokens.ts';

/** A call of the API. */
export interface NinjaVanCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind the country, with a leading slash. */
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: unknown;
  readonly accept?: string;
  readonly operation: string;
  readonly effect: boolean;
}

/** The API over HTTP, with an access token that is kept up by itself. */
export class NinjaVanClient {
  readonly tokens: TokenKeeper;
  readonly #ctx: ConnectorContext<NinjaVanCredentials, NinjaVanSettings>;

  constructor(ctx: ConnectorContext<NinjaVanCredentials, NinjaVanSettings>) {
    this.#ctx = ctx;
    this.tokens = new TokenKeeper(ctx);
  }

  /** The answer of any status that the transport lets through. A 401 is tried once more with a new token. */
  async send(call: NinjaVanCall): Promise<IncomingAnswer> {
    const { accessToken } = await this.tokens.current();
    const answer = await this.#sendWith(call, accessToken);
    if (answer.status !== 401) return answer;
    const renewed = await this.tokens.renew(accessToken);
    return this.#sendWith(call, renewed.accessToken);
  }

  /** An answer's body checked against its schema; the error names the path. */
  read<S extends TSchema>(call: NinjaVanCall, answer: IncomingAnswer, schema: S): Static<S> {
    const verdict = check(schema, parseJsonAnswer(answer, call));
    if (verdict.ok) return verdict.value;
    // The body is not quoted: orders repeat names and addresses.
    throw unreadableAnswer({ ...answer, text: '' }, call, verdict.problem);
  }

  async #sendWith(call: NinjaVanCall, accessToken: string): Promise<IncomingAnswer> {
    const query = new URLSearchParams((call.query ?? []).map(([name, value]) => [name, value])).toString();
    const answer = await this.#ctx.http.send({
      method: call.method,
      url: `${apiOf(this.#ctx.settings)}${call.path}${query === '' ? '' : `?${query}`}`,
      headers: {
        authorization: `Bearer ${accessToken}`,
        accept: call.accept ?? 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      operation: call.operation,
      effect: call.effect,
    });
    return answer;
  }
}
