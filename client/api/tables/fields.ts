import type { CellType, Column } from '../schemas/tables.ts';

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };

/** A column and how a value that somebody typed or pasted becomes one that can be kept. */
export interface Field {
  readonly column: Column;
  /** Never throws: what cannot be kept is refused with a sentence that names the remedy. */
  readonly parse: (given: unknown) => Parsed;
}

const good = (value: unknown): Parsed => ({ ok: true, value });
const bad = (why: string): Parsed => ({ ok: false, why });

interface Described {
  readonly key: string;
  readonly title: string;
  readonly type: CellType;
  readonly means?: string;
  readonly unit?: string;
  readonly choices?: readonly { value: string; label: string }[];
  readonly maxLength?: number;
  readonly nullable?: boolean;
  readonly sortable?: boolean;
}

function columnOf({ nullable = true, sortable = false, choices, ...rest }: Described, editable: boolean): Column {
  return { ...rest, nullable, sortable, editable, ...(choices ? { choices: [...choices] } : {}) };
}

/** A column that people only read. */
export function readOnly(described: Described): Field {
  return { column: columnOf(described, false), parse: () => bad(`${described.title} cannot be edited here.`) };
}

/** A column that people edit; `parse` gets everything except an emptied cell. */
export function editable(described: Described, parse: (given: unknown) => Parsed): Field {
  const { title, nullable = true } = described;
  return {
    column: columnOf(described, true),
    parse: (given) => {
      const isEmpty = given === null || (typeof given === 'string' && given.trim() === '');
      if (!isEmpty) return parse(given);
      return nullable ? good(null) : bad(`${title} cannot be empty.`);
    },
  };
}

/** One line of text, without spaces around it. */
export const lineOf =
  (title: string, maxLength: number) =>
  (given: unknown): Parsed => {
    if (typeof given !== 'string') return bad(`${title} is a text.`);
    const value = given.trim();
    if (/[\r\n]/.test(value)) return bad(`${title} is one line: take out the line breaks.`);
    return value.length > maxLength
      ? bad(`${title} has ${value.length} characters, ${maxLength} are possible.`)
      : good(value);
  };

/** Several lines, kept as they are. */
export const linesOf =
  (title: string, maxLength: number) =>
  (given: unknown): Parsed => {
    if (typeof given !== 'string') return bad(`${title} is a text.`);
    return given.length > maxLength
      ? bad(`${title} has ${given.length} characters, ${maxLength} are possible.`)
      : good(given);
  };

/** A whole number; a text of digits, as pasted from a sheet, is one too. */
export const integerOf =
  (title: string, { min, max, unit }: { min: number; max: number; unit: string }) =>
  (given: unknown): Parsed => {
    const text = typeof given === 'number' ? String(given) : typeof given === 'string' ? given.trim() : '';
    if (!/^-?\d{1,15}$/.test(text)) return bad(`${title} is a whole number of ${unit}, such as ${min + 119}.`);
    const value = Number(text);
    return value < min || value > max ? bad(`${title} is between ${min} and ${max} ${unit}.`) : good(value);
  };

/** A short technical text: letters, digits, dot, hyphen, underscore, space. */
export const codeOf =
  (title: string, maxLength: number) =>
  (given: unknown): Parsed => {
    const value = typeof given === 'number' ? String(given) : typeof given === 'string' ? given.trim() : '';
    if (value.length > maxLength) return bad(`${title} has more than ${maxLength} characters.`);
    return /^[A-Za-z0-9 ._-]+$/.test(value) ? good(value) : bad(`${title} takes letters, digits, dots, - and _ only.`);
  };

/** ISO 3166-1 alpha-2, in capitals. */
export const countryOf =
  (title: string) =>
  (given: unknown): Parsed => {
    const value = typeof given === 'string' ? given.trim().toUpperCase() : '';
    return /^[A-Z]{2}$/.test(value) ? good(value) : bad(`${title} is a country's two letters, such as AU.`);
  };

const maxEntryLength = 2000;

/** One entry of a map: a text, or a list of texts where `lists` are kept; an emptied one is taken out. */
export const entryOf =
  (title: string, { lists }: { lists: boolean }) =>
  (given: unknown): Parsed => {
    if (given === null || given === '') return good(null);
    if (typeof given === 'string' && given.length <= maxEntryLength) return good(given.trim());
    const isList =
      lists &&
      Array.isArray(given) &&
      given.length <= 100 &&
      given.every((part) => typeof part === 'string' && part.length <= maxEntryLength);
    return isList ? good(given) : bad(`An entry of ${title} is a text${lists ? ' or a list of texts' : ''}.`);
  };

/** `attributes.Colour` of the map `attributes` → `Colour`; null for any other key. */
export function entryName(mapKey: string, key: string): string | null {
  const prefix = `${mapKey}.`;
  const name = key.startsWith(prefix) ? key.slice(prefix.length) : '';
  return name.trim() === '' || name.length > 100 ? null : name;
}
