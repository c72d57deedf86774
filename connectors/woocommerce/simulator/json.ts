/** A JSON object whose fields are not known yet. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; anything else in it is left out. */
export function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Text as PHP would cast it: numbers and booleans become text, everything else is empty. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return value === true ? '1' : '';
}

/** A number from a number or numeric text; 0 for anything else. */
export function numberOf(value: unknown): number {
  const number = typeof value === 'number' ? value : Number(textOf(value) || Number.NaN);
  return Number.isFinite(number) ? number : 0;
}

/** As REST booleans: true, 1, "1", "true" (any case). */
export function booleanOf(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && ['1', 'true'].includes(value.toLowerCase()));
}

/** A list of numbers from an array or a comma separated text. */
export function numbersOf(value: unknown): number[] {
  return listOf(value).map(numberOf);
}

/** A list of texts from an array or a comma separated text. */
export function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(textOf);
  const text = textOf(value);
  return text === '' ? [] : text.split(/[\s,]+/).filter((piece) => piece !== '');
}

/** JSON as PHP's `json_encode` writes it: slashes escaped, everything beyond ASCII as `\u` escapes. */
export function phpJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Query pairs as PHP nests them: `a[]=1&a[]=2`, `b[c]=3`; of a repeated plain name the last one counts. */
export function phpQuery(pairs: ReadonlyArray<readonly [string, string]>): JsonObject {
  const root: JsonObject = {};
  for (const [name, value] of pairs) {
    const open = name.indexOf('[');
    if (open <= 0) {
      root[name] = value;
      continue;
    }
    const keys = [name.slice(0, open), ...[...name.slice(open).matchAll(/\[([^\]]*)\]/g)].map((part) => part[1] ?? '')];
    put(root, keys, value);
  }
  return root;
}

/** True for an object made by `phpQuery` from `name[]=…`: its keys are 0, 1, 2 … */
export function asList(value: unknown): unknown {
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  return keys.every((key, index) => key === String(index)) ? Object.values(value) : value;
}

function put(node: JsonObject, keys: string[], value: string): void {
  const [key = '', ...rest] = keys;
  const name = key === '' ? String(Object.keys(node).length) : key;
  if (rest.length === 0) {
    node[name] = value;
    return;
  }
  const inner = node[name];
  const next = isObject(inner) ? inner : {};
  node[name] = next;
  put(next, rest, value);
}
