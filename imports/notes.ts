import type { Reading } from './rows.ts';
import type { Field, Finding } from './types.ts';

/** Beginnings that a spreadsheet runs as a formula; a sign before a plain number is none. */
const formula = /^[=@\t\r]|^[+-](?![\d\s().,]*$)/;

/** Access to one row's fields, and what was found about them. */
export class Notes {
  readonly findings: Finding[] = [];
  readonly #cells: readonly string[];
  readonly #reading: Reading;
  question: string | null = null;
  isRefused = false;

  constructor(cells: readonly string[], reading: Reading) {
    this.#cells = cells;
    this.#reading = reading;
  }

  has(field: Field): boolean {
    return this.#reading.places[field] !== undefined;
  }

  /** The field as it stands in the file, without the blanks around it; null where it is empty or has no column. */
  raw(field: Field): string | null {
    const index = this.#reading.places[field]?.[0]?.index;
    const text = index === undefined ? '' : (this.#cells[index] ?? '').trim();
    return text === '' ? null : text;
  }

  /** A field that is text: cut off beyond its length, with a word about formulas. */
  text(field: Field, maxLength: number): string | null {
    const text = this.raw(field);
    return text === null ? null : this.#checked(field, text, maxLength);
  }

  /** All filled columns of a field that may have several. */
  several(field: Field, maxLength: number): { header: string; text: string }[] {
    return (this.#reading.places[field] ?? []).flatMap(({ index, header }) => {
      const text = (this.#cells[index] ?? '').trim();
      return text === '' ? [] : [{ header, text: this.#checked(field, text, maxLength) }];
    });
  }

  #checked(field: Field, text: string, maxLength: number): string {
    if (formula.test(text)) {
      const reason = 'It begins like a formula; it is kept as text and made harmless in every export.';
      this.warn('formula', field, text, reason, 'Export values instead of formulas.');
    }
    if (text.length <= maxLength) return text;
    this.refuse('too-long', field, text, `It has more than ${maxLength} characters.`, 'Shorten it.');
    return text.slice(0, maxLength);
  }

  /** The unit in the header of a measure, as in "Weight (kg)" or "weight_g"; null where it names none. */
  unitOf(field: Field): string | null {
    const header = this.#reading.places[field]?.[0]?.header ?? '';
    if (/gram/i.test(header)) return 'g';
    return (
      /(?:^|[^a-z])(kg|g|lbs?|oz|mm|cm|m|in)(?:[^a-z]|$)/i.exec(header)?.[1]?.toLowerCase().replace('lbs', 'lb') ?? null
    );
  }

  warn(code: string, field: string, value: string | null, reason: string, remedy: string): void {
    this.#add(code, field, value, reason, remedy, false);
  }

  refuse(code: string, field: string, value: string | null, reason: string, remedy: string): void {
    this.isRefused = true;
    this.#add(code, field, value, reason, remedy, true);
  }

  /** The row waits for an answer; the first question that it meets is the one that it waits for. */
  hold(question: string, field: string, value: string | null, reason: string, remedy: string): void {
    this.question ??= question;
    this.#add(question, field, value, reason, remedy, true);
  }

  #add(code: string, field: string, value: string | null, reason: string, remedy: string, blocking: boolean): void {
    const column = this.#reading.places[field as Field]?.[0]?.header ?? null;
    this.findings.push({ code, field, column, value: value?.slice(0, 200) ?? null, reason, remedy, blocking });
  }
}

export const notesOf = (cells: readonly string[], reading: Reading): Notes => new Notes(cells, reading);
