import { Dialog } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import type { Leftover } from '../../ui/grid/blocks.ts';

export interface Left {
  /** `pasted`, `filled`, `emptied`. */
  what: string;
  changed: number;
  leftovers: readonly Leftover[];
}

const shownAtMost = 200;

/** What a paste could not put down, cell by cell: nothing is dropped unseen. */
export function LeftoversDialog({ left, onClose }: { left: Left; onClose: () => void }) {
  const { what, changed, leftovers } = left;
  const cells = (count: number) => `${formatCount(count)} ${count === 1 ? 'cell' : 'cells'}`;
  return (
    <Dialog
      title={`${cells(leftovers.length)} ${leftovers.length === 1 ? 'needs' : 'need'} a look`}
      shape="sheet"
      onClose={onClose}
    >
      <div className="stack">
        <p>
          {cells(changed)} {what}. These did not fit or cannot be saved as they are:
        </p>
        <div className="table-box diff-box">
          <table className="values">
            <thead>
              <tr>
                <th scope="col">Row</th>
                <th scope="col">Column</th>
                <th scope="col">Value</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {leftovers.slice(0, shownAtMost).map((one) => (
                <tr key={`${one.row} ${one.column}`}>
                  <td>{one.row}</td>
                  <td>{one.column}</td>
                  <td className="wrap">{one.text === '' ? <span className="muted">(empty)</span> : one.text}</td>
                  <td>{one.why}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {leftovers.length > shownAtMost ? (
          <p className="muted">
            … and {formatCount(leftovers.length - shownAtMost)} more for the same kinds of reasons.
          </p>
        ) : null}
        <div className="dialog-actions">
          <button type="button" className="primary" onClick={onClose}>
            Close
          </button>
        </div>
      </div>
    </Dialog>
  );
}
