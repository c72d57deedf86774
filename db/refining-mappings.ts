import { randomUUID } from 'node:crypto';
import type { MappingKind } from '../mapping/keys.ts';
import type { Tx } from './database.ts';
import { anywhere } from './queries/paging.ts';
import type { Command } from './steps.ts';

export interface MappingChange {
  readonly connectionId: string;
  /** Null: for every brand of the account. */
  readonly brandId: string | null;
  readonly kind: MappingKind;
  readonly sourceKey: string;
  readonly sourceLabel: string;
  /** Null: it is not sent there. */
  readonly targetId: string | null;
  readonly targetLabel: string | null;
}

/**
 * Remembers what something of the brand's is called over there, in place of what was set before. The listings that it
 * concerns are marked in the same transaction and composed again in batches. Returns how many wait for that.
 */
export async function setMapping(
  trx: Tx,
  change: MappingChange,
  command: Command,
): Promise<{ id: string; waiting: number }> {
  const { connectionId, brandId, kind, sourceKey } = change;
  const of = { connection_id: connectionId, brand_id: brandId, kind, source_key: sourceKey };
  const replaced = await trx('mappings').where(of).whereNull('replaced_at').update({ replaced_at: command.at });
  const id = randomUUID();
  await trx('mappings').insert({
    id,
    ...of,
    source_label: change.sourceLabel,
    target_id: change.targetId,
    target_label: change.targetLabel,
    set_by: command.actor,
    set_at: command.at,
  });
  const listings = trx('listings').where({ connection_id: connectionId });
  if (brandId !== null) listings.where({ brand_id: brandId });
  // Who waits for it is known. Who follows what it replaces is not: everybody is composed again.
  if (replaced === 0) {
    const waiting = trx('listing_unmapped').where({ connection_id: connectionId, kind, source_key: sourceKey });
    // What is being composed at this moment may come to wait for it, and has not read it: it is composed once more.
    listings.where((either) => either.whereIn('id', waiting.select('listing_id')).orWhereNotNull('stale_since'));
  }
  // By id alone: a row that a composition holds is looked at again when that ends, and is not stale any more then.
  const ids: string[] = await listings.pluck('id');
  return { id, waiting: await trx('listings').whereIn('id', ids).update({ stale_since: command.at }) };
}

export interface QueueFilter {
  readonly connection?: string | undefined;
  readonly kind?: MappingKind | undefined;
  readonly q?: string | undefined;
  readonly limit: number;
}

export interface QueueItem {
  readonly connectionId: string;
  readonly kind: MappingKind;
  readonly sourceKey: string;
  readonly sourceLabel: string;
  /** It blocks at least one listing. */
  readonly required: boolean;
  readonly listings: number;
  readonly brandIds: readonly string[];
  readonly samples: readonly { readonly productId: string; readonly title: string }[];
}

/** What nobody has mapped: what blocks most listings first. */
export async function unmappedQueue(trx: Tx, filter: QueueFilter): Promise<{ rows: QueueItem[]; total: number }> {
  const grouped = trx('listing_unmapped as u')
    .join('listings as l', 'l.id', 'u.listing_id')
    .join('products as p', 'p.id', 'l.product_id')
    .whereNull('p.gone_at')
    .groupBy('u.connection_id', 'u.kind', 'u.source_key')
    .select(
      'u.connection_id as connectionId',
      'u.kind',
      'u.source_key as sourceKey',
      trx.raw('min(u.source_label) as "sourceLabel"'),
      trx.raw('bool_or(u.required) as required'),
      trx.raw('count(*)::int as listings'),
      trx.raw('array_agg(distinct u.brand_id) as "brandIds"'),
      trx.raw(
        `(array_agg(jsonb_build_object('productId', p.id, 'title', p.title) order by p.created_at desc))[1:3] as samples`,
      ),
    );
  if (filter.connection !== undefined) grouped.where('u.connection_id', filter.connection);
  if (filter.kind !== undefined) grouped.where('u.kind', filter.kind);
  if (filter.q !== undefined) grouped.whereILike('u.source_label', anywhere(filter.q));
  const all = await trx.count({ n: '*' }).from(grouped.clone().as('q')).first();
  const rows: QueueItem[] = await grouped
    .orderByRaw('required desc, listings desc, u.kind, u.source_key')
    .limit(filter.limit);
  return { rows, total: Number(all?.n ?? 0) };
}

export interface MappingView extends MappingChange {
  readonly id: string;
  readonly setBy: string;
  readonly setAt: Date;
}

/** The mappings of an account that are in force. */
export async function mappingsOf(trx: Tx, connectionId: string, q?: string): Promise<MappingView[]> {
  const query = trx('mappings').where({ connection_id: connectionId }).whereNull('replaced_at');
  if (q !== undefined)
    query.where((any) => any.whereILike('source_label', anywhere(q)).orWhereILike('target_label', anywhere(q)));
  return query
    .orderBy(['kind', 'source_key'])
    .limit(500)
    .select(
      'id',
      'connection_id as connectionId',
      'brand_id as brandId',
      'kind',
      'source_key as sourceKey',
      'source_label as sourceLabel',
      'target_id as targetId',
      'target_label as targetLabel',
      'set_by as setBy',
      'set_at as setAt',
    );
}

export interface Target {
  readonly id: string;
  readonly label: string;
}

/** What can be chosen over there, as the marketplace's lists were last read: leaf categories with their path. */
export async function categoryTargets(trx: Tx, connectionId: string, q: string | undefined): Promise<Target[]> {
  const { rows } = await trx.raw(
    `with recursive paths as (
       select category_id, parent_id, name, leaf, name as path, 1 as depth from marketplace_categories
         where connection_id = :connectionId and leaf
       union all
       select paths.category_id, above.parent_id, paths.name, paths.leaf, above.name || ' > ' || paths.path, paths.depth + 1
         from paths join marketplace_categories above
           on above.connection_id = :connectionId and above.category_id = paths.parent_id and paths.depth < 10)
     select distinct on (category_id) category_id as id, path as label from paths
       where :pattern = '' or path ilike :pattern order by category_id, depth desc`,
    { connectionId, pattern: q ? anywhere(q) : '' },
  );
  return (rows as Target[]).sort((a, b) => (a.label < b.label ? -1 : 1)).slice(0, 100);
}

/** The attributes of an account's categories, or the values of one of them. */
export async function attributeTargets(
  trx: Tx,
  input: { connectionId: string; attributeId: string | null; q?: string | undefined },
): Promise<Target[]> {
  const rows: { attribute_id: string; name: string; choices: { id: string; name: string }[] }[] = await trx(
    'marketplace_attributes',
  )
    .where({
      connection_id: input.connectionId,
      ...(input.attributeId === null ? {} : { attribute_id: input.attributeId }),
    })
    .orderBy('name')
    .select('attribute_id', 'name', 'choices');
  const targets = rows.flatMap(({ attribute_id, name, choices }) =>
    input.attributeId === null
      ? [{ id: attribute_id, label: name }]
      : choices.map((choice) => ({ id: choice.id, label: choice.name })),
  );
  const wanted = input.q?.toLowerCase() ?? '';
  const distinct = new Map(
    targets.filter(({ label }) => label.toLowerCase().includes(wanted)).map((target) => [target.id, target]),
  );
  return [...distinct.values()].slice(0, 200);
}

/** The attribute over there that a name of the brand's stands for: by mapping, else by its name. */
export async function attributeOf(trx: Tx, connectionId: string, name: string): Promise<string | null> {
  const mapped = await trx('mappings')
    .where({ connection_id: connectionId, kind: 'attribute', source_key: name })
    .whereNull('replaced_at')
    .first('target_id');
  if (mapped) return mapped.target_id;
  const same = await trx('marketplace_attributes')
    .where({ connection_id: connectionId })
    .whereRaw('lower(name) = ?', [name])
    .first('attribute_id');
  return same?.attribute_id ?? null;
}
