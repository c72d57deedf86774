import { CsvError, parse } from 'csv-parse/sync';
import type { Dialect, RawRecord } from './types.ts';

/** A record with its fields, or with the reason for which it cannot be divided into fields. */
export interface Cells {
  readonly record: RawRecord;
  readonly cells: readonly string[];
  readonly broken: { readonly reason: string; readonly remedy: string } | null;
  /** A quote stands in the middle of a field; it was read as a plain sign. */
  readonly hadLooseQuote: boolean;
}

const lineEnd = Buffer.from('\n');
/** No product takes as much; longer ones are not even divided into fields. */
const maxRecordText = 1024 * 1024;

const options = (dialect: Dialect, isRelaxed: boolean) => ({
  delimiter: dialect.separator,
  quote: dialect.quote,
  escape: dialect.quote,
  record_delimiter: ['\n', '\r\n', '\r'],
  relax_column_count: true,
  relax_quotes: isRelaxed,
  skip_empty_lines: false,
});

/**
 * Divides records into fields. All of them are given to the strict parser at once; where it stumbles, each is parsed by
 * itself, so that one bad record costs only itself.
 */
export function cellsOf(records: readonly RawRecord[], dialect: Dialect): Cells[] {
  const whole = records.filter((record) => !isUnreadable(record));
  const rows = parseTogether(whole, dialect);
  if (rows) {
    let index = 0;
    return records.map((record) => {
      if (isUnreadable(record)) return broken(record);
      const cells = rows[index] ?? [];
      index += 1;
      return { record, cells, broken: null, hadLooseQuote: false };
    });
  }
  return records.map((record) => (isUnreadable(record) ? broken(record) : parseAlone(record, dialect)));
}

function parseTogether(records: readonly RawRecord[], dialect: Dialect): string[][] | null {
  if (records.length === 0) return [];
  try {
    const text = Buffer.concat(records.flatMap(({ text: own }) => [own, lineEnd]));
    const rows = parse(text, options(dialect, false));
    return rows.length === records.length ? rows : null;
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

function parseAlone(record: RawRecord, dialect: Dialect): Cells {
  const strict = tryParse(record, dialect, false);
  if (strict.cells) return { record, cells: strict.cells, broken: null, hadLooseQuote: false };
  const relaxed = tryParse(record, dialect, true);
  if (relaxed.cells) return { record, cells: relaxed.cells, broken: null, hadLooseQuote: true };
  return { ...broken(record), broken: { reason: strict.reason, remedy: quoteRemedy } };
}

function tryParse(
  { text }: RawRecord,
  dialect: Dialect,
  isRelaxed: boolean,
): { cells: string[]; reason: '' } | { cells: null; reason: string } {
  try {
    const rows: string[][] = parse(text, options(dialect, isRelaxed));
    const [cells] = rows;
    if (rows.length === 1 && cells) return { cells, reason: '' };
    return { cells: null, reason: `The record falls into ${rows.length} records.` };
  } catch (error) {
    if (error instanceof CsvError)
      return { cells: null, reason: `The record cannot be divided into fields: ${error.message}.` };
    throw error;
  }
}

const quoteRemedy = 'Close the quote, or write a quote inside of a quoted field twice.';

const isUnreadable = ({ isBroken, text }: RawRecord): boolean => isBroken || text.length > maxRecordText;

function broken(record: RawRecord): Cells {
  if (!record.isBroken) {
    const long = 'The record is longer than 1 MiB.';
    return { record, cells: [], broken: { reason: long, remedy: 'Shorten its fields.' }, hadLooseQuote: false };
  }
  const reason = 'A quote is opened and not closed in this record; reading went on at the next record.';
  return { record, cells: [], broken: { reason, remedy: quoteRemedy }, hadLooseQuote: false };
}
