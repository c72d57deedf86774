import type { Tx } from '../../db/database.ts';
import type { Ref } from '../../db/queries/labels.ts';

/** Brands by id, for ids that stood in rows which the caller could read. */
export async function brandRefsById(trx: Tx, ids: readonly string[]): Promise<(id: string | null) => Ref | null> {
  const rows: Ref[] = await trx('brands')
    .whereIn('id', [...new Set(ids)])
    .select('id', 'code', 'name');
  const refs = new Map(rows.map((ref) => [ref.id, ref]));
  return (id) => (id === null ? null : (refs.get(id) ?? null));
}
