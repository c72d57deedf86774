import { numberOf, objectsOf, textOf } from './json.ts';
import type { MetaRecord } from './model.ts';
import type { Shop } from './shop.ts';

/** Applies sent `meta_data`: by id, else by key, else new; a `null` value removes. */
export function mergeMeta(
  shop: Shop,
  sequence: 'postMeta' | 'itemMeta',
  current: readonly MetaRecord[],
  sent: unknown,
): MetaRecord[] {
  let merged = [...current];
  for (const row of objectsOf(sent)) {
    const id = numberOf(row.id);
    const key = textOf(row.key);
    const old = merged.find((entry) => (id === 0 ? entry.key === key : entry.id === id));
    if (row.value === null) merged = merged.filter((entry) => entry !== old);
    else if (old === undefined) merged.push(shop.newMeta(sequence, key, row.value ?? ''));
    else merged = merged.map((entry) => (entry === old ? { ...entry, value: row.value ?? '' } : entry));
  }
  return merged;
}
