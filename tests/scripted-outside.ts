import { ConnectorError } from '../connectors/errors.ts';
import type { Database } from '../db/database.ts';
import { type EffectCall, type EffectDeps, EffectPending, type EffectSpec } from '../db/effects.ts';
import { startAt } from './factories.ts';

/** What becomes of one call. `kill-…` are crashes of our own process at the named place. */
export const happenings = [
  'answered',
  'refused',
  'not-sent',
  'throttled',
  'lost-but-done',
  'lost-and-not-done',
  'lost-and-done-late',
  'kill-before-call',
  'kill-after-call',
  'kill-after-commit',
] as const;
export type Happening = (typeof happenings)[number];

export const settleMs = 10_000;
export const leaseMs = 60_000;

export class Killed extends Error {
  override readonly name = 'Killed';
}

interface Thing {
  readonly id: string;
  /** From when on the other side shows it. */
  readonly visibleAtMs: number;
}

/** An outside system that does as the script says, then as asked; its look-up is truthful. Time is moved by the test. */
export class ScriptedOutside {
  readonly script: Happening[];
  readonly things: Thing[] = [];
  readonly attempts: number[] = [];
  lookups = 0;
  /** Runs inside the next call, before it answers. */
  during: () => Promise<void> = async () => undefined;
  #nowMs = startAt.getTime();
  #present: Happening = 'answered';

  constructor(script: readonly Happening[]) {
    this.script = [...script];
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }

  deps(db: Database): EffectDeps {
    return {
      db,
      wall: () => new Date(this.#nowMs),
      checkpoint: async (point) => {
        if (point === 'order:before-call') {
          this.#present = this.script.shift() ?? 'answered';
          if (this.#present === 'kill-before-call') throw new Killed(point);
        }
        if (point === 'order:after-call' && this.#present === 'kill-after-call') throw new Killed(point);
        if (point === 'order:after-commit' && this.#present === 'kill-after-commit') throw new Killed(point);
      },
    };
  }

  #make(visibleAtMs: number): { id: string } {
    const thing = { id: `thing-${this.things.length + 1}`, visibleAtMs };
    this.things.push(thing);
    return { id: thing.id };
  }

  async #answer(attempt: number): Promise<{ id: string }> {
    this.attempts.push(attempt);
    const happening = this.#present;
    await this.during();
    switch (happening) {
      case 'refused':
        throw new ConnectorError('Rejected', 'no such postcode');
      case 'not-sent':
        throw new ConnectorError('Unavailable', 'connection refused');
      case 'throttled':
        throw new ConnectorError('RateLimited', 'too many requests', { retryAfterMs: 5_000 });
      case 'lost-but-done':
        this.#make(this.#nowMs);
        throw new ConnectorError('OutcomeUnknown', 'the answer was cut');
      case 'lost-and-done-late':
        this.#make(this.#nowMs + settleMs / 2);
        throw new ConnectorError('OutcomeUnknown', 'the answer was cut');
      case 'lost-and-not-done':
        throw new ConnectorError('OutcomeUnknown', 'the answer was cut');
      default:
        return this.#make(this.#nowMs);
    }
  }

  call(overrides: Partial<EffectCall<{ id: string }>> = {}): EffectCall<{ id: string }> {
    return {
      stillWanted: async () => null,
      call: (attempt) => this.#answer(attempt),
      lookup: async () => {
        this.lookups += 1;
        const thing = this.things.find(({ visibleAtMs }) => visibleAtMs <= this.#nowMs);
        return thing ? { id: thing.id } : null;
      },
      onDone: async () => undefined,
      settleMs,
      leaseMs,
      ...overrides,
    };
  }
}

export const specOf = (key: string, entityId: string): EffectSpec => ({
  key,
  kind: 'order',
  connectionId: null,
  brandId: null,
  entityKind: 'order',
  entityId,
});

/** How long whoever called should wait after this failure. */
export function waitAfter(error: unknown): number {
  if (error instanceof EffectPending) return error.retryAfterMs;
  if (error instanceof Killed) return leaseMs;
  if (error instanceof ConnectorError && ['Unavailable', 'RateLimited'].includes(error.kind)) return 1_000;
  throw error;
}
