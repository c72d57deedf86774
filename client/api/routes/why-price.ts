import type { Tx } from '../../../db/database.ts';
import { readPriceRows } from '../../../db/prices-input.ts';
import { asBrandSees, priceHistory, sentencesOf } from '../../../db/prices-why.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import type { User } from '../../../db/users.ts';
import type { TraceStep } from '../../../pricing/types.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { proposalsOf } from '../price-proposals.ts';
import { onePriceRow } from '../price-rows.ts';
import { reading } from '../reading.ts';
import { WhyPrice, WhyQuery } from '../schemas/prices.ts';
import { type Api, everyone } from '../types.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The account of a code or id; accounts are no secret of a brand's listings, only its rows are walled. */
async function accountOf(trx: Tx, named: string): Promise<{ id: string; code: string; name: string }> {
  const row = await trx('connections')
    .where(uuid.test(named) ? { id: named } : { code: named })
    .where({ kind: 'marketplace' })
    .first('id', 'code', 'name');
  if (!row) throw notFound('marketplace account', named);
  return row;
}

async function why(trx: Tx, query: { sku: string; connection: string }, user: User): Promise<WhyPrice> {
  const visible: string[] = await trx('listing_skus').distinct('connection_id').pluck('connection_id');
  const wall = user.brandId;
  await riseToStaff(trx);
  const account = await accountOf(trx, query.connection);
  if (wall !== null && !visible.includes(account.id)) throw notFound('marketplace account', query.connection);
  await trx.raw(`select set_config('tradelane.brand', ?, true)`, [wall ?? '*']);
  const id = await onePriceRow(trx, query.sku, account.id);
  await riseToStaff(trx);
  const [found] = await readPriceRows(trx, [id], { lock: false });
  const row = found && wall !== null ? asBrandSees(found) : found;
  if (!row) throw notFound('SKU on this marketplace', query.sku);
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    sku: row.sku,
    sellerSku: row.seller_sku,
    listingId: row.listing_id,
    listingSkuId: row.id,
    listingState: row.listing_state,
    connection: account,
    currency: row.currency,
    version: row.price_version,
    desired: { amountMinor: row.price_desired_minor, at: null },
    acknowledged: { amountMinor: row.price_acknowledged_minor, at: iso(row.price_acknowledged_at) },
    seen: { amountMinor: row.price_seen_minor, at: iso(row.price_seen_at) },
    rulePriceMinor: row.price_rule_minor,
    marginPercent: row.price_margin_percent === null ? null : String(row.price_margin_percent),
    blocked: row.price_blocked,
    waits: row.price_waits,
    changesAt: iso(row.price_due_at),
    trace: ((row.price_trace as TraceStep[] | null) ?? []).map((step) => ({ ...step })),
    sentences: sentencesOf(row),
    proposals: await proposalsOf(trx, { listingSku: row.id }, user),
    history: (await priceHistory(trx, row.id)).map(({ at, ...rest }) => ({ ...rest, at: at.toISOString() })),
  };
}

/** How the price of one SKU on one marketplace came about. */
export function whyPriceRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/why/price',
    {
      config: { access: everyone },
      schema: {
        summary: 'Why a SKU costs what it costs on a marketplace: every step, its source, and what became of it there',
        tags: ['prices'],
        querystring: WhyQuery,
        response: { 200: WhyPrice },
      },
    },
    async (request) => reading(request, deps, (trx, user) => why(trx, request.query, user)),
  );
}
