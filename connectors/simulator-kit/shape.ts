/** The type wanted for each field: a type name (with `?` = may be absent) or the list of allowed texts. */
export type Shape = Record<string, FieldType | readonly string[]>;

/** Type names of a shape. */
export type FieldType =
  | 'string'
  | 'number'
  | 'boolean'
  | 'object'
  | 'array'
  | 'any'
  | 'string?'
  | 'number?'
  | 'boolean?'
  | 'object?'
  | 'array?'
  | 'any?';

/** Says what is wrong with a JSON value from a caller (unknown, missing or mistyped fields), or `null`. */
export function shapeError(name: string, value: unknown, shape: Shape): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${name} must be a JSON object`;
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const field of fields.keys()) {
    if (!Object.hasOwn(shape, field)) return `${name}.${field} is unknown (known: ${Object.keys(shape).join(', ')})`;
  }
  for (const [field, wanted] of Object.entries(shape)) {
    const problem = fieldError(`${name}.${field}`, fields.get(field), wanted);
    if (problem !== null) return problem;
  }
  return null;
}

function fieldError(name: string, value: unknown, wanted: FieldType | readonly string[]): string | null {
  if (typeof wanted !== 'string') {
    return typeof value === 'string' && wanted.includes(value) ? null : `${name} must be one of ${wanted.join(', ')}`;
  }
  const optional = wanted.endsWith('?');
  if (value === undefined) return optional ? null : `${name} is missing`;
  const type = optional ? wanted.slice(0, -1) : wanted;
  if (type === 'any') return null;
  if (type === 'number') {
    return typeof value === 'number' && Number.isFinite(value) ? null : `${name} must be a number`;
  }
  const actual = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  return actual === type ? null : `${name} must be of type ${type}`;
}
