import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorError } from '../connectors/errors.ts';
import { type Prepaid, type Urgency, withPermit } from '../connectors/transport/index.ts';
import type { ActivityDeps } from './deps.ts';

/** How often it is looked whether what is waited for is still the right thing. */
const lookAgainMs = 400;

/**
 * Waits for the account's next free call and then does `work` with it, so that what is sent is chosen at that moment: the
 * newest values, and nothing that something more urgent should have preceded. `wanted` says what the call is for; null: it is
 * not wanted any more, nothing is done and false is answered.
 * @throws ConnectorError RateLimited when the wait would be long
 */
export async function inTurn(
  deps: Pick<ActivityDeps, 'open'>,
  input: { connectionId: string; operation: string; wanted: () => Promise<Urgency | null> },
  work: (urgency: Urgency) => Promise<void>,
): Promise<boolean> {
  const { connectionId, operation, wanted } = input;
  for (let urgency = await wanted(); urgency !== null; ) {
    const given = new AbortController();
    const turn = deps.open.slot?.(connectionId, operation, urgency, given.signal) ?? Promise.resolve(undefined);
    const outcome = await waitFor(turn, urgency, wanted);
    if (outcome === 'waited') {
      const prepaid: Prepaid = { connectionId, permit: (await turn) ?? null };
      try {
        // While it was waited for, something more urgent may have come.
        const now = await wanted();
        if (now === null) return false;
        await withPermit(now, prepaid, () => work(now));
        return true;
      } finally {
        prepaid.permit?.giveBack();
      }
    }
    given.abort();
    const late = await turn.catch(ignoreGivenUp);
    late?.giveBack();
    urgency = outcome;
  }
  return false;
}

/** `waited`: the turn has come. Else what is wanted instead of it. */
async function waitFor(
  turn: Promise<unknown>,
  { priority, brandId }: Urgency,
  wanted: () => Promise<Urgency | null>,
): Promise<'waited' | Urgency | null> {
  const came = turn.then(() => true);
  for (;;) {
    const stop = new AbortController();
    const look = sleep(lookAgainMs, false, { signal: stop.signal, ref: false }).catch(() => false);
    const isHere = await Promise.race([came, look]);
    stop.abort();
    if (isHere) return 'waited';
    const now = await wanted();
    if (now?.priority !== priority || now.brandId !== brandId) {
      // Whoever gives up a turn that was refused meanwhile need not hear of it.
      came.catch(ignoreGivenUp);
      return now;
    }
  }
}

function ignoreGivenUp(error: unknown): undefined {
  if (!(error instanceof ConnectorError)) throw error;
  return undefined;
}

/** The other side said "slow down", certainly without doing anything: the next turn waits for as long as it asked. */
export const isThrottle = (error: unknown): boolean => error instanceof ConnectorError && error.kind === 'RateLimited';

/**
 * Runs `lane` several times side by side until each has ended. After the first error no lane begins anything new, and the
 * error is thrown when all have ended.
 */
export async function inLanes(count: number, lane: (goesOn: () => boolean) => Promise<void>): Promise<void> {
  let failed = false;
  const goesOn = (): boolean => !failed;
  const outcomes = await Promise.allSettled(
    Array.from({ length: count }, () =>
      lane(goesOn).catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    ),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** One at a time, in the order of asking. */
export function oneAtATime(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
