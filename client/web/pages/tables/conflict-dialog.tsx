import { type FormEvent, useState } from 'react';
import { Dialog } from '../../ui/dialog.tsx';
import type { CellEdit, Choice, Edits } from '../../ui/grid/edits.ts';
import type { GridColumn } from '../../ui/grid/model.ts';
import { spokenText } from '../../ui/grid/values.ts';
import { Time } from '../../ui/time.tsx';
import { columnOf } from './diff-table.tsx';

export interface Decision {
  rowId: string;
  key: string;
  choice: Choice;
  /** Of a price that is kept by hand: until when (YYYY-MM-DD), empty for no end. */
  until: string;
}

interface ConflictDialogProps {
  edits: Edits;
  columns: readonly GridColumn[];
  /** Key of the column whose kept value is an override with an expiry. */
  priceKey: string | null;
  /** Rows that were saved just now; null when the save is still to come. */
  saved: number | null;
  onDecide: (decisions: Decision[]) => void;
  onClose: () => void;
}

interface Open {
  rowId: string;
  name: string;
  key: string;
  cell: CellEdit;
}

const choices: { value: Choice; label: string }[] = [
  { value: 'mine', label: 'Keep mine' },
  { value: 'theirs', label: 'Take theirs' },
  { value: 'leave', label: 'Leave' },
];

const openOf = (edits: Edits): Open[] =>
  [...edits.rows].flatMap(([rowId, { name, cells }]) =>
    Object.entries(cells)
      .filter(([, { conflict }]) => conflict !== null)
      .map(([key, cell]) => ({ rowId, name, key, cell })),
  );

/** Three values of each cell that two people (or a feed) changed: nothing is overwritten unseen. */
export function ConflictDialog({ edits, columns, priceKey, saved, onDecide, onClose }: ConflictDialogProps) {
  const open = openOf(edits);
  const [chosen, setChosen] = useState<Record<string, Choice>>({});
  const [untils, setUntils] = useState<Record<string, string>>({});
  const idOf = ({ rowId, key }: Open) => `${rowId} ${key}`;
  const choiceOf = (one: Open): Choice => chosen[idOf(one)] ?? 'leave';
  const decided = open.filter((one) => choiceOf(one) !== 'leave').length;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onDecide(
      open.map((one) => ({
        rowId: one.rowId,
        key: one.key,
        choice: choiceOf(one),
        until: untils[idOf(one)] ?? '',
      })),
    );
  };
  const all = (choice: Choice) => setChosen(Object.fromEntries(open.map((one) => [idOf(one), choice])));
  return (
    <Dialog title={open.length === 1 ? 'A conflict' : `${open.length} conflicts`} shape="sheet" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p>
          Somebody changed the same {open.length === 1 ? 'cell' : 'cells'} after you read{' '}
          {open.length === 1 ? 'it' : 'them'}.{' '}
          {saved === null
            ? 'Everything else is not held up by this.'
            : `Everything else is saved (${saved} ${saved === 1 ? 'row' : 'rows'}); these wait for you.`}
        </p>
        {open.length > 1 ? (
          <fieldset className="bare conflict-all">
            <legend className="visually-hidden">For all</legend>
            {choices.map(({ value, label }) => (
              <button key={value} type="button" onClick={() => all(value)}>
                {label} for all
              </button>
            ))}
            {priceKey === null ? null : (
              <label className="conflict-until">
                until, for all{' '}
                <input
                  type="date"
                  onChange={(event) =>
                    setUntils(Object.fromEntries(open.map((one) => [idOf(one), event.target.value])))
                  }
                />
              </label>
            )}
          </fieldset>
        ) : null}
        {open.map((one) => (
          <ConflictCard
            key={idOf(one)}
            open={one}
            column={columnOf(columns, one.key)}
            choice={choiceOf(one)}
            until={one.key === priceKey ? (untils[idOf(one)] ?? '') : null}
            onChoice={(choice) => setChosen({ ...chosen, [idOf(one)]: choice })}
            onUntil={(until) => setUntils({ ...untils, [idOf(one)]: until })}
          />
        ))}
        <div className="dialog-actions diff-actions">
          <button type="button" onClick={onClose}>
            Later
          </button>
          <button type="submit" className="primary" disabled={decided === 0}>
            {decided === 0 ? 'Choose first' : `Go on with ${decided} decided`}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface ConflictCardProps {
  open: Open;
  column: GridColumn;
  choice: Choice;
  until: string | null;
  onChoice: (choice: Choice) => void;
  onUntil: (until: string) => void;
}

function ConflictCard({ open, column, choice, until, onChoice, onUntil }: ConflictCardProps) {
  const { cell, name } = open;
  const title = `${name}: ${column.title}`;
  const { conflict } = cell;
  if (!conflict) return null;
  return (
    <fieldset className="conflict-card">
      <legend>{title}</legend>
      <dl className="conflict-values">
        <div>
          <dt>You read</dt>
          <dd>{spokenText(column, conflict.base)}</dd>
        </div>
        <div data-chosen={choice === 'mine' ? '' : undefined}>
          <dt>You typed</dt>
          <dd>{cell.problem === null ? spokenText(column, cell.value) : cell.text}</dd>
        </div>
        <div data-chosen={choice === 'theirs' ? '' : undefined}>
          <dt>
            {conflict.by ?? 'Somebody else'}
            {conflict.at === null ? '' : ', '}
            {conflict.at === null ? null : <Time at={conflict.at} />}
          </dt>
          <dd>{spokenText(column, conflict.theirs)}</dd>
        </div>
      </dl>
      {conflict.why === null ? null : <p className="muted">{conflict.why}</p>}
      <div className="conflict-choices">
        {choices.map(({ value, label }) => (
          <label key={value}>
            <input
              type="radio"
              name={`${open.rowId} ${open.key}`}
              checked={choice === value}
              onChange={() => onChoice(value)}
            />{' '}
            {value === 'mine' && until !== null ? 'Keep mine as override' : label}
          </label>
        ))}
        {choice === 'mine' && until !== null ? (
          <label className="conflict-until">
            until <input type="date" value={until} required onChange={(event) => onUntil(event.target.value)} />
          </label>
        ) : null}
      </div>
    </fieldset>
  );
}
