import type { Tx } from '../db/database.ts';
import { ofKind } from './facts.ts';
import type { Interval } from './l3-ledger.ts';
import { burstsOf, type OfferMap, OfferReplay } from './l3-replay.ts';
import type { Finding, Source, Verdict } from './types.ts';

/** Offers that were decided before an outside change may still arrive for this long after it, in wall time. */
export const quietMs = 10_000;

/** Everything that the replay needs to know of our names, and which SKUs an open problem is about. */
export interface OfferBooks {
  readonly map: OfferMap;
  readonly skusWithProblem: ReadonlySet<string>;
}

export async function loadOfferBooks(trx: Tx): Promise<OfferBooks> {
  const skus = await trx.raw(
    `select s.id as "skuId", b.code || ' ' || s.sku as label, s.brand_id as "brandId",
       coalesce(s.safety_stock, b.safety_stock) as "safetyStock", s.stock_policy as policy,
       coalesce(s.quota_threshold, b.quota_threshold) as "quotaThreshold"
     from skus s join brands b on b.id = s.brand_id where s.stock_managed order by s.id`,
  );
  const offers = await trx.raw(
    `select ls.sku_id as "skuId", c.code as "connectionCode", ls.seller_sku as "sellerSku",
       l.external_id as "externalListingId"
     from listing_skus ls join listings l on l.id = ls.listing_id join connections c on c.id = ls.connection_id
     order by ls.id`,
  );
  const storeSkus = await trx.raw(
    `select s.id as "skuId", c.code as "connectionCode", s.sku
     from skus s join connections c on c.brand_id = s.brand_id and c.kind = 'store' where s.stock_managed`,
  );
  const orders = await trx.raw(
    `select o.number, c.code as "connectionCode", co.external_id as "externalId", o.brand_id as "brandId"
     from orders o join channel_orders co on co.id = o.channel_order_id join connections c on c.id = o.connection_id`,
  );
  const withProblem = await trx.raw(
    `select distinct ls.sku_id as id from listing_skus ls
     join problems p on p.state <> 'RESOLVED' and (
       p.entity_id in (ls.id, ls.listing_id, ls.sku_id)
       or (p.connection_id = ls.connection_id and (p.entity_id is null or p.entity_id = ls.connection_id)))`,
  );
  return {
    map: { skus: skus.rows, offers: offers.rows, storeSkus: storeSkus.rows, orders: orders.rows },
    skusWithProblem: new Set(withProblem.rows.map(({ id }: { id: string }) => id)),
  };
}

const lengthMs = ({ fromMs, toMs }: Interval): number => (toMs === null ? 0 : Math.round(toMs - fromMs));
const iso = (wallMs: number): string => new Date(wallMs).toISOString();

function spanOf(interval: Interval): string {
  const end = interval.toMs === null ? 'to the end' : `to ${iso(interval.toMs)} (${lengthMs(interval)} ms)`;
  return `${interval.excess} too many from ${iso(interval.fromMs)} ${end}: ${interval.detail}`;
}

/**
 * L3: at every instant of the logs, what all marketplaces together offer of a SKU under quota, and what each of them offers
 * of a shared one, is at most what the shop has, less what was sold and not yet taken by the shop, less the safety stock. Changes by outsiders are excepted until our cut is acknowledged.
 */
export function checkOffers(input: { sources: readonly Source[]; books: OfferBooks }): Verdict {
  const { map, skusWithProblem } = input.books;
  const stores = ofKind(input.sources, 'store');
  const marketplaces = ofKind(input.sources, 'marketplace');
  if (stores.length === 0 || marketplaces.length === 0)
    return { checked: 0, findings: [], note: 'needs the logs of a shop and of a marketplace' };
  const replay = new OfferReplay(map, quietMs);
  const { breaches, outside, unmapped } = replay.run(burstsOf([...stores, ...marketplaces]));
  const findings: Finding[] = breaches.map((interval) => ({
    what: 'more offered than there is',
    ids: [interval.sku.label],
    detail: spanOf(interval),
  }));
  for (const interval of outside) {
    if (interval.toMs !== null || skusWithProblem.has(interval.sku.skuId)) continue;
    findings.push({
      what: 'the cut after an outside change never came',
      ids: [interval.sku.label],
      detail: spanOf(interval),
    });
  }
  const figures = {
    'L3.outsideIntervals': outside.length,
    'L3.longestOutsideIntervalMs': Math.max(0, ...outside.map(lengthMs)),
    'L3.factsOfUnknownSkus': unmapped,
  };
  const checked = replay.weighed;
  return { checked, findings, figures, ...(checked === 0 ? { note: 'no shop said how much there is' } : {}) };
}
