import type { TableRow } from '../../api/types/tables.ts';
import { Amount } from '../amount.tsx';
import { StateBadge } from '../badge.tsx';
import type { CellEdit } from './edits.ts';
import { cellValue, findingsOf, type GridColumn, hasCell, moneyOf } from './model.ts';
import { plainText } from './values.ts';

interface CellTextProps {
  column: GridColumn;
  row: TableRow;
  edit: CellEdit | undefined;
  /** What the row is called; stands in its first cell where the row has no such cell. */
  name: string;
  first: boolean;
}

/** What a cell shows: its value, or what shall become of it. */
export function CellText({ column, row, edit, name, first }: CellTextProps) {
  if (edit && edit.problem !== null) return edit.text;
  if (!hasCell(column, row)) return first ? <span className="grid-part">{name}</span> : null;
  const value = edit ? edit.value : cellValue(column, row);
  if (value === null || value === '') return null;
  const money = moneyOf(value);
  if (money) return <Amount {...money} />;
  if (column.type === 'state') return <StateBadge state={String(value)} machine={row.kind} />;
  if (column.type === 'findings') return <Findings value={value} />;
  const text = plainText(column, value);
  const short = column.type === 'html' ? text.replaceAll(/<[^>]*>|&nbsp;/g, ' ').trim() : text;
  if (column.unit === undefined) return short;
  return (
    <>
      {short} <span className="currency">{column.unit}</span>
    </>
  );
}

function Findings({ value }: { value: unknown }) {
  const found = findingsOf(value);
  if (found.length === 0) return null;
  const blocking = found.some((finding) => finding.blocking);
  return (
    <span className="mark" data-mark={blocking ? 'overdue' : 'soon'}>
      {found.length === 1 ? '1 finding' : `${found.length} findings`}
    </span>
  );
}
