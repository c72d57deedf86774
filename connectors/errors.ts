/** How an outside call can fail. The kind decides about retries in one place (`activities/failures.ts`). */
export type ConnectorErrorKind =
  | 'RateLimited'
  | 'Unavailable'
  | 'Unauthorized'
  | 'Rejected'
  | 'OutcomeUnknown'
  | 'NotFound'
  | 'Duplicate';

export interface ConnectorErrorDetails {
  /** HTTP status, when there was an answer. */
  readonly status?: number;
  /** The platform's own code. */
  readonly code?: string;
  /** What a person can do about it. */
  readonly remedy?: string;
  /** Which field of ours it is about. */
  readonly field?: string;
  /** Wait at least so long (from Retry-After in any of its forms). */
  readonly retryAfterMs?: number;
  /** The id of the object that is already there. */
  readonly existingId?: string;
  /** First part of the body, redacted, at most 500 characters. */
  readonly bodyExcerpt?: string;
  readonly cause?: unknown;
}

/** The one error type that leaves a connector. Messages are cut and redacted: they may be stored and shown. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly kind: ConnectorErrorKind;
  readonly details: ConnectorErrorDetails;

  constructor(kind: ConnectorErrorKind, message: string, details: ConnectorErrorDetails = {}) {
    super(message.slice(0, 500), details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.details = details;
  }
}

/** The code of calls that were not made because their account has an open incident. */
export const outageCode = 'OUTAGE';

/** Not even tried: the account has not answered for a while, and only probes are sent to it. */
export const accountAway = (message: string): ConnectorError =>
  new ConnectorError('Unavailable', message, { code: outageCode });

/** True when it is certain that the other side never acted on the call. */
export function certainlyNotDone(error: unknown): boolean {
  return (
    error instanceof ConnectorError &&
    ['RateLimited', 'Unauthorized', 'Rejected', 'NotFound', 'Duplicate'].includes(error.kind)
  );
}
