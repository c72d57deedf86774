import type { Tx } from '../../db/database.ts';
import type { SkuNotes } from '../../db/sku-notes.ts';
import { type Command, lock, type Row } from '../../db/steps.ts';
import type { MachineName } from '../../state-machines/index.ts';
import { ApiError, notFound } from './errors.ts';
import { canonical } from './idempotency.ts';
import type { Edited } from './schemas/common.ts';
import { stepOrRefuse } from './stepping.ts';

/** One field as a person changed it. `value` is what the column shall hold. */
export interface FieldChange {
  readonly field: string;
  readonly column: string;
  readonly value: unknown;
}

export interface EditPlan {
  readonly row: Row;
  readonly save: readonly FieldChange[];
  readonly unchanged: readonly string[];
  readonly conflicts: Edited['conflicts'];
}

interface HistoryRow {
  changed: Record<string, [unknown, unknown]>;
  actor: string;
  at: Date;
}

/**
 * Locks a row and compares field by field with what the editor saw. A field that somebody else changed after `version`
 * is a conflict with all three values; every other field can be saved.
 */
export async function planEdit(
  trx: Tx,
  machine: MachineName,
  id: string,
  version: number,
  wanted: readonly FieldChange[],
): Promise<EditPlan> {
  const row = await lock(trx, machine, id);
  if (!row) throw notFound(machine.replace('_', ' '), id);
  if (version > row.version) {
    throw new ApiError('VersionConflict', `There is no version ${version} yet: it is at ${row.version}.`, {
      details: { state: row.state, version: row.version },
    });
  }
  const since: HistoryRow[] = await trx('transitions')
    .where({ machine, entity_id: id })
    .where('version', '>', version)
    .orderBy('version')
    .select('changed', 'actor', 'at');
  const save: FieldChange[] = [];
  const unchanged: string[] = [];
  const conflicts: Edited['conflicts'] = [];
  for (const change of wanted) {
    const present = row[change.column] ?? null;
    const touched = since.filter(({ changed }) => change.column in changed);
    const first = touched[0];
    const last = touched.at(-1);
    if (canonical(present) === canonical(change.value ?? null)) unchanged.push(change.field);
    else if (!first || !last) save.push(change);
    else {
      conflicts.push({
        field: change.field,
        base: first.changed[change.column]?.[0] ?? null,
        yours: change.value,
        theirs: present,
        by: last.actor,
        at: last.at.toISOString(),
      });
    }
  }
  return { row, save, unchanged, conflicts };
}

/**
 * Saves what a plan found savable as one EDIT step. `further` are columns that follow from the edit; `touched` names
 * fields outside of the row (a SKU's weight) that were changed with it.
 * @throws ApiError VersionConflict when nothing but conflicts is left.
 */
export async function saveEdit(
  trx: Tx,
  machine: MachineName,
  plan: EditPlan,
  command: Command,
  {
    further = {},
    touched = [],
    noted = {},
  }: { further?: Readonly<Record<string, unknown>>; touched?: readonly string[]; noted?: SkuNotes } = {},
): Promise<Edited> {
  const { row, save, unchanged, conflicts } = plan;
  const fields = [...save.map(({ field }) => field), ...touched];
  if (fields.length === 0 && conflicts.length > 0) {
    throw new ApiError('VersionConflict', 'Somebody else changed the same fields meanwhile.', {
      remedy: 'Choose for each field which value shall hold, and save again with the present version.',
      details: { state: row.state, version: row.version, conflicts },
    });
  }
  if (fields.length === 0) {
    return { ok: true, state: row.state, version: row.version, saved: [], unchanged: [...unchanged], conflicts };
  }
  const changes = {
    ...Object.fromEntries(save.map(({ column, value }) => [column, value])),
    last_edited_at: command.at,
    last_edited_by: command.actor,
    ...further,
  };
  const why = touched.length === 0 ? {} : { why: [command.why, touched.join(', ')].filter(Boolean).join(': ') };
  const result = await stepOrRefuse(
    trx,
    machine,
    { id: row.id, event: 'EDIT', changes, noted },
    { ...command, ...why },
  );
  return {
    ok: true,
    state: result.state,
    version: result.version,
    saved: fields,
    unchanged: [...unchanged],
    conflicts: [...conflicts],
  };
}
