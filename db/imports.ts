import { headerKey } from '../imports/columns.ts';
import type { DetectedDialect } from '../imports/dialect.ts';
import type { Probe, ReadingState } from '../imports/file-reader.ts';
import type { Question } from '../imports/questions.ts';
import type { Answers } from '../imports/rows.ts';
import type { ColumnMapping, Field } from '../imports/types.ts';
import type { Tx } from './database.ts';
import { importKey } from './follow-ups.ts';
import type { Command } from './steps.ts';
import { ledgerMark, wake } from './stock.ts';

/** Bytes of a stored piece of a file; also what is read at once. */
export const chunkBytes = 1024 * 1024;

export type ImportPhase =
  | 'uploading'
  | 'mapping'
  | 'reading'
  | 'preview'
  | 'applying'
  | 'listing'
  | 'done'
  | 'discarded'
  | 'failed';

export interface StoredProbe {
  readonly dialect: DetectedDialect;
  readonly headers: readonly string[];
  readonly headerText: string;
  readonly state: ReadingState;
}

export interface ImportRow {
  readonly id: string;
  readonly brand_id: string;
  readonly kind: 'products' | 'undo';
  readonly undo_of: string | null;
  readonly file_name: string;
  readonly bytes: number;
  readonly sha256: Buffer | null;
  readonly phase: ImportPhase;
  readonly probe: StoredProbe | null;
  readonly mapping: readonly ColumnMapping[];
  readonly answers: Answers;
  readonly reading_state: ReadingState | null;
  readonly reading_hash: string | null;
  readonly read_rows: number;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly questions: readonly Question[];
  readonly applied_row: number;
  readonly to_apply: number;
  readonly applied: number;
  readonly listed_product: string | null;
  readonly listed: number;
  readonly ledger_mark: number;
  readonly uploaded_by: string;
  readonly uploaded_at: Date;
  readonly confirmed_by: string | null;
  readonly confirmed_at: Date | null;
  readonly finished_at: Date | null;
  readonly error: string | null;
}

export async function findImport(trx: Tx, id: string): Promise<ImportRow | null> {
  return ((await trx('imports').where({ id }).first()) as ImportRow | undefined) ?? null;
}

/** Locks an import for the rest of the transaction. */
export async function lockImport(trx: Tx, id: string): Promise<ImportRow | null> {
  return ((await trx('imports').where({ id }).forNoKeyUpdate().first()) as ImportRow | undefined) ?? null;
}

export async function beginUpload(
  trx: Tx,
  input: { id: string; brandId: string; fileName: string; command: Command },
): Promise<void> {
  await trx('imports').insert({
    id: input.id,
    brand_id: input.brandId,
    kind: 'products',
    file_name: input.fileName,
    phase: 'uploading',
    ledger_mark: await ledgerMark(trx),
    command_id: input.command.commandId,
    uploaded_by: input.command.actor,
    uploaded_at: input.command.at,
  });
}

export async function addChunk(
  trx: Tx,
  input: { importId: string; brandId: string; number: number; bytes: Buffer },
): Promise<void> {
  await trx('import_chunks').insert({
    import_id: input.importId,
    number: input.number,
    brand_id: input.brandId,
    bytes: input.bytes,
  });
}

/** The chunk that holds a byte of the file, from that byte on; null behind the end. */
export async function readChunk(trx: Tx, importId: string, offset: number): Promise<Buffer | null> {
  const number = Math.floor(offset / chunkBytes);
  const row = await trx('import_chunks').where({ import_id: importId, number }).first('bytes');
  const rest = row ? (row.bytes as Buffer).subarray(offset - number * chunkBytes) : null;
  return rest && rest.length > 0 ? rest : null;
}

/** Bytes of the file as they came; for records that were not taken over. Only the asked bytes leave the database. */
export async function readBytes(trx: Tx, importId: string, from: number, length: number): Promise<Buffer> {
  const [first, last] = [Math.floor(from / chunkBytes), Math.floor((from + Math.max(1, length) - 1) / chunkBytes)];
  const { rows } = await trx.raw<{ rows: { part: Buffer }[] }>(
    `select substring(bytes from greatest(1, ?::int - number * ?::int + 1) for ?::int) as part
     from import_chunks where import_id = ? and number between ? and ? order by number`,
    [from, chunkBytes, length, importId, first, last],
  );
  return Buffer.concat(rows.map(({ part }) => part)).subarray(0, length);
}

/** What people of the brand said about columns before: header key → field, null = not read. */
export async function rememberedColumns(trx: Tx, brandId: string): Promise<Record<string, Field | null>> {
  const rows = await trx('import_columns').where({ brand_id: brandId }).select('header_key', 'field');
  return Object.fromEntries(rows.map(({ header_key, field }) => [header_key, field as Field | null]));
}

/** Keeps what a confirmed import read its columns as; the next file of the brand is read in the same way. */
export async function rememberColumns(trx: Tx, row: ImportRow, command: Command): Promise<void> {
  const rows = new Map(
    row.mapping.map(({ header, field }) => [
      headerKey(header),
      { brand_id: row.brand_id, header_key: headerKey(header), header, field, import_id: row.id, at: command.at },
    ]),
  );
  if (rows.size === 0) return;
  await trx('import_columns')
    .insert([...rows.values()])
    .onConflict(['brand_id', 'header_key'])
    .merge(['header', 'field', 'import_id', 'at']);
}

/** The whole file is there: what it is was found out, and its reading begins or waits for a person. */
export async function fileComplete(
  trx: Tx,
  input: { id: string; bytes: number; sha256: Buffer; probe: Probe; mapping: readonly ColumnMapping[]; asks: boolean },
  command: Command,
): Promise<void> {
  const { dialect, headers, headerText, state } = input.probe;
  await trx('imports')
    .where({ id: input.id })
    .update({
      bytes: input.bytes,
      sha256: input.sha256,
      probe: JSON.stringify({ dialect, headers, headerText, state }),
      mapping: JSON.stringify(input.mapping),
      phase: input.asks ? 'mapping' : 'reading',
      reading_state: null,
    });
  await wakeImport(trx, input.id, command);
}

export async function failImport(trx: Tx, id: string, error: string, command: Command): Promise<void> {
  await trx('imports').where({ id }).update({ phase: 'failed', error, finished_at: command.at });
}

/** Forgets what was read: other columns or answers make other rows. */
export async function readAgain(
  trx: Tx,
  row: ImportRow,
  changes: { mapping?: readonly ColumnMapping[]; answers?: Answers },
  command: Command,
): Promise<void> {
  await trx('import_rows').where({ import_id: row.id }).delete();
  await trx('imports')
    .where({ id: row.id })
    .update({
      ...(changes.mapping ? { mapping: JSON.stringify(changes.mapping) } : {}),
      ...(changes.answers ? { answers: JSON.stringify(changes.answers) } : {}),
      phase: 'reading',
      reading_state: null,
      reading_hash: null,
      read_rows: 0,
      counts: null,
      questions: '[]',
    });
  await wakeImport(trx, row.id, command);
}

export const wakeImport = (trx: Tx, id: string, command: Command): Promise<void> =>
  wake(trx, [{ topic: 'import', key: importKey(id), payload: { id } }], command);

/** Gives a preview up: nothing of it was ever written; its rows and its file are forgotten. */
export async function discardImport(trx: Tx, id: string, command: Command): Promise<void> {
  await trx('import_rows').where({ import_id: id }).delete();
  await trx('import_chunks').where({ import_id: id }).delete();
  await trx('imports').where({ id }).update({ phase: 'discarded', finished_at: command.at });
}

/** A person has seen the preview and wants it: from here on only the process writes. */
export async function confirmImport(trx: Tx, row: ImportRow, command: Command): Promise<void> {
  await rememberColumns(trx, row, command);
  const { new: fresh = 0, changed = 0 } = row.counts ?? {};
  await trx('imports')
    .where({ id: row.id })
    .update({
      phase: 'applying',
      to_apply: fresh + changed,
      confirmed_by: command.actor,
      confirmed_at: command.at,
    });
  await wakeImport(trx, row.id, command);
}
