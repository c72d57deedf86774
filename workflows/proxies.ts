import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { connectionQueue } from '../client/temporal/queues.ts';

/**
 * One group of options per kind of work. Every group has a start-to-close time-out (a crashed worker's slot is given to
 * another after it) above the longest call time-out of the transport (40 s).
 */
/** A killed worker is noticed after this; activities beat by themselves (`worker/scope.ts`). */
const heartbeatTimeout = '8 seconds';
const retry = { initialInterval: 500, backoffCoefficient: 2, maximumInterval: 20_000 } as const;

/** Touches only our own database: short, tried until the database is back. */
export const local = proxyActivities<Activities>({ startToCloseTimeout: '30 seconds', heartbeatTimeout, retry });

/** Reads of an outside account, on its own queue: tried a while, then left to the next round. */
export const readsOf = (connectionId: string) =>
  proxyActivities<Activities>({
    taskQueue: connectionQueue(connectionId),
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout,
    scheduleToCloseTimeout: '15 minutes',
    retry: { ...retry, maximumAttempts: 6 },
  });

/**
 * Calls that must not happen twice. They are repeated without end: the effects ledger, not the retry, decides whether a
 * repetition calls, looks up, or answers what is known.
 */
export const effectsOf = (connectionId: string) =>
  proxyActivities<Activities>({
    taskQueue: connectionQueue(connectionId),
    startToCloseTimeout: '60 seconds',
    heartbeatTimeout,
    // A cancelled attempt is waited for: what follows must not run beside it.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry,
  });

/** Mails go by the same ledger, from the orchestration queue. */
export const mails = proxyActivities<Activities>({ startToCloseTimeout: '90 seconds', heartbeatTimeout, retry });

/** Slices of long work on our own database: each ends by itself after seconds, and the row says where the next goes on. */
export const batches = proxyActivities<Activities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout,
  retry: { ...retry, maximumAttempts: 20 },
});

/** Machine translation: calls of an outside service with a long answer, tried a while, then left to the next round. */
export const translations = proxyActivities<Activities>({
  startToCloseTimeout: '3 minutes',
  heartbeatTimeout,
  scheduleToCloseTimeout: '15 minutes',
  retry: { ...retry, maximumAttempts: 6 },
});
