import { randomUUID } from 'node:crypto';
import { accountAway, ConnectorError, certainlyNotDone } from '../connectors/errors.ts';
import type { EffectEventType } from '../state-machines/effect.ts';
import type { Tx } from './database.ts';
import {
  type EffectCall,
  type EffectDeps,
  type EffectOutcome,
  EffectPending,
  type EffectSpec,
  NeedsCheck,
} from './effect-types.ts';
import { isAway } from './incidents.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import { type Command, create, lock, mustStep, type Row } from './steps.ts';

export {
  type EffectCall,
  type EffectDeps,
  type EffectOutcome,
  EffectPending,
  type EffectSpec,
  NeedsCheck,
  NotNow,
} from './effect-types.ts';

/** Look-ups that found nothing, after settling, before it counts as "did not happen". */
const lookupsNeeded = 2;

const under = (command: Command, spec: EffectSpec, event: EffectEventType, version: number): Command => ({
  ...command,
  commandId: `effect/${spec.key}/${event}/${version}`,
  role: 'system',
});

async function find(trx: Tx, spec: EffectSpec, command: Command): Promise<Row> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`effect/${spec.key}`]);
  const known = await trx('effects').where({ key: spec.key }).first('id');
  const id = known?.id ?? randomUUID();
  if (!known) {
    await create(
      trx,
      'effect',
      {
        id,
        key: spec.key,
        kind: spec.kind,
        connection_id: spec.connectionId,
        brand_id: spec.brandId,
        entity_kind: spec.entityKind,
        entity_id: spec.entityId,
        request: spec.request ?? {},
        created_at: command.at,
        updated_at: command.at,
      },
      { ...command, commandId: `effect/${spec.key}/intend` },
    );
  }
  return (await lock(trx, 'effect', id)) as Row;
}

const move = (
  trx: Tx,
  row: Row,
  spec: EffectSpec,
  event: EffectEventType,
  changes: Record<string, unknown>,
  command: Command,
) =>
  mustStep(
    trx,
    { machine: 'effect', id: row.id, event, changes: { ...changes, updated_at: command.at } },
    under(command, spec, event, row.version),
  );

type Next<Answer> =
  | { do: 'return'; result: EffectOutcome<Answer> }
  | { do: 'call'; attempt: number }
  | { do: 'look-up' }
  | { do: 'take-over'; foundAs: string | null };

async function advance<Answer extends object>(
  deps: EffectDeps,
  spec: EffectSpec,
  call: EffectCall<Answer>,
  command: Command,
): Promise<Next<Answer>> {
  return deps.db.tx('staff', async (trx) => {
    const row = await find(trx, spec, command);
    const wallNow = deps.wall().getTime();
    // Done without an answer: a person said that it happened, and what follows from it has not followed yet.
    if (row.state === 'DONE' && row.answer === null) return { do: 'take-over', foundAs: row.found_as as string | null };
    if (row.state === 'DONE') return { do: 'return', result: { outcome: 'done', answer: row.answer as Answer } };
    if (row.state === 'REFUSED') return { do: 'return', result: { outcome: 'refused', reason: String(row.reason) } };
    if (row.state === 'INTENDED') {
      const unwanted = await call.stillWanted(trx);
      if (unwanted !== null) {
        await move(trx, row, spec, 'ABANDON', { reason: unwanted }, command);
        return { do: 'return', result: { outcome: 'abandoned', reason: unwanted } };
      }
      await refuseWhileAway(trx, spec);
      const attempt = Number(row.attempts) + 1;
      await move(
        trx,
        row,
        spec,
        'ATTEMPT',
        { attempts: attempt, lease_until: new Date(wallNow + call.leaseMs), lookups: 0 },
        command,
      );
      return { do: 'call', attempt };
    }
    if (row.state === 'ATTEMPTED') {
      const lease = (row.lease_until as Date).getTime();
      if (lease > wallNow) throw new EffectPending(spec.key, 'an attempt may still be running', lease - wallNow);
      await move(
        trx,
        row,
        spec,
        'LOSE_ANSWER',
        { ambiguous_since: new Date(wallNow), reason: 'the attempt ended without an answer' },
        command,
      );
    }
    return { do: 'look-up' };
  });
}

/** Of an account that is away only probes are made: the call stays intended, and is made when it answers again. */
async function refuseWhileAway(trx: Tx, { connectionId, key }: EffectSpec): Promise<void> {
  if (connectionId === null || !(await isAway(trx, connectionId))) return;
  throw accountAway(`${key} waits until its account answers again.`);
}

/** Whether a look-up that began at `askedAtMs` can be believed when it finds nothing. */
function isSettled(row: Row, askedAtMs: number, settleMs: number): boolean {
  const since = Math.max((row.ambiguous_since as Date).getTime(), (row.last_lookup_at as Date | null)?.getTime() ?? 0);
  return askedAtMs - since >= settleMs;
}

/**
 * Makes an outside call that must not happen twice. Every attempt is written down before it is made; an answer that was
 * lost is looked up by our reference, and only after two settled look-ups found nothing is it tried again.
 *
 * @throws EffectPending while the outcome is unknown, NeedsCheck where nobody can look it up, ConnectorError when the
 *   call certainly did not happen and may be tried later.
 */
export async function performEffect<Answer extends object>(
  deps: EffectDeps,
  spec: EffectSpec,
  call: EffectCall<Answer>,
  command: Command,
): Promise<EffectOutcome<Answer>> {
  const next = await advance(deps, spec, call, command);
  if (next.do === 'return') return next.result;
  if (next.do === 'take-over') return takeOver(deps, spec, call, next.foundAs, command);
  if (next.do === 'look-up') {
    const found = await lookUp(deps, spec, call, command);
    return found ?? performEffect(deps, spec, call, command);
  }
  await deps.checkpoint(`${spec.kind}:before-call`);
  let answer: Answer;
  let found = false;
  try {
    answer = await call.call(next.attempt);
  } catch (error) {
    const existing = await alreadyThere(call, error);
    if (existing.answer === null) return recordFailure(deps, spec, call, next.attempt, existing.error, command);
    answer = existing.answer;
    found = true;
  }
  await deps.checkpoint(`${spec.kind}:after-call`);
  await deps.db.tx('staff', async (trx) => {
    const row = await find(trx, spec, command);
    if (row.state === 'DONE') return;
    await move(trx, row, spec, row.state === 'ATTEMPTED' ? 'SUCCEED' : 'FOUND', { answer, reason: null }, command);
    await call.onDone(trx, answer, command, found);
    await resolveProblem(trx, `effect/${spec.key}`, command);
  });
  await deps.checkpoint(`${spec.kind}:after-commit`);
  return { outcome: 'done', answer };
}

/**
 * After a person said "it happened": looks up what the answer would have been (or takes what is assumed where nobody can
 * look it up) and lets follow what follows from success.
 */
async function takeOver<Answer extends object>(
  deps: EffectDeps,
  spec: EffectSpec,
  call: EffectCall<Answer>,
  foundAs: string | null,
  command: Command,
): Promise<EffectOutcome<Answer>> {
  const answer = (await call.lookup?.()) ?? call.assumed?.(foundAs) ?? null;
  if (answer === null) {
    throw new NeedsCheck(`${spec.key}: a person said that it happened, but our reference does not find it`);
  }
  await deps.db.tx('staff', async (trx) => {
    const row = await find(trx, spec, command);
    if (row.state !== 'DONE' || row.answer !== null) return;
    await trx('effects')
      .where({ id: row.id })
      .update({ answer: JSON.stringify(answer), updated_at: command.at });
    await call.onDone(trx, answer, command, true);
    await resolveProblem(trx, `effect/${spec.key}`, command);
  });
  return { outcome: 'done', answer };
}

/** "There is one already": ours if the look-up by our reference finds it, and then the call has happened. */
async function alreadyThere<Answer extends object>(
  call: EffectCall<Answer>,
  error: unknown,
): Promise<{ answer: Answer | null; error: unknown }> {
  if (!(error instanceof ConnectorError) || error.kind !== 'Duplicate' || !call.lookup) return { answer: null, error };
  try {
    return { answer: await call.lookup(), error };
  } catch (cause) {
    const message = `${error.message} It could not be looked up whether it is ours.`;
    return { answer: null, error: new ConnectorError('OutcomeUnknown', message, { cause }) };
  }
}

async function lookUp<Answer extends object>(
  deps: EffectDeps,
  spec: EffectSpec,
  call: EffectCall<Answer>,
  command: Command,
): Promise<EffectOutcome<Answer> | null> {
  if (!call.lookup) {
    await deps.db.tx('staff', (trx) => noteNeedsCheck(trx, spec, command));
    throw new NeedsCheck(`${spec.key}: nobody can say whether it happened`);
  }
  const askedAtMs = deps.wall().getTime();
  const answer = await call.lookup();
  return deps.db
    .tx('staff', async (trx) => {
      const row = await find(trx, spec, command);
      if (row.state !== 'AMBIGUOUS') return null;
      if (answer) {
        await move(trx, row, spec, 'FOUND', { answer, reason: 'found by our reference' }, command);
        await call.onDone(trx, answer, command, true);
        await resolveProblem(trx, `effect/${spec.key}`, command);
        return { outcome: 'done', answer } as const;
      }
      // Judged by the row as it is now: two workers that looked at once count as one look-up.
      if (isSettled(row, askedAtMs, call.settleMs)) {
        const lookups = Number(row.lookups) + 1;
        await trx('effects').where({ id: row.id }).update({ lookups, last_lookup_at: deps.wall() });
        if (lookups >= lookupsNeeded) {
          await move(trx, row, spec, 'NOT_FOUND', { reason: 'looked up, did not happen' }, command);
          return null;
        }
      }
      // Thrown after the transaction's own writes are kept: the count of look-ups must survive.
      return 'pending' as const;
    })
    .then((result) => {
      if (result === 'pending') throw new EffectPending(spec.key, 'looked up, not there yet', call.settleMs);
      return result;
    });
}

async function recordFailure<Answer extends object>(
  deps: EffectDeps,
  spec: EffectSpec,
  call: EffectCall<Answer>,
  attempt: number,
  error: unknown,
  command: Command,
): Promise<EffectOutcome<Answer>> {
  const reason = error instanceof Error ? error.message.slice(0, 500) : String(error).slice(0, 500);
  const kind = error instanceof ConnectorError ? error.kind : null;
  const refused = kind === 'Rejected' || kind === 'NotFound' || kind === 'Duplicate';
  const notSent = !refused && (certainlyNotDone(error) || kind === 'Unavailable');
  const recorded = await deps.db.tx('staff', async (trx) => {
    const row = await find(trx, spec, command);
    // The lease ran out meanwhile: what became of this attempt is for whoever took over, whose attempt may be running.
    if (row.state !== 'ATTEMPTED' || row.attempts !== attempt) return false;
    if (refused) {
      await move(trx, row, spec, 'REFUSE', { reason }, command);
      await call.onRefused?.(trx, reason, command);
    } else if (notSent) await move(trx, row, spec, 'NOT_SENT', { reason, lease_until: null }, command);
    else await move(trx, row, spec, 'LOSE_ANSWER', { reason, ambiguous_since: deps.wall() }, command);
    return true;
  });
  if (!recorded) throw new EffectPending(spec.key, `attempt ${attempt} came back too late: ${reason}`, call.settleMs);
  if (refused) return { outcome: 'refused', reason };
  if (notSent) throw error;
  throw new EffectPending(spec.key, reason, call.settleMs);
}

async function noteNeedsCheck(trx: Tx, spec: EffectSpec, command: Command): Promise<void> {
  await reportProblem(
    trx,
    {
      causeKey: `effect/${spec.key}`,
      kind: 'needs-check',
      severity: 'error',
      title: `Nobody can say whether this happened: ${spec.kind}`,
      detail: `The answer to ${spec.key} was lost and the other side offers no look-up by our reference.`,
      remedy: 'Look there by hand, then mark the effect as done or as not done.',
      brandId: spec.brandId,
      entityKind: spec.entityKind,
      entityId: spec.entityId,
      connectionId: spec.connectionId,
    },
    command,
  );
}

/**
 * Settles an effect that is no longer wanted: looks up what may have happened, and gives it up if it did not. Never calls.
 * Returns the answer if it did happen after all.
 */
export async function settleUnwanted<Answer extends object>(
  deps: EffectDeps,
  spec: EffectSpec,
  call: Pick<EffectCall<Answer>, 'lookup' | 'onDone' | 'settleMs' | 'leaseMs'>,
  why: string,
  command: Command,
): Promise<Answer | null> {
  const result = await performEffect(
    deps,
    spec,
    {
      ...call,
      stillWanted: async () => why,
      call: async () => {
        throw new Error('an unwanted effect is never attempted');
      },
    },
    command,
  );
  return result.outcome === 'done' ? result.answer : null;
}
