import { cellsOf } from './cells.ts';
import { copyValue } from './copy-text.ts';
import { type Reading, type Row, type RowValues, readRow } from './rows.ts';
import type { Dialect, RawRecord } from './types.ts';

/** A record of which only its hash was needed: the last applied file held it byte for byte. */
export interface KnownRecord {
  readonly record: RawRecord;
  readonly rowHash: string;
  readonly known: { readonly sku: string; readonly parent: string | null } | null;
}

const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));

const silent: RowValues = {
  parent: null,
  title: null,
  descriptionHtml: null,
  category: null,
  attributes: null,
  images: null,
  options: null,
  priceMinor: null,
  salePriceMinor: null,
  currency: null,
  stock: null,
  weightGrams: null,
  lengthMm: null,
  widthMm: null,
  heightMm: null,
  barcode: null,
  hsCode: null,
  origin: null,
};

/** Reads records and writes them as lines of a COPY, in the order of `batchColumns` in `db/imports-reading.ts`. */
export function batchLines(records: readonly KnownRecord[], dialect: Dialect, reading: Reading): string[] {
  const unknown = records.filter(({ known }) => known === null).map(({ record }) => record);
  const rows = cellsOf(unknown, dialect).map((cells) => readRow(cells, reading));
  let index = 0;
  return records.map(({ record, rowHash, known }) => {
    if (known) return knownLine(record, rowHash, known);
    const row = rows[index] as Row;
    index += 1;
    const isSaleOver = reading.places.salePrice !== undefined && row.values?.salePriceMinor === null;
    const said = { sku: row.sku, parent: row.values?.parent ?? null, outcome: row.outcome };
    const values = row.outcome === 'refused' ? silent : (row.values ?? silent);
    return line(record, rowHash, said, values, row, isSaleOver ? '{sale_price_minor}' : null);
  });
}

/** Values of a record that says nothing new, and what it clears: nothing. */
const silence = '\\N\t'.repeat(Object.keys(silent).length - 1);

function knownLine(
  record: RawRecord,
  rowHash: string,
  { sku, parent }: { sku: string; parent: string | null },
): string {
  const { rowNumber, line: at, lineCount, byteFrom, byteLength } = record;
  const place = `${rowNumber}\t${at}\t${lineCount}\t${byteFrom}\t${byteLength}\t${rowHash}`;
  return `${place}\t\\N\tunchanged\t\\N\t\\N\t${copyValue(sku)}\t${copyValue(parent)}\t${silence}\\N\n`;
}

function line(
  record: RawRecord,
  rowHash: string,
  said: { sku: string | null; parent: string | null; outcome: string },
  values: RowValues,
  row: Row | null,
  clears: string | null = null,
): string {
  const cells = [
    record.rowNumber,
    record.line,
    record.lineCount,
    record.byteFrom,
    record.byteLength,
    rowHash,
    row?.contentHash ?? null,
    said.outcome,
    row?.question ?? null,
    row && row.findings.length > 0 ? json(row.findings) : null,
    said.sku,
    said.parent,
    values.title,
    values.descriptionHtml,
    values.category,
    json(values.attributes),
    json(values.images),
    json(values.options),
    values.priceMinor,
    values.salePriceMinor,
    values.currency,
    values.stock,
    values.weightGrams,
    values.lengthMm,
    values.widthMm,
    values.heightMm,
    values.barcode,
    values.hsCode,
    values.origin,
    clears,
  ];
  return `${cells.map(copyValue).join('\t')}\n`;
}
