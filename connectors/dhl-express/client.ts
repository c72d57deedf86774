import { createHash } from 'node:crypto';
import type { Static, TSchema } from '@sinclair/typebox';
import type { ConnectorContext } from '../contract/common.ts';
import type { IncomingAnswer } from '../transport/client.ts';
import { unreadable } from './errors.ts';
import { type DhlExpressCredentials, type DhlExpressSettings, fits, misfit } from './schema.ts';

/** A call of the API. */
export interface DhlExpressCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base address, with a leading slash. */
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: unknown;
  readonly operation: string;
  readonly effect: boolean;
  /** What the call is about: our reference or a number, made part of `Message-Reference`. */
  readonly about: string;
}

export function isSuccess(answer: IncomingAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** Refused for what was asked: the record goes back to people, the call is not repeated. */
export function isRefusal(answer: IncomingAnswer): boolean {
  return answer.status === 400 || answer.status === 422;
}

/** MyDHL API over HTTP: Basic authentication, version and message reference. */
export class DhlExpressClient {
  readonly #ctx: ConnectorContext<DhlExpressCredentials, DhlExpressSettings>;
  #attempts = 0;

  constructor(ctx: ConnectorContext<DhlExpressCredentials, DhlExpressSettings>) {
    this.#ctx = ctx;
  }

  /** The answer of any status that the transport lets through. */
  async send(call: DhlExpressCall): Promise<IncomingAnswer> {
    const { settings, credentials } = this.#ctx;
    const query = new URLSearchParams((call.query ?? []).map(([name, value]) => [name, value])).toString();
    const login = Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8').toString('base64');
    const reference = await this.#messageReference(call);
    const answer = await this.#ctx.http.send({
      method: call.method,
      url: `${settings.baseUrl.replace(/\/+$/, '')}${call.path}${query === '' ? '' : `?${query}`}`,
      headers: {
        authorization: `Basic ${login}`,
        accept: 'application/json',
        'x-version': settings.apiVersion ?? '3.1.0',
        'message-reference': reference,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      operation: call.operation,
      effect: call.effect,
    });
    const invocationId = answer.headers['invocation-id'];
    const { operation } = call;
    this.#ctx.log.info({ operation, status: answer.status, reference, invocationId }, 'MyDHL API answered');
    return answer;
  }

  /** An answer's body checked against its schema; the error names the path. */
  read<S extends TSchema>(call: DhlExpressCall, answer: IncomingAnswer, schema: S): Static<S> {
    let body: unknown;
    try {
      body = JSON.parse(answer.text);
    } catch (error) {
      const why = error instanceof SyntaxError ? 'no JSON' : 'unreadable';
      throw unreadable(call.operation, call.effect, why, answer.text);
    }
    if (fits(schema, body)) return body;
    throw unreadable(call.operation, call.effect, misfit(schema, body) ?? '/');
  }

  /**
   * Names one attempt in DHL's logs and ours (36 characters at most). It is no idempotency key: the same one twice
   * books twice.
   */
  async #messageReference(call: DhlExpressCall): Promise<string> {
    this.#attempts += 1;
    const atMs = (await this.#ctx.clock.now()).getTime();
    const parts = [this.#ctx.connectionId, call.operation, call.about, atMs, this.#attempts].join('|');
    return createHash('sha256').update(parts).digest('hex').slice(0, 32);
  }
}
