import { useBlocker } from '@tanstack/react-router';
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
