/**
 * What every simulator of an outside system has in common: how it is started, what a vendor handler sees and answers,
 * and the vocabulary of its log. The log's facts are the ground truth that an auditor compares the core's books with.
 */

/** How a simulator is started. */
export interface SimulatorOptions {
  /** TCP port; 0 or absent = a free one. */
  port?: number | undefined;
  /** Address to listen on; default 127.0.0.1. */
  host?: string | undefined;
  /** Append-only file of JSON lines; the log is kept in memory as well. An existing file is read and continued. */
  logFile?: string | undefined;
  /** File that the state is saved to after each change (within 50 ms) and loaded from at start. */
  stateFile?: string | undefined;
  /** Seed of everything random; default 1. */
  seed?: number | undefined;
  /** The clock until `POST /__control/clock` sets a virtual one; default: the real one. */
  now?: (() => Date) | undefined;
  /** Permitted rate of vendor calls (token bucket on wall time); absent = unlimited. */
  limits?: RateLimit | undefined;
}

/** A token bucket: `burst` calls at once, refilled with `perSecond` calls a second. */
export interface RateLimit {
  perSecond: number;
  burst: number;
}

/** A simulator that listens. */
export interface RunningSimulator {
  name: string;
  /** Without a trailing slash, e.g. `http://127.0.0.1:40123`. */
  url: string;
  log: SimulatorLog;
  /** Ends all connections, saves the state, closes the files. */
  close(): Promise<void>;
}

/** A call to a vendor path, body fully read. */
export interface VendorRequest {
  method: string;
  /** As it came, still percent-encoded, without the query. */
  path: string;
  /** Decoded, in the order sent, repeated names kept. */
  query: ReadonlyArray<readonly [string, string]>;
  /** Path and query exactly as sent. */
  rawUrl: string;
  /** Names in lower case; repeated headers joined with `, `. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** A `stale` fault fires: answer reads with the object's previous version where that is supported. */
  stale: boolean;
}

/** What a handler answers. An object or array as body is sent as JSON. */
export interface VendorAnswer {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer | object | null;
  /** The vendor's own request id, for the log. */
  requestId?: string;
  /** A short remark for the log: no secrets, no personal data. */
  summary?: string;
}

/** Where a throttle names the waiting time: seconds or HTTP date in `Retry-After`, nowhere, or inside a 200's body. */
export type RetryAfterForm = 'seconds' | 'date' | 'absent' | 'in-200';

/** Why and how a call is turned away for its rate. */
export interface Throttle {
  retryAfter: RetryAfterForm;
  seconds: number;
}

/** What a fault does to one call. See the kit's README for each one's effect. */
export type Fault =
  | { kind: 'latency'; ms: number }
  | {
      kind: 'status';
      status: number;
      body?: string | object;
      headers?: Record<string, string>;
      contentType?: string;
    }
  | { kind: 'html'; status: number }
  | ({ kind: 'throttle' } & Throttle)
  | { kind: 'drop' }
  | { kind: 'lose-answer' }
  | { kind: 'cut'; bytes: number }
  | { kind: 'slow-drip'; bytesPerSecond: number }
  | { kind: 'wrong-type' }
  | { kind: 'hold' }
  | { kind: 'stale' };

/** Which calls a fault is for; `path` and `operation` are regular expressions; all given parts must match. */
export interface FaultMatch {
  method?: string;
  path?: string;
  operation?: string;
}

/** A fault as set by `POST /__control/faults`. */
export interface FaultRule {
  match?: FaultMatch;
  /** How often it fires; 0 = until removed; default 1. */
  times?: number;
  /** Matching calls that are let through first; default 0. */
  skip?: number;
  /** Chance to fire on a matching call, drawn from the seeded random source; default 1. */
  probability?: number;
  fault: Fault;
}

/** What became of a call's answer. */
export type CallOutcome = 'answered' | 'lost' | 'dropped' | 'cut' | 'throttled' | 'held';

/** A vendor call in the log. */
export interface CallEntry {
  method: string;
  path: string;
  operation: string;
  status: number;
  outcome: CallOutcome;
  /** Kinds of the faults that fired, joined with `+`. */
  fault?: string;
  requestId?: string;
  /** The caller's `x-correlation-id`. */
  correlation?: string;
  summary?: string;
}

/** A sold or announced line. */
export interface FactLine {
  sku: string;
  quantity: number;
}

/** The ground truth, in words common to all simulators. Amounts are integer minor units of the currency. */
export type Fact =
  | { fact: 'stock.set'; sku: string; externalId: string; quantity: number; cause: string }
  | { fact: 'offer.set'; sku: string; externalId: string; quantity: number; cause: 'api' | 'sale' | 'control' }
  | { fact: 'price.set'; sku: string; externalId: string; amountMinor: number; currency: string }
  | {
      fact: 'order.announced';
      externalId: string;
      lines: Array<FactLine & { unitPriceMinor: number }>;
      totalMinor: number;
      currency: string;
    }
  | { fact: 'order.state'; externalId: string; from: string; to: string; cause: string }
  | {
      fact: 'shop-order.created';
      externalId: string;
      reference: string;
      lines: FactLine[];
      totalMinor: number;
      currency: string;
      status: string;
    }
  | { fact: 'shop-order.status'; externalId: string; from: string; to: string; cause: string }
  | { fact: 'listing.state'; externalId: string; sku?: string; from: string; to: string; reason?: string }
  | { fact: 'shipment.booked'; externalId: string; reference: string; pieces: number }
  | { fact: 'shipment.event'; externalId: string; code: string }
  | { fact: 'token.issued' }
  | { fact: 'token.rotated' }
  /** The simulator went back to its beginning; facts before this line no longer count. */
  | { fact: 'reset' };

interface LineHead {
  /** Rises by one from 1 on. */
  seq: number;
  /** Wall time in epoch milliseconds with fractions, from a monotonic clock. */
  wall: number;
  /** The simulator's clock, ISO 8601. */
  at: string;
  /** The simulator's name. */
  sim: string;
}

/** One line of the log. */
export type LogLine = (LineHead & { kind: 'call' } & CallEntry) | (LineHead & { kind: 'fact' } & Fact);

/** The log of one simulator. */
export interface SimulatorLog {
  /** All lines since the last reset. */
  readonly lines: readonly LogLine[];
  /** Lines with a higher `seq`. */
  after(seq: number): LogLine[];
  call(entry: CallEntry): void;
  fact(fact: Fact): void;
}

/** A request to the control surface, JSON parsed. */
export interface ControlRequest {
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** `undefined` when no body was sent. */
  body: unknown;
}

/** Answers a control request: anything that can be JSON. */
export type ControlHandler = (request: ControlRequest) => unknown | Promise<unknown>;

/** A control request that can't be served; answered as `{"error": message}`. */
export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}
