import type { Condition, SurchargeBasis } from './card.ts';
import { scaled } from './decimal.ts';

/** A fault of a card's file: where it is, what is there, why it cannot be, and what would be right. */
export interface CardFault {
  /** Line of the file, the header is line 1; 0 where the fault is about the whole card. */
  readonly line: number;
  readonly column: string;
  readonly value: string;
  readonly reason: string;
  readonly remedy: string;
}

export const columns = [
  'record',
  'name',
  'zone',
  'from',
  'to',
  'postcode_from',
  'postcode_to',
  'from_g',
  'up_to_g',
  'base',
  'per_kg',
  'amount',
  'min',
  'when',
  'fuel',
  'date',
  'value',
] as const;
export type Column = (typeof columns)[number];

export interface CardRow {
  readonly line: number;
  readonly cells: Readonly<Record<Column, string>>;
}

/** Reads the cells of one row and notes what is wrong with them; a cell at fault reads as a harmless value. */
export class RowReader {
  readonly #row: CardRow;
  readonly #faults: CardFault[];
  readonly #digits: number;

  /** @param digits behind the point of the card's currency */
  constructor(row: CardRow, faults: CardFault[], digits: number) {
    this.#row = row;
    this.#faults = faults;
    this.#digits = digits;
  }

  get line(): number {
    return this.#row.line;
  }

  fault(column: Column, reason: string, remedy: string): void {
    this.#faults.push({ line: this.#row.line, column, value: this.text(column), reason, remedy });
  }

  text(column: Column): string {
    return this.#row.cells[column].trim();
  }

  required(column: Column): string {
    const text = this.text(column);
    if (text === '') this.fault(column, 'It is empty.', `Fill in ${column}.`);
    return text;
  }

  matching(column: Column, pattern: RegExp, remedy: string): string {
    const text = this.required(column);
    if (text !== '' && !pattern.test(text)) this.fault(column, 'It is not of the right form.', remedy);
    return text;
  }

  oneOf<Word extends string>(column: Column, words: readonly Word[], fallback: Word): Word {
    const text = this.required(column);
    const found = words.find((word) => word === text);
    if (found === undefined && text !== '') this.fault(column, 'It is no known word.', `Take ${words.join(', ')}.`);
    return found ?? fallback;
  }

  country(column: Column): string {
    return this.matching(column, /^[A-Z]{2}$/, 'Two capital letters of ISO 3166-1, such as AU.');
  }

  date(column: Column): string {
    const text = this.matching(column, /^\d{4}-\d{2}-\d{2}$/, 'Year-month-day, such as 2026-07-01.');
    if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !isDate(text)) {
      this.fault(column, 'There is no such day.', 'Enter a day of the calendar.');
    }
    return text;
  }

  whole(column: Column, least = 0): number {
    const text = this.required(column);
    if (text === '') return least;
    if (/^\d{1,12}$/.test(text) && Number(text) >= least) return Number(text);
    this.fault(column, 'It is no whole number in range.', `A whole number from ${least}, without unit or separator.`);
    return least;
  }

  money(column: Column, fallback?: number): number {
    return this.#decimal(column, this.#digits, 'An amount of the card’s currency, such as 12.50.', fallback);
  }

  basisPoints(column: Column): number {
    return this.#decimal(column, 2, 'A percentage with at most two digits behind the point, such as 27.5.');
  }

  postcodes(): readonly [string, string] | null {
    const [first, last] = [this.text('postcode_from'), this.text('postcode_to')].map((code) =>
      code.replace(/\s/g, '').toUpperCase(),
    ) as [string, string];
    if (first === '' && last === '') return null;
    if (first === '' || last === '' || first.length !== last.length || first > last) {
      this.fault(
        'postcode_to',
        'The range of postcodes is not complete or runs backwards.',
        'Give the first and the last postcode, both of the same length.',
      );
      return null;
    }
    return [first, last];
  }

  #decimal(column: Column, digits: number, remedy: string, fallback?: number): number {
    if (fallback !== undefined && this.text(column) === '') return fallback;
    const text = this.required(column);
    if (text === '') return 0;
    const value = scaled(text, digits);
    if (value === null) this.fault(column, 'It is no amount that can be billed.', remedy);
    return value ?? 0;
  }
}

export function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

export const bases: readonly SurchargeBasis[] = ['shipment', 'piece', 'kg', 'percent', 'value'];

const conditionHelp =
  'always, remote, dangerous, residential, insured, DDP, DAP, single, multiPiece, breakBulk, goods:lithium, piece>25000g or side>1000mm.';

/** Reads `when` of a surcharge: a word, `goods:<category>`, `piece><grams>g` or `side><millimetres>mm`. */
export function readCondition(row: RowReader): Condition {
  const text = row.text('when') || 'always';
  switch (text) {
    case 'always':
    case 'remote':
    case 'dangerous':
    case 'residential':
    case 'insured':
      return { kind: text };
    case 'DDP':
    case 'DAP':
      return { kind: 'incoterm', is: text };
    case 'single':
    case 'multiPiece':
    case 'breakBulk':
      return { kind: 'consignment', is: text };
  }
  const goods = /^goods:([a-z0-9-]{1,40})$/.exec(text)?.[1];
  if (goods !== undefined) return { kind: 'goods', category: goods };
  const grams = /^piece>(\d{1,9})g$/.exec(text)?.[1];
  if (grams !== undefined) return { kind: 'piece-over-grams', grams: Number(grams) };
  const mm = /^side>(\d{1,6})mm$/.exec(text)?.[1];
  if (mm !== undefined) return { kind: 'side-over-mm', mm: Number(mm) };
  row.fault('when', 'It is no known condition.', `Take ${conditionHelp}`);
  return { kind: 'always' };
}

/** The text of a condition, as `readCondition` reads it. */
export function writeCondition(when: Condition): string {
  switch (when.kind) {
    case 'incoterm':
    case 'consignment':
      return when.is;
    case 'goods':
      return `goods:${when.category}`;
    case 'piece-over-grams':
      return `piece>${when.grams}g`;
    case 'side-over-mm':
      return `side>${when.mm}mm`;
    default:
      return when.kind;
  }
}
