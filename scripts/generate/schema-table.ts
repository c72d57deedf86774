import type { TSchema } from '@sinclair/typebox';
import { cell } from './page.ts';

/** What of a JSON schema is shown. */
interface Shown {
  readonly type?: string;
  readonly const?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Shown[];
  readonly items?: Shown;
  readonly properties?: Readonly<Record<string, Shown>>;
  readonly required?: readonly string[];
}

/** The fields of an object's schema as a Markdown table; objects within it by path. */
export function schemaTable(schema: TSchema): readonly string[] {
  const rows = rowsOf(schema, '');
  if (rows.length === 0) return ['None.'];
  return ['| Field | Meaning | Value | Default |', '| --- | --- | --- | --- |', ...rows];
}

function rowsOf({ properties = {}, required = [], anyOf }: Shown, path: string): readonly string[] {
  if (anyOf !== undefined) return anyOf.flatMap((one) => rowsOf(one, path));
  return Object.entries(properties).flatMap(([name, field]) => {
    const meaning = [field.title, field.description].filter((text) => text !== undefined).join(': ');
    const fallback = field.default === undefined ? (required.includes(name) ? 'needed' : '') : `\`${field.default}\``;
    const own = `| \`${path}${name}\` | ${cell(meaning)} | ${cell(shownValue(field))} | ${fallback} |`;
    return [own, ...(field.properties === undefined ? [] : rowsOf(field, `${path}${name}.`))];
  });
}

function shownValue(field: Shown): string {
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (field.anyOf !== undefined) return [...new Set(field.anyOf.map(shownValue))].join(', ');
  if (field.type === 'array') return `list of ${shownValue(field.items ?? {})}`;
  const { minimum, maximum } = field;
  const range = [minimum === undefined ? '' : `from ${minimum}`, maximum === undefined ? '' : `to ${maximum}`];
  return [field.type ?? 'anything', ...range].filter((text) => text !== '').join(' ');
}
