import type { Clock } from '../contract/common.ts';

interface Kept<Value> {
  readonly at: Date;
  readonly value: Promise<Value>;
}

/** Answers of look-ups, kept for a while by the injected clock. Who asks meanwhile waits for the same answer. */
export class Remembered<Value> {
  readonly #clock: Clock;
  readonly #forMs: number;
  readonly #kept = new Map<string, Kept<Value>>();

  /** `forMs` 0 = nothing is kept. */
  constructor(clock: Clock, forMs: number) {
    this.#clock = clock;
    this.#forMs = forMs;
  }

  /** What is kept under the key, or what `load` answers. Failures are not kept. */
  async get(key: string, load: () => Promise<Value>): Promise<Value> {
    if (this.#forMs === 0) return load();
    const now = await this.#clock.now();
    const kept = this.#kept.get(key);
    const age = kept === undefined ? Number.NaN : now.getTime() - kept.at.getTime();
    // A clock that went back makes an answer of the future: it is asked for again.
    if (kept !== undefined && age >= 0 && age < this.#forMs) return kept.value;
    const value = load();
    const entry: Kept<Value> = { at: now, value };
    this.#kept.set(key, entry);
    try {
      return await value;
    } catch (error) {
      if (this.#kept.get(key) === entry) this.#kept.delete(key);
      throw error;
    }
  }
}
