import { KindGuard, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { UsageError } from './arguments.ts';

/**
 * Holds what a person gave against a connector's schema. Where there are several forms, it is held against the one that
 * it is most like.
 *
 * @throws UsageError naming the fields that are missing, unknown or wrong; never a value
 */
export function assertFits(what: string, schema: TSchema, value: Readonly<Record<string, unknown>>): void {
  if (Value.Check(schema, value)) return;
  const forms = KindGuard.IsUnion(schema) ? schema.anyOf : [schema];
  const [nearest] = forms.toSorted((a, b) => problemsOf(a, value).length - problemsOf(b, value).length);
  const problems = nearest === undefined ? [] : problemsOf(nearest, value);
  const known = forms.map((form) => fieldsOf(form)).join('; or ');
  throw new UsageError(`${what}: ${problems.join('; ') || 'does not fit'}. Fields: ${known}`);
}

function problemsOf(schema: TSchema, value: Readonly<Record<string, unknown>>): string[] {
  const byField = new Map<string, string>();
  for (const { path, message } of Value.Errors(schema, value)) {
    const field = path.slice(1).replaceAll('/', '.');
    const isMissing = !path.includes('/', 1) && field !== '' && value[field] === undefined;
    if (!byField.has(field)) byField.set(field, isMissing ? `${field} is missing` : `${field || 'it'}: ${message}`);
  }
  return [...byField.values()];
}

function fieldsOf(schema: TSchema): string {
  if (!KindGuard.IsObject(schema)) return 'as the connector documents them';
  const required = new Set(schema.required ?? []);
  return Object.keys(schema.properties)
    .map((name) => (required.has(name) ? name : `[${name}]`))
    .join(', ');
}
