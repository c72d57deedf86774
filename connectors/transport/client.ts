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
}

/** An answer as text; parsing is the connector's, after the content type was looked at. */
export interface IncomingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * The one way out. Answers of any status are returned except those that have one meaning everywhere (429 →
 * RateLimited; 502–504 and broken connections → Unavailable, or OutcomeUnknown for effects).
 */
export interface HttpClient {
  send(call: OutgoingCall): Promise<IncomingAnswer>;
}
