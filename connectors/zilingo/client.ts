import type { Static, TSchema } from '@sinclair/typebox';
import { check } from '../contract/check.ts';
import type { ConnectorContext } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import type { IncomingAnswer, Throttle } from '../transport/client.ts';
import { refusal, statusError, unreadable } from './errors.ts';
import type { ZilingoCredentials, ZilingoSettings } from './schema.ts';

/** A call of the seller API. */
export interface ZilingoCall {
  readonly method: 'GET' | 'POST';
  /** Below the address, percent-encoded. */
  readonly path: string;
  /** In words for logs, metrics and budgets. */
  readonly operation: string;
  readonly body?: unknown;
  /** True where a repetition could do something twice. */
  readonly effect?: boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field by its name without case: `STATUS` and `status` were both seen. */
export function fieldOf(record: Record<string, unknown>, name: string): unknown {
  const key = Object.keys(record).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : record[key];
}

/** Three static headers, JSON, no signature, no tokens. */
export class ZilingoClient {
  readonly #ctx: ConnectorContext<ZilingoCredentials, ZilingoSettings>;

  constructor(ctx: ConnectorContext<ZilingoCredentials, ZilingoSettings>) {
    this.#ctx = ctx;
  }

  /** The answer to a read, checked; null where nothing at all was answered, which means "no such thing" in places. */
  async readOrNull<S extends TSchema>(call: ZilingoCall, schema: S): Promise<Static<S> | null> {
    try {
      const text = await this.#send(call);
      return ['', 'null'].includes(text.trim()) ? null : this.#checked(call, schema, this.#parsed(call, text));
    } catch (error) {
      // How "no such thing" is told is UNCONFIRMED: nothing at all, a failure that says so, or a 404 of the API's own.
      if (error instanceof ConnectorError && error.kind === 'NotFound') return null;
      throw error;
    }
  }

  /** The answer to a read, checked. @throws Unavailable where it is empty or of another shape */
  async read<S extends TSchema>(call: ZilingoCall, schema: S): Promise<Static<S>> {
    const text = await this.#send(call);
    if (text.trim() === '') throw unreadable(call.operation, call.effect ?? false, 'it is empty');
    return this.#checked(call, schema, this.#parsed(call, text));
  }

  /** A call that must say SUCCESS, with what it says beside that. Anything else leaves open whether it was done. */
  async succeed<S extends TSchema>(call: ZilingoCall, schema?: S): Promise<Static<S> | null> {
    const text = await this.#send(call);
    const effect = call.effect ?? false;
    if (text.trim() === '') throw unreadable(call.operation, effect, 'it is empty');
    const answer = this.#parsed(call, text);
    const status = String(fieldOf(answer, 'STATUS') ?? '').toUpperCase();
    if (status !== 'SUCCESS') throw unreadable(call.operation, effect, `/STATUS: ${status.slice(0, 20) || 'missing'}`);
    return schema === undefined ? null : this.#checked(call, schema, answer);
  }

  #parsed(call: ZilingoCall, text: string): Record<string, unknown> {
    const effect = call.effect ?? false;
    const isPage = text.trimStart().startsWith('<');
    let root: unknown;
    try {
      root = JSON.parse(text);
    } catch (error) {
      // Only a page may be quoted: cut JSON may hold a buyer's name.
      const why = isPage ? 'HTML instead of JSON' : `no JSON (${error instanceof Error ? error.name : 'unknown'})`;
      throw unreadable(call.operation, effect, why, isPage ? text : '');
    }
    if (!isObject(root)) throw unreadable(call.operation, effect, '/: expected an object');
    const status = fieldOf(root, 'STATUS');
    const reason = fieldOf(root, 'REASON');
    // A product has a status as well, and none of them is an answer's; only a product that the check failed says FAILED.
    const isProduct = 'productClientId' in root || 'SKUs' in root;
    if (typeof status === 'string' && status.toUpperCase() === 'FAILED' && !isProduct) {
      throw refusal(typeof reason === 'string' ? reason : '', call.operation, effect);
    }
    return root;
  }

  #checked<S extends TSchema>(call: ZilingoCall, schema: S, value: unknown): Static<S> {
    const verdict = check(schema, value);
    if (verdict.ok) return verdict.value;
    throw unreadable(call.operation, call.effect ?? false, verdict.problem);
  }

  async #send(call: ZilingoCall): Promise<string> {
    const { settings, credentials, http } = this.#ctx;
    const { method, path, operation, body, effect = false } = call;
    const answer = await http.send({
      method,
      url: `${settings.baseUrl.replace(/\/+$/, '')}${path}`,
      headers: {
        sellerId: credentials.sellerId,
        apiKey: credentials.apiKey,
        locale: settings.locale ?? 'en',
        accept: 'application/json',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      operation,
      effect,
      throttle: throttleOf,
    });
    if (answer.status === 200 || answer.status === 201) return answer.text;
    throw statusError(answer.status, operation, effect, answer.text);
  }
}

/** "Too many requests" inside a 200; whether Zilingo ever says so is UNCONFIRMED. */
function throttleOf({ status, text }: IncomingAnswer): Throttle | null {
  return status === 200 && text.length < 500 && /"REASON"\s*:\s*"too many requests"/i.test(text)
    ? { retryAfterMs: null }
    : null;
}
