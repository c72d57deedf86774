import {
  type ChannelAdjustment,
  planStock,
  type StaleStock,
  type StockChannel,
  type StockFacts,
  type StockPlan,
} from '../stock/policy.ts';
import type { Tx } from './database.ts';
import { stockKey } from './follow-ups.ts';
import { outagePolicyOf } from './outage-policy.ts';
import type { Command } from './steps.ts';
import { updateMany } from './update-many.ts';

/** One SKU on one marketplace, as `listing_skus` has it. */
export interface OfferRow {
  readonly id: string;
  readonly sku_id: string;
  readonly listing_id: string;
  readonly connection_id: string;
  readonly connection_name: string;
  readonly remote: string;
  readonly seller_sku: string;
  readonly share_weight: number;
  readonly stock_desired: number | null;
  readonly stock_acknowledged: number | null;
  readonly stock_acknowledged_at: Date | null;
  readonly stock_seen: number | null;
  readonly stock_seen_at: Date | null;
  readonly stock_low: number;
  readonly stock_high: number;
  readonly stock_confirmed: boolean;
  readonly stock_attempted: number | null;
  readonly stock_attempted_at: Date | null;
  readonly stock_attempt_until: Date | null;
}

/** A SKU with everything that decides what marketplaces are offered of it. */
export interface SkuOffers {
  readonly skuId: string;
  readonly facts: StockFacts;
  readonly rows: readonly OfferRow[];
  readonly plan: StockPlan;
}

interface SkuRow {
  readonly id: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly safety_stock: number | null;
  readonly stock_policy: StockFacts['policy'];
  readonly quota_threshold: number | null;
  readonly gone_at: Date | null;
  readonly brand_safety_stock: number;
  readonly brand_quota_threshold: number;
  readonly shared_buffer: number;
  readonly incident: string | null;
  readonly incident_store: string | null;
  readonly incident_since: Date | null;
  readonly incident_stage: StaleStock['stage'] | null;
  readonly incident_policy: unknown;
}

const skuColumns = [
  'skus.id',
  'skus.on_hand',
  'skus.reserved',
  'skus.safety_stock',
  'skus.stock_policy',
  'skus.quota_threshold',
  'skus.gone_at',
  'brands.safety_stock as brand_safety_stock',
  'brands.quota_threshold as brand_quota_threshold',
  'brands.shared_buffer',
  'incidents.number as incident',
  'stores.name as incident_store',
  'incidents.since as incident_since',
  'incidents.shrink_stage as incident_stage',
  'incidents.policy as incident_policy',
];

/** Null where the shop answers, or where all of it was compared since it does again. */
function staleOf(sku: SkuRow): StaleStock | null {
  const { incident, incident_store: store, incident_since: since, incident_stage: stage } = sku;
  if (incident === null || stage === null || since === null) return null;
  const { shrinkToPercent: percent, zeroUpToUnits: zeroUpTo } = outagePolicyOf(sku.incident_policy);
  return { incident, store: store ?? 'the shop', since, stage, percent, zeroUpTo };
}

/**
 * Reads SKUs with their offers and what the rules want, in the order of their ids. With `lock` the SKUs are locked: a
 * listing that goes live and an order that reserves must not share out the same units.
 */
export async function readSkuOffers(
  trx: Tx,
  skuIds: readonly string[],
  at: Date,
  { lock = false } = {},
): Promise<SkuOffers[]> {
  const ids = [...new Set(skuIds)].sort();
  if (ids.length === 0) return [];
  const skus = await trx('skus')
    .join('brands', 'brands.id', 'skus.brand_id')
    .leftJoin('products', 'products.id', 'skus.product_id')
    .leftJoin('connections as stores', 'stores.id', 'products.store_connection_id')
    .leftJoin('incidents', (join) =>
      join
        .on('incidents.connection_id', 'stores.id')
        .andOnNotIn('incidents.state', ['CLOSED'])
        .andOnNotIn('incidents.shrink_stage', ['lifted']),
    )
    .whereIn('skus.id', ids)
    .orderBy('skus.id')
    .modify((query) => {
      if (lock) query.forNoKeyUpdate('skus');
    })
    .select(skuColumns);
  const rows: OfferRow[] = await trx('listing_skus')
    .join('listings', 'listings.id', 'listing_skus.listing_id')
    .join('connections', 'connections.id', 'listing_skus.connection_id')
    .whereIn('sku_id', ids)
    .orderBy('listing_skus.id')
    .select('listing_skus.*', 'listings.remote', 'connections.name as connection_name');
  const adjustments = await trx('stock_adjustments').whereIn('sku_id', ids).whereNull('ended_at').orderBy('created_at');
  return skus.map((sku: SkuRow) => {
    const mine = rows.filter(({ sku_id }) => sku_id === sku.id);
    const facts: StockFacts = {
      onHand: sku.on_hand,
      reserved: sku.reserved,
      safetyStock: sku.safety_stock ?? sku.brand_safety_stock,
      safetyFrom: sku.safety_stock === null ? 'brand' : 'sku',
      policy: sku.stock_policy,
      quotaThreshold: sku.quota_threshold ?? sku.brand_quota_threshold,
      thresholdFrom: sku.quota_threshold === null ? 'brand' : 'sku',
      sharedBuffer: sku.shared_buffer,
      gone: sku.gone_at !== null,
      stale: staleOf(sku),
      at,
    };
    const channels = mine.map((row): StockChannel => {
      const set = adjustments.filter(({ listing_sku_id }) => listing_sku_id === row.id).map(asAdjustment);
      return {
        id: row.id,
        name: row.connection_name,
        live: row.remote === 'LIVE',
        weight: row.share_weight,
        holding: row.stock_low,
        adjustments: set,
      };
    });
    return { skuId: sku.id, facts, rows: mine, plan: planStock(facts, channels) };
  });
}

function asAdjustment(row: Record<string, unknown>): ChannelAdjustment {
  return {
    id: String(row.id),
    kind: row.kind as ChannelAdjustment['kind'],
    quantity: Number(row.quantity),
    reason: String(row.reason),
    by: String(row.by),
    expiresAt: row.expires_at as Date | null,
  };
}

/**
 * Computes anew what each marketplace is to be offered of the given SKUs; wakes the accounts where that differs, or all of
 * them (`wakeAnyway`) when something else of their offer changed.
 */
export async function offerAgain(
  trx: Tx,
  skuIds: readonly string[],
  command: Command,
  wakeAnyway = false,
): Promise<void> {
  const accounts = new Set<string>();
  const changed: { id: string; stock_desired: number }[] = [];
  for (const { rows, plan } of await readSkuOffers(trx, skuIds, command.at, { lock: true })) {
    const desired = new Map(plan.channels.map((channel) => [channel.id, channel.desired]));
    for (const row of rows) {
      const units = desired.get(row.id) ?? 0;
      if (wakeAnyway && row.remote === 'LIVE') accounts.add(row.connection_id);
      if (row.stock_desired === units) continue;
      changed.push({ id: row.id, stock_desired: units });
      if (row.remote === 'LIVE') accounts.add(row.connection_id);
    }
  }
  await updateMany(trx, 'listing_skus', changed);
  await wakeStock(trx, [...accounts], command);
}

/** Wakes the stock sync of accounts. */
export function wakeStock(trx: Tx, connectionIds: readonly string[], command: Command): Promise<void> {
  const work = [...new Set(connectionIds)].map((id) => ({ topic: 'stock', key: stockKey(id), payload: { id } }));
  return wake(trx, work, command);
}

/** Puts follow-up work into the outbox that belongs to no step of its own. */
export async function wake(
  trx: Tx,
  work: readonly { topic: string; key: string; payload: Record<string, string | number> }[],
  command: Command,
): Promise<void> {
  if (work.length === 0) return;
  const rows = work.map((item) => ({ ...item, correlation_id: command.correlationId ?? null, at: command.at }));
  await trx.raw(`select record_steps('[]'::jsonb, ?::jsonb)`, [JSON.stringify(rows)]);
}

/**
 * A marketplace sold units, as an order tells: it shows so many fewer now, if it sold them after our last write. Whether it
 * did is not known, so the higher value counts until the next write is acknowledged.
 */
export async function noteSold(
  trx: Tx,
  connectionId: string,
  sold: readonly { readonly skuId: string; readonly units: number }[],
  command: Command,
): Promise<void> {
  const inOrder = [...sold].sort((a, b) => (a.skuId < b.skuId ? -1 : 1));
  // The SKU before its offers, everywhere: nobody waits for each other in a circle.
  const ids = inOrder.map(({ skuId }) => skuId);
  await trx('skus').whereIn('id', ids).orderBy('id').forNoKeyUpdate().select('id');
  let any = false;
  for (const { skuId, units } of inOrder) {
    if (units <= 0) continue;
    const changed = await trx('listing_skus')
      .where({ connection_id: connectionId, sku_id: skuId })
      .update({
        stock_low: trx.raw('greatest(0, stock_low - ?)', [units]),
        stock_confirmed: false,
        stock_sold_in_flight: trx.raw('case when stock_attempted is null then 0 else stock_sold_in_flight + ? end', [
          units,
        ]),
      });
    any ||= changed > 0;
  }
  if (any) await wakeStock(trx, [connectionId], command);
}
