import { useState } from 'react';
import type { FieldOutcome, RowOutcome } from '../../api/types/tables.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { formatCount } from '../../ui/format.ts';
import type { GridColumn } from '../../ui/grid/model.ts';
import { spokenText } from '../../ui/grid/values.ts';
import { stateWords } from '../../ui/states.ts';
import { type Outcome, sorted } from './outcome.ts';

interface DiffTableProps {
  outcome: Outcome;
  columns: readonly GridColumn[];
  /** Whether it has happened already. */
  done: boolean;
}

const shownAtFirst = 100;

/** Row by row and field by field: what is there, what comes, and what does not. */
export function DiffTable({ outcome, columns, done }: DiffTableProps) {
  const [limit, setLimit] = useState(shownAtFirst);
  const rows = sorted(outcome.rows);
  return (
    <div className="table-box diff-box">
      <table className="values diff">
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">Field</th>
            <th scope="col">{done ? 'Was' : 'Now'}</th>
            <th scope="col">{done ? 'Is' : 'Will be'}</th>
          </tr>
        </thead>
        {rows.slice(0, limit).map((row) => (
          <DiffRow key={row.id} row={row} name={outcome.names.get(row.id) ?? row.id} columns={columns} />
        ))}
      </table>
      {rows.length > limit ? (
        <button type="button" className="quiet" onClick={() => setLimit(limit + 200)}>
          Show more of the {formatCount(rows.length)} rows
        </button>
      ) : null}
    </div>
  );
}

interface DiffRowProps {
  row: RowOutcome;
  name: string;
  columns: readonly GridColumn[];
}

function DiffRow({ row, name, columns }: DiffRowProps) {
  const fields = row.fields.filter(({ outcome }) => outcome !== 'unchanged' || row.fields.length === 1);
  return (
    <tbody data-outcome={row.outcome}>
      <tr>
        <th scope="rowgroup" rowSpan={fields.length + 1}>
          <span className="diff-name">{name}</span>
          <RowMove row={row} />
          {row.follows.map(({ entity, label, from, to }) => (
            <small key={entity} className="muted">
              {label}: {stateWords(from)} → {stateWords(to)}
            </small>
          ))}
        </th>
        {row.why === null ? null : (
          <td colSpan={3} className="refused">
            {row.why}
          </td>
        )}
      </tr>
      {fields.map((field) => (
        <FieldLine key={field.key} field={field} columns={columns} />
      ))}
    </tbody>
  );
}

function RowMove({ row: { outcome, from, to } }: { row: RowOutcome }) {
  if (outcome === 'unchanged') return <small className="muted">nothing differs</small>;
  if (outcome === 'refused')
    return (
      <span className="mark" data-mark="overdue">
        refused
      </span>
    );
  if (outcome === 'conflict')
    return (
      <span className="mark" data-mark="overdue">
        conflict
      </span>
    );
  if (from === null || to === null) return null;
  return (
    <span className="diff-move">
      <StateBadge state={from} />
      {from === to ? null : (
        <>
          <span aria-hidden="true">→</span>
          <span className="visually-hidden">becomes</span>
          <StateBadge state={to} />
        </>
      )}
    </span>
  );
}

/** A column by its key; an entry that no loaded row has is called by its name. */
export function columnOf(columns: readonly GridColumn[], key: string): GridColumn {
  const found = columns.find((column) => column.key === key);
  if (found) return found;
  const title = key.slice(key.indexOf('.') + 1);
  return { key, title, type: 'entry', editable: true, nullable: true, sortable: false };
}

function FieldLine({ field, columns }: { field: FieldOutcome; columns: readonly GridColumn[] }) {
  const column = columnOf(columns, field.key);
  const comes = field.outcome === 'saved';
  return (
    <tr data-outcome={field.outcome}>
      <td>{column.title}</td>
      <td>{comes ? <del>{spokenText(column, field.theirs)}</del> : spokenText(column, field.theirs)}</td>
      <td>{comes ? <ins>{spokenText(column, field.yours)}</ins> : <FieldTrouble field={field} column={column} />}</td>
    </tr>
  );
}

function FieldTrouble({ field, column }: { field: FieldOutcome; column: GridColumn }) {
  if (field.outcome === 'unchanged') return <span className="muted">the same</span>;
  if (field.outcome === 'dropped') return <span className="muted">stays as it is there</span>;
  return (
    <span className="diff-trouble">
      <s>{spokenText(column, field.yours)}</s>
      <span className="refused">
        {field.outcome === 'conflict' ? `Conflict: changed by ${field.by ?? 'somebody else'} meanwhile. ` : 'Refused: '}
        {field.outcome === 'conflict' ? '' : (field.why ?? '')}
      </span>
    </span>
  );
}
