import type { Tx } from '../db/database.ts';
import { factsOf, newestBy, ofKind } from './facts.ts';
import type { OpenProblems } from './problems.ts';
import type { Finding, Source, Verdict } from './types.ts';

/** One SKU of a live listing with what we want, what was confirmed, and where it is. */
export interface AuditedOffer {
  readonly id: string;
  readonly listing_id: string;
  readonly product_id: string;
  readonly sku_id: string;
  readonly connection_id: string;
  readonly code: string;
  readonly seller_sku: string;
  readonly external_sku_id: string | null;
  readonly stock_desired: number | null;
  readonly stock_acknowledged: number | null;
  readonly price_desired_minor: number | null;
  readonly price_acknowledged_minor: number | null;
  readonly currency: string;
}

export async function loadOffers(trx: Tx): Promise<AuditedOffer[]> {
  const { rows } = await trx.raw(
    `select ls.id, ls.listing_id, l.product_id, ls.sku_id, ls.connection_id, c.code, ls.seller_sku, ls.external_sku_id,
       ls.stock_desired, ls.stock_acknowledged, ls.price_desired_minor, ls.price_acknowledged_minor, ls.currency
     from listing_skus ls join listings l on l.id = ls.listing_id join connections c on c.id = ls.connection_id
     where l.remote = 'LIVE' order by c.code, ls.seller_sku`,
  );
  return rows;
}

interface There {
  offer(row: AuditedOffer): number | null;
  price(row: AuditedOffer): { amountMinor: number; currency: string } | null;
}

/** The newest of a kind of fact about a SKU, found by the marketplace's own id of it, else by ours. */
function newestFor<Line extends { readonly externalId: string; readonly sku: string }>(
  lines: readonly Line[],
): (row: AuditedOffer) => Line | undefined {
  const byId = newestBy(lines, ({ externalId }) => externalId);
  const bySku = newestBy(lines, ({ sku }) => sku);
  return (row) => (row.external_sku_id === null ? bySku.get(row.seller_sku) : byId.get(row.external_sku_id));
}

function valuesOf(source: Source): There {
  const offer = newestFor(factsOf(source.lines, 'offer.set'));
  const price = newestFor(factsOf(source.lines, 'price.set'));
  return { offer: (row) => offer(row)?.quantity ?? null, price: (row) => price(row) ?? null };
}

/** L7: for each SKU of a live listing, desired = acknowledged = what is there, or an open problem says why not. */
export function checkListings(input: {
  sources: readonly Source[];
  offers: readonly AuditedOffer[];
  problems: OpenProblems;
}): Verdict {
  const { offers, problems } = input;
  const there = new Map(ofKind(input.sources, 'marketplace').map((one) => [one.connectionCode, valuesOf(one)]));
  const findings: Finding[] = [];
  let explained = 0;
  let unwitnessed = 0;
  for (const row of offers) {
    const values = there.get(row.code);
    if (!values) unwitnessed += 1;
    const differences = [...stockDifferences(row, values), ...priceDifferences(row, values)];
    if (differences.length === 0) continue;
    const isExplained =
      problems.about(row.id, row.listing_id, row.product_id, row.sku_id) || problems.aboutConnection(row.connection_id);
    if (isExplained) explained += 1;
    else findings.push(...differences);
  }
  const note =
    unwitnessed > 0 ? `${unwitnessed} SKUs of marketplaces without a readable log: only our own values` : undefined;
  return { checked: offers.length, findings, figures: { 'L7.explained': explained }, ...(note ? { note } : {}) };
}

function stockDifferences(row: AuditedOffer, values: There | undefined): Finding[] {
  const { stock_desired: desired, stock_acknowledged: acknowledged } = row;
  // Null = nothing was ever decided, which is no wish for nothing.
  const seen = values ? values.offer(row) : desired;
  if (desired === acknowledged && desired === seen) return [];
  return [difference('stock', row, `desired ${desired}, acknowledged ${acknowledged}, there ${seen}`)];
}

function priceDifferences(row: AuditedOffer, values: There | undefined): Finding[] {
  const { price_desired_minor: desired, price_acknowledged_minor: acknowledged, currency } = row;
  const seen = values ? values.price(row) : { amountMinor: desired, currency };
  if (desired === acknowledged && seen?.amountMinor === desired && seen.currency === currency) return [];
  const shown = seen ? `${seen.amountMinor} ${seen.currency}` : 'nothing';
  return [difference('price', row, `desired ${desired} ${currency}, acknowledged ${acknowledged}, there ${shown}`)];
}

const difference = (what: string, row: AuditedOffer, detail: string): Finding => ({
  what: `${what} out of step`,
  ids: [`${row.code} ${row.seller_sku}`, row.listing_id],
  detail,
});
