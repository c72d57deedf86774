import { decide, type EventOf, type MachineName } from '../state-machines/index.ts';
import { type ContextLoader, contextLoaders, contextsOf } from './contexts.ts';
import type { Tx } from './database.ts';
import { followUpsOf, type Work } from './follow-ups.ts';
import { type RecordedStep, record, recordChanges } from './step-records.ts';
import { type Command, definitionOf, type Row, type StepResult, tableOf } from './steps.ts';
import { updateMany } from './update-many.ts';

/** One of many rows that take the same event. */
export interface ManyStep {
  /** As it was read when it was locked. */
  readonly row: Row;
  /** Unique for ever, as in `Command`. */
  readonly commandId: string;
  readonly changes?: Readonly<Record<string, unknown>>;
  /** Changes beside the row that its history shall name as well: {what: [before, after]}. */
  readonly noted?: Readonly<Record<string, readonly [unknown, unknown]>>;
  readonly why?: string;
}

/** Locks many rows in the order of their ids: whoever locks the same ones waits, and nobody waits in a circle. */
export async function lockMany(trx: Tx, machine: MachineName, ids: readonly string[]): Promise<Map<string, Row>> {
  const rows: Row[] = await trx(tableOf(machine))
    .whereIn('id', [...new Set(ids)])
    .orderBy('id')
    .forNoKeyUpdate();
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * `step` for many rows of one kind that were locked by `lockMany`: the same questions to the machine, the same history and
 * follow-up work, in a fixed number of statements. Refusals are answers, one row's holds up no other. The results are in
 * the order given. Each row may stand there once.
 *
 * It does not look for command ids that were answered before: a caller that may be repeated keeps its own answer in the
 * same transaction. A command id that was used is an error of the database then, not a second step.
 */
export async function stepMany<Name extends MachineName>(
  trx: Tx,
  { machine, event, steps }: { machine: Name; event: EventOf<Name>['type']; steps: readonly ManyStep[] },
  command: Command,
): Promise<StepResult[]> {
  const loader = contextLoaders[machine] as ContextLoader;
  const definition = definitionOf(machine);
  const rows = steps.map(({ row, changes }) => ({ ...row, ...changes }) as Row);
  const contexts = await contextsOf(trx, machine, rows, command);
  const recorded: RecordedStep[] = [];
  const work: Work[] = [];
  const updates: (Record<string, unknown> & { id: string })[] = [];
  const results = steps.map(({ row, commandId, changes = {}, noted = {}, why }, index): StepResult => {
    const decision = decide(definition, row.state, contexts[index] ?? {}, { type: event }, command.role);
    if (!decision.ok) {
      return { ok: false, code: decision.code, why: decision.why, state: row.state, version: row.version };
    }
    const all = { ...changes, ...loader.persist(decision.context) };
    const own = why === undefined ? command : { ...command, why };
    const changed = { ...recordChanges(row, all), ...noted };
    const { id, state, version } = row;
    recorded.push({ machine, id, from: state, to: decision.to, event, version, changed, command: own, commandId });
    updates.push({ id, ...all });
    const after = { ...row, ...all, state: decision.to, version: version + 1 };
    work.push(...followUpsOf(machine, after, decision.followUps, own));
    return { ok: true, from: state, state: decision.to, version: version + 1, repeated: false };
  });
  if (recorded.length === 0) return results;
  await updateMany(trx, tableOf(machine), updates);
  await record(trx, recorded, work);
  return results;
}
