import type { Tx } from '../../../db/database.ts';
import { type KeptField, type KeptRow, keepEdit } from '../../../db/edits.ts';
import { scopeOf, type User } from '../../../db/users.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, asApiError } from '../errors.ts';
import type { Asked } from '../idempotency.ts';
import type { EditAnswer, EditRow, FieldOutcome, RowOutcome } from '../schemas/tables.ts';
import type { TableAdapter, TableEditor } from './adapter.ts';
import { countsOf, refusedRow } from './outcomes.ts';

export interface EditRequest {
  readonly table: TableAdapter;
  readonly rows: readonly EditRow[];
  readonly dryRun: boolean;
  /** The edit that this one takes back. */
  readonly undoOf: string | null;
}

/** @throws ApiError InvalidInput when a row stands in the edit twice: which of the two holds would be chance. */
export function demandOnce(rows: readonly EditRow[]): void {
  const seen = new Set<string>();
  for (const { id } of rows) {
    const known = id.toLowerCase();
    if (seen.has(known)) throw new ApiError('InvalidInput', `The row ${id} stands in this edit twice.`);
    seen.add(known);
  }
}

/**
 * Saves an edit inside the caller's transaction and keeps it. All rows go together; where one of them makes the database
 * refuse, everything is taken back to the beginning and the rows go one by one, so that a bad one holds up no other.
 */
export async function saveEdit(trx: Tx, request: EditRequest, asked: Asked, deps: ApiDeps): Promise<EditAnswer> {
  const { table, dryRun, undoOf } = request;
  const { user, command } = asked;
  const editor: TableEditor = { user, deps, at: command.at, command };
  const rows = await saveRows(trx, request, editor);
  const counts = countsOf(rows);
  const written = rows.some(({ outcome }) => outcome === 'saved' || outcome === 'partly');
  const editId = written && !dryRun ? deps.newId() : null;
  if (editId !== null) {
    const kept = await keptRows(trx, table, request.rows, rows);
    await wallOf(trx, user);
    await keepEdit(trx, { id: editId, table: table.table, undoOf, counts, brandId: user.brandId, rows: kept }, command);
  }
  return { editId, table: table.table, dryRun, counts, rows: [...rows] };
}

/** The wall of the caller, also after something in this transaction has risen above it. */
async function wallOf(trx: Tx, user: User): Promise<void> {
  const scope = scopeOf(user);
  await trx.raw(`select set_config('tradelane.brand', ?, true)`, [scope === 'staff' ? '*' : scope.brandId]);
}

async function saveRows(trx: Tx, { table, rows }: EditRequest, editor: TableEditor): Promise<readonly RowOutcome[]> {
  try {
    return await trx.transaction((together) => table.save(together, rows, editor));
  } catch (error) {
    if (!isOfSomeRow(error)) throw error;
  }
  const outcomes = new Map<string, RowOutcome>();
  // By id, as the batch would have locked them.
  const ordered = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const row of ordered) {
    await wallOf(trx, editor.user);
    outcomes.set(row.id, await saveAlone(trx, table, row, editor));
  }
  return rows.map((row) => outcomes.get(row.id) ?? refusedRow(row, 'Internal', 'It was not answered.'));
}

async function saveAlone(trx: Tx, table: TableAdapter, row: EditRow, editor: TableEditor): Promise<RowOutcome> {
  try {
    const [outcome] = await trx.transaction((alone) => table.save(alone, [row], editor));
    return outcome ?? refusedRow(row, 'Internal', 'It was not answered.');
  } catch (error) {
    if (!isOfSomeRow(error)) throw error;
    const { code, message } = asApiError(error);
    return refusedRow(row, code, message);
  }
}

/** A value that the database would not take is an answer about its row; outages and faults of ours concern everything. */
function isOfSomeRow(error: unknown): boolean {
  return asApiError(error).status < 500;
}

async function keptRows(
  trx: Tx,
  { sealing }: TableAdapter,
  asked: readonly EditRow[],
  rows: readonly RowOutcome[],
): Promise<KeptRow[]> {
  const seen = new Map(asked.map(({ id, version }) => [id, version]));
  const isSaved = ({ outcome }: RowOutcome) => outcome === 'saved' || outcome === 'partly';
  const sealed = sealing ? await sealing.seal(trx, rows.filter(isSaved)) : null;
  const keptField = (row: RowOutcome, { key, outcome, theirs, yours, why }: FieldOutcome): KeptField[] => {
    if (outcome === 'unchanged') return [];
    if (!sealing?.seals(key)) return [{ key, outcome, before: theirs, after: yours, why }];
    const values = outcome === 'saved' && sealed ? sealed(row, key) : { before: null, after: null };
    return [{ key, outcome, ...values, why }];
  };
  return rows.flatMap((row): KeptRow[] => {
    const { id: rowId, entity: entityId, outcome, why, from, to } = row;
    if (outcome === 'unchanged') return [];
    const versions = { versionBefore: seen.get(rowId) ?? 0, versionAfter: isSaved(row) ? row.version : null };
    const fields = row.fields.flatMap((field) => keptField(row, field));
    return [{ rowId, entityId, outcome, why, from, to, ...versions, fields }];
  });
}

/** The answer as it is kept for a repetition: without personal data. */
export function withoutPersonalData(answer: EditAnswer, { sealing }: TableAdapter): EditAnswer {
  if (!sealing) return answer;
  return {
    ...answer,
    rows: answer.rows.map((row) => ({
      ...row,
      fields: row.fields.map((field) =>
        sealing.seals(field.key) ? { ...field, base: null, yours: null, theirs: null } : field,
      ),
    })),
  };
}
