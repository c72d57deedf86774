import type { Database, Tx } from './database.ts';
import type { Command } from './steps.ts';

/** What is to happen outside, once, and for which thing of ours. `key` is unique for ever. */
export interface EffectSpec {
  readonly key: string;
  readonly kind: string;
  readonly connectionId: string | null;
  readonly brandId: string | null;
  readonly entityKind: string;
  readonly entityId: string;
  /** For people and the auditor; no personal data. */
  readonly request?: Readonly<Record<string, unknown>>;
}

export interface EffectCall<Answer extends object> {
  /**
   * Asked in the transaction that begins an attempt: a sentence why it is not wanted any more, or null. Throws
   * `NotNow` where it may be wanted later: nothing is given up then.
   */
  readonly stillWanted: (trx: Tx) => Promise<string | null>;
  readonly call: (attempt: number) => Promise<Answer>;
  /** Looks it up outside by our own reference; null = not there (yet). Absent where the other side has no look-up. */
  readonly lookup?: () => Promise<Answer | null>;
  /**
   * What the answer is taken to be when a person says that it happened and nobody can look it up. `foundAs` is the number
   * that the person read over there; null = it cannot be taken without.
   */
  readonly assumed?: (foundAs: string | null) => Answer | null;
  /** What follows from success, in the transaction that records it. `found` = it was looked up, not answered. */
  readonly onDone: (trx: Tx, answer: Answer, command: Command, found: boolean) => Promise<void>;
  /** What follows from a final refusal, in the transaction that records it. */
  readonly onRefused?: (trx: Tx, reason: string, command: Command) => Promise<void>;
  /** How long the other side may take until a look-up can be believed. */
  readonly settleMs: number;
  /** Longer than the call's time-out: until then no other attempt begins. */
  readonly leaseMs: number;
}

export interface EffectDeps {
  readonly db: Database;
  /** Wall time for leases and settling; never simulated. */
  readonly wall: () => Date;
  /** Fault injection: does nothing outside of chaos runs. */
  readonly checkpoint: (point: string) => Promise<void>;
}

export type EffectOutcome<Answer> =
  | { readonly outcome: 'done'; readonly answer: Answer }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'abandoned'; readonly reason: string };

/** It is not known yet whether it happened: ask again after `retryAfterMs`. Nothing may be repeated meanwhile. */
export class EffectPending extends Error {
  override readonly name = 'EffectPending';
  readonly retryAfterMs: number;
  constructor(key: string, why: string, retryAfterMs: number) {
    super(`${key}: ${why}`);
    this.retryAfterMs = Math.max(100, Math.ceil(retryAfterMs));
  }
}

/** It is not to be done at present, and not given up either: the process reads the row again. */
export class NotNow extends Error {
  override readonly name = 'NotNow';
}

/** The outcome is unknown and the other side offers no look-up: a person must check. */
export class NeedsCheck extends Error {
  override readonly name = 'NeedsCheck';
}
