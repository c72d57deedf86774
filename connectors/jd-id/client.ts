import type { ConnectorContext } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import { businessError, isBadToken, statusError } from './errors.ts';
import type { Gateway, GatewayCall, ServiceResult } from './gateways/gateway.ts';
import type { JdIdCredentials, JdIdSettings } from './schema.ts';
import { type TokenSource, tokenSource } from './tokens.ts';

/** Signed calls of one gateway; tokens are renewed early and once more after a refusal. */
export class JdIdClient {
  readonly gateway: Gateway;
  readonly #ctx: ConnectorContext<JdIdCredentials, JdIdSettings>;
  readonly #tokens: TokenSource;

  constructor(ctx: ConnectorContext<JdIdCredentials, JdIdSettings>, gateway: Gateway) {
    this.gateway = gateway;
    this.#ctx = ctx;
    this.#tokens = tokenSource(ctx, gateway);
  }

  /** The service's result, also when it refused. Throws what gateway, transport or parser found. */
  async call(call: GatewayCall): Promise<ServiceResult> {
    const credentials = await this.#tokens.current(await this.#ctx.clock.now());
    try {
      return await this.#send(call, credentials);
    } catch (error) {
      if (!isBadToken(error)) throw error;
      return this.#send(call, await this.#tokens.renew(credentials.accessToken, error));
    }
  }

  /** What a call that must succeed answers. Throws the service's refusal in our words. */
  async ask<Answer>(call: GatewayCall<Answer>): Promise<Answer> {
    const result = await this.call(call);
    if (!result.success) throw businessError({ ...result, operation: call.operation, effect: call.effect ?? false });
    return call.read(result.model);
  }

  /** Like `ask`, but null where the service says that there is no such thing. */
  async find<Answer>(call: GatewayCall<Answer>): Promise<Answer | null> {
    try {
      return await this.ask(call);
    } catch (error) {
      if (error instanceof ConnectorError && error.kind === 'NotFound') return null;
      throw error;
    }
  }

  async #send(call: GatewayCall, credentials: JdIdCredentials): Promise<ServiceResult> {
    const { operation, effect = false } = call;
    const { url, headers, body } = this.gateway.request(call, credentials, await this.#ctx.clock.now());
    const answer = await this.#ctx.http.send({
      method: 'POST',
      url,
      headers: { ...headers, accept: 'application/json' },
      body,
      operation,
      effect,
      throttle: (seen) => this.gateway.throttle(seen),
    });
    // Refusals of the gateway come with 200 as far as is known; under another status they are worth reading too.
    const isRefused = answer.status >= 400 && answer.status < 500 && this.gateway.isRefusal(answer.text);
    if (answer.status !== 200 && !isRefused) throw statusError(answer.status, operation, effect, answer.text);
    return this.gateway.open(call, answer.text);
  }
}

/** A service said no; nothing is known to be broken. */
export function isRefusal(error: unknown): error is ConnectorError {
  return error instanceof ConnectorError && (error.kind === 'Rejected' || error.kind === 'Duplicate');
}
