import type { TableRow } from '../../api/types/tables.ts';
import { type Edits, editOf, type Write } from './edits.ts';
import { cellValue, type GridColumn, lockOf } from './model.ts';
import type { Range, Spot } from './selection.ts';
import { plainText, readCell } from './values.ts';

/** Rows and columns as they are shown, with the changes made so far. */
export interface Sheet {
  rows: readonly TableRow[];
  columns: readonly GridColumn[];
  edits: Edits;
  nameOf: (row: TableRow) => string;
}

/** A cell that a paste, a fill or a clearing did not change, or left invalid. */
export interface Leftover {
  row: string;
  column: string;
  text: string;
  why: string;
}

export interface BlockPlan {
  writes: Write[];
  leftovers: Leftover[];
}

export interface PastePlan extends BlockPlan {
  /** Cells that the paste covers. */
  covers: Range;
}

/** What a cell holds with the unsaved change, as text for editors and spreadsheets. */
export function presentText({ edits }: Sheet, row: TableRow, column: GridColumn): string {
  return editOf(edits, row.id, column.key)?.text ?? plainText(column, cellValue(column, row));
}

/** The cells of a range, row by row. */
export function blockOf(sheet: Sheet, range: Range): string[][] {
  return sheet.rows
    .slice(range.top, range.bottom + 1)
    .map((row) => sheet.columns.slice(range.left, range.right + 1).map((column) => presentText(sheet, row, column)));
}

interface Target {
  at: Spot;
  text: string;
}

/** Writes that are possible, and the sentence for each that is not. */
function plan({ rows, columns, nameOf }: Sheet, targets: readonly Target[]): BlockPlan {
  const writes: Write[] = [];
  const leftovers: Leftover[] = [];
  for (const { at, text } of targets) {
    const row = rows[at.row];
    const column = columns[at.column];
    const name = row ? nameOf(row) : `row ${at.row + 1}`;
    const title = column?.title ?? `column ${at.column + 1}`;
    const leave = (why: string) => leftovers.push({ row: name, column: title, text, why });
    if (!row) leave('It lies below the last row that is loaded.');
    else if (!column) leave('It lies right of the last column that is shown.');
    else {
      const lock = lockOf(column, row);
      // Giving a locked cell what it holds anyway is no loss: whole rows are often copied and pasted back.
      if (lock !== null) {
        if (text.trim() !== plainText(column, cellValue(column, row))) leave(lock);
        continue;
      }
      writes.push({ row, name, column, text });
      const read = readCell(column, row, text);
      if (!read.ok) leave(`Pasted, but it cannot be saved like this: ${read.why}`);
    }
  }
  return { writes, leftovers };
}

/** A block put down with its first cell at the range's; one single cell fills the whole range. */
export function planPaste(sheet: Sheet, range: Range, block: readonly (readonly string[])[]): PastePlan {
  const only = block.length === 1 && block[0]?.length === 1 ? (block[0][0] ?? '') : null;
  const width = Math.max(...block.map((row) => row.length), 1);
  const covers: Range =
    only === null
      ? { top: range.top, left: range.left, bottom: range.top + block.length - 1, right: range.left + width - 1 }
      : range;
  const targets: Target[] = [];
  for (let row = covers.top; row <= covers.bottom; row += 1) {
    for (let column = covers.left; column <= covers.right; column += 1) {
      const text = only ?? block[row - covers.top]?.[column - covers.left];
      if (text !== undefined) targets.push({ at: { row, column }, text });
    }
  }
  return { ...plan(sheet, targets), covers };
}

/** Every cell of the range empty. */
export function planClear(sheet: Sheet, range: Range): BlockPlan {
  const targets = spotsOf(range).map((at) => ({ at, text: '' }));
  const cleared = plan(sheet, targets);
  // A cell that must not be empty stays as it is.
  const writes = cleared.writes.filter(({ column }) => column.nullable);
  const leftovers = cleared.leftovers.map(({ why, ...cell }) => ({ ...cell, why: why.replace(/^Pasted.*?: /, '') }));
  return { writes, leftovers };
}

/** The range's first row copied into the others; of a single row, the one above it. */
export function planFill(sheet: Sheet, range: Range): BlockPlan {
  const source = range.top === range.bottom ? range.top - 1 : range.top;
  const first = sheet.rows[source];
  if (!first) return { writes: [], leftovers: [] };
  const targets = spotsOf({ ...range, top: source + 1 }).flatMap((at): Target[] => {
    const column = sheet.columns[at.column];
    return column ? [{ at, text: presentText(sheet, first, column) }] : [];
  });
  return plan(sheet, targets);
}

function spotsOf({ top, bottom, left, right }: Range): Spot[] {
  return Array.from({ length: bottom - top + 1 }, (_, row) =>
    Array.from({ length: right - left + 1 }, (_, column) => ({ row: top + row, column: left + column })),
  ).flat();
}
