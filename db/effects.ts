import { randomUUID } from 'node:crypto';
import { ConnectorError, certainlyNotDone } from '../connectors/errors.ts';
import type { EffectEventType } from '../state-machines/effect.ts';
import type { Database, Tx } from './database.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import { type Command, create, lock, mustStep, type Row } from './steps.ts';

/** What is to happen outside, once, and for which thing of ours. `key` is unique for ever. */
export interface EffectSpec {
  readonly key: string;
  readonly kind: string;
  readonly connectionId: string | null;
  readonly brandId: string | null;
  readonly entityKind: string;
  readonly entityId: string;
  /** For people and the auditor; no personal data. */
  readonly request?: Readonly<Record<string, unknown>>;
}

export interface EffectCall<Answer extends object> {
  /**
   * Asked in the transaction that begins an attempt: a sentence why it is not wanted any more, or null. Throws
   * `NotNow` where it may be wanted later: nothing is given up then.
   */
  readonly stillWanted: (trx: Tx) => Promise<string | null>;
  readonly call: (attempt: number) => Promise<Answer>;
  /** Looks it up outside by our own reference; null = not there (yet). Absent where the other side has no look-up. */
  readonly lookup?: () => Promise<Answer | null>;
  /** What follows from success, in the transaction that records it. `found` = it was looked up, not answered. */
  readonly onDone: (trx: Tx, answer: Answer, command: Command, found: boolean) => Promise<void>;
  /** What follows from a final refusal, in the transaction that records it. */
  readonly onRefused?: (trx: Tx, reason: string, command: Command) => Promise<void>;
  /** How long the other side may take until a look-up can be believed. */
  readonly settleMs: number;
  /** Longer than the call's time-out: until then no other attempt begins. */
  readonly leaseMs: number;
}

export interface EffectDeps {
  readonly db: Database;
  /** Wall time for leases and settling; never simulated. */
  readonly wall: () => Date;
  /** Fault injection: does nothing outside of chaos runs. */
  readonly checkpoint: (point: string) => Promise<void>;
}

export type EffectOutcome<Answer> =
  | { readonly outcome: 'done'; readonly answer: Answer }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'abandoned'; readonly reason: string };

/** It is not known yet whether it happened: ask again after `retryAfterMs`. Nothing may be repeated meanwhile. */
export class EffectPending extends Error {
  override readonly name = 'EffectPending';
  readonly retryAfterMs: number;
  constructor(key: string, why: string, retryAfterMs: number) {
    super(`${key}: ${why}`);
    this.retryAfterMs = Math.max(100, Math.ceil(retryAfterMs));
  }
}

/** It is not to be done at present, and not given up either: the process reads the row again. */
export class NotNow extends Error {
  override readonly name = 'NotNow';
}

/** The outcome is unknown and the other side offers no look-up: a person must check. */
export class NeedsCheck extends Error {
  override readonly name = 'NeedsCheck';
}

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
  | { do: 'look-up'; settled: boolean };

async function advance<Answer extends object>(
  deps: EffectDeps,
  spec: EffectSpec,
  call: EffectCall<Answer>,
  command: Command,
): Promise<Next<Answer>> {
  return deps.db.tx('staff', async (trx) => {
    const row = await find(trx, spec, command);
    const wallNow = deps.wall().getTime();
    if (row.state === 'DONE') return { do: 'return', result: { outcome: 'done', answer: row.answer as Answer } };
    if (row.state === 'REFUSED') return { do: 'return', result: { outcome: 'refused', reason: String(row.reason) } };
    if (row.state === 'INTENDED') {
      const unwanted = await call.stillWanted(trx);
      if (unwanted !== null) {
        await move(trx, row, spec, 'ABANDON', { reason: unwanted }, command);
        return { do: 'return', result: { outcome: 'abandoned', reason: unwanted } };
      }
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
      return { do: 'look-up', settled: false };
    }
    const since = Math.max(
      (row.ambiguous_since as Date).getTime(),
      (row.last_lookup_at as Date | null)?.getTime() ?? 0,
    );
    return { do: 'look-up', settled: wallNow - since >= call.settleMs };
  });
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
  if (next.do === 'look-up') {
    const found = await lookUp(deps, spec, call, next.settled, command);
    return found ?? performEffect(deps, spec, call, command);
  }
  await deps.checkpoint(`${spec.kind}:before-call`);
  let answer: Answer;
  try {
    answer = await call.call(next.attempt);
  } catch (error) {
    return recordFailure(deps, spec, call, error, command);
  }
  await deps.checkpoint(`${spec.kind}:after-call`);
  await deps.db.tx('staff', async (trx) => {
    const row = await find(trx, spec, command);
    if (row.state === 'DONE') return;
    await move(trx, row, spec, row.state === 'ATTEMPTED' ? 'SUCCEED' : 'FOUND', { answer, reason: null }, command);
    await call.onDone(trx, answer, command, false);
    await resolveProblem(trx, `effect/${spec.key}`, command);
  });
  await deps.checkpoint(`${spec.kind}:after-commit`);
  return { outcome: 'done', answer };
}

async function lookUp<Answer extends object>(
  deps: EffectDeps,
  spec: EffectSpec,
  call: EffectCall<Answer>,
  settled: boolean,
  command: Command,
): Promise<EffectOutcome<Answer> | null> {
  if (!call.lookup) {
    await deps.db.tx('staff', (trx) => noteNeedsCheck(trx, spec, command));
    throw new NeedsCheck(`${spec.key}: nobody can say whether it happened`);
  }
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
      if (settled) {
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
  error: unknown,
  command: Command,
): Promise<EffectOutcome<Answer>> {
  const reason = error instanceof Error ? error.message.slice(0, 500) : String(error).slice(0, 500);
  const kind = error instanceof ConnectorError ? error.kind : null;
  const refused = kind === 'Rejected' || kind === 'NotFound' || kind === 'Duplicate';
  const notSent = !refused && (certainlyNotDone(error) || kind === 'Unavailable');
  await deps.db.tx('staff', async (trx) => {
    const row = await find(trx, spec, command);
    if (row.state !== 'ATTEMPTED') return;
    if (refused) {
      await move(trx, row, spec, 'REFUSE', { reason }, command);
      await call.onRefused?.(trx, reason, command);
    } else if (notSent) await move(trx, row, spec, 'NOT_SENT', { reason, lease_until: null }, command);
    else await move(trx, row, spec, 'LOSE_ANSWER', { reason, ambiguous_since: deps.wall() }, command);
  });
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
