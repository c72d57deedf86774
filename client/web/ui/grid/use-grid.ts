import { useReducer } from 'react';
import { atStart, goTo, type Selection, type Size, type Spot } from './selection.ts';

export interface GridState {
  selection: Selection;
  /** The text that the editor of the active cell begins with; null while no cell is edited. */
  editing: { text: string; caret: 'all' | 'end' } | null;
}

export type GridAction =
  | { type: 'go'; to: Spot; size: Size; extend: boolean }
  | { type: 'select'; selection: Selection }
  | { type: 'edit'; text: string; caret: 'all' | 'end' }
  | { type: 'stop' };

function reduce(state: GridState, action: GridAction): GridState {
  switch (action.type) {
    case 'go':
      return { selection: goTo(state.selection, action.to, action.size, action.extend), editing: null };
    case 'select':
      return { selection: action.selection, editing: null };
    case 'edit':
      return { selection: { active: state.selection.active, anchor: state.selection.active }, editing: action };
    case 'stop':
      return { ...state, editing: null };
  }
}

/** Where the focus is and whether its cell is being edited. Column 0 is the box that selects the row. */
export function useGrid() {
  return useReducer(reduce, {
    selection: { ...atStart, active: { row: 0, column: 1 }, anchor: { row: 0, column: 1 } },
    editing: null,
  });
}
