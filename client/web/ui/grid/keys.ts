import type { Selection, Size, Spot } from './selection.ts';

/** What a key press asks of the grid while no cell is being edited. */
export type GridCommand =
  | { do: 'go'; to: Spot; extend: boolean }
  | { do: 'edit'; text: string | null }
  | { do: 'clear' }
  | { do: 'fill' }
  | { do: 'undo' }
  | { do: 'redo' }
  | { do: 'save' }
  | { do: 'all' }
  | { do: 'pick' }
  | { do: 'open' }
  | { do: 'collapse' };

/** The part of a keyboard event that decides. */
export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

export interface GridPlace {
  selection: Selection;
  size: Size;
  /** Rows that a page of the screen holds. */
  pageRows: number;
}

const go = (to: Spot, extend: boolean): GridCommand => ({ do: 'go', to, extend });

/** The command of a key press; null leaves the press to the browser (Tab out of the row, Ctrl+C, Ctrl+V, Ctrl+R). */
export function commandOf(press: Press, place: GridPlace): GridCommand | null {
  const { key, shiftKey, altKey } = press;
  if (altKey) return null;
  const withControl = press.ctrlKey || press.metaKey;
  const moved = moveOf(key, withControl, place);
  if (moved) return go(moved, shiftKey);
  if (withControl) return controlCommand(key.toLowerCase(), shiftKey);
  const { row, column } = place.selection.active;
  switch (key) {
    case 'Tab': {
      // At the end of the row Tab leaves the table, so that keyboards are not trapped in it.
      const next = column + (shiftKey ? -1 : 1);
      return next < 0 || next >= place.size.columns ? null : go({ row, column: next }, false);
    }
    case 'Enter':
    case 'F2':
      return { do: 'edit', text: null };
    case 'Delete':
    case 'Backspace':
      return { do: 'clear' };
    case 'Escape':
      return { do: 'collapse' };
    case ' ':
      return shiftKey || column === 0 ? { do: 'pick' } : { do: 'edit', text: '' };
    default:
      return key.length === 1 || key === 'Process' ? { do: 'edit', text: '' } : null;
  }
}

function moveOf(key: string, far: boolean, { selection, size, pageRows }: GridPlace): Spot | null {
  const { row, column } = selection.active;
  switch (key) {
    case 'ArrowUp':
      return { row: far ? 0 : row - 1, column };
    case 'ArrowDown':
      return { row: far ? size.rows - 1 : row + 1, column };
    case 'ArrowLeft':
      return { row, column: far ? 0 : column - 1 };
    case 'ArrowRight':
      return { row, column: far ? size.columns - 1 : column + 1 };
    case 'PageUp':
      return { row: row - pageRows, column };
    case 'PageDown':
      return { row: row + pageRows, column };
    case 'Home':
      return { row: far ? 0 : row, column: 0 };
    case 'End':
      return { row: far ? size.rows - 1 : row, column: size.columns - 1 };
    default:
      return null;
  }
}

function controlCommand(key: string, shift: boolean): GridCommand | null {
  switch (key) {
    case 'z':
      return { do: shift ? 'redo' : 'undo' };
    case 'y':
      return { do: 'redo' };
    case 'd':
      return { do: 'fill' };
    case 's':
      return { do: 'save' };
    case 'a':
      return { do: 'all' };
    case 'enter':
      return { do: 'open' };
    default:
      return null;
  }
}
