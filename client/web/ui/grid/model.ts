import { attributesOf } from '../../api/reading.ts';
import type { TableColumn, TableRow } from '../../api/types/tables.ts';

/** A column as the grid shows it: a column of the table, or one entry of its column of type map. */
export interface GridColumn extends Omit<TableColumn, 'type'> {
  type: TableColumn['type'] | 'entry';
  /** Of an entry: its name within the map. */
  entry?: string;
}

interface Money {
  amountMinor: number;
  currency: string;
}

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function moneyOf(value: unknown): Money | null {
  if (!isFields(value)) return null;
  const { amountMinor, currency } = value;
  return typeof amountMinor === 'number' && typeof currency === 'string' ? { amountMinor, currency } : null;
}

/** The name of a `ref` cell. */
export function refName(value: unknown): string {
  return isFields(value) ? String(value.name ?? value.code ?? '') : '';
}

export interface CellFinding {
  field: string;
  reason: string;
  blocking: boolean;
}

export function findingsOf(value: unknown): CellFinding[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isFields).map(({ field, reason, blocking }) => ({
    field: String(field ?? ''),
    reason: String(reason ?? ''),
    blocking: blocking === true,
  }));
}

/** The same JSON value, whatever the order of its keys. Absent and null are the same. */
export function sameValue(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isFields(value)) return JSON.stringify(value ?? null);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

/** What a cell holds. An entry lies inside its map. */
export function cellValue(column: GridColumn, row: TableRow): unknown {
  if (column.entry === undefined) return row.cells[column.key] ?? null;
  const map = row.cells[column.key.slice(0, -column.entry.length - 1)];
  return isFields(map) ? (map[column.entry] ?? null) : null;
}

const mapKeyOf = (column: GridColumn): string =>
  column.entry === undefined ? column.key : column.key.slice(0, -column.entry.length - 1);

/** Whether the row has such a cell at all; the row of a product with several SKUs has no weight. */
export const hasCell = (column: GridColumn, row: TableRow): boolean => Object.hasOwn(row.cells, mapKeyOf(column));

/** Why this cell cannot be edited; null when it can. */
export function lockOf(column: GridColumn, row: TableRow): string | null {
  if (!hasCell(column, row)) return `This row has no ${column.title.toLowerCase()}.`;
  if (!column.editable) return `${column.title} cannot be edited here.`;
  return row.locked[column.key] ?? row.locked[mapKeyOf(column)] ?? row.locked['*'] ?? null;
}

/** What people call a row: its first filled columns of plain text. */
export function rowName(columns: readonly GridColumn[], row: TableRow): string {
  for (const column of columns) {
    const value = cellValue(column, row);
    if ((column.type === 'text' || column.type === 'code') && typeof value === 'string' && value !== '') return value;
  }
  return row.id;
}

/** The columns, with each map spread into one column per entry that any row has. */
export function spreadMaps(columns: readonly TableColumn[], rows: readonly TableRow[]): GridColumn[] {
  return columns.flatMap((column): GridColumn[] => {
    if (column.type !== 'map') return [column];
    const names = new Set<string>();
    for (const { cells } of rows) {
      const map = cells[column.key];
      if (isFields(map)) for (const name of Object.keys(map)) names.add(name);
    }
    return [...names].map((name) => ({
      ...column,
      key: `${column.key}.${name}`,
      title: name,
      type: 'entry',
      entry: name,
      nullable: true,
      sortable: false,
    }));
  });
}

/** Lists of an entry as people write them. */
export const entryText = (value: unknown): string =>
  value === null || value === undefined ? '' : (attributesOf({ value }).value ?? '');
