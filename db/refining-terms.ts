import type { MarketplaceAttribute } from '../connectors/contract/marketplace.ts';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';

type Category = {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly leaf: boolean;
};

/** Takes a marketplace's categories over, in place of those that were read before. */
export async function saveCategories(
  trx: Tx,
  connectionId: string,
  categories: readonly Category[],
  { at }: Command,
): Promise<void> {
  const rows = new Map(
    categories.map(({ id, name, parentId, leaf }) => [
      id,
      {
        connection_id: connectionId,
        category_id: id,
        name: name.slice(0, 300),
        parent_id: parentId,
        leaf,
        seen_at: at,
      },
    ]),
  );
  await trx('marketplace_categories').where({ connection_id: connectionId }).delete();
  await trx.batchInsert('marketplace_categories', [...rows.values()], 500);
}

/** Categories over there that listings of an account are in, or will be by a mapping. */
export async function categoriesInUse(trx: Tx, connectionId: string): Promise<string[]> {
  const { rows } = await trx.raw(
    `select category_id as id from listings where connection_id = :connectionId and category_id is not null
     union select target_id from mappings
       where connection_id = :connectionId and kind = 'category' and replaced_at is null and target_id is not null
     union select listing_defaults ->> 'categoryId' from connections where id = :connectionId
       and listing_defaults ->> 'categoryId' is not null
     order by 1 limit 500`,
    { connectionId },
  );
  return (rows as { id: string }[]).map(({ id }) => id);
}

/** Takes the attributes of one category over. True: they differ from what was known, so that listings must be composed again. */
export async function saveAttributes(
  trx: Tx,
  input: { connectionId: string; categoryId: string; attributes: readonly MarketplaceAttribute[] },
  { at }: Command,
): Promise<boolean> {
  const of = { connection_id: input.connectionId, category_id: input.categoryId };
  const before = await trx('marketplace_attributes')
    .where(of)
    .orderBy('attribute_id')
    .select('attribute_id', 'name', 'for_variants', 'required', 'choices');
  const rows = [...new Map(input.attributes.map((attribute) => [attribute.id, attribute])).values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, name, forVariants, required, choices }) => ({
      attribute_id: id,
      name,
      for_variants: forVariants,
      required,
      choices: choices.map((choice) => ({ id: choice.id, name: choice.name })),
    }));
  await trx('marketplace_attributes').where(of).delete();
  await trx.batchInsert(
    'marketplace_attributes',
    rows.map((row) => ({ ...of, ...row, choices: JSON.stringify(row.choices), seen_at: at })),
    200,
  );
  const sorted = (some: readonly object[]): string[] =>
    some.map((row) => JSON.stringify(Object.entries(row).sort())).sort();
  return JSON.stringify(sorted(before)) !== JSON.stringify(sorted(rows));
}

/** Marks the listings of an account to be composed again. */
export async function markListings(trx: Tx, connectionId: string, { at }: Command): Promise<number> {
  return trx('listings').where({ connection_id: connectionId }).update({ stale_since: at });
}
