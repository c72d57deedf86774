import type { ConnectionReport } from './types/operations.ts';

// Parts of answers that the server passes on as they were stored (JSON columns): read with care, never trusted.

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOr = (value: unknown, other: string) => (typeof value === 'string' && value !== '' ? value : other);

export interface Failure {
  message: string;
  kind: string | null;
}

/** Why an outside system failed last; null when it never did. */
export function failureOf(value: unknown): Failure | null {
  if (value === null || value === undefined) return null;
  if (!isFields(value)) return { message: String(value), kind: null };
  const kind = typeof value.kind === 'string' ? value.kind : null;
  return { message: textOr(value.message ?? value.reason, kind ?? JSON.stringify(value)), kind };
}

/** What a marketplace said about a listing; `field` is null while nobody has mapped the reason. */
export interface RejectionReason {
  field: string | null;
  raw: string;
}

export function rejectionsOf(values: readonly unknown[]): RejectionReason[] {
  return values.map((value) => {
    if (!isFields(value)) return { field: null, raw: String(value) };
    return {
      field: typeof value.field === 'string' ? value.field : null,
      raw: textOr(value.raw ?? value.reason, JSON.stringify(value)),
    };
  });
}

export interface ProductImage {
  url: string;
  alt: string | null;
}

/** Images with an address that a link may lead to. */
export function imagesOf(value: unknown): ProductImage[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isFields).flatMap(({ url, src, alt }) => {
    const address = textOr(url ?? src, '');
    return /^https?:\/\//.test(address) ? [{ url: address, alt: textOr(alt, '') || null }] : [];
  });
}

export interface OpenProblem {
  id: string;
  title: string;
  remedy: string | null;
}

/** Those of a thing's problems that are not resolved. */
export function openProblemsOf(values: readonly unknown[]): OpenProblem[] {
  const open = values.filter(isFields).filter(({ state }) => state !== 'RESOLVED');
  return open.map(({ id, title, remedy }, index) => ({
    id: textOr(id, String(index)),
    title: textOr(title, 'A problem'),
    remedy: textOr(remedy, '') || null,
  }));
}

/** Attributes as text; lists are joined the way people write them. */
export function attributesOf(record: Readonly<Fields>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

/** Counts of a synchronisation: `orders: 12, new: 3`. */
export function countsText(value: unknown): string {
  if (!isFields(value)) return '';
  return Object.entries(value)
    .filter(([, count]) => typeof count === 'number')
    .map(([name, count]) => `${count} ${name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()}`)
    .join(', ');
}

/** The stored report of a connection's last test. */
export function reportOf(value: unknown): ConnectionReport | null {
  if (!isFields(value) || typeof value.ok !== 'boolean') return null;
  const findings = Array.isArray(value.findings) ? value.findings.filter(isFields) : [];
  return {
    ok: value.ok,
    account: textOr(value.account, ''),
    facts: isFields(value.facts) ? value.facts : {},
    findings: findings.map(({ severity, what, remedy }) => ({
      severity: textOr(severity, 'info'),
      what: textOr(what, ''),
      remedy: textOr(remedy, ''),
    })),
  };
}

/** A field of a form that is made from a connector's JSON schema. */
export interface SchemaField {
  name: string;
  label: string;
  hint: string | undefined;
  required: boolean;
  kind: 'text' | 'number' | 'switch' | 'choice' | 'lines';
  choices: string[];
}

const camelWords = (name: string) => name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replace(/^./, (c) => c.toUpperCase());

/** The fields of an object schema; maps and objects become text areas of `name = value` lines. */
export function fieldsOf(schema: Readonly<Fields>): SchemaField[] {
  const properties = isFields(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, property]) => {
    const fields = isFields(property) ? property : {};
    const options = Array.isArray(fields.anyOf) ? fields.anyOf.filter(isFields) : [];
    const choices = options.flatMap((option) => (typeof option.const === 'string' ? [option.const] : []));
    return {
      name,
      label: textOr(fields.title, camelWords(name)),
      hint: textOr(fields.description, '') || undefined,
      required: required.includes(name),
      kind: kindOf(fields, choices),
      choices,
    };
  });
}

function kindOf({ type }: Fields, choices: string[]): SchemaField['kind'] {
  if (choices.length > 0) return 'choice';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'switch';
  return type === 'object' || type === 'array' ? 'lines' : 'text';
}
