/**
 * Reads a list like `woocommerce,magento`; doubles are dropped, the order stays.
 * @throws Error naming what is none of `known`
 */
export function parseNames<Name extends string>(
  text: string,
  known: readonly Name[],
  what: string,
): readonly [Name, ...Name[]] {
  const isKnown = (name: string): name is Name => (known as readonly string[]).includes(name);
  const names = text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const stranger = names.find((name) => !isKnown(name));
  if (stranger !== undefined) throw new Error(`${stranger} is no ${what}; there are ${known.join(', ')}`);
  const [first, ...others] = new Set(names.filter(isKnown));
  if (first === undefined) throw new Error(`name at least one ${what} of ${known.join(', ')}`);
  return [first, ...others];
}
