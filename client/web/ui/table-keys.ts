import { type RefObject, useEffect, useRef } from 'react';

export interface TableKeys {
  /** `j`, ArrowDown: 1; `k`, ArrowUp: −1. */
  onMove: (by: 1 | -1) => void;
  onOpen: () => void;
  onApprove: () => void;
  onSelect: () => void;
}

const typing = 'input, textarea, select, [contenteditable="true"]';
/** Here Enter and Space already mean something. */
const pressable = 'a, button, summary';

/** True when a key press belongs to a field, a dialog or a menu, not to the page. */
export function belongsElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  if (document.querySelector('dialog[open], [popover="auto"]:popover-open')) return true;
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return false;
  return target.matches(typing) && !target.matches('input[type="checkbox"]');
}

/** Keys for the page's table: j/k or arrows move, Enter opens, a approves, x selects. */
export function useTableKeys(keys: TableKeys, enabled: boolean): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    if (!enabled) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (belongsElsewhere(event)) return;
      const action = actionFor(event, latest);
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [enabled]);
}

function actionFor(event: KeyboardEvent, latest: RefObject<TableKeys>): (() => void) | null {
  const onPressable = event.target instanceof Element && event.target.closest(pressable) !== null;
  const keys = latest.current;
  switch (event.key) {
    case 'j':
    case 'ArrowDown':
      return () => keys.onMove(1);
    case 'k':
    case 'ArrowUp':
      return () => keys.onMove(-1);
    case 'Enter':
      return onPressable ? null : keys.onOpen;
    case 'a':
      return keys.onApprove;
    case 'x':
      return keys.onSelect;
    default:
      return null;
  }
}
