/** How long a throttle lasts that a platform names inside an answer's body instead of a status 429. */
export interface Throttle {
  /** Null: the platform says "slow down" without saying for how long. */
  readonly retryAfterMs: number | null;
}

/** One call to an outside system, before any policy is applied. */
export interface OutgoingCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** What is done, in words for logs, metrics and budgets: `orders.create`, `stock.write`. */
  readonly operation: string;
  /** A call whose repetition could do something twice: a lost answer is OutcomeUnknown instead of Unavailable. */
  readonly effect: boolean;
  /** Budget cost in the account's own units, default 1. */
  readonly cost?: number;
  /** Recognises a throttle that a platform answers with another status than 429; null = it is none. */
  readonly throttle?: (answer: IncomingAnswer) => Throttle | null;
  /** Ends the call early; the client's own time-outs hold beside it. */
  readonly signal?: AbortSignal;
}

/** An answer as text; parsing is the connector's, after the content type was looked at. */
export interface IncomingAnswer {
  readonly status: number;
  /** Names in lower case; repeated ones joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as bytes, decompressed, for images and documents. The policy client always sets it. */
  readonly bytes?: Buffer;
}

/**
 * The one way out. Answers of any status are returned except those that have one meaning everywhere (429 →
 * RateLimited; 502–504 and broken connections → Unavailable, or OutcomeUnknown for effects; a redirect to another
 * origin → Rejected).
 */
export interface HttpClient {
  send(call: OutgoingCall): Promise<IncomingAnswer>;
}
