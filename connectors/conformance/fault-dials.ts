import assert from 'node:assert/strict';
import { ConnectorError } from '../errors.ts';
import { NotProvoked } from './case.ts';

export type Fault = Readonly<Record<string, unknown>> & { readonly kind: string };

interface Match {
  readonly method?: string;
  readonly path?: string;
  readonly operation?: string;
}

/** The own simulator's controls: faults and clock, nothing else. A real server has none. */
export class FaultDials {
  readonly #url: string | null;

  /** @param url the simulator's address; null = a real server */
  constructor(url: string | null) {
    this.#url = url;
  }

  /** The next matching call fails so. Answers the rule's id. */
  async set(fault: Fault, match: Match | undefined): Promise<string> {
    const rule = { ...(match === undefined ? {} : { match }), fault };
    return (await this.#control<{ id: string }>('POST', '/faults', rule, 'a fault dial')).id;
  }

  /** No more faults; withheld answers go. */
  async heal(): Promise<void> {
    await this.#control('DELETE', '/faults', undefined, 'a fault dial');
    await this.#control('POST', '/release', undefined, 'a fault dial');
  }

  /** Runs with a fault and without it again afterwards, whatever came. A fault that struck nothing proves nothing. */
  async under<Value>(fault: Fault, match: Match | undefined, act: () => Promise<Value>): Promise<Value> {
    const id = await this.set(fault, match);
    const outcome = await act().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const waiting = await this.#control<{ id: string }[]>('GET', '/faults', undefined, 'a fault dial');
    await this.heal();
    // What no connector may throw says more than that the fault struck nothing.
    if ('error' in outcome && !(outcome.error instanceof ConnectorError)) throw outcome.error;
    this.#assertStruck(id, waiting, match);
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  #assertStruck(id: string, waiting: readonly { readonly id: string }[], match: Match | undefined): void {
    const hasStruck = waiting.every((rule) => rule.id !== id);
    assert.ok(hasStruck, `the fault struck no call: none matches ${JSON.stringify(match)}`);
  }

  /** Lets the other side's clock show this time during `act`. */
  async at<Value>(now: Date, act: () => Promise<Value>): Promise<Value> {
    await this.#control('POST', '/clock', { now: now.toISOString() }, 'the server’s clock moved');
    try {
      return await act();
    } finally {
      await this.#control('POST', '/clock', { now: null }, 'the server’s clock moved');
    }
  }

  async #control<Answer>(method: string, path: string, body: unknown, need: string): Promise<Answer> {
    if (this.#url === null) throw new NotProvoked(`needs ${need}, which this server does not have`);
    const answer = await fetch(`${this.#url}/__control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }
}
