import type { Tx } from './database.ts';
import { isoOf } from './queries/paging.ts';
import type { Command } from './steps.ts';

/** One field of a saved row as it is kept. Personal data is not: then `before` and `after` say where it can be found. */
export interface KeptField {
  readonly key: string;
  readonly outcome: 'saved' | 'conflict' | 'refused' | 'dropped';
  readonly before: unknown;
  readonly after: unknown;
  readonly why: string | null;
}

export interface KeptRow {
  readonly rowId: string;
  readonly entityId: string;
  readonly outcome: 'saved' | 'partly' | 'conflict' | 'refused';
  readonly why: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly versionBefore: number;
  readonly versionAfter: number | null;
  readonly fields: readonly KeptField[];
}

export interface EditToKeep {
  readonly id: string;
  readonly table: string;
  readonly undoOf: string | null;
  readonly counts: Readonly<Record<'saved' | 'unchanged' | 'conflict' | 'refused', number>>;
  /** The maker's brand; null for our own staff. */
  readonly brandId: string | null;
  readonly rows: readonly KeptRow[];
}

/** Keeps a save with all its rows and fields, in three statements. */
export async function keepEdit(trx: Tx, edit: EditToKeep, command: Command): Promise<void> {
  const brand_id = edit.brandId;
  await trx('edits').insert({
    id: edit.id,
    table_name: edit.table,
    made_by: command.actor,
    made_at: command.at,
    why: command.why ?? null,
    undo_of: edit.undoOf,
    command_id: command.commandId,
    counts: JSON.stringify(edit.counts),
    brand_id,
  });
  const rows = edit.rows.map((row, position) => ({
    edit_id: edit.id,
    position,
    row_id: row.rowId,
    entity_id: row.entityId,
    outcome: row.outcome,
    why: row.why,
    from_state: row.from,
    to_state: row.to,
    version_before: row.versionBefore,
    version_after: row.versionAfter,
    brand_id,
  }));
  const fields = edit.rows.flatMap((row, position) =>
    row.fields.map((field) => ({ edit_id: edit.id, position, ...field, brand_id })),
  );
  await insertAll(trx, 'edit_rows', rows);
  await insertAll(trx, 'edit_fields', fields);
}

async function insertAll(trx: Tx, table: string, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0] ?? {});
  const names = columns.map(() => '??').join(', ');
  await trx.raw(`insert into ?? (${names}) select ${names} from jsonb_populate_recordset(null::??, ?::jsonb)`, [
    table,
    ...columns,
    ...columns,
    table,
    JSON.stringify(rows),
  ]);
}

interface EditDbRow {
  id: string;
  table_name: string;
  made_by: string;
  made_at: Date;
  why: string | null;
  undo_of: string | null;
  undone_by: string | null;
  counts: { saved: number; unchanged: number; conflict: number; refused: number };
}

const shown = (row: EditDbRow) => ({
  id: row.id,
  table: row.table_name,
  by: row.made_by,
  at: isoOf(row.made_at),
  why: row.why,
  undoOf: row.undo_of,
  undoneBy: row.undone_by,
  counts: row.counts,
});

const edits = (trx: Tx) =>
  trx('edits as e').select(
    'e.*',
    trx.raw('(select u.id from edits u where u.undo_of = e.id order by u.number desc limit 1) as undone_by'),
  );

export interface EditFilter {
  readonly table?: string | undefined;
  /** Edits that touched this thing. */
  readonly entity?: string | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}

/** Edits, newest first, paged by the id of the last one. */
export async function listEdits(trx: Tx, { table, entity, limit, after }: EditFilter) {
  const query = edits(trx);
  if (table !== undefined) query.where('e.table_name', table);
  if (entity !== undefined) query.whereIn('e.id', trx('edit_rows').where({ entity_id: entity }).select('edit_id'));
  if (after !== undefined) {
    query.whereRaw('e.number < (select number from edits where id = ?)', [after]);
  }
  const rows: EditDbRow[] = await query.orderBy('e.number', 'desc').limit(limit + 1);
  const items = rows.slice(0, limit);
  return { edits: items.map(shown), next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** One edit with its rows and fields, as it was kept; null when there is none that the caller may see. */
export async function findEdit(trx: Tx, id: string) {
  const row: EditDbRow | undefined = await edits(trx).where('e.id', id).first();
  if (!row) return null;
  const rows = await trx('edit_rows').where({ edit_id: id }).orderBy('position');
  const fields: (KeptField & { position: number })[] = await trx('edit_fields')
    .where({ edit_id: id })
    .orderBy(['position', 'key'])
    .select('position', 'key', 'outcome', 'before', 'after', 'why');
  const perRow = new Map<number, KeptField[]>();
  for (const { position, ...field } of fields) perRow.set(position, [...(perRow.get(position) ?? []), field]);
  return {
    ...shown(row),
    rows: rows.map((kept) => ({
      id: String(kept.row_id),
      entity: String(kept.entity_id),
      outcome: String(kept.outcome),
      why: kept.why as string | null,
      from: kept.from_state as string | null,
      to: kept.to_state as string | null,
      versionBefore: Number(kept.version_before),
      versionAfter: kept.version_after as number | null,
      fields: perRow.get(kept.position) ?? [],
    })),
  };
}
