import type { Tx } from '../database.ts';
import { readSkuOffers } from '../stock-offers.ts';
import { nextOf } from '../stock-writes.ts';

/** Newest movements that an explanation shows. */
const movementsShown = 20;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export interface AccountRef {
  id: string;
  code: string;
  name: string;
}

/** Everything that decides what a SKU shows on every marketplace, and what became of it there. */
export async function whyStock(trx: Tx, listingSkuId: string, asked: AccountRef, at: Date, wallNow: Date) {
  const row = await trx('listing_skus').where({ id: listingSkuId }).first('sku_id');
  const [sku] = await readSkuOffers(trx, [row.sku_id], at);
  if (!sku) throw new Error(`there is no SKU ${row.sku_id}`);
  const own = await trx('skus')
    .leftJoin('products', 'products.id', 'skus.product_id')
    .leftJoin('connections', 'connections.id', 'products.store_connection_id')
    .where('skus.id', sku.skuId)
    .first('skus.sku', 'skus.stock_seen_at', 'connections.name as store');
  const accounts: AccountRef[] = await trx('connections')
    .whereIn(
      'id',
      sku.rows.map(({ connection_id }) => connection_id),
    )
    .select('id', 'code', 'name');
  const adjustments = await trx('stock_adjustments').where({ sku_id: sku.skuId }).whereNull('ended_at');
  const next = nextOf(sku, wallNow);
  const names = new Map(sku.rows.map((offer) => [offer.id, offer.connection_name]));
  const named = (sentence: string): string =>
    [...names].reduce((text, [id, name]) => text.replaceAll(id, name), sentence);
  return {
    sku: own.sku as string,
    skuId: sku.skuId,
    asked,
    onHand: sku.facts.onHand,
    onHandSeenAt: iso(own.stock_seen_at),
    onHandSeenBy: own.store as string | null,
    reserved: sku.facts.reserved,
    reservedBy: await reservedBy(trx, sku.skuId),
    safetyStock: sku.facts.safetyStock,
    available: sku.plan.available,
    policy: sku.plan.policy,
    policySet: sku.facts.policy,
    quotaThreshold: sku.facts.quotaThreshold,
    sharedBuffer: sku.facts.sharedBuffer,
    explain: [...sku.plan.explain],
    next: next.trace.map(named),
    offers: sku.rows.map((offer) => ({
      listingSkuId: offer.id,
      connection: accounts.find(({ id }) => id === offer.connection_id) ?? asked,
      live: offer.remote === 'LIVE',
      weight: offer.share_weight,
      desired: offer.stock_desired,
      acknowledged: offer.stock_acknowledged,
      acknowledgedAt: iso(offer.stock_acknowledged_at),
      seen: offer.stock_seen,
      seenAt: iso(offer.stock_seen_at),
      counts: { low: offer.stock_low, high: offer.stock_high },
      inFlight:
        offer.stock_attempted === null
          ? null
          : { quantity: offer.stock_attempted, since: iso(offer.stock_attempted_at) },
      adjustments: adjustments
        .filter(({ listing_sku_id }) => listing_sku_id === offer.id)
        .map(({ kind, quantity, reason, by, expires_at }) => ({
          ...{ kind, quantity, reason, by },
          expiresAt: iso(expires_at),
        })),
      explain: [...(sku.plan.channels.find(({ id }) => id === offer.id)?.explain ?? [])],
      waiting: next.waiting.find(({ id }) => id === offer.id)?.why ?? null,
    })),
    movements: await movementsOf(trx, sku.skuId),
  };
}

async function reservedBy(trx: Tx, skuId: string) {
  const rows = await trx('order_lines')
    .join('orders', 'orders.id', 'order_lines.order_id')
    .where({ sku_id: skuId })
    .where('reserved_quantity', '>', 0)
    .orderBy(['orders.ordered_at', 'orders.number'])
    .select('orders.number', 'orders.state', 'reserved_quantity', 'orders.ordered_at');
  return rows.map(({ number, state, reserved_quantity, ordered_at }) => ({
    ...{ order: number as string, state: state as string, quantity: reserved_quantity as number },
    orderedAt: (ordered_at as Date).toISOString(),
  }));
}

async function movementsOf(trx: Tx, skuId: string) {
  const rows = await trx('stock_movements').where({ sku_id: skuId }).orderBy('id', 'desc').limit(movementsShown);
  return rows.map(({ kind, quantity, on_hand_after, reserved_after, reason, at }) => ({
    ...{ kind: kind as string, quantity: quantity as number, reason: reason as string },
    onHand: on_hand_after as number,
    reserved: reserved_after as number,
    at: (at as Date).toISOString(),
  }));
}

interface DriftFilter {
  readonly connection?: string | undefined;
  readonly unexplained?: boolean | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Offers of which the three values differ: what is wanted, what was acknowledged, what was seen last. */
export async function driftReport(trx: Tx, { connection, unexplained, after, limit }: DriftFilter) {
  const base = () =>
    trx('listing_skus')
      .join('listings', 'listings.id', 'listing_skus.listing_id')
      .join('connections', 'connections.id', 'listing_skus.connection_id')
      .join('skus', 'skus.id', 'listing_skus.sku_id')
      .leftJoin('stock_drifts', (join) =>
        join.on('stock_drifts.listing_sku_id', 'listing_skus.id').andOnNull('stock_drifts.resolved_at'),
      )
      .where('listings.remote', 'LIVE')
      .modify((query) => {
        if (connection) query.where('listing_skus.connection_id', connection);
      });
  const unexplainedOnly = (query: ReturnType<typeof base>) =>
    query.whereNotNull('stock_drifts.id').whereNull('stock_drifts.explained');
  const differing = (query: ReturnType<typeof base>) =>
    unexplained
      ? unexplainedOnly(query)
      : query.whereRaw(
          `(stock_drifts.id is not null or not stock_confirmed or stock_desired is distinct from stock_low
            or (stock_seen is not null and stock_seen is distinct from stock_desired))`,
        );
  const rows = await differing(base())
    .modify((query) => {
      if (after) query.where('listing_skus.id', '>', after);
    })
    .orderBy('listing_skus.id')
    .limit(limit)
    .select(
      'listing_skus.*',
      'skus.sku',
      'connections.code',
      'connections.name',
      'stock_drifts.id as drift_id',
      'stock_drifts.explained',
      'stock_drifts.at as drift_at',
      'stock_drifts.sent_again_at',
    );
  const total = await differing(base()).count({ n: '*' }).first();
  const open = await unexplainedOnly(base()).count({ n: '*' }).first();
  return {
    rows: rows.map((row: Record<string, unknown>) => ({
      id: row.id as string,
      sellerSku: row.seller_sku as string,
      sku: row.sku as string,
      connection: { id: row.connection_id as string, code: row.code as string, name: row.name as string },
      desired: row.stock_desired as number | null,
      acknowledged: row.stock_acknowledged as number | null,
      acknowledgedAt: iso(row.stock_acknowledged_at as Date | null),
      seen: row.stock_seen as number | null,
      seenAt: iso(row.stock_seen_at as Date | null),
      explained: explanationOf(row),
      since: iso((row.drift_at ?? row.stock_attempted_at) as Date | null),
      sentAgainAt: iso(row.sent_again_at as Date | null),
    })),
    next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
    total: Number(total?.n ?? 0),
    unexplained: Number(open?.n ?? 0),
  };
}

/** Why the three values differ; null = nothing of ours explains it. */
function explanationOf(row: Record<string, unknown>): string | null {
  if (row.drift_id !== null && row.explained === null) return null;
  if (row.explained !== null) return String(row.explained);
  if (row.stock_attempted !== null) return `in flight: a write of ${row.stock_attempted}`;
  if (row.stock_confirmed !== true) return 'a sale was read since the last write';
  if (row.stock_desired !== row.stock_low) return 'it waits for cuts elsewhere, or for its turn';
  return 'it was written since it was last seen';
}
