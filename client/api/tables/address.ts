import type { PostalAddress } from '../../../connectors/contract/common.ts';

const prefix = 'shipTo.';
const emptyAddress: PostalAddress = {
  name: '',
  company: null,
  lines: [],
  city: '',
  region: null,
  postcode: null,
  countryCode: '',
  phone: null,
  email: null,
};

export const isAddressKey = (key: string): boolean => key.startsWith(prefix);

/** One cell of an address: a text, or null where there is none. */
export function addressCell(address: PostalAddress | null, key: string): string | null {
  if (!address) return null;
  const field = key.slice(prefix.length);
  if (field === 'lines') return address.lines.join('\n');
  const value: unknown = address[field as keyof PostalAddress];
  return typeof value === 'string' ? value : null;
}

/** All cells of an address under their keys. */
export function addressCells(address: PostalAddress | null, keys: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(keys.map((key) => [key, addressCell(address, key)]));
}

/** An address with some of its cells changed. */
export function changedAddress(
  address: PostalAddress | null,
  changes: readonly { readonly key: string; readonly value: unknown }[],
): PostalAddress {
  const fields = changes.map(({ key, value }) => {
    const field = key.slice(prefix.length);
    return [field, field === 'lines' ? String(value ?? '').split('\n') : value];
  });
  return { ...(address ?? emptyAddress), ...Object.fromEntries(fields) };
}
