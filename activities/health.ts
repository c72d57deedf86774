import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { ConnectorError, outageCode } from '../connectors/errors.ts';
import { noteAnsweredCall, noteFailedCall, openTroubles } from '../db/connection-health.ts';
import { isDatabaseAway, type Tx } from '../db/database.ts';
import { EffectPending, NeedsCheck, NotNow } from '../db/effects.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { SealBroken } from '../db/sealing.ts';
import { type Command, StepRefused } from '../db/steps.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

/** One run of one activity, as far as health is concerned. */
export interface ActivityRun {
  /** The account whose queue it ran on; null on the queue of the processes themselves. */
  readonly connectionId: string | null;
  readonly activity: string;
  /** Id of what it was about: its first argument. */
  readonly subject: string | null;
  /** 1 for the first. */
  readonly attempt: number;
  readonly correlationId: string;
  /** Outside calls of the account that were answered below 400. */
  readonly answered: number;
}

type Verdict =
  | { readonly kind: 'silent' }
  | { readonly kind: 'account'; readonly failure: 'refused' | 'away' }
  | { readonly kind: 'away' }
  | { readonly kind: 'refused'; readonly remedy: string }
  | { readonly kind: 'unexpected' };

const silent: Verdict = { kind: 'silent' };

/** An unexpected failure is shown when the third attempt fails as well; a throttle or an absent mail server after some more. */
const unexpectedFromAttempt = 3;
const awayFromAttempt = 5;
/** Troubles that other workers noted are known here at most this late. */
const refreshMs = 30_000;

const lookIt = 'Look at it there and here; it is tried again by itself at the next round.';

/** What a failed activity says: about the account, about the thing it worked on, about us, or nothing. */
export function judgeFailure(run: ActivityRun, error: unknown): Verdict {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure || isDatabaseAway(error)) return silent;
  // The effects ledger follows these up by itself.
  if (error instanceof EffectPending || error instanceof NotNow || error instanceof NeedsCheck) return silent;
  if (error instanceof StepRefused)
    return { kind: 'refused', remedy: 'Look at its history: something is in a state that nobody expected.' };
  if (error instanceof SealBroken)
    return { kind: 'refused', remedy: 'Start with the master key that sealed it, or enter the credentials again.' };
  if (!(error instanceof ConnectorError)) return run.attempt < unexpectedFromAttempt ? silent : { kind: 'unexpected' };
  const { kind, details } = error;
  // A lost answer says as much about the account as none.
  if (kind === 'Unauthorized' || kind === 'Unavailable' || kind === 'OutcomeUnknown') {
    // Paused by a person, revoked, or away with an incident: nothing was called, and why is known.
    if (['PAUSED', 'REVOKED', outageCode].includes(details.code ?? '')) return silent;
    if (run.connectionId !== null) return { kind: 'account', failure: kind === 'Unauthorized' ? 'refused' : 'away' };
    return kind === 'Unauthorized' || run.attempt >= awayFromAttempt ? { kind: 'away' } : silent;
  }
  // Throttled accounts have a problem of their own (`db/throttles.ts`), one each, whatever they were asked for.
  if (kind === 'RateLimited' && run.connectionId !== null) return silent;
  if (kind === 'RateLimited')
    return run.attempt < awayFromAttempt
      ? silent
      : {
          kind: 'refused',
          remedy: details.remedy ?? 'Lower the calls per second of this account, or ask its operator for more.',
        };
  return { kind: 'refused', remedy: details.remedy ?? lookIt };
}

const awayKey = (activity: string): string => `activity/${activity}/away`;
const unexpectedKey = (activity: string): string => `activity/${activity}/unexpected`;
const subjectKey = ({ activity, subject }: ActivityRun): string => `activity/${activity}/${subject ?? 'all'}`;
const kinds = ['activity-away', 'activity-refused', 'activity-unexpected'];

/** What an activity's first argument is the id of. */
const entityOf: Readonly<Record<string, string>> = {
  pushOrder: 'order',
  confirmShipment: 'order',
  fulfilInShop: 'order',
  settlePush: 'order',
  cancelInShop: 'order',
  planOrder: 'order',
  readOrder: 'order',
  completeOrder: 'order',
  endCancellation: 'order',
  bookConsignment: 'consignment',
  readConsignment: 'consignment',
  voidConsignment: 'consignment',
  submitListing: 'listing',
  sendMail: 'mail',
};

const titles: Readonly<Record<string, string>> = { sendMail: 'Mails do not go out' };

/**
 * Turns what activities meet into the health of accounts and into problems: one per account and cause, counted however often
 * it is seen, and resolved by itself when the same thing succeeds.
 */
export class Health {
  readonly #deps: Pick<ActivityDeps, 'db' | 'clock' | 'log' | 'wall'>;
  readonly #troubles = new Set<string>();
  #refreshedAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: Pick<ActivityDeps, 'db' | 'clock' | 'log' | 'wall'>) {
    this.#deps = deps;
  }

  /** Never throws: what it cannot write now is noted at the next failure. */
  async failed(run: ActivityRun, error: unknown): Promise<void> {
    const verdict = judgeFailure(run, error);
    if (verdict.kind === 'silent') return;
    const message = error instanceof Error ? error.message : String(error);
    await this.#write(run, async (trx, command) => {
      if (verdict.kind === 'account' && run.connectionId !== null) {
        this.#troubles.add(`connection/${run.connectionId}`);
        const remedy = error instanceof ConnectorError ? (error.details.remedy ?? null) : null;
        const { connectionId, activity: operation } = run;
        return noteFailedCall(trx, { connectionId, failure: verdict.failure, operation, message, remedy }, command);
      }
      const report = this.#reportOf(run, verdict, message, error);
      this.#troubles.add(report.causeKey);
      return reportProblem(trx, report, command);
    });
  }

  /** Ends the troubles that this success ends. Costs nothing while there are none. */
  async succeeded(run: ActivityRun): Promise<void> {
    await this.#refresh();
    const account = run.connectionId !== null && run.answered > 0 ? `connection/${run.connectionId}` : null;
    const gone = [
      ...(account ? [account] : []),
      subjectKey(run),
      awayKey(run.activity),
      // Only one that had failed itself says that the cause is gone.
      ...(run.attempt >= unexpectedFromAttempt ? [unexpectedKey(run.activity)] : []),
    ].filter((key) => this.#troubles.has(key));
    if (gone.length === 0) return;
    const ended = new Set(gone);
    const written = await this.#write(run, async (trx, command) => {
      for (const key of gone) {
        if (key !== account || run.connectionId === null) await resolveProblem(trx, key, command);
        else if (!(await noteAnsweredCall(trx, run.connectionId, command))) ended.delete(key);
      }
    });
    if (written) for (const key of ended) this.#troubles.delete(key);
  }

  #reportOf(run: ActivityRun, verdict: Verdict, message: string, error: unknown) {
    const { activity, subject } = run;
    const entityKind = entityOf[activity];
    const entity = entityKind && subject ? { entityKind, entityId: subject } : {};
    const base = {
      severity: 'error' as const,
      connectionId: run.connectionId,
      detail: `${message} (process ${run.correlationId}, attempt ${run.attempt})`,
    };
    if (verdict.kind === 'away') {
      const remedy =
        (error instanceof ConnectorError && error.details.remedy) ||
        'Check that the server is up and its address and log-in are right (SMTP_URL). It is tried again by itself.';
      return {
        ...base,
        causeKey: awayKey(activity),
        kind: 'activity-away',
        title: titles[activity] ?? `${activity} does not get through`,
        remedy,
      };
    }
    if (verdict.kind === 'refused') {
      return {
        ...base,
        ...entity,
        causeKey: subjectKey(run),
        kind: 'activity-refused',
        title: `${activity} was refused`,
        remedy: verdict.remedy,
      };
    }
    return {
      ...base,
      ...entity,
      causeKey: unexpectedKey(activity),
      kind: 'activity-unexpected',
      title: `${activity} fails again and again`,
      remedy:
        'It is tried again by itself, at most every 20 seconds. If it stays, this is a fault of the engine: the log has it under the named process.',
    };
  }

  async #refresh(): Promise<void> {
    const nowMs = this.#deps.wall().getTime();
    if (nowMs - this.#refreshedAtMs < refreshMs) return;
    this.#refreshedAtMs = nowMs;
    try {
      for (const key of await this.#deps.db.tx('staff', (trx) => openTroubles(trx, kinds))) this.#troubles.add(key);
    } catch (error) {
      this.#refreshedAtMs = Number.NEGATIVE_INFINITY;
      this.#deps.log.warn({ err: error }, 'the open troubles could not be read; they are at the next success');
    }
  }

  async #write(run: ActivityRun, work: (trx: Tx, command: Command) => Promise<void>): Promise<boolean> {
    const { correlationId, activity } = run;
    try {
      const command = await commandOf(
        { clock: this.#deps.clock },
        `health/${correlationId}/${activity}`,
        correlationId,
      );
      await this.#deps.db.tx('staff', (trx) => work(trx, command));
      return true;
    } catch (error) {
      this.#deps.log.warn({ err: error, correlationId }, 'the health of an account could not be written');
      return false;
    }
  }
}
