import { useEffect, useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { belongsElsewhere } from '../ui/table-keys.ts';

const keys: [string[], string][] = [
  [['j', '↓'], 'next row'],
  [['k', '↑'], 'row before'],
  [['Enter'], 'open the row'],
  [['a'], 'approve the row, or all selected rows'],
  [['x'], 'select the row, or take it out'],
  [['/'], 'search'],
  [['Esc'], 'close a dialog or panel'],
  [['?'], 'this list'],
  [['F2'], 'in an editable table: edit the cell; typing begins anew, Esc gives up'],
  [['Shift', '↓'], 'select cells; Ctrl+C, Ctrl+V, Delete, Ctrl+D (fill down)'],
  [['Ctrl', 'Z'], 'undo a change that is not saved; Ctrl+Y brings it back'],
  [['Ctrl', 'S'], 'show what a save would change'],
  [['Shift', 'Space'], 'select the row, to approve it'],
];

/** The keyboard's commands, under `?`; `/` jumps to the page's search field. */
export function Help() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (belongsElsewhere(event)) return;
      if (event.key === '?') setOpen(true);
      if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('input.search');
        if (!search) return;
        event.preventDefault();
        search.focus();
        search.select();
      }
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <>
      <button type="button" className="quiet" aria-label="Keyboard commands" onClick={() => setOpen(true)}>
        <kbd>?</kbd>
      </button>
      {open ? (
        <Dialog title="Keyboard" onClose={() => setOpen(false)}>
          <dl className="keys">
            {keys.map(([names, means]) => (
              <div key={means}>
                <dt>
                  {names.map((name) => (
                    <kbd key={name}>{name}</kbd>
                  ))}
                </dt>
                <dd>{means}</dd>
              </div>
            ))}
          </dl>
        </Dialog>
      ) : null}
    </>
  );
}
