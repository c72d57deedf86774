import { type ClipboardEvent, type Dispatch, type KeyboardEvent, type MouseEvent, useRef } from 'react';
import { flushSync } from 'react-dom';
import type { TableRow } from '../../api/types/tables.ts';
import {
  type BlockPlan,
  blockOf,
  type Leftover,
  planClear,
  planFill,
  planPaste,
  presentText,
  type Sheet,
} from './blocks.ts';
import type { Leave } from './cell-editor.tsx';
import type { Write } from './edits.ts';
import { commandOf, type GridCommand } from './keys.ts';
import { lockOf } from './model.ts';
import { isSingle, type Range, rangeOf, type Size } from './selection.ts';
import { readTsv, writeTsv } from './tsv.ts';
import type { GridAction, GridState } from './use-grid.ts';

/** What the grid asks of the page around it. */
export interface GridHandlers {
  write: (writes: readonly Write[]) => void;
  /** Cells that a paste, a fill or a clearing could not change: to be listed, never dropped unseen. */
  leave: (what: string, changed: number, leftovers: readonly Leftover[]) => void;
  undo: () => void;
  redo: () => void;
  save: () => void;
  open: (row: TableRow) => void;
  /** A click or key that selects a row; with `extend` all rows since the last one. */
  pick: (index: number, extend: boolean) => void;
}

interface CommandsOptions {
  sheet: Sheet;
  state: GridState;
  dispatch: Dispatch<GridAction>;
  handlers: GridHandlers;
  pageRows: () => number;
  /** Says why nothing happened. */
  tell: (sentence: string) => void;
}

/** The range in columns of the sheet; null when only the boxes that select rows lie in it. */
function dataRange({ selection }: GridState): Range | null {
  const range = rangeOf(selection);
  return range.right === 0 ? null : { ...range, left: Math.max(range.left, 1) - 1, right: range.right - 1 };
}

const move: Record<Leave, { rows: number; columns: number } | null> = {
  down: { rows: 1, columns: 0 },
  up: { rows: -1, columns: 0 },
  next: { rows: 0, columns: 1 },
  before: { rows: 0, columns: -1 },
  stay: null,
  save: null,
};

const inField = (target: EventTarget): boolean =>
  target instanceof Element && target.matches('input:not([type="checkbox"]), textarea, select');

/** Keyboard, clipboard and pointer of a grid. The functions are new with every drawing; hand them on by a ref. */
export function useCommands({ sheet, state, dispatch, handlers, pageRows, tell }: CommandsOptions) {
  const size: Size = { rows: sheet.rows.length, columns: sheet.columns.length + 1 };
  const { active } = state.selection;
  const activeRow = sheet.rows[active.row];
  const activeColumn = sheet.columns[active.column - 1];
  const dragging = useRef(false);

  const carryOut = (what: string, { writes, leftovers }: BlockPlan) => {
    handlers.write(writes);
    if (leftovers.length > 0) handlers.leave(what, writes.length, leftovers);
  };
  const edit = (text: string | null) => {
    if (active.column === 0) return handlers.pick(active.row, false);
    if (!activeRow || !activeColumn) return;
    const lock = lockOf(activeColumn, activeRow);
    if (lock !== null) return tell(lock);
    const began = text ?? presentText(sheet, activeRow, activeColumn);
    // At once, so that the key that began it still reaches the field.
    flushSync(() => dispatch({ type: 'edit', text: began, caret: text === null ? 'end' : 'all' }));
  };
  const run = (command: GridCommand) => {
    const range = dataRange(state);
    tell('');
    switch (command.do) {
      case 'go':
        return dispatch({ type: 'go', to: command.to, size, extend: command.extend });
      case 'edit':
        return edit(command.text);
      case 'clear':
        return range ? carryOut('emptied', planClear(sheet, range)) : undefined;
      case 'fill':
        return range ? carryOut('filled', planFill(sheet, range)) : undefined;
      case 'undo':
        return handlers.undo();
      case 'redo':
        return handlers.redo();
      case 'save':
        return handlers.save();
      case 'pick':
        return handlers.pick(active.row, false);
      case 'open':
        return activeRow ? handlers.open(activeRow) : undefined;
      case 'collapse':
        return dispatch({ type: 'select', selection: { active, anchor: active } });
      case 'all': {
        const last = { row: Math.max(size.rows - 1, 0), column: size.columns - 1 };
        return dispatch({ type: 'select', selection: { active: { row: 0, column: 1 }, anchor: last } });
      }
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (inField(event.target) || event.nativeEvent.isComposing) return;
    if (!(event.target instanceof Element) || !event.target.closest('[data-row]')) return;
    const command = commandOf(event, { selection: state.selection, size, pageRows: pageRows() });
    if (!command) return;
    // Keys of the page (/, ?, j, k) are letters in here.
    event.stopPropagation();
    const typed = command.do === 'edit' && command.text !== null && active.column > 0;
    if (!typed) event.preventDefault();
    run(command);
  };
  const onCopy = (event: ClipboardEvent) => {
    const range = dataRange(state);
    if (inField(event.target) || !range) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', writeTsv(blockOf(sheet, range)));
    if (event.type === 'cut') carryOut('emptied', planClear(sheet, range));
  };
  const onPaste = (event: ClipboardEvent) => {
    const range = dataRange(state);
    if (inField(event.target) || !range) return;
    event.preventDefault();
    const text = event.clipboardData.getData('text/plain');
    if (text === '') return tell('There is no text to paste.');
    const plan = planPaste(sheet, range, readTsv(text));
    carryOut('pasted', plan);
    const { top, left, bottom, right } = plan.covers;
    const within = { row: Math.min(bottom, size.rows - 1), column: Math.min(right + 1, size.columns - 1) };
    dispatch({ type: 'select', selection: { active: { row: top, column: left + 1 }, anchor: within } });
  };
  const onMouseDown = (event: MouseEvent) => {
    const spot = spotOf(event);
    if (!spot || event.button !== 0 || inField(event.target)) return;
    // What is being typed is taken over before the focus goes elsewhere.
    if (state.editing && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    if (event.target instanceof Element && event.target.closest('a')) return;
    tell('');
    if (spot.column === 0 || event.ctrlKey || event.metaKey) {
      // A checkbox that is clicked would take the focus from the cell.
      event.preventDefault();
      dispatch({ type: 'go', to: spot, size, extend: false });
      return handlers.pick(spot.row, event.shiftKey);
    }
    dragging.current = true;
    dispatch({ type: 'go', to: spot, size, extend: event.shiftKey });
  };
  const onMouseOver = (event: MouseEvent) => {
    if (event.buttons !== 1) dragging.current = false;
    const spot = dragging.current ? spotOf(event) : null;
    if (spot && spot.column > 0) dispatch({ type: 'go', to: spot, size, extend: true });
  };
  const onDoubleClick = (event: MouseEvent) => {
    if (spotOf(event) && !inField(event.target) && active.column > 0) edit(null);
  };
  const onDone = (text: string, leave: Leave) => {
    if (activeRow && activeColumn) {
      const write: Write = { row: activeRow, name: sheet.nameOf(activeRow), column: activeColumn, text };
      flushSync(() => handlers.write([write]));
    }
    const by = move[leave];
    if (by) {
      const to = { row: active.row + by.rows, column: Math.max(active.column + by.columns, 1) };
      dispatch({ type: 'go', to, size, extend: false });
    } else dispatch({ type: 'stop' });
    if (leave === 'save') handlers.save();
  };
  return {
    run,
    edit: () => edit(null),
    onDone,
    onCancel: () => dispatch({ type: 'stop' }),
    single: isSingle(state.selection),
    events: { onKeyDown, onCopy, onCut: onCopy, onPaste, onMouseDown, onMouseOver, onDoubleClick },
  };
}

function spotOf({ target }: MouseEvent): { row: number; column: number } | null {
  if (!(target instanceof Element)) return null;
  const row = target.closest<HTMLElement>('[data-row]')?.dataset.row;
  const column = target.closest<HTMLElement>('[data-column]')?.dataset.column;
  return row === undefined || column === undefined ? null : { row: Number(row), column: Number(column) };
}
