import type { SchemaField } from '../../api/reading.ts';
import type { ConnectionReport } from '../../api/types/operations.ts';
import { TextField } from '../../ui/fields.tsx';

interface SchemaFieldsProps {
  group: 'credentials' | 'settings';
  legend: string;
  fields: SchemaField[];
  /** Present values. */
  known?: Record<string, unknown>;
  /** Values that the account names itself. */
  choices?: readonly Choice[];
}

type Choice = NonNullable<ConnectionReport['choices']>[number];

/** A connector's own fields: what it needs in sight, the rest folded away. */
export function SchemaFields({ group, legend, fields, known = {}, choices = [] }: SchemaFieldsProps) {
  const needed = fields.filter(({ required }) => required);
  const others = fields.filter(({ required }) => !required);
  const one = (field: SchemaField) => {
    const offered = choices.find(({ setting }) => setting === field.name)?.options ?? [];
    return <OneField key={field.name} group={group} field={field} known={known[field.name]} offered={offered} />;
  };
  return (
    <fieldset className="stack">
      <legend>{legend}</legend>
      {needed.map(one)}
      {others.length > 0 ? (
        <details className="stack" open={choices.length > 0 ? true : undefined}>
          <summary>
            {others.length} more {group}
          </summary>
          <div className="stack">{others.map(one)}</div>
        </details>
      ) : null}
    </fieldset>
  );
}

interface OneFieldProps {
  group: SchemaFieldsProps['group'];
  field: SchemaField;
  known: unknown;
  offered: Choice['options'];
}

function OneField({ group, field, known, offered }: OneFieldProps) {
  const name = `${group}.${field.name}`;
  const present = textOf(known);
  if (offered.length > 0) return <Offered name={name} field={field} present={present} offered={offered} />;
  if (field.kind === 'choice' || field.kind === 'switch') {
    const choices = field.kind === 'switch' ? ['true', 'false'] : field.choices;
    return (
      <label className="field">
        <span>{field.label}</span>
        <select name={name} required={field.required} defaultValue={present}>
          <option value="">{field.required ? 'Choose' : 'As it is by default'}</option>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
        {field.hint ? <small className="muted">{field.hint}</small> : null}
      </label>
    );
  }
  const lines = field.kind === 'lines';
  const type = group === 'credentials' ? 'password' : field.kind === 'number' ? 'number' : 'text';
  const hint = lines ? [field.hint, 'One per line: name = value.'].filter(Boolean).join(' ') : field.hint;
  return (
    <TextField
      name={name}
      label={field.label}
      value={present}
      type={type}
      required={field.required}
      hint={hint}
      {...(lines ? { rows: 3 } : {})}
    />
  );
}

/** A setting whose values the account named when it was tested. */
function Offered({ name, field, present, offered }: Omit<OneFieldProps, 'group' | 'known'> & OfferedProps) {
  const isKnown = present === '' || offered.some(({ value }) => value === present);
  return (
    <label className="field">
      <span>{field.label}</span>
      <select name={name} required={field.required} defaultValue={present}>
        <option value="">{field.required ? 'Choose' : 'As it is by default'}</option>
        {isKnown ? null : <option value={present}>{present} (not there any more)</option>}
        {offered.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {field.hint ? <small className="muted">{field.hint}</small> : null}
    </label>
  );
}

interface OfferedProps {
  name: string;
  present: string;
}

/** A stored value as its field shows it; maps become lines. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name} = ${String(inner)}`)
    .join('\n');
}

type Value = string | number | boolean | Record<string, string | number | boolean>;

/** What was filled in, in the types that the connector's schema names; empty fields stay out. */
export function valuesOf(form: FormData, group: string, fields: readonly SchemaField[]): Record<string, Value> {
  return Object.fromEntries(
    fields.flatMap((field): [string, Value][] => {
      const value = String(form.get(`${group}.${field.name}`) ?? '').trim();
      return value === '' ? [] : [[field.name, typed(value, field)]];
    }),
  );
}

function typed(value: string, { kind }: SchemaField): Value {
  if (kind === 'number') return Number(value);
  if (kind === 'switch') return value === 'true';
  if (kind !== 'lines') return value;
  return Object.fromEntries(
    value.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 1 ? [] : [[line.slice(0, at).trim(), scalar(line.slice(at + 1).trim())]];
    }),
  );
}

function scalar(value: string): string | number | boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  return /^-?(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}
