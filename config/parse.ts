import { Kind, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type Environment, environmentSchema, type VariableName, variables } from './schema.ts';

/** Raw variables as the operating system gives them. */
export type RawEnvironment = Readonly<Record<string, string | undefined>>;

/** One thing that is wrong with the environment, in words for the person who set it. */
export interface Fault {
  name: string;
  /** The value as given, secrets redacted; null when nothing was given. */
  given: string | null;
  expected: string;
  remedy: string;
}

/** All faults of an environment together. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(describeFaults(faults));
    this.faults = faults;
  }
}

const yes = new Set(['true', '1', 'yes', 'on']);
const no = new Set(['false', '0', 'no', 'off']);

/**
 * Parses the environment by its schema. An empty value counts as not given.
 * @returns the parsed values, or null when there is at least one fault.
 */
export function parseEnvironment(raw: RawEnvironment): { values: Environment | null; faults: Fault[] } {
  const candidate: Record<string, unknown> = {};
  for (const { name, schema } of variables) {
    const given = givenValue(raw, name);
    if (given !== undefined) candidate[name] = coerce(schema, given);
    else if (schema.default !== undefined) candidate[name] = schema.default;
  }
  const wrong = new Set<string>();
  for (const error of Value.Errors(environmentSchema, candidate)) wrong.add(error.path.split('/')[1] ?? '');
  const faults = variables.filter(({ name }) => wrong.has(name)).map(({ name }) => faultOf(name, raw));
  if (!Value.Check(environmentSchema, candidate)) return { values: null, faults };
  return { values: candidate, faults };
}

/** The value as given; undefined when it is missing or empty. */
export function givenValue(raw: RawEnvironment, name: VariableName): string | undefined {
  const value = raw[name]?.trim();
  return value === '' ? undefined : value;
}

/** A fault of one variable; expectation and remedy come from the schema unless given. */
export function faultOf(name: VariableName, raw: RawEnvironment, words: Partial<Fault> = {}): Fault {
  const variable = variables.find((candidate) => candidate.name === name);
  const given = givenValue(raw, name);
  return {
    name,
    given: given === undefined ? null : redact(name, given),
    expected: variable?.schema.expects ?? 'nothing',
    remedy: variable?.schema.remedy ?? 'Remove it.',
    ...words,
  };
}

function coerce(schema: TSchema, given: string): unknown {
  if (schema[Kind] === 'Integer') return /^-?\d+$/.test(given) ? Number(given) : given;
  if (schema[Kind] !== 'Boolean') return given;
  const word = given.toLowerCase();
  if (yes.has(word)) return true;
  return no.has(word) ? false : given;
}

/** Hides what must not be shown: whole secrets, and the password inside a URL (also inside one that does not parse). */
export function redact(name: VariableName, value: string): string {
  const secret = variables.find((candidate) => candidate.name === name)?.schema.secret;
  if (secret === undefined) return value;
  if (secret === 'all') return `*** (${value.length} characters)`;
  // The password ends at the last "@": one that was not percent-encoded may contain others.
  const at = value.lastIndexOf('@');
  if (at === -1) return value.includes(':') ? `${value.slice(0, value.indexOf(':'))}:***` : '***';
  return value.slice(0, at).replace(/^([a-z][a-z0-9+.-]*:\/\/)?([^:]*).*$/is, '$1$2:***') + value.slice(at);
}

/** All faults as text for a terminal. */
export function describeFaults(faults: readonly Fault[]): string {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  const blocks = faults.map((fault) =>
    [
      `  ${fault.name}`,
      `    given     ${fault.given ?? '(nothing)'}`,
      `    expected  ${fault.expected}`,
      `    remedy    ${fault.remedy}`,
    ].join('\n'),
  );
  return [`The configuration has ${count}:`, ...blocks].join('\n\n');
}
