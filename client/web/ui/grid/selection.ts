/** Indices of a row and a column among those that are shown. */
export interface Spot {
  row: number;
  column: number;
}

/** The cell that has the focus, and the one where a range of cells began. */
export interface Selection {
  active: Spot;
  anchor: Spot;
}

export interface Range {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export interface Size {
  rows: number;
  columns: number;
}

export const atStart: Selection = { active: { row: 0, column: 0 }, anchor: { row: 0, column: 0 } };

export function rangeOf({ active, anchor }: Selection): Range {
  return {
    top: Math.min(active.row, anchor.row),
    bottom: Math.max(active.row, anchor.row),
    left: Math.min(active.column, anchor.column),
    right: Math.max(active.column, anchor.column),
  };
}

export const isSingle = ({ active, anchor }: Selection): boolean =>
  active.row === anchor.row && active.column === anchor.column;

const within = (value: number, count: number): number => Math.min(Math.max(value, 0), Math.max(count - 1, 0));

/** Moves the focus within the table; with `extend` the range grows to it. */
export function goTo(selection: Selection, spot: Spot, size: Size, extend = false): Selection {
  const active = { row: within(spot.row, size.rows), column: within(spot.column, size.columns) };
  return { active, anchor: extend ? selection.anchor : active };
}
