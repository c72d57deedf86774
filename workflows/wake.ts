import { allHandlersFinished, condition, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import { wakeSignal } from '../client/temporal/queues.ts';

/** "Read your row again": sent by the outbox relay, as often as it likes. */
export const wake = defineSignal(wakeSignal);

export interface Waker {
  /** True when a wake-up came since the last `take`. */
  readonly woken: () => boolean;
  /** Everything that came so far is answered by what is read after this. */
  readonly take: () => void;
  /** Waits for the next wake-up, at most so long; false when the time is over. */
  readonly sleep: (timeoutMs?: number) => Promise<boolean>;
}

/** Sets the handler before the first await and counts: a wake-up during an activity is not lost. */
export function listenForWake(): Waker {
  let came = 0;
  let taken = 0;
  setHandler(wake, () => {
    came += 1;
  });
  const woken = (): boolean => came > taken;
  return {
    woken,
    take: () => {
      taken = came;
    },
    sleep: async (timeoutMs) => {
      if (timeoutMs === undefined) {
        await condition(woken);
        return true;
      }
      return condition(woken, timeoutMs);
    },
  };
}

/** History is long enough to begin anew, and nothing is in flight. */
export const shouldContinueAsNew = (): boolean => workflowInfo().continueAsNewSuggested && allHandlersFinished();
