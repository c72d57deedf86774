import type { DemoWorld } from '../demo/world.ts';

const roundsAtMost = 4;

/**
 * Closed while a part of the ground is away on purpose. Whoever waits for quiet waits until it is open again, and whoever
 * was interrupted by a fault asks once more.
 */
export class Gate {
  #open: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;
  #faults = 0;
  #waits = 0;

  /** How many faults there were; a change tells that whatever was under way may have been hit. */
  get faults(): number {
    return this.#faults;
  }

  /** Somebody waits for the world and asks for nothing else: only then may a part of it go away. */
  get isWaited(): boolean {
    return this.#waits > 0;
  }

  /** Does `work`, which waits for the world, and again if a fault came in between; what fails otherwise is thrown. */
  async whileWaiting(work: () => Promise<void>, interrupted: (error: unknown) => void): Promise<void> {
    this.#waits += 1;
    try {
      for (let round = 1; ; round += 1) {
        await this.passed();
        const before = this.faults;
        try {
          await work();
          if (this.faults === before) return;
        } catch (error) {
          if (this.faults === before || round === roundsAtMost) throw error;
          interrupted(error);
        }
      }
    } finally {
      this.#waits -= 1;
    }
  }

  close(): void {
    this.#faults += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open = promise;
    this.#release = resolve;
  }

  open(): void {
    this.#release();
  }

  async passed(): Promise<void> {
    await this.#open;
  }
}

/**
 * The demo world for a run with faults: waits longer, and asks again for a reading that a fault ended, as the schedules do
 * where time moves by itself. `advance` stays as it is: it moves the clock once, so nothing of the ground goes away then.
 */
export function steadfast(demo: DemoWorld, gate: Gate, say: (line: string) => void): DemoWorld {
  const afterFault = (what: string, work: () => Promise<void>): Promise<void> =>
    gate.whileWaiting(work, (error) =>
      say(`     ${what} was interrupted and is asked for again: ${String(error).slice(0, 160)}`),
    );
  const quiet = (timeoutMs = 240_000): Promise<void> => afterFault('the wait for quiet', () => demo.quiet(timeoutMs));
  return {
    ...demo,
    quiet,
    async sync(...streams) {
      for (const stream of streams) await afterFault(stream, () => demo.sync(stream));
      await quiet();
    },
  };
}
