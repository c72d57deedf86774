import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import { stateWords } from './states.ts';

interface SearchProps {
  value: string;
  placeholder: string;
  onChange: (value: string) => void;
}

const settleMs = 250;

/** A search field that waits until typing pauses. `/` jumps to it from anywhere on the page. */
export function Search({ value, placeholder, onChange }: SearchProps) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const send = (next: string, waitMs: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next.trim()), waitMs);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(input.current?.value ?? '', 0);
  };
  return (
    <search>
      <form onSubmit={submit}>
        <input
          ref={input}
          type="search"
          className="search"
          defaultValue={value}
          placeholder={placeholder}
          aria-label={placeholder}
          onChange={(event) => send(event.target.value, settleMs)}
        />
      </form>
    </search>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

export function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <label className="choice">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">All</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}

export const stateOptions = (states: readonly string[]) =>
  states.map((state) => ({ value: state, label: stateWords(state) }));

/** The row above a table: filters, with a way back to everything. */
export function FilterBar({
  children,
  active,
  onClear,
}: {
  children: ReactNode;
  active: boolean;
  onClear: () => void;
}) {
  return (
    <div className="filter-bar">
      {children}
      {active ? (
        <button type="button" className="quiet" onClick={onClear}>
          Clear filters
        </button>
      ) : null}
    </div>
  );
}
