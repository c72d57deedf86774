/** The simulator's clock: the base clock, or a virtual time that stands still until it is set again. */
export class SimulatorClock {
  readonly #base: () => Date;
  #virtualMs: number | null = null;

  constructor(base: () => Date) {
    this.#base = base;
  }

  now(): Date {
    return this.#virtualMs === null ? this.#base() : new Date(this.#virtualMs);
  }

  /** The base clock's time, whatever is set: for technical checks such as signature time stamps. */
  baseNow(): Date {
    return this.#base();
  }

  /** Sets virtual time; `null` returns to the base clock. */
  set(now: Date | null): void {
    this.#virtualMs = now === null ? null : now.getTime();
  }

  get isVirtual(): boolean {
    return this.#virtualMs !== null;
  }
}
