/** Like `JSON.parse`, but whole numbers that a double cannot hold stay text: ids must not lose their last digits. */
export function parseJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    const source = context?.source;
    return source !== undefined && /^-?\d+$/.test(source) ? source : value;
  });
}

/** An id as the gateway should get it: a JSON number where that is exact, else text (it accepts both). */
export function idValue(id: string): number | string {
  const number = Number(id);
  return /^\d+$/.test(id) && Number.isSafeInteger(number) ? number : id;
}
