import type { PriceResult } from '../pricing/marketplace-price.ts';
import { marketplacePrice } from '../pricing/marketplace-price.ts';
import type { TraceStep } from '../pricing/types.ts';
import type { Tx } from './database.ts';
import { stockKey } from './follow-ups.ts';
import { refusedForPrice } from './listing-prices.ts';
import { settleGuards } from './prices-guards.ts';
import { groundOf, inputOf, isOverThere, type PriceRow, readPriceRows } from './prices-input.ts';
import { noteBlocked } from './prices-problems.ts';
import { riseToStaff } from './queries/rise.ts';
import type { Command } from './steps.ts';
import { wake } from './stock.ts';

export type PriceCause =
  | 'brand-price'
  | 'exchange-rate'
  | 'rule'
  | 'sale'
  | 'proposed'
  | 'approved'
  | 'rejected'
  | 'withdrawn'
  | 'expired'
  | 'edited'
  | 'listed';

/** Why prices are reckoned anew, and where the news came from. */
export interface PriceNews {
  readonly cause: PriceCause;
  /** In words: "Kauri Wool (WooCommerce)", "European Central Bank, 2026-07-01". Null: the row's own source. */
  readonly source: string | null;
}

export interface Repriced {
  /** Rows whose price, rule price or reason of blocking changed. */
  readonly changed: number;
  /** Listings of which a SKU got its first price or lost it. */
  readonly listingsToRefresh: readonly string[];
}

interface Computed {
  readonly row: PriceRow;
  readonly result: PriceResult;
  readonly next: NextColumns;
  readonly changed: Record<string, [unknown, unknown]>;
}

interface NextColumns {
  id: string;
  price_desired_minor: number | null;
  price_rule_minor: number | null;
  price_accepted_minor: number | null;
  price_accepted_regular_minor: number | null;
  price_margin_percent: string | null;
  price_blocked_code: string | null;
  price_blocked: string | null;
  price_waits: string | null;
  price_due_at: string | null;
  price_trace: unknown;
  price_version: number;
}

/**
 * Reckons the prices of some rows anew and writes what differs, all rows in a handful of statements: desired price, trace,
 * what blocks or waits, the history of what changed; wakes the accounts whose offers differ. Up to a few thousand rows at
 * once. The rows were read inside the caller's wall; their rules are the staff's, so this ends the walled part.
 */
export async function reprice(trx: Tx, ids: readonly string[], news: PriceNews, command: Command): Promise<Repriced> {
  if (ids.length === 0) return { changed: 0, listingsToRefresh: [] };
  await riseToStaff(trx);
  const rows = await readPriceRows(trx, ids, { lock: true });
  const ground = await groundOf(trx, rows, command.at);
  const computed = rows.map((row) => compute(row, marketplacePrice(inputOf(row, ground, command.at))));
  const differing = computed.filter(({ row, next }) => differs(row, next));
  await write(trx, differing);
  const changed = differing.filter((one) => Object.keys(one.changed).length > 0);
  await remember(
    trx,
    changed.map(({ row, next, changed: fields }) => ({
      row,
      version: next.price_version,
      fields,
      source: news.source ?? sourceOf(row, command),
    })),
    news.cause,
    command,
  );
  await settleGuards(trx, computed, command);
  await noteBlocked(
    trx,
    differing.filter(({ row, next }) => troubleOf(row) !== troubleOf(next)).map(({ row }) => row),
    command,
  );
  await wakeAccounts(trx, changed, command);
  const appeared = changed.filter(
    ({ row, next }) => (row.price_desired_minor === null) !== (next.price_desired_minor === null),
  );
  const moved = changed.filter(({ changed: fields }) => fields.desired !== undefined);
  const refused = await refusedForPrice(trx, [...new Set(moved.map(({ row }) => row.listing_id))]);
  const toRefresh = new Set([...appeared.map(({ row }) => row.listing_id), ...refused]);
  return { changed: changed.length, listingsToRefresh: [...toRefresh].sort() };
}

const troubleOf = (row: Pick<PriceRow, 'price_blocked_code' | 'price_waits'>): string =>
  `${row.price_blocked_code ?? ''}/${row.price_waits === null ? '' : 'waits'}`;

const sourceOf = (row: PriceRow, { role, actor }: Command): string =>
  role === 'connector' || role === 'system' ? (row.shop_name ?? 'the brand’s file') : actor;

/** The price in force stays where the marketplace has one and the rules give none now. */
function compute(row: PriceRow, result: PriceResult): Computed {
  const isThere = isOverThere(row);
  const desired = result.price?.amountMinor ?? (isThere ? row.price_desired_minor : null);
  // What moved far while an override or a block stood before it is looked at when that is gone.
  const isHidden =
    isThere && row.price_accepted_minor !== null && (result.blocked !== null || row.override_id !== null);
  const isAccepted = result.rulePriceMinor !== null && result.waits === null && !isHidden;
  const accepted = isAccepted
    ? { price: result.rulePriceMinor, regular: result.regularRuleMinor ?? result.rulePriceMinor }
    : { price: row.price_accepted_minor, regular: row.price_accepted_regular_minor };
  const columns = {
    id: row.id,
    price_desired_minor: desired,
    price_rule_minor: result.rulePriceMinor,
    price_accepted_minor: accepted.price,
    price_accepted_regular_minor: accepted.regular,
    price_margin_percent: result.marginPercent,
    price_blocked_code: result.blocked?.code ?? null,
    price_blocked: result.blocked?.reason ?? null,
    price_waits: result.waits,
    price_due_at: result.changesAt?.toISOString() ?? null,
    price_trace: result.trace,
  };
  const changed: Record<string, [unknown, unknown]> = {};
  const note = (field: string, before: unknown, after: unknown): void => {
    if (before !== after) changed[field] = [before, after];
  };
  note('desired', row.price_desired_minor, columns.price_desired_minor);
  note('rule', row.price_rule_minor, columns.price_rule_minor);
  note('blocked', row.price_blocked_code, columns.price_blocked_code);
  note('waits', row.price_waits !== null, columns.price_waits !== null);
  const price_version = row.price_version + (Object.keys(changed).length > 0 ? 1 : 0);
  return { row, result, changed, next: { ...columns, price_version } };
}

function differs(row: PriceRow, next: NextColumns): boolean {
  return (
    next.price_version !== row.price_version ||
    next.price_accepted_minor !== row.price_accepted_minor ||
    next.price_accepted_regular_minor !== row.price_accepted_regular_minor ||
    next.price_blocked !== row.price_blocked ||
    next.price_due_at !== (row.price_due_at?.toISOString() ?? null) ||
    said(next.price_trace) !== said(row.price_trace)
  );
}

/** A trace as text; the database keeps the keys of its objects in an order of its own. */
const said = (trace: unknown): string =>
  JSON.stringify(Array.isArray(trace) ? trace.map(({ code, text, source }: TraceStep) => [code, text, source]) : trace);

async function write(trx: Tx, rows: readonly Computed[]): Promise<void> {
  if (rows.length === 0) return;
  await trx.raw(
    `update listing_skus ls set price_desired_minor = n.price_desired_minor, price_rule_minor = n.price_rule_minor,
       price_accepted_minor = n.price_accepted_minor, price_accepted_regular_minor = n.price_accepted_regular_minor,
       price_margin_percent = n.price_margin_percent, price_blocked_code = n.price_blocked_code,
       price_blocked = n.price_blocked, price_waits = n.price_waits, price_due_at = n.price_due_at,
       price_trace = n.price_trace, price_version = n.price_version
     from jsonb_to_recordset(?::jsonb) as n(id uuid, price_desired_minor bigint, price_rule_minor bigint,
       price_accepted_minor bigint, price_accepted_regular_minor bigint, price_margin_percent numeric,
       price_blocked_code text, price_blocked text, price_waits text, price_due_at timestamptz, price_trace jsonb,
       price_version int)
     where ls.id = n.id`,
    [JSON.stringify(rows.map(({ next }) => next))],
  );
}

export interface PriceChange {
  readonly row: Pick<PriceRow, 'id' | 'brand_id'>;
  /** The version that the row has after the change. */
  readonly version: number;
  readonly fields: Readonly<Record<string, readonly [unknown, unknown]>>;
  readonly source: string;
}

/** Appends to the history of prices. */
export async function remember(
  trx: Tx,
  changes: readonly PriceChange[],
  cause: PriceCause,
  { actor, role, why, at }: Command,
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ row, version, fields, source }) => ({
    brand_id: row.brand_id,
    listing_sku_id: row.id,
    version,
    source,
    changed: fields,
  }));
  await trx.raw(
    `insert into price_changes (brand_id, listing_sku_id, version, cause, source, actor, role, why, changed, at)
     select brand_id, listing_sku_id, version, ?, source, ?, ?, ?, changed, ?
     from jsonb_to_recordset(?::jsonb) as n(brand_id uuid, listing_sku_id uuid, version int, source text, changed jsonb)`,
    [cause, actor, role, why ?? null, at, JSON.stringify(rows)],
  );
}

async function wakeAccounts(trx: Tx, changed: readonly Computed[], command: Command): Promise<void> {
  const accounts = new Set(
    changed
      .filter(({ row, next }) => row.remote === 'LIVE' && row.price_desired_minor !== next.price_desired_minor)
      .map(({ row }) => row.connection_id),
  );
  await wake(
    trx,
    [...accounts].sort().map((id) => ({ topic: 'stock', key: stockKey(id), payload: { id } })),
    command,
  );
}
