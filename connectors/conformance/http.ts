import type { StoreConnector } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { HttpClient } from '../transport/index.ts';

const MOST_REPEATS = 6;
const LONGEST_WAIT_MS = 60_000;
const MOST_UNANSWERED = 2;
const UNANSWERED_PAUSE_MS = 2_000;

/** Waits when the other side says "slow down", and tries again: it was not done. */
async function patiently<Value>(act: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      const isThrottle = error instanceof ConnectorError && error.kind === 'RateLimited';
      if (!isThrottle || attempt > MOST_REPEATS) throw error;
      const waitMs = Math.min(LONGEST_WAIT_MS, error.details.retryAfterMs ?? 2_000);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** A transport for test-beds, whose calls are none of a case. */
export function patient(http: HttpClient): HttpClient {
  return { send: (call) => patiently(() => http.send(call)) };
}

/**
 * What a workflow does: after a throttle it waits and calls the method again; and where a repetition does no harm, also
 * after a call that a busy server did not answer.
 */
export function patientStore(connector: StoreConnector): StoreConnector {
  return around(connector, (act, name) => patiently(isHarmless(name) ? () => again(act) : act));
}

function isHarmless(name: string | symbol): boolean {
  return typeof name === 'string' && /^(?:read|find|write|testConnection|cancelOrder|fulfilOrder)/.test(name);
}

async function again<Value>(act: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      const isPassing = error instanceof ConnectorError && error.kind === 'Unavailable';
      if (!isPassing || attempt > MOST_UNANSWERED) throw error;
      await new Promise((resolve) => setTimeout(resolve, UNANSWERED_PAUSE_MS));
    }
  }
}

/** Tells of every order that is made, so that it can be removed whatever its case comes to. */
export function watchedStore(connector: StoreConnector, onOrder: (externalId: string) => void): StoreConnector {
  return around(connector, async (act, name) => {
    const outcome = await act();
    if (name === 'createOrder' && isOrder(outcome)) onOrder(outcome.externalId);
    return outcome;
  });
}

/** Methods that ask nobody, and answer at once. */
const unsent = ['verifyWebhook', 'webhookSecret', 'check'];

/** Waits out throttles, and tells of every answer, with what was asked. */
export function watched<Connector extends object>(
  connector: Connector,
  onAnswer: (method: string, input: readonly unknown[], answer: Promise<unknown>) => void,
): Connector {
  return around(connector, (act, name, input) => {
    const answer = patiently(act);
    onAnswer(String(name), input, answer);
    return answer;
  });
}

/** A connector whose calls go through `call`. */
function around<Connector extends object>(
  connector: Connector,
  call: (act: () => Promise<unknown>, name: string | symbol, input: readonly unknown[]) => Promise<unknown>,
): Connector {
  return new Proxy(connector, {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function' || unsent.includes(String(name))) return value;
      return (...input: unknown[]) => call(async () => Reflect.apply(value, target, input), name, input);
    },
  });
}

function isOrder(value: unknown): value is { readonly externalId: string } {
  return typeof value === 'object' && value !== null && 'externalId' in value && typeof value.externalId === 'string';
}

/** Calls `to` where `from` is meant: what ends TLS in front of a real shop, without certificates. */
export function rewriting(http: HttpClient, from: string, to: string): HttpClient {
  if (from === to) return http;
  return { send: (call) => http.send({ ...call, url: call.url.replace(from, to) }) };
}

/** The other side's clock, known from the `Date` header of its last answer; ours until there was one. */
export class ServerTime {
  #offsetMs = 0;

  notice(header: string | undefined): void {
    const ms = Date.parse(header ?? '');
    if (!Number.isNaN(ms)) this.#offsetMs = ms - Date.now();
  }

  now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }
}

export function noticingDates(http: HttpClient, time: ServerTime): HttpClient {
  return {
    send: async (call) => {
      const answer = await http.send(call);
      time.notice(answer.headers.date);
      return answer;
    },
  };
}
