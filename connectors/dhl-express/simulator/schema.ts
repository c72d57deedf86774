/** The little of JSON Schema that the carrier's request bodies need. Objects never take unknown keys. */
export type Schema =
  | { type: 'string'; min?: number; max?: number; pattern?: RegExp; values?: readonly string[] }
  | { type: 'number'; min?: number; max?: number; step?: number; isInteger?: boolean; values?: readonly number[] }
  | { type: 'boolean' }
  | { type: 'array'; items: Schema; min?: number; max?: number }
  | { type: 'object'; keys: Readonly<Record<string, Schema>>; required: readonly string[] };

/** A text of `min` to `max` characters. */
export function text(max: number, min = 1): Schema {
  return { type: 'string', min, max };
}

/** One of the given texts. */
export function oneOf(...values: string[]): Schema {
  return { type: 'string', values };
}

/** An object; a name with `*` in front is required. */
export function object(keys: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(keys);
  return {
    type: 'object',
    keys: Object.fromEntries(entries.map(([name, schema]) => [name.replace(/^\*/, ''), schema])),
    required: entries.filter(([name]) => name.startsWith('*')).map(([name]) => name.slice(1)),
  };
}

/** A list of `min` to `max` items. */
export function list(items: Schema, max: number, min = 0): Schema {
  return { type: 'array', items, min, max };
}

/** All that is wrong with a value, in the carrier's words, each with the path of the field. */
export function problemsOf(value: unknown, schema: Schema, path = '#'): string[] {
  switch (schema.type) {
    case 'object':
      return objectProblems(value, schema, path);
    case 'array':
      return arrayProblems(value, schema, path);
    case 'string':
      return stringProblems(value, schema, path);
    case 'number':
      return numberProblems(value, schema, path);
    case 'boolean':
      return typeof value === 'boolean' ? [] : [wrongType(path, 'Boolean', value)];
  }
}

function objectProblems(value: unknown, schema: Extract<Schema, { type: 'object' }>, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [wrongType(path, 'JSONObject', value)];
  const given = new Map<string, unknown>(Object.entries(value));
  const missing = schema.required
    .filter((name) => !given.has(name))
    .map((name) => `${path}: required key [${name}] not found`);
  const inner = [...given].flatMap(([name, field]) => {
    const known = Object.hasOwn(schema.keys, name) ? schema.keys[name] : undefined;
    if (known === undefined) return [`${path}: extraneous key [${name}] is not permitted`];
    return problemsOf(field, known, `${path}/${name}`);
  });
  return [...missing, ...inner];
}

function arrayProblems(value: unknown, schema: Extract<Schema, { type: 'array' }>, path: string): string[] {
  if (!Array.isArray(value)) return [wrongType(path, 'JSONArray', value)];
  const { min = 0, max = Number.POSITIVE_INFINITY } = schema;
  if (value.length < min) return [`${path}: expected minimum item count: ${min}, found: ${value.length}`];
  if (value.length > max) return [`${path}: expected maximum item count: ${max}, found: ${value.length}`];
  return value.flatMap((item, index) => problemsOf(item, schema.items, `${path}/${index}`));
}

function stringProblems(value: unknown, schema: Extract<Schema, { type: 'string' }>, path: string): string[] {
  if (typeof value !== 'string') return [wrongType(path, 'String', value)];
  const length = [...value].length;
  if (length < (schema.min ?? 0)) return [`${path}: expected minLength: ${schema.min}, actual: ${length}`];
  if (length > (schema.max ?? Number.POSITIVE_INFINITY))
    return [`${path}: expected maxLength: ${schema.max}, actual: ${length}`];
  if (schema.values !== undefined && !schema.values.includes(value))
    return [`${path}: ${value} is not a valid enum value`];
  if (schema.pattern !== undefined && !schema.pattern.test(value)) {
    return [`${path}: string [${value}] does not match pattern ${schema.pattern.source}`];
  }
  return [];
}

function numberProblems(value: unknown, schema: Extract<Schema, { type: 'number' }>, path: string): string[] {
  if (typeof value !== 'number') return [wrongType(path, 'Number', value)];
  if (schema.isInteger === true && !Number.isInteger(value)) return [wrongType(path, 'Integer', value)];
  if (schema.values !== undefined && !schema.values.includes(value))
    return [`${path}: ${value} is not a valid enum value`];
  if (value < (schema.min ?? Number.NEGATIVE_INFINITY))
    return [`${path}: ${value} is not greater or equal to ${schema.min}`];
  if (value > (schema.max ?? Number.POSITIVE_INFINITY))
    return [`${path}: ${value} is not less or equal to ${schema.max}`];
  if (schema.step !== undefined && !isMultiple(value, schema.step))
    return [`${path}: ${value} is not a multiple of ${schema.step}`];
  return [];
}

function isMultiple(value: number, step: number): boolean {
  const count = value / step;
  return Math.abs(count - Math.round(count)) < 1e-6;
}

function wrongType(path: string, wanted: string, value: unknown): string {
  const found =
    value === null
      ? 'Null'
      : Array.isArray(value)
        ? 'JSONArray'
        : typeof value === 'object'
          ? 'JSONObject'
          : capital(typeof value);
  return `${path}: expected type: ${wanted}, found: ${found}`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
