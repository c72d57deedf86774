import { useBlocker } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useConfirm } from '../../ui/confirm.tsx';

/** Asks before a page with unsaved changes is left, within the dashboard as well as by closing the tab. */
export function useLeaveGuard(cells: number): void {
  const confirm = useConfirm();
  useBlocker({
    disabled: cells === 0,
    enableBeforeUnload: () => cells > 0,
    shouldBlockFn: async ({ current, next }) => {
      if (current.pathname === next.pathname) return false;
      const answer = await confirm({
        title: `Leave with ${cells} unsaved ${cells === 1 ? 'cell' : 'cells'}?`,
        consequences: [
          'Nothing of it is saved yet, and nobody else sees it.',
          'It waits for you in this browser tab until you come back or close the tab.',
        ],
        confirmLabel: 'Leave',
      });
      return answer === null;
    },
  });
}

/** Ctrl+S saves from anywhere on the page; inside the grid the grid has it. */
export function useSaveKey(save: () => void): void {
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      if (document.querySelector('dialog[open]') === null) latest.current();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
