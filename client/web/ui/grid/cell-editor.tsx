import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import type { TableRow } from '../../api/types/tables.ts';
import type { GridColumn } from './model.ts';
import { readCell } from './values.ts';

export type Leave = 'down' | 'up' | 'next' | 'before' | 'stay' | 'save';

interface CellEditorProps {
  column: GridColumn;
  row: TableRow;
  text: string;
  caret: 'all' | 'end';
  onDone: (text: string, leave: Leave) => void;
  onCancel: () => void;
}

/** The field inside a cell: Enter, Tab and leaving it take the text over, Escape does not. */
export function CellEditor({ column, row, text, caret, onDone, onCancel }: CellEditorProps) {
  const field = useRef<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | null>(null);
  const finished = useRef(false);
  const [present, setPresent] = useState(text);
  const hintId = useId();
  const read = readCell(column, row, present);
  const choices = choicesOf(column);
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.focus({ preventScroll: true });
    keepInside(element);
    if (element instanceof HTMLSelectElement) return;
    if (caret === 'all') element.select();
    else element.setSelectionRange(element.value.length, element.value.length);
  }, [caret]);

  const finish = (leave: Leave) => {
    if (finished.current) return;
    finished.current = true;
    onDone(field.current?.value ?? present, leave);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    const leave = leaveOf(event);
    const further = event.key === 'Enter' && (event.altKey || event.shiftKey) && isLong(column);
    if (further) {
      event.preventDefault();
      breakLine(field.current);
    } else if (event.key === 'Escape') {
      finished.current = true;
      event.preventDefault();
      onCancel();
    } else if (leave) {
      event.preventDefault();
      finish(leave);
    }
  };
  const common = {
    ref: (element: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | null) => {
      field.current = element;
    },
    className: 'grid-editor',
    'aria-label': column.title,
    'aria-invalid': read.ok ? undefined : true,
    'aria-describedby': read.ok ? undefined : hintId,
    onKeyDown,
    onBlur: () => finish('stay'),
  } as const;
  return (
    <>
      {choices ? (
        <select {...common} defaultValue={startOf(choices, text)}>
          {column.nullable ? <option value="">(empty)</option> : null}
          {choices.map((label) => (
            <option key={label}>{label}</option>
          ))}
        </select>
      ) : isLong(column) ? (
        <textarea {...common} rows={6} defaultValue={text} onChange={(event) => setPresent(event.target.value)} />
      ) : (
        <input
          {...common}
          type="text"
          autoComplete="off"
          spellCheck={column.type === 'text'}
          inputMode={isNumber(column) ? 'decimal' : undefined}
          defaultValue={text}
          onChange={(event) => setPresent(event.target.value)}
        />
      )}
      {read.ok ? null : (
        <span id={hintId} className="grid-hint" role="alert">
          {read.why}
        </span>
      )}
    </>
  );
}

/** A field that is larger than its cell grows to the side where there is room. */
function keepInside(element: HTMLElement): void {
  const box = element.closest('.grid-box')?.getBoundingClientRect();
  if (!box) return;
  const { right, bottom } = element.getBoundingClientRect();
  element.dataset.flip = `${right > box.right ? 'left' : ''} ${bottom > box.bottom ? 'up' : ''}`.trim();
}

/** Alt+Enter, as in spreadsheets. */
function breakLine(element: Element | null): void {
  if (!(element instanceof HTMLTextAreaElement)) return;
  element.setRangeText('\n', element.selectionStart, element.selectionEnd, 'end');
}

const isLong = ({ type }: GridColumn) => type === 'longText' || type === 'html';
const isNumber = ({ type }: GridColumn) => type === 'money' || type === 'integer' || type === 'decimal';

function choicesOf({ type, choices }: GridColumn): string[] | null {
  if (type === 'boolean') return ['yes', 'no'];
  return type === 'choice' && choices ? choices.map(({ label }) => label) : null;
}

/** A choice by its first typed letter, as a list box takes it. */
function startOf(choices: readonly string[], text: string): string {
  return choices.find((label) => label.toLowerCase() === text.toLowerCase()) ?? '';
}

function leaveOf({ key, shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): Leave | null {
  if (key === 'Tab') return shiftKey ? 'before' : 'next';
  if (key === 's' && (ctrlKey || metaKey)) return 'save';
  if (key !== 'Enter' || altKey) return null;
  return shiftKey ? 'up' : 'down';
}
