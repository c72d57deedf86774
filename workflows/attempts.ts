import {
  ActivityFailure,
  ApplicationFailure,
  continueAsNew,
  isCancellation,
  log,
  TimeoutFailure,
} from '@temporalio/workflow';
import { describe } from './describe.ts';
import { local } from './proxies.ts';
import { listenForWake, shouldContinueAsNew, type Waker } from './wake.ts';

/** A round that an account's throttle ended begins again after this; the activities before had waited as they were told. */
const throttledPauseMs = 2_000;
/** What gave up is looked at again after this, or when somebody wakes the process. */
const lookAgainMs = 5 * 60 * 1000;

/**
 * Does a piece of work that may give up. That is no failed process: what the activity met is a problem already
 * (`activities/health.ts`); a time-out, which it never saw, is made one here. True when the work was done.
 */
export async function attempt(what: string, work: () => Promise<unknown>): Promise<boolean> {
  return (await outcomeOf(what, work)) === 'done';
}

async function outcomeOf(what: string, work: () => Promise<unknown>): Promise<'done' | 'gave-up' | 'throttled'> {
  try {
    await work();
    return 'done';
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    const { activityType, cause } = error;
    const type = cause instanceof ApplicationFailure ? (cause.type ?? 'Error') : 'TimedOut';
    if (type === 'RateLimited') {
      describe({ text: `${what}: the account is throttled. It goes on by itself.`, state: 'throttled' });
      return 'throttled';
    }
    log.warn('gave up; it is tried again later', { activityType, type, reason: cause?.message });
    describe({ text: `${what}: ${activityType} gave up (${type}). It is tried again later.`, state: 'gave-up' });
    if (cause instanceof TimeoutFailure) await local.noteTimeOut(activityType, what);
    return 'gave-up';
  }
}

/** The same within a process that stays: after giving up it waits a while, or until it is woken. */
export async function attemptOrWait(waker: Waker, what: string, work: () => Promise<unknown>): Promise<void> {
  if (!(await attempt(what, work))) await waker.sleep(lookAgainMs);
}

/**
 * Works in rounds: a wake-up during a round makes another one, so that what came meanwhile is seen. `args` are those of the
 * process, which begins anew with them when its history has grown long. A round that is itself too long for one history asks
 * `woken`, and tells the run that goes on with it that another round is due.
 */
export async function rounds(
  what: string,
  args: readonly string[],
  round: (woken: () => boolean) => Promise<void>,
): Promise<void> {
  const waker = listenForWake();
  let isThrottled = false;
  do {
    waker.take();
    isThrottled = (await outcomeOf(what, () => round(waker.woken))) === 'throttled';
    // "Later" is no reason for giving up, however often it was said: the process stays until the round was done.
    if (isThrottled) await waker.sleep(throttledPauseMs);
    if ((isThrottled || waker.woken()) && shouldContinueAsNew())
      await continueAsNew<(...same: string[]) => Promise<unknown>>(...args);
  } while (isThrottled || waker.woken());
}
