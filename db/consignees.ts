import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { PostalAddress } from '../connectors/contract/common.ts';
import { forgetRecipient } from './carrier-choices.ts';
import type { Tx } from './database.ts';
import { createSealer, type Sealer } from './sealing.ts';

const required = [
  ['name', (address: PostalAddress) => address.name],
  ['street', (address: PostalAddress) => address.lines.join('')],
  ['city', (address: PostalAddress) => address.city],
  ['country', (address: PostalAddress) => address.countryCode],
] as const;

/** Stores a buyer's address once, under a key of its own; forgetting that key erases the person and keeps the books. */
export async function storeConsignee(trx: Tx, sealer: Sealer, address: PostalAddress, at: Date): Promise<string> {
  const id = randomUUID();
  const ownKey = randomBytes(32);
  const missing = required.filter(([, read]) => read(address).trim() === '').map(([field]) => field);
  await trx('consignees').insert({
    id,
    sealed: createSealer(ownKey).sealJson(address, `consignee/${id}`),
    sealed_key: sealer.seal(ownKey, `consignee/${id}`),
    country_code: address.countryCode || '??',
    address_complete: missing.length === 0,
    missing_fields: missing,
    created_at: at,
  });
  return id;
}

/** The consignee that a thing has when the address is still the same, else a new one with the new address. */
export async function keepConsignee(
  trx: Tx,
  sealer: Sealer,
  knownId: string | null,
  address: PostalAddress,
  at: Date,
): Promise<string> {
  const known = knownId ? await readConsignee(trx, sealer, knownId) : null;
  return knownId && isDeepStrictEqual(known, { ...address }) ? knownId : storeConsignee(trx, sealer, address, at);
}

/** The address, or null once the buyer was erased. */
export async function readConsignee(trx: Tx, sealer: Sealer, id: string): Promise<PostalAddress | null> {
  const row = await trx('consignees').where({ id }).first();
  if (!row?.sealed || !row.sealed_key) return null;
  const ownKey = sealer.open(row.sealed_key, `consignee/${id}`);
  return createSealer(ownKey).openJson(row.sealed, `consignee/${id}`) as PostalAddress;
}

/** Erases a buyer: key and ciphertext are gone, orders and amounts stay. */
export async function eraseConsignee(trx: Tx, id: string, at: Date): Promise<void> {
  await trx('consignees').where({ id }).update({ sealed: null, sealed_key: null, erased_at: at });
  await forgetRecipient(trx, id);
}

/** Many addresses by their id; those of erased buyers are absent. */
export async function readConsignees(
  trx: Tx,
  sealer: Sealer,
  ids: readonly string[],
): Promise<Map<string, PostalAddress>> {
  const rows: { id: string; sealed: Buffer | null; sealed_key: Buffer | null }[] = await trx('consignees')
    .whereIn('id', [...new Set(ids)])
    .select('id', 'sealed', 'sealed_key');
  return new Map(
    rows.flatMap(({ id, sealed, sealed_key }) => {
      if (!sealed || !sealed_key) return [];
      const ownKey = sealer.open(sealed_key, `consignee/${id}`);
      return [[id, createSealer(ownKey).openJson(sealed, `consignee/${id}`) as PostalAddress]];
    }),
  );
}
