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

  /** The next matching call fails so. */
  async set(fault: Fault, match: Match | undefined): Promise<void> {
    await this.#control('POST', '/faults', { ...(match === undefined ? {} : { match }), fault }, 'a fault dial');
  }

  /** No more faults; withheld answers go. */
  async heal(): Promise<void> {
    await this.#control('DELETE', '/faults', undefined, 'a fault dial');
    await this.#control('POST', '/release', undefined, 'a fault dial');
  }

  /** Runs with a fault and without it again afterwards, whatever came. */
  async under<Value>(fault: Fault, match: Match | undefined, act: () => Promise<Value>): Promise<Value> {
    await this.set(fault, match);
    try {
      return await act();
    } finally {
      await this.heal();
    }
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

  async #control(method: string, path: string, body: unknown, need: string): Promise<void> {
    if (this.#url === null) throw new NotProvoked(`needs ${need}, which this server does not have`);
    const answer = await fetch(`${this.#url}/__control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }
}
