import type { ReactNode } from 'react';
import type { EditCount } from '../../ui/grid/edits.ts';
import type { SavePhase } from './use-save.ts';

interface ChangeBarProps {
  count: EditCount;
  phase: SavePhase;
  canUndo: boolean;
  canRedo: boolean;
  /** Edits of the last save that can be taken back. */
  lastEdits: readonly string[];
  forgetful: boolean;
  onUndo: () => void;
  onRedo: () => void;
  onDiscard: () => void;
  onCheck: () => void;
  onSave: () => void;
  onDecide: () => void;
  onTakeBack: (editId: string) => void;
  onStop: () => void;
  /** Where changes need a reason. */
  reason: { value: string; onChange: (value: string) => void } | null;
  /** Further tools of the table. */
  children: ReactNode;
}

const cellsOf = (count: number) => `${count} ${count === 1 ? 'cell' : 'cells'}`;
const rowsOf = (count: number) => `${count} ${count === 1 ? 'row' : 'rows'}`;

/** What is changed and not saved, and what to do about it. */
export function ChangeBar(props: ChangeBarProps) {
  const { count, phase, lastEdits, onTakeBack } = props;
  const busy = phase.at === 'checking' || phase.at === 'saving' || phase.at === 'away';
  const [lastEdit] = lastEdits;
  return (
    <div className="change-bar" data-changed={count.cells > 0 ? '' : undefined}>
      <p className="change-what" role="status">
        {count.cells === 0 ? (
          <span className="muted">No unsaved changes</span>
        ) : (
          <strong>
            {cellsOf(count.cells)} in {rowsOf(count.rows)} changed
          </strong>
        )}
        <Troubles {...props} />
      </p>
      {count.cells > 0 && props.reason ? (
        <input
          className="change-reason"
          aria-label="Reason for the changes"
          placeholder="Reason for the changes"
          maxLength={1000}
          autoComplete="off"
          value={props.reason.value}
          onChange={(event) => props.reason?.onChange(event.target.value)}
        />
      ) : null}
      <div className="change-actions">
        <button
          type="button"
          className="quiet"
          aria-label="Undo the last change"
          title="Undo the last change (Ctrl+Z)"
          disabled={!props.canUndo || busy}
          onClick={props.onUndo}
        >
          ↶
        </button>
        <button
          type="button"
          className="quiet"
          aria-label="Redo the change"
          title="Redo the change (Ctrl+Y)"
          disabled={!props.canRedo || busy}
          onClick={props.onRedo}
        >
          ↷
        </button>
        {props.children}
        {lastEdit !== undefined && count.cells === 0 ? (
          <button type="button" disabled={busy} onClick={() => onTakeBack(lastEdit)}>
            Undo the save
          </button>
        ) : null}
        {count.cells > 0 ? (
          <>
            <button type="button" disabled={busy} onClick={props.onDiscard}>
              Discard
            </button>
            <button type="button" disabled={busy} onClick={props.onCheck}>
              Check
            </button>
            <button type="button" className="primary" disabled={busy} onClick={props.onSave}>
              {phase.at === 'saving' ? 'Saving …' : phase.at === 'checking' ? 'Checking …' : 'Save …'}
            </button>
          </>
        ) : null}
      </div>
    </div>
  );
}

function Troubles({ count, phase, forgetful, onDecide, onStop }: ChangeBarProps) {
  return (
    <>
      {count.invalid > 0 ? (
        <span className="mark" data-mark="overdue">
          {cellsOf(count.invalid)} invalid
        </span>
      ) : null}
      {count.refused > 0 ? (
        <span className="mark" data-mark="overdue">
          {cellsOf(count.refused)} refused
        </span>
      ) : null}
      {count.conflicts > 0 ? (
        <button type="button" className="small" onClick={onDecide}>
          Decide {count.conflicts === 1 ? '1 conflict' : `${count.conflicts} conflicts`}
        </button>
      ) : null}
      {forgetful ? (
        <span className="refused">The browser's storage is full: save soon, a reload would lose changes.</span>
      ) : null}
      {phase.at === 'away' ? (
        <span className="refused">
          The server cannot be reached. Your changes are kept here; trying again in {Math.round(phase.waitMs / 1_000)}{' '}
          s.{' '}
          <button type="button" className="small" onClick={onStop}>
            Stop trying
          </button>
        </span>
      ) : null}
    </>
  );
}
