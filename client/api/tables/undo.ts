import type { Tx } from '../../../db/database.ts';
import { findEdit } from '../../../db/edits.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import type { Asked } from '../idempotency.ts';
import { type EditRow, tableNames } from '../schemas/tables.ts';
import type { EditRequest } from './edit.ts';
import { tableNamed } from './registry.ts';

/**
 * An undo as an edit of its own: every saved field gets the value that it had before, said about the version that the save
 * made. What somebody changed since is then a conflict like any other and stays as it is.
 */
export async function undoRequest(
  trx: Tx,
  editId: string,
  { user, command }: Asked,
  deps: ApiDeps,
): Promise<Omit<EditRequest, 'dryRun'>> {
  const edit = await findEdit(trx, editId);
  if (!edit) throw notFound('edit', editId);
  const name = tableNames.find((known) => known === edit.table);
  if (!name) throw new Error(`the edit ${editId} is of an unknown table ${edit.table}`);
  const table = tableNamed(name);
  const editor = { user, deps, at: command.at, command };
  const rows: EditRow[] = [];
  for (const { id, versionAfter, fields } of edit.rows) {
    const changes: Record<string, unknown> = {};
    for (const { key, outcome, before } of fields) {
      if (outcome !== 'saved') continue;
      changes[key] = table.sealing?.seals(key) ? await table.sealing.open(trx, key, before, editor) : before;
    }
    if (versionAfter !== null && Object.keys(changes).length > 0) rows.push({ id, version: versionAfter, changes });
  }
  if (rows.length === 0)
    throw new ApiError('NotAllowedInState', 'Nothing was saved by this edit: there is nothing to take back.');
  return { table, rows, undoOf: editId };
}
