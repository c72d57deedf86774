import type { PriceRow } from '../../../db/prices-input.ts';
import type { OpenPrice } from '../../../db/prices-table.ts';
import type { Ref } from '../schemas/common.ts';
import type { MoneyCell } from './prices-columns.ts';

/** A row with the price on which somebody must decide. */
export interface Priced {
  readonly row: PriceRow;
  readonly open: OpenPrice | null;
}

const money = (amountMinor: number | null, currency: string): MoneyCell | null =>
  amountMinor === null ? null : { amountMinor, currency };

/** The price that a person set: the one that is proposed, else the one in force. */
export function handPrice({
  row,
  open,
}: Priced): { amountMinor: number; reason: string; expiresAt: Date | null } | null {
  if (open?.kind === 'hand') return { amountMinor: open.amount_minor, reason: open.reason, expiresAt: open.expires_at };
  if (row.override_minor === null) return null;
  return { amountMinor: row.override_minor, reason: row.override_reason ?? '', expiresAt: row.override_expires_at };
}

/** What it shall cost there: a hand price, else the rule price, else what is in force. */
export const wantedMinor = (priced: Priced): number | null =>
  handPrice(priced)?.amountMinor ?? priced.row.price_rule_minor ?? priced.row.price_desired_minor;

function waitingOf({ row, open }: Priced): string | null {
  if (open?.kind === 'hand') return `the decision on the price that ${open.proposed_by} typed`;
  if (open) return row.price_waits;
  return null;
}

/** The cells that an edit is compared with; instants as text. */
export function comparableCells(priced: Priced): Readonly<Record<string, unknown>> {
  const { row } = priced;
  const hand = handPrice(priced);
  return {
    price: money(wantedMinor(priced), row.currency),
    reason: hand?.reason ?? null,
    expiresAt: hand?.expiresAt?.toISOString() ?? null,
    cost: money(row.cost_minor, row.base_currency),
    note: row.price_note,
    belowFloor: priced.open ? null : row.override_floor_reason,
  };
}

/** Every cell of a row; `columnsFor` says which of them a person has. */
export function cellsOf(priced: Priced, refs: { brand: Ref | null; connection: Ref | null }): Record<string, unknown> {
  const { row } = priced;
  return {
    sku: row.seller_sku,
    listing: row.listing_title,
    brand: refs.brand,
    connection: refs.connection,
    state: row.listing_state,
    ...comparableCells(priced),
    rulePrice: money(row.price_rule_minor, row.currency),
    waiting: waitingOf(priced),
    desired: money(row.price_desired_minor, row.currency),
    acknowledged: money(row.price_acknowledged_minor, row.currency),
    seen: money(row.price_seen_minor, row.currency),
    margin: row.price_margin_percent === null ? null : String(row.price_margin_percent),
    blocked: row.price_blocked,
    brandPrice: money(row.base_price_minor, row.base_currency),
    salePrice: money(row.sale_price_minor, row.base_currency),
  };
}
