/**
 * What stands in a new connector where nobody has written anything yet: fails loudly, under the name of what is missing,
 * so that the conformance kit says what to do next.
 */
export function notWritten(what: string): never {
  throw new Error(`not written yet: ${what}`);
}
