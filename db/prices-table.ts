import type { Knex } from 'knex';
import type { Tx } from './database.ts';
import type { PriceRow } from './prices-input.ts';

/** What is wanted of the table of prices. */
export interface PriceFilter {
  readonly state?: readonly string[] | undefined;
  readonly brand?: string | undefined;
  readonly connection?: string | undefined;
  readonly q?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  /** Only rows that are blocked, wait for a person, or whose last write failed. */
  readonly troubled?: boolean | undefined;
}

/** Rows of the table, inside the caller's wall: `ls` is the SKU on the marketplace, `l` its listing, `s` the brand's SKU. */
export function priceRowsQuery(
  trx: Tx,
  { brand, connection, q, ids, troubled, state }: PriceFilter,
): Knex.QueryBuilder {
  return trx('listing_skus as ls')
    .join('listings as l', 'l.id', 'ls.listing_id')
    .join('skus as s', 's.id', 'ls.sku_id')
    .modify((query) => {
      if (state) query.whereIn('l.state', [...state]);
      if (brand !== undefined) query.where('ls.brand_id', brand);
      if (connection !== undefined) query.where('ls.connection_id', connection);
      if (ids) query.whereIn('ls.id', [...ids]);
      if (troubled)
        query.where((any) =>
          any.whereNotNull('ls.price_blocked_code').orWhereNotNull('ls.price_waits').orWhereNotNull('ls.last_error'),
        );
      if (q !== undefined) {
        const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
        query.where((any) =>
          any.whereILike('ls.seller_sku', pattern).orWhereILike('s.sku', pattern).orWhereILike('l.title', pattern),
        );
      }
    });
}

/** The price on which somebody must decide, of each of these rows. */
export interface OpenPrice {
  readonly id: string;
  readonly listing_sku_id: string;
  readonly kind: 'hand' | 'guard';
  readonly amount_minor: number;
  readonly reason: string;
  readonly expires_at: Date | null;
  readonly proposed_by: string;
}

export async function openPricesOf(trx: Tx, rows: readonly Pick<PriceRow, 'id'>[]): Promise<Map<string, OpenPrice>> {
  const found: OpenPrice[] = await trx('price_proposals')
    .where({ state: 'PROPOSED' })
    .whereIn(
      'listing_sku_id',
      rows.map(({ id }) => id),
    )
    .select('id', 'listing_sku_id', 'kind', 'amount_minor', 'reason', 'expires_at', 'proposed_by');
  return new Map(found.map((row) => [row.listing_sku_id, row]));
}

export interface ChangeSince {
  readonly version: number;
  readonly changed: Readonly<Record<string, readonly [unknown, unknown]>>;
  readonly actor: string;
  readonly at: Date;
}

/** What happened to the prices of these rows after the version at which each was seen, oldest first. */
export async function priceChangesSince(
  trx: Tx,
  seen: readonly { readonly id: string; readonly version: number }[],
): Promise<Map<string, ChangeSince[]>> {
  const { rows } = await trx.raw(
    `select c.listing_sku_id, c.version, c.changed, c.at,
       case when c.role in ('connector', 'system', 'rule') then c.source else c.actor end as actor
     from unnest(?::uuid[], ?::int[]) as s(id, version)
     join price_changes c on c.listing_sku_id = s.id and c.version > s.version
     order by c.version`,
    [seen.map(({ id }) => id), seen.map(({ version }) => version)],
  );
  const found = new Map<string, ChangeSince[]>();
  for (const { listing_sku_id: id, ...row } of rows) {
    const known = found.get(id);
    if (known) known.push(row);
    else found.set(id, [row]);
  }
  return found;
}
