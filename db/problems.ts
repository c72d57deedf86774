import { randomUUID } from 'node:crypto';
import type { Tx } from './database.ts';
import { type Command, create, mustStep, type Row } from './steps.ts';

export interface ProblemReport {
  /** Equal for the same cause: ten thousand failures of one cause are one problem. */
  readonly causeKey: string;
  readonly kind: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly title: string;
  readonly detail: string;
  /** What a person can do. */
  readonly remedy: string;
  readonly brandId?: string | null;
  readonly entityKind?: string;
  readonly entityId?: string;
  readonly connectionId?: string | null;
}

const under = (command: Command, causeKey: string, what: string): Command => ({
  ...command,
  commandId: `${command.commandId}/problem/${what}/${causeKey}`,
});

/** Opens a problem, or counts it again; a resolved one that comes back is opened again. Harmless when repeated. */
export async function reportProblem(trx: Tx, report: ProblemReport, command: Command): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`problem/${report.causeKey}`]);
  const known = (await trx('problems').where({ cause_key: report.causeKey }).first()) as Row | undefined;
  const said = {
    title: report.title,
    detail: report.detail.slice(0, 2000),
    remedy: report.remedy,
    severity: report.severity,
  };
  if (!known) {
    await create(
      trx,
      'problem',
      {
        id: randomUUID(),
        brand_id: report.brandId ?? null,
        cause_key: report.causeKey,
        kind: report.kind,
        ...said,
        entity_kind: report.entityKind ?? null,
        entity_id: report.entityId ?? null,
        connection_id: report.connectionId ?? null,
        first_seen_at: command.at,
        last_seen_at: command.at,
        correlation_id: command.correlationId ?? null,
      },
      under(command, report.causeKey, 'open'),
    );
    return;
  }
  const changes = { ...said, occurrences: Number(known.occurrences) + 1, last_seen_at: command.at, resolved_at: null };
  if (known.state === 'RESOLVED') {
    await mustStep(
      trx,
      { machine: 'problem', id: known.id, event: 'SEEN_AGAIN', changes },
      {
        ...under(command, report.causeKey, `again-${known.version}`),
        role: 'system',
      },
    );
    return;
  }
  await trx('problems').where({ id: known.id }).update(changes);
}

/** Closes the problem of a cause that is gone; nothing happens where there is none. */
export async function resolveProblem(trx: Tx, causeKey: string, command: Command): Promise<void> {
  const known = (await trx('problems').where({ cause_key: causeKey }).whereNot({ state: 'RESOLVED' }).first()) as
    | Row
    | undefined;
  if (!known) return;
  await mustStep(
    trx,
    { machine: 'problem', id: known.id, event: 'RESOLVE', changes: { resolved_at: command.at } },
    {
      ...under(command, causeKey, `resolve-${known.version}`),
      role: 'system',
    },
  );
}

/** Closes every open problem of one thing whose kind is in `kinds`. */
export async function resolveProblemsOf(
  trx: Tx,
  entityId: string,
  kinds: readonly string[],
  command: Command,
): Promise<void> {
  const rows = await trx('problems')
    .where({ entity_id: entityId })
    .whereIn('kind', kinds)
    .whereNot({ state: 'RESOLVED' })
    .select('cause_key');
  for (const { cause_key } of rows) await resolveProblem(trx, cause_key, command);
}
