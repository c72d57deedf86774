import { WpError } from './errors.ts';
import { asList, booleanOf, isObject, type JsonObject, listOf } from './json.ts';
import { parseDate } from './time.ts';

/** JSON Schema's names for the types of an argument. */
export type ParamType = 'integer' | 'number' | 'string' | 'boolean' | 'array' | 'object' | 'null';

/** What WordPress checks an argument against before it calls a handler. */
export interface ParamSpec {
  type: ParamType | readonly ParamType[];
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  format?: 'date-time' | 'email' | 'uri';
  items?: ParamSpec;
  properties?: Readonly<Record<string, ParamSpec>>;
  default?: unknown;
  required?: boolean;
}

export type ParamSpecs = Readonly<Record<string, ParamSpec>>;

interface Problem {
  code: string;
  message: string;
  data: { param: string } | null;
}

/**
 * Checks arguments and gives them in their own types, with defaults; arguments without a spec pass as they are.
 * @throws WpError 400 `rest_missing_callback_param` or `rest_invalid_param` naming every bad argument
 */
export function checkParams(given: JsonObject, specs: ParamSpecs, useDefaults: boolean): JsonObject {
  const checked: JsonObject = { ...given };
  const problems = new Map<string, Problem>();
  const missing = Object.keys(specs).filter((name) => specs[name]?.required === true && given[name] === undefined);
  if (missing.length > 0) {
    const message = `Missing parameter(s): ${missing.join(', ')}`;
    throw new WpError(400, 'rest_missing_callback_param', message, { params: missing });
  }
  for (const [name, spec] of Object.entries(specs)) {
    const value = given[name];
    if (value === undefined) {
      if (useDefaults && spec.default !== undefined) checked[name] = spec.default;
      continue;
    }
    const problem = problemOf(name, value, spec);
    if (problem === null) checked[name] = converted(value, spec);
    else problems.set(name, problem);
  }
  if (problems.size > 0) throw invalidParams(problems);
  return checked;
}

function invalidParams(problems: Map<string, Problem>): WpError {
  const params: JsonObject = {};
  const details: JsonObject = {};
  for (const [name, { code, message, data }] of problems) {
    params[name] = message;
    details[name] = { code, message, data };
  }
  const message = `Invalid parameter(s): ${[...problems.keys()].join(', ')}`;
  return new WpError(400, 'rest_invalid_param', message, { params, details });
}

function problemOf(name: string, value: unknown, spec: ParamSpec): Problem | null {
  const types = typeof spec.type === 'string' ? [spec.type] : spec.type;
  if (!types.some((type) => isOfType(value, type))) {
    return { code: 'rest_invalid_type', message: `${name} is not of type ${types.join(',')}.`, data: { param: name } };
  }
  if (value === null) return null;
  if (spec.enum !== undefined && !spec.enum.some((allowed) => allowed === String(value))) {
    return { code: 'rest_not_in_enum', message: `${name} is not one of ${wordList(spec.enum)}.`, data: null };
  }
  return boundsProblem(name, value, spec) ?? formatProblem(value, spec) ?? innerProblem(name, value, spec);
}

function boundsProblem(name: string, value: unknown, { minimum, maximum }: ParamSpec): Problem | null {
  const number = Number(value);
  if ((minimum === undefined || number >= minimum) && (maximum === undefined || number <= maximum)) return null;
  let message = `${name} must be between ${minimum} (inclusive) and ${maximum} (inclusive)`;
  if (maximum === undefined) message = `${name} must be greater than or equal to ${minimum}`;
  else if (minimum === undefined) message = `${name} must be less than or equal to ${maximum}`;
  return { code: 'rest_out_of_bounds', message, data: null };
}

function formatProblem(value: unknown, { format }: ParamSpec): Problem | null {
  if (format === 'date-time' && parseDate(String(value), 'UTC') === null) {
    return { code: 'rest_invalid_date', message: 'Invalid date.', data: null };
  }
  if (format === 'email' && value !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(String(value))) {
    return { code: 'rest_invalid_email', message: 'Invalid email address.', data: null };
  }
  return null;
}

function innerProblem(name: string, value: unknown, { items, properties }: ParamSpec): Problem | null {
  if (items !== undefined) {
    for (const [index, item] of arrayOf(value).entries()) {
      const problem = problemOf(`${name}[${index}]`, item, items);
      if (problem !== null) return problem;
    }
  }
  if (properties === undefined || !isObject(value)) return null;
  for (const [key, spec] of Object.entries(properties)) {
    const problem = value[key] === undefined ? null : problemOf(`${name}[${key}]`, value[key], spec);
    if (problem !== null) return problem;
  }
  return null;
}

function isOfType(value: unknown, type: ParamType): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return isNumeric(value) && Number.isInteger(Number(value));
    case 'number':
      return isNumeric(value);
    case 'boolean':
      return typeof value === 'boolean' || ['0', '1', 'true', 'false', ''].includes(String(value).toLowerCase());
    case 'array':
      return Array.isArray(value) || typeof value === 'string' || typeof value === 'number' || isListLike(value);
    case 'object':
      return isObject(value) || value === '' || (Array.isArray(value) && value.length === 0);
  }
}

function isNumeric(value: unknown): boolean {
  if (typeof value === 'number') return true;
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
}

function isListLike(value: unknown): boolean {
  return Array.isArray(asList(value));
}

function arrayOf(value: unknown): unknown[] {
  const list = asList(value);
  return Array.isArray(list) ? list : listOf(value);
}

function converted(value: unknown, spec: ParamSpec): unknown {
  const types = typeof spec.type === 'string' ? [spec.type] : spec.type;
  if (value === null) return null;
  const [type] = types.filter((candidate) => candidate !== 'null');
  if (type === 'integer' || type === 'number') return Number(value);
  if (type === 'boolean') return booleanOf(value);
  if (type === 'array') {
    const { items } = spec;
    return items === undefined ? arrayOf(value) : arrayOf(value).map((item) => converted(item, items));
  }
  return value;
}

/** "a, b, and c". */
function wordList(words: readonly string[]): string {
  if (words.length < 3) return words.join(' and ');
  return `${words.slice(0, -1).join(', ')}, and ${words.at(-1)}`;
}
