import type { ConnectionReport, Page } from '../contract/common.ts';
import type { TransportTimeouts } from '../transport/index.ts';
import type { CarrierBed } from './carrier-bed.ts';
import type { Skip } from './case.ts';
import type { GivenServer } from './given/server.ts';
import type { MarketplaceBed } from './marketplace-bed.ts';
import type { CallMatch } from './store-subject.ts';

/** A connector that talks to its simulator over real sockets. */
export interface ConformanceBench {
  /** The simulator's address; its controls lie below `/__control`. */
  readonly simulatorUrl: string;
  /** From now on a connector with nothing remembered is used, as another worker would have. */
  reconnect(): void;
  close(): Promise<void>;
}

/** A read of everything, page by page; items are named by keys. */
export interface FullReadCase<Bench> {
  /** Puts things there; answers the keys of all things that are there then. Called once for a bench. */
  seed(bench: Bench): Promise<readonly string[]>;
  /** One page; small ones, so that there are several. */
  page(bench: Bench, cursor: string | null): Promise<Page<string>>;
}

/** A read of what changed since a time. */
export interface IncrementalCase<Bench> {
  /** The same function as that of the full read, where both read the same. Called once for a bench. */
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

/**
 * A marketplace or a carrier as the kit sees it. Its far side (buyers, staff, scanners, books) is its own simulator's; on
 * a server that was given (`server`) only what the connector can do and see by itself is tested. Every family is either
 * there or skipped with a reason. Stores have more to them: `StoreSubject`.
 */
export interface ConformanceSubject<Bench extends ConformanceBench = ConformanceBench> {
  readonly kind: 'store' | 'marketplace' | 'carrier';
  /** The connector's name in the registry. */
  readonly name: string;
  /** What the family "repeated write" is about, by its method: `createListing`. */
  readonly capabilities: { readonly read: string; readonly list: string; readonly effect: string };
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
  /** A marketplace's far side: the families `listing`, `order` and what comes with them. */
  readonly marketplace?: MarketplaceBed<Bench>;
  /** A carrier's far side: the family `label` and what comes with it. */
  readonly carrier?: CarrierBed<Bench>;
  /** How it is tested on a server that somebody else started; left out: only on its own simulator. */
  readonly server?: GivenServer;
  /** Cases that the platform rules out: case id → reason. An id that no case has fails the run. */
  readonly exceptions?: Readonly<Record<string, string>>;
}
