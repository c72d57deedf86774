import type { SchemaField } from '../../api/reading.ts';
import { TextField } from '../../ui/fields.tsx';

interface SchemaFieldsProps {
  group: 'credentials' | 'settings';
  legend: string;
  fields: SchemaField[];
}

/** A connector's own fields: what it needs in sight, the rest folded away. */
export function SchemaFields({ group, legend, fields }: SchemaFieldsProps) {
  const needed = fields.filter(({ required }) => required);
  const others = fields.filter(({ required }) => !required);
  return (
    <fieldset className="stack">
      <legend>{legend}</legend>
      {needed.map((field) => (
        <OneField key={field.name} group={group} field={field} />
      ))}
      {others.length > 0 ? (
        <details className="stack">
          <summary>
            {others.length} more {legend.toLowerCase()}
          </summary>
          <div className="stack">
            {others.map((field) => (
              <OneField key={field.name} group={group} field={field} />
            ))}
          </div>
        </details>
      ) : null}
    </fieldset>
  );
}

function OneField({ group, field }: { group: SchemaFieldsProps['group']; field: SchemaField }) {
  const name = `${group}.${field.name}`;
  if (field.kind === 'choice' || field.kind === 'switch') {
    const choices = field.kind === 'switch' ? ['true', 'false'] : field.choices;
    return (
      <label className="field">
        <span>{field.label}</span>
        <select name={name} required={field.required} defaultValue="">
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
      value=""
      type={type}
      required={field.required}
      hint={hint}
      {...(lines ? { rows: 3 } : {})}
    />
  );
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
