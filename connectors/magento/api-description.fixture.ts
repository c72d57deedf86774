import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { OutgoingCall } from '../transport/index.ts';

const FILE = new URL('../../../shared/reference/recorded/magento-2.4.7-p7/openapi-swagger2.json.gz', import.meta.url);
export const hasDescription = existsSync(FILE);

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly required?: readonly string[];
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Schema;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly parameters?: readonly Parameter[] }>>>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** The real shop's own description of its REST interface. */
export function readDescription(): Description {
  return JSON.parse(gunzipSync(readFileSync(FILE)).toString('utf8'));
}

/**
 * What is wrong with a call by the shop's description: no such route, method, parameter, field or type. Fields that it
 * calls required are not looked at: the shop takes orders without many of them.
 */
export function problemsOf(call: OutgoingCall, { paths, definitions }: Description): string[] {
  const url = new URL(call.url);
  const match = /^(?:\/index\.php)?\/rest(?:\/\w+)??(\/async\/bulk)?(\/V1\/.*)$/.exec(url.pathname);
  const [, bulk, route = ''] = match ?? [];
  const template = Object.keys(paths)
    .filter((path) => toPattern(path).test(route) && paths[path]?.[call.method.toLowerCase()] !== undefined)
    // A literal name wins over a parameter.
    .sort((a, b) => a.split('{').length - b.split('{').length)[0];
  if (template === undefined) return [`${call.method} ${route}: no such route`];
  const parameters = paths[template]?.[call.method.toLowerCase()]?.parameters ?? [];
  const name = `${call.method} ${template}`;
  const known = new Set(parameters.filter((one) => one.in === 'query').map((one) => one.name));
  const problems = [...url.searchParams.keys()]
    .map(spelledOut)
    .filter((key) => key !== 'fields' && !known.has(key))
    .map((key) => `${name}: no parameter ${key}`);
  const schema = parameters.find((one) => one.in === 'body')?.schema;
  if (typeof call.body !== 'string') return problems;
  const body: unknown = JSON.parse(call.body);
  const bodies = bulk !== undefined && Array.isArray(body) ? body : [body];
  if (schema === undefined) return [...problems, `${name}: takes no body`];
  for (const one of bodies) problems.push(...misfits(one, schema, definitions, name));
  return [...new Set(problems)];
}

function toPattern(path: string): RegExp {
  const parts = path.split('/').map((part) => {
    if (part.startsWith('{')) return '[^/]+';
    return part.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}/?$`);
}

/** Positions are all called 0 in the description; names may be written in both ways. */
function spelledOut(key: string): string {
  return key.replace(/\[\d+\]/g, '[0]').replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

function misfits(value: unknown, given: Schema, all: Description['definitions'], at: string): string[] {
  const schema = given.$ref === undefined ? given : all[given.$ref.replace('#/definitions/', '')];
  if (schema === undefined) return [`${at}: ${given.$ref} is not described`];
  const { type } = schema;
  if (type === 'array') {
    if (!Array.isArray(value)) return [`${at}: no list`];
    return value.flatMap((one) => misfits(one, schema.items ?? {}, all, `${at}[]`));
  }
  if (type === 'object') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: no object`];
    return Object.entries(value).flatMap(([name, inner]) => {
      const property = schema.properties?.[name];
      return property === undefined ? [`${at}.${name}: no such field`] : misfits(inner, property, all, `${at}.${name}`);
    });
  }
  const fits: Readonly<Record<string, boolean>> = {
    integer: Number.isInteger(value),
    number: typeof value === 'number',
    string: typeof value === 'string',
    boolean: typeof value === 'boolean',
  };
  return type === undefined || fits[type] !== false ? [] : [`${at}: ${JSON.stringify(value)} is no ${type}`];
}
