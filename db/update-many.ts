import type { Tx } from './database.ts';

export type RowChanges = Readonly<Record<string, unknown>> & { readonly id: string };

/**
 * Writes different values into many rows: one statement for all rows that change the same columns. Values are given as JSON has
 * them (dates as Date or ISO text) and take the types of the table's columns. Lock the rows in the order of their ids before.
 */
export async function updateMany(trx: Tx, table: string, rows: readonly RowChanges[]): Promise<void> {
  const groups = new Map<string, RowChanges[]>();
  for (const row of rows) {
    const columns = Object.keys(row)
      .filter((column) => column !== 'id')
      .sort();
    if (columns.length === 0) continue;
    const key = columns.join(' ');
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  for (const [key, group] of groups) {
    const columns = key.split(' ');
    const sets = columns.map(() => '?? = s.??').join(', ');
    const names = columns.flatMap((column) => [column, column]);
    await trx.raw(
      `update ?? as t set ${sets} from jsonb_populate_recordset(null::??, ?::jsonb) as s where t.id = s.id`,
      [table, ...names, table, JSON.stringify(group)],
    );
  }
}
