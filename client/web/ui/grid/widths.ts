import type { GridColumn } from './model.ts';

const byType: Record<GridColumn['type'], number> = {
  text: 200,
  longText: 220,
  html: 220,
  code: 140,
  url: 180,
  integer: 96,
  decimal: 96,
  money: 128,
  instant: 140,
  date: 112,
  boolean: 84,
  choice: 140,
  state: 172,
  map: 160,
  ref: 140,
  findings: 132,
  entry: 140,
};

/** The column with the boxes that select rows. */
export const pickerWidthPx = 40;
export const rowHeightPx = 34;
export const narrowestPx = 56;
export const widestPx = 900;
const firstWidthPx = 260;
/** Of the sticky first column where the screen is narrow: the rest of the row must stay in sight. */
const narrowShare = 0.38;

/** How wide a column is unless somebody drew it wider. */
export function widthOf(column: GridColumn, index: number, drawn: Readonly<Record<string, number>>): number {
  return drawn[column.key] ?? (index === 0 && column.type === 'text' ? firstWidthPx : byType[column.type]);
}

/** Widths of the shown columns in pixels, the first one held back on narrow screens. */
export function widthsOf(
  columns: readonly GridColumn[],
  drawn: Readonly<Record<string, number>>,
  boxWidthPx: number,
): number[] {
  return columns.map((column, index) => {
    const width = widthOf(column, index, drawn);
    return index === 0 && boxWidthPx > 0 ? Math.min(width, Math.max(110, Math.round(boxWidthPx * narrowShare))) : width;
  });
}
