import { hash } from 'node:crypto';
import type { RuleBook } from '../cleaning/rules.ts';
import type { Cells } from './cells.ts';
import { type Notes, notesOf } from './notes.ts';
import { numberStyles, type StyleAnswers } from './numbers.ts';
import type { ColumnMapping, Field, Finding, RawRecord } from './types.ts';
import { readValues } from './values.ts';

/** What people answered, by the id of the question: `number-style:…`, `currency:…`, `price-jump`. */
export type Answers = Readonly<Record<string, string>>;

/** What a row says about a SKU; null = it says nothing about it. Amounts in minor units, measures in grams and mm. */
export interface RowValues {
  readonly parent: string | null;
  readonly title: string | null;
  readonly descriptionHtml: string | null;
  readonly category: string | null;
  readonly attributes: Readonly<Record<string, readonly string[]>> | null;
  readonly images: readonly { readonly url: string; readonly alt: string | null }[] | null;
  readonly options: readonly { readonly name: string; readonly value: string }[] | null;
  readonly priceMinor: number | null;
  readonly salePriceMinor: number | null;
  readonly currency: string | null;
  readonly stock: number | null;
  readonly weightGrams: number | null;
  readonly lengthMm: number | null;
  readonly widthMm: number | null;
  readonly heightMm: number | null;
  readonly barcode: string | null;
  readonly hsCode: string | null;
  readonly origin: string | null;
}

export interface Row {
  readonly record: RawRecord;
  readonly sku: string | null;
  readonly outcome: 'good' | 'held' | 'refused';
  /** The question that this row waits for. */
  readonly question: string | null;
  readonly values: RowValues | null;
  /** Stands for the values: equal hashes say the same. */
  readonly contentHash: string | null;
  readonly findings: readonly Finding[];
}

/** How the rows of one file are read: made once, used for every row. */
export interface Reading {
  readonly columns: number;
  readonly places: Partial<Record<Field, readonly { readonly index: number; readonly header: string }[]>>;
  readonly answers: Answers;
  readonly styles: StyleAnswers;
  /** The brand's own currency, for files without such a column. */
  readonly currency: string;
  readonly rules: RuleBook;
  /** Stands for everything above: a record of equal bytes read in an equal way says the same. */
  readonly hash: string;
}

/** 128 bits of SHA-256 in the form of a uuid, which PostgreSQL compares and stores shortest. */
export function hashOf(content: string | Buffer): string {
  const hex = hash('sha256', content, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Raised whenever a release reads the same record in another way, so that nothing stays as it was read before. */
const readerVersion = 1;

export function readingOf(input: {
  mapping: readonly ColumnMapping[];
  answers: Answers;
  currency: string;
  rules: RuleBook;
}): Reading {
  const { mapping, answers, currency, rules } = input;
  const places: Partial<Record<Field, { index: number; header: string }[]>> = {};
  for (const { field, index, header } of mapping) {
    if (field === null) continue;
    places[field] ??= [];
    places[field].push({ index, header });
  }
  const styles = Object.fromEntries(
    Object.keys(numberStyles).flatMap((style) => {
      const answer = answers[`number-style:${style}`];
      return answer === undefined ? [] : [[style, answer]];
    }),
  ) as StyleAnswers;
  const stated = [readerVersion, mapping.map(({ header, field }) => [header, field]), answers, currency, rules];
  return { columns: mapping.length, places, answers, styles, currency, rules, hash: hashOf(JSON.stringify(stated)) };
}

/** Reads one record's fields. Nothing is guessed: what can be read in two ways is held, what cannot be is refused. */
export function readRow(input: Cells, reading: Reading): Row {
  const { record, cells, broken } = input;
  const notes = notesOf(cells, reading);
  if (broken) {
    notes.refuse('broken-record', 'file', null, `${broken.reason} ${linesOf(record)}`, broken.remedy);
    return rowOf(record, null, null, notes);
  }
  const { columns } = reading;
  if (cells.length < columns || cells.slice(columns).some((cell) => cell.trim() !== '')) {
    const reason = `The record has ${cells.length} fields, the header has ${columns}.`;
    const remedy = 'Put quotes around fields that hold the separator, and give every row all columns.';
    notes.refuse('column-count', 'file', null, reason, remedy);
    return rowOf(record, null, null, notes);
  }
  if (record.hadNul)
    notes.warn('nul-bytes', 'file', null, 'It held NUL bytes, which were taken out.', 'Export the file again.');
  if (input.hadLooseQuote) {
    const remedy = 'Put the field in quotes and write the quote twice.';
    notes.warn('loose-quote', 'file', null, 'A quote stands inside of a field; it was kept as it is.', remedy);
  }
  const sku = notes.text('sku', 100);
  if (!sku) notes.refuse('no-sku', 'sku', sku, 'It has no SKU.', 'Give every row a SKU.');
  return rowOf(record, sku, readValues(sku ?? '', notes, reading), notes);
}

const linesOf = ({ line, lineCount }: RawRecord): string =>
  lineCount > 1 ? `It takes lines ${line} to ${line + lineCount - 1}.` : `It is line ${line}.`;

function rowOf(record: RawRecord, sku: string | null, values: RowValues | null, notes: Notes): Row {
  const { isRefused, question, findings } = notes;
  const outcome = isRefused ? 'refused' : question ? 'held' : 'good';
  const contentHash = outcome === 'good' ? hashOf(JSON.stringify([sku, values])) : null;
  return { record, sku, outcome, question: outcome === 'held' ? question : null, values, contentHash, findings };
}
