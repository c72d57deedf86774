import type { Tx } from './database.ts';
import { readBytes } from './imports.ts';
import { valueColumns } from './imports-diff.ts';
import type { Outcome } from './imports-preview.ts';

export interface StoredFinding {
  readonly code: string;
  readonly field: string;
  readonly column: string | null;
  readonly value: string | null;
  readonly reason: string;
  readonly remedy: string;
  readonly blocking: boolean;
}

export interface ImportedRow {
  readonly rowNumber: number;
  readonly line: number;
  readonly lineCount: number;
  readonly sku: string | null;
  readonly outcome: Outcome;
  readonly question: string | null;
  /** {field: [before, after]}; of a new SKU everything that the row says. */
  readonly changes: Readonly<Record<string, readonly [unknown, unknown]>>;
  /** Of the row's amounts; null where it states none. */
  readonly currency: string | null;
  /** Fields that differ and stay because a person set them. */
  readonly kept: readonly string[];
  readonly findings: readonly StoredFinding[];
  readonly byteFrom: number;
  readonly byteLength: number;
}

interface StoredRow extends Record<string, unknown> {
  row_number: number;
  line: number;
  line_count: number;
  sku: string | null;
  outcome: Outcome;
  question: string | null;
  changes: Record<string, [unknown, unknown]> | null;
  currency: string | null;
  kept: string[] | null;
  findings: StoredFinding[] | null;
  byte_from: number;
  byte_length: number;
}

/** Rows of an import in the order of the file, from behind a row number on. */
export async function importedRows(
  trx: Tx,
  input: { importId: string; outcomes: readonly Outcome[]; withFindings?: boolean; after: number; limit: number },
): Promise<ImportedRow[]> {
  const rows: StoredRow[] = await trx('import_rows')
    .where({ import_id: input.importId })
    .where('row_number', '>', input.after)
    .modify((query) => {
      if (input.outcomes.length > 0) query.whereIn('outcome', [...input.outcomes]);
      if (input.withFindings) query.whereNotNull('findings');
    })
    .orderBy('row_number')
    .limit(input.limit);
  return rows.map((row) => ({
    rowNumber: row.row_number,
    line: row.line,
    lineCount: row.line_count,
    sku: row.sku,
    outcome: row.outcome,
    question: row.question,
    changes: row.outcome === 'new' ? said(row) : (row.changes ?? {}),
    currency: row.currency,
    kept: row.kept ?? [],
    findings: row.findings ?? [],
    byteFrom: row.byte_from,
    byteLength: row.byte_length,
  }));
}

const said = (row: StoredRow): Record<string, [null, unknown]> =>
  Object.fromEntries(
    valueColumns.flatMap((column) => {
      const value = row[column];
      return value === null || value === undefined ? [] : [[column, [null, value] as [null, unknown]]];
    }),
  );

/** Original bytes of a row, at most so many of them. */
export async function originalBytes(
  trx: Tx,
  importId: string,
  { byteFrom, byteLength }: Pick<ImportedRow, 'byteFrom' | 'byteLength'>,
  most: number,
): Promise<Buffer> {
  return readBytes(trx, importId, byteFrom, Math.min(byteLength, most));
}
