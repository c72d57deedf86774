import { showMinor } from '../pricing/currency.ts';
import type { PriceResult } from '../pricing/marketplace-price.ts';
import { marketplacePrice } from '../pricing/marketplace-price.ts';
import type { PriceRule, TraceStep } from '../pricing/types.ts';
import type { Tx } from './database.ts';
import { groundOf, inputOf, type PriceRow, readPriceRows } from './prices-input.ts';
import { riseToStaff } from './queries/rise.ts';

/** Rows of a SKU (the brand's or the marketplace's name of it) on an account, inside the caller's wall. */
export async function findPriceRows(
  trx: Tx,
  sku: string,
  connectionId: string,
): Promise<{ id: string; sellerSku: string }[]> {
  return trx('listing_skus as ls')
    .join('skus as s', 's.id', 'ls.sku_id')
    .where('ls.connection_id', connectionId)
    .where((either) => either.where('s.sku', sku).orWhere('ls.seller_sku', sku))
    .orderBy('ls.seller_sku')
    .limit(20)
    .select('ls.id', 'ls.seller_sku as sellerSku');
}

/** What a row would cost under another rule; nothing is written. */
export async function previewPrice(
  trx: Tx,
  rowId: string,
  rule: PriceRule,
  at: Date,
): Promise<{ row: PriceRow; result: PriceResult }> {
  await riseToStaff(trx);
  const [row] = await readPriceRows(trx, [rowId], { lock: false });
  if (!row) throw new Error(`there is no SKU of a listing ${rowId}`);
  const input = inputOf(row, await groundOf(trx, [row], at), at);
  return { row, result: marketplacePrice({ ...input, rule, ruleSource: 'the rule as it is on the screen' }) };
}

const belowOurFloor = 'It is below the margin floor of the marketplace team.';

/** What a brand may know of its own row: cost and margin are the marketplace team's. */
export function asBrandSees(row: PriceRow): PriceRow {
  const isBelow = row.price_blocked_code === 'below-floor';
  const trace = ((row.price_trace as TraceStep[] | null) ?? [])
    .filter(({ code }) => code !== 'floor')
    .map((step) => (isBelow && step.code === 'blocked' ? { ...step, text: belowOurFloor } : step));
  return {
    ...row,
    price_trace: trace,
    price_margin_percent: null,
    price_blocked: isBelow ? belowOurFloor : row.price_blocked,
    cost_minor: null,
    override_floor_by: null,
    override_floor_reason: null,
  };
}

/** The stored trace as sentences, each with its source, and what became of the price. */
export function sentencesOf(row: PriceRow): string[] {
  const steps = ((row.price_trace as TraceStep[] | null) ?? []).map(({ text, source }) =>
    source === null ? text : `${text} (${source})`,
  );
  const show = (minor: number | null): string => (minor === null ? 'nothing' : showMinor(minor, row.currency));
  const when = (at: Date | null): string => (at === null ? '' : ` since ${at.toISOString()}`);
  const stays =
    row.price_desired_minor !== null && (row.price_blocked !== null || row.price_waits !== null)
      ? [`Until then the price in force stays: ${show(row.price_desired_minor)}.`]
      : [];
  const changes =
    row.price_due_at === null
      ? []
      : [
          `It is reckoned anew by itself at ${row.price_due_at.toISOString()}: a date of it comes, or its exchange rate is too old then.`,
        ];
  return [
    ...steps,
    ...stays,
    ...changes,
    `Desired ${show(row.price_desired_minor)}; acknowledged by ${row.account_name} ${show(row.price_acknowledged_minor)}${when(row.price_acknowledged_at)}; ` +
      `last seen there ${show(row.price_seen_minor)}${when(row.price_seen_at)}.`,
  ];
}

export interface HistoryRow {
  readonly version: number;
  readonly cause: string;
  readonly source: string;
  readonly actor: string;
  readonly why: string | null;
  readonly changed: unknown;
  readonly at: Date;
}

/** Who changed the price, newest first. */
export async function priceHistory(trx: Tx, rowId: string, limit = 50): Promise<HistoryRow[]> {
  return trx('price_changes')
    .where({ listing_sku_id: rowId })
    .orderBy('version', 'desc')
    .limit(limit)
    .select('version', 'cause', 'source', 'actor', 'why', 'changed', 'at');
}
