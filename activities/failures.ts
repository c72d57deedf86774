import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { ConnectorError, type ConnectorErrorKind, outageCode } from '../connectors/errors.ts';
import { isDatabaseAway } from '../db/database.ts';
import { EffectPending, NeedsCheck, NotNow } from '../db/effects.ts';
import { SealBroken } from '../db/sealing.ts';
import { StepRefused } from '../db/steps.ts';

/** Which failures are worth another try. The rest goes back to whoever can do something about it. */
const retryable: Record<ConnectorErrorKind, boolean> = {
  RateLimited: true,
  Unavailable: true,
  Unauthorized: false,
  Rejected: false,
  // What must not happen twice is in the effects ledger, which keeps this to itself; what comes here is absolute.
  OutcomeUnknown: true,
  NotFound: false,
  Duplicate: false,
};

const excerpt = (text: string): string => text.slice(0, 500);

/** The one place where errors become Temporal failures. Messages are short and carry no bodies: they are stored. */
export function toFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof ConnectorError) {
    // Whoever waits for the account is woken when it answers again.
    if (error.details.code === outageCode)
      return ApplicationFailure.create({
        message: excerpt(error.message),
        type: 'Outage',
        nonRetryable: true,
        category: ApplicationFailureCategory.BENIGN,
      });
    const waitMs = error.details.retryAfterMs;
    return ApplicationFailure.create({
      message: excerpt(error.message),
      type: error.kind,
      nonRetryable: !retryable[error.kind],
      ...(waitMs !== undefined ? { nextRetryDelay: waitMs } : {}),
      // A throttle or an account that is away is daily life, not a fault of ours.
      ...(retryable[error.kind] ? { category: ApplicationFailureCategory.BENIGN } : {}),
      details: [
        {
          status: error.details.status ?? null,
          code: error.details.code ?? null,
          remedy: error.details.remedy ?? null,
        },
      ],
    });
  }
  if (error instanceof EffectPending) {
    return ApplicationFailure.create({
      message: excerpt(error.message),
      type: 'EffectPending',
      nextRetryDelay: error.retryAfterMs,
      category: ApplicationFailureCategory.BENIGN,
    });
  }
  if (error instanceof NotNow) return ApplicationFailure.nonRetryable(excerpt(error.message), 'NotNow');
  if (error instanceof NeedsCheck) return ApplicationFailure.nonRetryable(excerpt(error.message), 'NeedsCheck');
  if (error instanceof StepRefused) return ApplicationFailure.nonRetryable(excerpt(error.message), 'StepRefused');
  if (error instanceof SealBroken) return ApplicationFailure.nonRetryable(excerpt(error.message), 'SealBroken');
  if (isDatabaseAway(error)) {
    return ApplicationFailure.create({
      message: 'the database is away',
      type: 'DatabaseAway',
      category: ApplicationFailureCategory.BENIGN,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  return ApplicationFailure.create({ message: excerpt(message), type: error instanceof Error ? error.name : 'Error' });
}

/** Turns every error of every activity with `toFailure`, and logs it once with its cause. */
export class FailureInterceptor implements ActivityInboundCallsInterceptor {
  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      throw toFailure(error);
    }
  }
}
