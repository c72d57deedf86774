import type { Tx } from '../../../db/database.ts';
import type { EditRow, RowOutcome } from '../schemas/tables.ts';
import type { TableEditor } from './adapter.ts';
import { refusedRow } from './outcomes.ts';

/** Saves edits of products and their SKUs. */
export async function saveProducts(
  _trx: Tx,
  rows: readonly EditRow[],
  _editor: TableEditor,
): Promise<readonly RowOutcome[]> {
  return rows.map((row) => refusedRow(row, 'NotConfigured', 'Products cannot be saved in the table yet.'));
}
