import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import type { Spot } from './selection.ts';
import { pickerWidthPx } from './widths.ts';

/** Keeps the focus on the active cell and the active cell in sight, while the grid has the focus. */
export function useActiveCell(
  box: RefObject<HTMLDivElement | null>,
  editing: boolean,
  { row, column }: Spot,
  widths: readonly number[],
  scrollToRow: (row: number) => void,
): void {
  const owns = useRef(false);
  const latest = useRef({ widths, scrollToRow });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const come = () => {
      owns.current = true;
    };
    // Without a next element the focused one vanished (an editor that closed), or the window lost the focus.
    const go = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget instanceof Node && !element.contains(relatedTarget)) owns.current = false;
    };
    element.addEventListener('focusin', come);
    element.addEventListener('focusout', go);
    return () => {
      element.removeEventListener('focusin', come);
      element.removeEventListener('focusout', go);
    };
  }, [box]);
  useLayoutEffect(() => {
    latest.current = { widths, scrollToRow };
  });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !owns.current || editing) return;
    latest.current.scrollToRow(row);
    showColumn(element, column, latest.current.widths);
    const cell = element.querySelector<HTMLElement>(`[data-row="${row}"] > [data-column="${column}"]`);
    cell?.focus({ preventScroll: true });
  }, [box, row, column, editing]);
}

/** Scrolls sideways until the whole cell is seen beside the sticky columns. */
function showColumn(box: HTMLElement, column: number, widths: readonly number[]): void {
  if (column < 2) return;
  const leftPx = pickerWidthPx + widths.slice(0, column - 1).reduce((sum, px) => sum + px, 0);
  const rightPx = leftPx + (widths[column - 1] ?? 0);
  const stickyPx = pickerWidthPx + (widths[0] ?? 0);
  if (leftPx < box.scrollLeft + stickyPx) box.scrollLeft = leftPx - stickyPx;
  else if (rightPx > box.scrollLeft + box.clientWidth) box.scrollLeft = rightPx - box.clientWidth;
}
