import { type FormEvent, type ReactNode, useId } from 'react';
import { StateBadge } from '../../ui/badge.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import type { GridColumn } from '../../ui/grid/model.ts';
import { DiffTable } from './diff-table.tsx';
import { movesOf, type Outcome } from './outcome.ts';

interface DiffDialogProps {
  outcome: Outcome;
  columns: readonly GridColumn[];
  /** It takes an earlier edit back. */
  undo: boolean;
  /** The reason as far as it was given. */
  why: string;
  /** Cells that are not sent because they cannot be saved as they are. */
  invalid: number;
  conflicts: number;
  onDecide: () => void;
  onSave: (why: string) => void;
  onClose: () => void;
}

const rowsOf = (count: number) => `${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`;

/** What a save would do, before it does it. */
export function DiffDialog(props: DiffDialogProps) {
  const { outcome, columns, undo, why, invalid, conflicts, onDecide, onSave, onClose } = props;
  const { saved } = outcome.counts;
  const whyId = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSave(String(new FormData(event.currentTarget).get('why') ?? '').trim());
  };
  return (
    <Dialog title={undo ? 'What taking it back changes' : 'What will change'} shape="sheet" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <Summary outcome={outcome} invalid={invalid} />
        {outcome.rows.length === 0 ? (
          <p className="muted">Nothing is sent.</p>
        ) : (
          <DiffTable outcome={outcome} columns={columns} done={false} />
        )}
        {undo || saved === 0 ? null : (
          <div className="field">
            <label htmlFor={whyId}>Reason (optional, kept in the history)</label>
            <input id={whyId} name="why" defaultValue={why} maxLength={500} autoComplete="off" />
          </div>
        )}
        <div className="dialog-actions diff-actions">
          <button type="button" onClick={onClose}>
            {saved === 0 ? 'Close' : 'Not yet'}
          </button>
          {conflicts > 0 && !undo ? (
            <button type="button" onClick={onDecide}>
              Decide {conflicts === 1 ? 'the conflict' : `${conflicts} conflicts`}
            </button>
          ) : null}
          {saved > 0 ? (
            <button type="submit" className="primary">
              {undo ? 'Take back' : 'Save'} {rowsOf(saved)}
            </button>
          ) : null}
        </div>
      </form>
    </Dialog>
  );
}

/** Counts in words: what is saved and where it goes, what is not and why. */
function Summary({ outcome, invalid }: { outcome: Outcome; invalid: number }) {
  const { saved, unchanged, conflict, refused } = outcome.counts;
  const lines: [string, ReactNode][] = [];
  for (const { from, to, count } of movesOf(outcome.rows)) {
    lines.push([
      `${from} ${to}`,
      <span key="move" className="diff-move">
        {rowsOf(count)}
        {from === to ? (count === 1 ? ' stays ' : ' stay ') : ': '}
        <StateBadge state={from} />
        {from === to ? null : (
          <>
            {' → '}
            <StateBadge state={to} />
          </>
        )}
      </span>,
    ]);
  }
  if (conflict > 0) lines.push(['conflict', `${rowsOf(conflict)}: somebody changed the same cells meanwhile.`]);
  if (refused > 0) lines.push(['refused', `${rowsOf(refused)}: refused in whole or in part, with the reason below.`]);
  if (unchanged > 0) lines.push(['unchanged', `${rowsOf(unchanged)}: nothing differs from what is there already.`]);
  if (invalid > 0) {
    lines.push([
      'invalid',
      invalid === 1
        ? '1 cell is not sent: it cannot be saved as it is and stays marked in the table.'
        : `${invalid} cells are not sent: they cannot be saved as they are and stay marked in the table.`,
    ]);
  }
  return (
    <div className="diff-summary" role="status">
      <p>
        <strong>{saved === 0 ? 'Nothing can be saved.' : `${rowsOf(saved)} can be saved.`}</strong>
      </p>
      <ul>
        {lines.map(([key, line]) => (
          <li key={key}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

interface ResultDialogProps {
  outcome: Outcome;
  columns: readonly GridColumn[];
  undo: boolean;
  conflicts: number;
  onDecide: () => void;
  onClose: () => void;
}

/** What came of a save that did not save everything. */
export function ResultDialog({ outcome, columns, undo, conflicts, onDecide, onClose }: ResultDialogProps) {
  const { saved, conflict, refused } = outcome.counts;
  const verb = undo ? 'taken back' : 'saved';
  const parts = [
    `${rowsOf(saved)} ${verb}`,
    ...(refused > 0 ? [`${rowsOf(refused)} refused in whole or in part`] : []),
    ...(conflict > 0 ? [`${rowsOf(conflict)} in conflict`] : []),
  ];
  return (
    <Dialog title={parts.join(', ')} shape="sheet" onClose={onClose}>
      <div className="stack">
        {undo ? (
          <p>What somebody changed since then stays as it is.</p>
        ) : (
          <p>What was not saved stays in the table, marked with the reason.</p>
        )}
        <DiffTable outcome={outcome} columns={columns} done={true} />
        <div className="dialog-actions diff-actions">
          {conflicts > 0 && !undo ? (
            <button type="button" onClick={onDecide}>
              Decide {conflicts === 1 ? 'the conflict' : `${conflicts} conflicts`}
            </button>
          ) : null}
          <button type="button" className="primary" onClick={onClose}>
            Close
          </button>
        </div>
      </div>
    </Dialog>
  );
}
