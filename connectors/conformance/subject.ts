import type { ConnectionReport, Page } from '../contract/common.ts';
import type { TransportTimeouts } from '../transport/index.ts';

/** A case that a connector cannot pass, with the reason in words. */
export interface Skip {
  readonly skip: string;
}

/** A connector that talks to its simulator over real sockets. */
export interface ConformanceBench {
  /** The simulator's address; its controls lie below `/__control`. */
  readonly simulatorUrl: string;
  /** From now on a connector with nothing remembered is used, as another worker would have. */
  reconnect(): void;
  close(): Promise<void>;
}

/** Which calls a fault is meant for; regular expressions, as the simulator kit takes them. */
export interface CallMatch {
  readonly method?: string;
  readonly path?: string;
  readonly operation?: string;
}

/** A read of everything, page by page; items are named by keys. */
export interface FullReadCase<Bench> {
  /** Puts things there; answers the keys of all things that are there then. */
  seed(bench: Bench): Promise<readonly string[]>;
  /** One page; small ones, so that there are several. */
  page(bench: Bench, cursor: string | null): Promise<Page<string>>;
}

/** A read of what changed since a time. */
export interface IncrementalCase<Bench> {
  seed(bench: Bench): Promise<readonly string[]>;
  /** All keys that changed since then, all pages. */
  changedSince(bench: Bench, since: Date): Promise<readonly string[]>;
  /** A time before everything that was seeded. */
  before(bench: Bench): Promise<Date>;
  /** Lets time pass, then changes one thing; answers a time just before the change and the thing's key. */
  change(bench: Bench): Promise<{ readonly at: Date; readonly key: string }>;
}

/** A write that must not happen twice, and how it is found again. */
export interface EffectCase<Bench> {
  readonly match: CallMatch;
  /** Answers the new object's id. */
  create(bench: Bench, reference: string): Promise<string>;
  find(bench: Bench, reference: string): Promise<string | null>;
  /** How many there are by the simulator's own books. */
  count(bench: Bench, reference: string): Promise<number>;
}

/** One connector as the shared suite sees it. Every family is either there or skipped with a reason. */
export interface ConformanceSubject<Bench extends ConformanceBench> {
  readonly name: string;
  start(options: { readonly timeouts?: Partial<TransportTimeouts> }): Promise<Bench>;
  readonly credentials: {
    good(bench: Bench): Promise<ConnectionReport>;
    bad(bench: Bench): Promise<ConnectionReport>;
  };
  /** A simple read that faults are tried on; its answer is compared. */
  readonly read: { readonly match?: CallMatch; run(bench: Bench): Promise<unknown> };
  /** How the platform says "slow down"; a form that it never uses is skipped. */
  readonly throttles: Readonly<Record<'seconds' | 'date' | 'absent' | 'in-200', true | Skip>>;
  readonly fullRead: FullReadCase<Bench> | Skip;
  readonly incremental: IncrementalCase<Bench> | Skip;
  readonly effect: EffectCase<Bench> | Skip;
}
