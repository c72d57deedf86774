import type { KnownRate } from '../pricing/exchange.ts';
import type { Override, PriceInput } from '../pricing/input.ts';
import type { Tx } from './database.ts';
import { ratesAmong } from './exchange-rates.ts';
import { type RuleRow, ruleFor, rulesInForce } from './prices-rules.ts';

/** A SKU on a marketplace with everything that its price depends on. */
export interface PriceRow {
  readonly id: string;
  readonly brand_id: string;
  readonly listing_id: string;
  readonly sku_id: string;
  readonly connection_id: string;
  readonly seller_sku: string;
  readonly currency: string;
  readonly price_version: number;
  readonly price_desired_minor: number | null;
  readonly price_acknowledged_minor: number | null;
  readonly price_acknowledged_at: Date | null;
  readonly price_seen_minor: number | null;
  readonly price_seen_at: Date | null;
  readonly price_rule_minor: number | null;
  readonly price_accepted_minor: number | null;
  readonly price_accepted_regular_minor: number | null;
  readonly price_margin_percent: number | null;
  readonly price_blocked_code: string | null;
  readonly price_blocked: string | null;
  readonly price_waits: string | null;
  readonly price_due_at: Date | null;
  readonly price_note: string | null;
  readonly price_trace: unknown;
  readonly sku: string;
  readonly base_price_minor: number | null;
  readonly base_currency: string;
  readonly sale_price_minor: number | null;
  readonly sale_from: Date | null;
  readonly sale_until: Date | null;
  readonly cost_minor: number | null;
  readonly remote: string;
  /** Null: the marketplace has never seen the listing. */
  readonly external_id: string | null;
  readonly listing_state: string;
  readonly listing_title: string;
  readonly account_code: string;
  readonly account_name: string;
  readonly listing_defaults: { roundToMinor?: number };
  readonly shop_name: string | null;
  readonly source_seen_at: Date | null;
  readonly override_id: string | null;
  readonly override_minor: number | null;
  readonly override_reason: string | null;
  readonly override_by: string | null;
  readonly override_at: Date | null;
  readonly override_expires_at: Date | null;
  readonly override_floor_by: string | null;
  readonly override_floor_reason: string | null;
}

/**
 * Reads rows with what their prices depend on, in the order of their ids; `lock` holds them for the rest of the
 * transaction.
 */
export async function readPriceRows(trx: Tx, ids: readonly string[], { lock }: { lock: boolean }): Promise<PriceRow[]> {
  const { rows } = await trx.raw(
    `select ls.*, s.sku, s.price_minor as base_price_minor, s.currency as base_currency, s.sale_price_minor, s.sale_from,
       s.sale_until, s.cost_minor, l.remote, l.external_id, l.state as listing_state, l.title as listing_title, c.code as account_code, c.name as account_name,
       c.listing_defaults, shop.name as shop_name, source.seen_at as source_seen_at, o.id as override_id,
       o.amount_minor as override_minor, o.reason as override_reason, o.proposed_by as override_by,
       o.proposed_at as override_at, o.expires_at as override_expires_at, o.floor_passed_by as override_floor_by,
       o.floor_passed_reason as override_floor_reason
     from listing_skus ls
       join skus s on s.id = ls.sku_id
       join products p on p.id = s.product_id
       join listings l on l.id = ls.listing_id
       join connections c on c.id = ls.connection_id
       left join connections shop on shop.id = p.store_connection_id
       left join source_records source on source.connection_id = p.store_connection_id
         and source.resource = 'product' and source.external_id = p.external_id
       left join price_proposals o on o.listing_sku_id = ls.id and o.state = 'APPROVED' and o.kind = 'hand'
     where ls.id = any(?) order by ls.id ${lock ? 'for no key update of ls' : ''}`,
    [[...ids]],
  );
  return rows;
}

/** Rules and rates that the given rows need. */
export interface PriceGround {
  readonly rules: readonly RuleRow[];
  readonly rates: readonly KnownRate[];
}

export async function groundOf(trx: Tx, rows: readonly PriceRow[], at: Date): Promise<PriceGround> {
  const accounts = [...new Set(rows.map(({ connection_id }) => connection_id))];
  const currencies = [...new Set(rows.flatMap(({ currency, base_currency }) => [currency, base_currency]))];
  return { rules: await rulesInForce(trx, accounts), rates: await ratesAmong(trx, currencies, at) };
}

function overrideOf(row: PriceRow): Override | null {
  if (row.override_minor === null || row.override_at === null) return null;
  return {
    amountMinor: row.override_minor,
    reason: row.override_reason ?? '',
    by: row.override_by ?? '',
    at: row.override_at,
    expiresAt: row.override_expires_at,
    floorPassed:
      row.override_floor_by === null ? null : { by: row.override_floor_by, reason: row.override_floor_reason ?? '' },
  };
}

/** Where the brand's price comes from, in words. */
export const brandSource = ({ shop_name, source_seen_at }: Pick<PriceRow, 'shop_name' | 'source_seen_at'>): string =>
  shop_name === null
    ? 'the brand’s file'
    : `${shop_name}${source_seen_at ? `, read ${source_seen_at.toISOString()}` : ''}`;

/** The marketplace shows a price of it: that one stays in force until there is a better one. */
export const isOverThere = (row: Pick<PriceRow, 'external_id' | 'price_acknowledged_minor'>): boolean =>
  row.external_id !== null && row.price_acknowledged_minor !== null;

/** A row as the pricing function takes it. */
export function inputOf(row: PriceRow, { rules, rates }: PriceGround, at: Date): PriceInput {
  const roundToMinor = row.listing_defaults.roundToMinor ?? 1;
  const { rule, source } = ruleFor(rules, { connectionId: row.connection_id, brandId: row.brand_id, roundToMinor });
  const accepted =
    isOverThere(row) && row.price_accepted_minor !== null && row.price_accepted_regular_minor !== null
      ? { priceMinor: row.price_accepted_minor, regularMinor: row.price_accepted_regular_minor }
      : null;
  return {
    brand: {
      currency: row.base_currency,
      regularMinor: row.base_price_minor,
      saleMinor: row.sale_price_minor,
      saleFrom: row.sale_from,
      saleUntil: row.sale_until,
      costMinor: row.cost_minor,
      source: brandSource(row),
    },
    targetCurrency: row.currency,
    at,
    rates,
    rule,
    ruleSource: source,
    override: overrideOf(row),
    accepted,
  };
}
