import type { Static, TSchema } from '@sinclair/typebox';
import type { ConnectorContext } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import { openEnvelope, type ServiceResult, throttleOf } from './envelope.ts';
import { badTokenCode, businessError, statusError, unreadable } from './errors.ts';
import { fits, type JdIdCredentials, type JdIdSettings, misfit } from './schema.ts';
import { sign } from './signature.ts';
import { gatewayTimestamp } from './times.ts';
import { TokenKeeper } from './tokens.ts';

/** A call of the gateway. */
export interface JdIdCall {
  readonly method: string;
  /** In words for logs, metrics and budgets. */
  readonly operation: string;
  /** The business parameters, before they are made JSON. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** True where a repetition could do something twice. */
  readonly effect?: boolean;
}

/**
 * The v2 gateway: one URL, form-encoded POST (images do not fit into a query, and tokens do not belong into a URL),
 * signed parameters, tokens renewed early and once more after a refusal.
 */
export class JdIdClient {
  readonly #ctx: ConnectorContext<JdIdCredentials, JdIdSettings>;
  readonly #tokens: TokenKeeper;

  constructor(ctx: ConnectorContext<JdIdCredentials, JdIdSettings>) {
    this.#ctx = ctx;
    this.#tokens = new TokenKeeper(ctx);
  }

  /** The service's result, also when it refused. Throws what gateway, transport or parser found. */
  async call(call: JdIdCall): Promise<ServiceResult> {
    const credentials = await this.#tokens.current(await this.#ctx.clock.now());
    try {
      return await this.#send(call, credentials);
    } catch (error) {
      const badToken = error instanceof ConnectorError && error.details.code === badTokenCode;
      if (!badToken || error.kind !== 'Unauthorized') throw error;
      return this.#send(call, await this.#tokens.renew(credentials.accessToken));
    }
  }

  /** The model of a call that must succeed, checked against its schema. Throws the service's refusal in our words. */
  async ask<S extends TSchema>(call: JdIdCall, schema: S): Promise<Static<S>> {
    const result = await this.succeed(call);
    return this.read(call, schema, result.model);
  }

  /** A call that must succeed and whose model nobody needs. */
  async succeed(call: JdIdCall): Promise<ServiceResult> {
    const result = await this.call(call);
    if (result.success) return result;
    throw businessError({ ...result, operation: call.operation, effect: call.effect ?? false });
  }

  /** A part of an answer checked against its schema; the error names the path. */
  read<S extends TSchema>(call: JdIdCall, schema: S, value: unknown): Static<S> {
    if (fits(schema, value)) return value;
    const where = `/model${misfit(schema, value) ?? ''}`;
    throw unreadable(call.operation, call.effect ?? false, where);
  }

  async #send(call: JdIdCall, credentials: JdIdCredentials): Promise<ServiceResult> {
    const { operation, method, effect = false } = call;
    const unsigned = {
      app_key: credentials.appKey,
      access_token: credentials.accessToken,
      method,
      v: '2.0',
      timestamp: gatewayTimestamp(await this.#ctx.clock.now()),
      '360buy_param_json': JSON.stringify(call.parameters ?? {}),
    };
    const body = new URLSearchParams({ ...unsigned, sign: sign(unsigned, credentials.appSecret) }).toString();
    const answer = await this.#ctx.http.send({
      method: 'POST',
      url: this.#ctx.settings.gatewayUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', accept: 'application/json' },
      body,
      operation,
      effect,
      throttle: throttleOf,
    });
    if (answer.status !== 200) throw statusError(answer.status, operation, effect, answer.text);
    return openEnvelope({ method, operation, effect, text: answer.text });
  }
}
