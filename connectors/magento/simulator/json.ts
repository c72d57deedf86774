/** A JSON object whose fields are not known yet. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; anything else in it is left out. */
export function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** An inner object; empty where there is none. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A number from a number or numeric text; 0 for anything else. */
export function numberOf(value: unknown): number {
  const number = typeof value === 'number' ? value : Number(textOf(value) || Number.NaN);
  return Number.isFinite(number) ? number : 0;
}

/** Money and quantities as Magento keeps them: four decimals. */
export function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/** Query pairs as PHP nests them: `a[b][0]=1`; of a repeated plain name the last one counts. */
export function phpQuery(pairs: ReadonlyArray<readonly [string, string]>): JsonObject {
  const root: JsonObject = {};
  for (const [name, value] of pairs) {
    const open = name.indexOf('[');
    const keys = open <= 0 ? [name] : [name.slice(0, open), ...innerKeys(name.slice(open))];
    let node = root;
    for (const key of keys.slice(0, -1)) {
      const inner = node[key];
      const next = isObject(inner) ? inner : {};
      node[key] = next;
      node = next;
    }
    const last = keys.at(-1) ?? name;
    node[last === '' ? String(Object.keys(node).length) : last] = value;
  }
  return root;
}

function innerKeys(text: string): string[] {
  return [...text.matchAll(/\[([^\]]*)\]/g)].map((part) => part[1] ?? '');
}
