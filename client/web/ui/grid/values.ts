import type { TableRow } from '../../api/types/tables.ts';
import { decimals, formatMinor } from '../format.ts';
import { cellValue, entryText, type GridColumn, moneyOf, refName } from './model.ts';
import { plainNumber, readNumber } from './numbers.ts';

export type ReadCell = { ok: true; value: unknown } | { ok: false; why: string };

const give = (value: unknown): ReadCell => ({ ok: true, value });
const refuse = (why: string): ReadCell => ({ ok: false, why });

const yes = ['yes', 'y', 'true', '1', 'x', 'ya'];
const no = ['no', 'n', 'false', '0', 'tidak'];
/** Numbers without decimals are written with dots as well as with commas (`95.000`). */
const bothGroups = ['.', ','] as const;
const severalLines = ['longText', 'html'];
const decimalPlaces = 6;

/** What was typed or pasted, as the column's value, or the sentence why it cannot be one. */
export function readCell(column: GridColumn, row: TableRow, text: string): ReadCell {
  const trimmed = severalLines.includes(column.type) ? text.trimEnd() : text.trim();
  if (trimmed === '') return column.nullable ? give(null) : refuse(`${column.title} cannot be empty.`);
  switch (column.type) {
    case 'money':
      return readMoney(column, row, trimmed);
    case 'integer':
      return readWhole(column, trimmed);
    case 'decimal':
      return readDecimal(column, trimmed);
    case 'choice':
      return readChoice(column, trimmed);
    case 'boolean':
      return readBoolean(trimmed);
    case 'instant':
      return readInstant(trimmed);
    case 'date':
      return readDate(trimmed);
    case 'url':
      return /^https?:\/\/[^\s/]+/.test(trimmed)
        ? readText(column, trimmed)
        : refuse('Write a web address (https://…).');
    case 'entry':
      return readEntry(column, row, trimmed);
    default:
      return readText(column, trimmed);
  }
}

function readText({ title, maxLength, type }: GridColumn, text: string): ReadCell {
  if (!severalLines.includes(type) && /[\r\n]/.test(text)) return refuse(`${title} is one line.`);
  const length = [...text].length;
  if (maxLength !== undefined && length > maxLength) {
    return refuse(`${title} has at most ${maxLength} characters; these are ${length}.`);
  }
  return give(text);
}

/** A list stays a list: its parts are written with commas between them. */
function readEntry(column: GridColumn, row: TableRow, text: string): ReadCell {
  const read = readText(column, text);
  if (!read.ok || !Array.isArray(cellValue(column, row))) return read;
  const parts = text.split(',').map((part) => part.trim());
  return give(parts.filter((part) => part !== ''));
}

/** The cell's own currency, or the one that the row or the column names; null where nothing says which. */
function currencyOf(column: GridColumn, row: TableRow): string | null {
  const own = moneyOf(cellValue(column, row));
  if (own) return own.currency;
  const { currency } = row.cells;
  if (typeof currency === 'string') return currency;
  if (column.unit) return column.unit;
  const [only, ...others] = currenciesOf(row);
  return others.length === 0 ? (only ?? null) : null;
}

const currenciesOf = (row: TableRow): string[] => [
  ...new Set(Object.values(row.cells).flatMap((value) => moneyOf(value)?.currency ?? [])),
];

const currencySign = /^(?:([A-Za-z]{3})|Rp\.?)\s*(?=[\d.,−–+-])|(?<=[\d.,])\s*([A-Za-z]{3})$/;

function readMoney(column: GridColumn, row: TableRow, text: string): ReadCell {
  const sign = currencySign.exec(text);
  const named = sign ? (sign[1] ?? sign[2] ?? 'IDR').toUpperCase() : null;
  const due = currencyOf(column, row);
  if (due !== null && named !== null && named !== due) return refuse(`The currency is ${due}, not ${named}.`);
  const currency = due ?? named;
  const known = currenciesOf(row);
  // The server knows in which currency this row sells and shows it before anything is saved; plain digits mean one thing.
  if (currency === null && /^\d+(\.\d{1,2})?$/.test(text)) return give(text);
  if (currency === null || (due === null && known.length > 0 && !known.includes(currency))) {
    return refuse(`Write the currency with it${known.length > 0 ? `: ${known.join(' or ')}` : ''}.`);
  }
  const places = decimals(currency);
  const digits = sign ? text.replace(sign[0], '') : text;
  const read = readNumber(digits, { places, groups: places === 0 ? bothGroups : [','] });
  return read.ok ? give({ amountMinor: read.units, currency }) : read;
}

function readWhole(column: GridColumn, text: string): ReadCell {
  const read = readNumber(withoutUnit(column, text), { places: 0, groups: bothGroups });
  return read.ok ? give(read.units) : read;
}

/** Kept as text, so that no digit is lost. */
function readDecimal(column: GridColumn, text: string): ReadCell {
  const read = readNumber(withoutUnit(column, text), { places: decimalPlaces, groups: [] });
  return read.ok ? give(plainNumber(read.units, decimalPlaces).replace(/\.?0+$/, '')) : read;
}

function withoutUnit({ unit }: GridColumn, text: string): string {
  return unit && text.toLowerCase().endsWith(unit.toLowerCase()) ? text.slice(0, -unit.length) : text;
}

function readChoice({ choices = [], title }: GridColumn, text: string): ReadCell {
  const wanted = text.toLowerCase();
  const found = choices.find(({ value, label }) => value.toLowerCase() === wanted || label.toLowerCase() === wanted);
  if (found) return give(found.value);
  const some = choices.slice(0, 6).map(({ label }) => label);
  return refuse(`${title} is one of ${some.join(', ')}${choices.length > some.length ? ' …' : ''}.`);
}

function readBoolean(text: string): ReadCell {
  const word = text.toLowerCase();
  if (yes.includes(word)) return give(true);
  if (no.includes(word)) return give(false);
  return refuse('Write yes or no.');
}

function readDate(text: string): ReadCell {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  const real = date && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
  return real ? give(text) : refuse('Write a date like 2026-12-24.');
}

/** `2026-12-24`, `2026-12-24 18:30` in the browser's zone, or a full ISO instant. */
function readInstant(text: string): ReadCell {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}))?$/.exec(text);
  const iso = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text);
  const date = parts ? new Date(`${parts[1]}T${parts[2] ?? '00:00'}`) : iso ? new Date(text) : null;
  if (!date || Number.isNaN(date.getTime())) return refuse('Write a date like 2026-12-24 or 2026-12-24 18:30.');
  return give(date.toISOString());
}

const two = (part: number) => String(part).padStart(2, '0');

/** The value as an editor or another spreadsheet gets it: no separators of thousands, read back to the same value. */
export function plainText(column: GridColumn, value: unknown): string {
  if (value === null || value === undefined) return '';
  const money = moneyOf(value);
  if (money) return plainNumber(money.amountMinor, decimals(money.currency));
  switch (column.type) {
    case 'boolean':
      return value === true ? 'yes' : 'no';
    case 'choice':
      return column.choices?.find((choice) => choice.value === value)?.label ?? String(value);
    case 'instant':
      return localTime(String(value));
    case 'ref':
      return refName(value);
    case 'findings':
      return Array.isArray(value) ? String(value.length) : '';
    default:
      return typeof value === 'string' ? value : entryText(value);
  }
}

function localTime(value: string): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return value;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The value as a sentence shows it: `IDR 95,000`, `350 g`, `(empty)`. */
export function spokenText(column: GridColumn, value: unknown): string {
  const money = moneyOf(value);
  if (money) return `${money.currency} ${formatMinor(money.amountMinor, money.currency)}`;
  const text = plainText(column, value);
  if (text === '') return '(empty)';
  return column.unit === undefined ? text : `${text} ${column.unit}`;
}
