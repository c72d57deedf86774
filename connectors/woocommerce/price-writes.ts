import type { Money, RowOutcome } from '../contract/common.ts';
import { fromMinor, toMinor } from '../contract/minor-units.ts';
import type { PriceWrite, PriceWritten } from '../contract/store-writing.ts';
import { check, priceSchema, type WooPrice } from './schema.ts';
import { formatGmt, parseGmt } from './text.ts';
import { refusedOutcome, type Unit, type UnitChange, type UnitDesk, unitOf } from './units.ts';

const FIELDS = 'id,sku,type,regular_price,sale_price,date_on_sale_from_gmt,date_on_sale_to_gmt';

type Outcome = RowOutcome<PriceWritten>;
type Planned = { readonly row: PriceWrite; readonly unit: Unit };

/**
 * Sets regular and sale prices. Everything is checked before it is sent: WooCommerce takes a price that it cannot read as
 * "no price" and answers 200, and the rows of a batch are not checked against its schema at all. The prices that the shop
 * answers are compared with what was sent.
 *
 * @param currency the shop's own
 */
export async function writePrices(desk: UnitDesk, rows: readonly PriceWrite[], currency: string): Promise<Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  const planned = plan(rows, currency, outcomes);
  const shown = await desk.read(
    planned.map(({ unit }) => unit),
    FIELDS,
    'prices.read',
  );
  const changes: UnitChange[] = [];
  for (const { row, unit } of planned) {
    const state = stateOf(row, shown.get(unit.id), currency);
    if ('outcome' in state) outcomes.set(row.key, state.outcome);
    else changes.push({ key: row.key, unit, body: bodyOf(row) });
  }
  for (const outcome of await desk.change(changes, 'prices.write')) {
    const row = planned.find((one) => one.row.key === outcome.key)?.row;
    if (row !== undefined) outcomes.set(row.key, settle(outcome, row, currency));
  }
  return rows.map((row) => outcomes.get(row.key) ?? refusedOutcome(row.key, 'unanswered', 'It was not written.'));
}

function plan(rows: readonly PriceWrite[], currency: string, outcomes: Map<string, Outcome>): Planned[] {
  const planned: Planned[] = [];
  const taken = new Set<number>();
  for (const row of rows) {
    const unit = unitOf(row);
    const problem = problemOf(row, currency);
    if (problem !== null) outcomes.set(row.key, refusedOutcome(row.key, problem.code, problem.reason));
    else if (unit === null)
      outcomes.set(row.key, refusedOutcome(row.key, 'not_found', 'Its ids are none of WooCommerce.'));
    else if (taken.has(unit.id)) {
      outcomes.set(row.key, refusedOutcome(row.key, 'twice', 'Another row of this batch sets the same price.'));
    } else {
      taken.add(unit.id);
      planned.push({ row, unit });
    }
  }
  return planned;
}

/** What is wrong with a row by itself; a price of 0 would make a product free, and is refused. */
function problemOf({ price, sale }: PriceWrite, currency: string): { code: string; reason: string } | null {
  const amounts = [price, ...(sale ? [sale.price] : [])];
  const foreign = amounts.find((one) => one.currency !== currency);
  if (foreign !== undefined) {
    return { code: 'currency', reason: `The shop's prices are in ${currency}, not in ${foreign.currency}.` };
  }
  const odd = amounts.find(({ amountMinor }) => !Number.isSafeInteger(amountMinor) || amountMinor <= 0);
  if (odd !== undefined) return { code: 'price', reason: `${odd.amountMinor} is no price.` };
  if (!sale) return null;
  if (sale.price.amountMinor >= price.amountMinor) {
    return { code: 'sale_not_below', reason: 'A sale price must be below the regular price.' };
  }
  if (sale.from !== null && sale.to !== null && sale.from >= sale.to) {
    return { code: 'sale_dates', reason: 'The sale ends before it begins.' };
  }
  return null;
}

function stateOf(row: PriceWrite, shown: unknown, currency: string): { outcome: Outcome } | { write: true } {
  const refuse = (code: string, reason: string) => ({ outcome: refusedOutcome(row.key, code, reason) });
  if (shown === undefined) return refuse('not_found', 'The shop does not show this product any more.');
  const verdict = check(priceSchema, shown);
  if (!verdict.ok) return refuse('unreadable', `The shop's prices cannot be read (${verdict.problem}).`);
  const { sku, type } = verdict.value;
  if ((sku ?? '') !== row.sku) return refuse('sku_changed', `The shop shows the SKU "${sku ?? ''}" there now.`);
  if (type === 'variable' || type === 'grouped') {
    return refuse('no_own_price', `A ${type} product has no price of its own. Set those of its variations.`);
  }
  const kept = amount(verdict.value.sale_price, currency);
  if (row.sale === undefined && kept !== null && kept.amountMinor >= row.price.amountMinor) {
    return refuse(
      'sale_not_below',
      `Its sale price in the shop would not be below the regular price. End the sale too.`,
    );
  }
  if (!isAsWanted(verdict.value, row, currency) || !hasDates(verdict.value, row)) return { write: true };
  return { outcome: { ok: true, key: row.key, value: { price: row.price, salePrice: kept } } };
}

function bodyOf({ price, sale }: PriceWrite): Record<string, unknown> {
  const regular = { regular_price: fromMinor(price.amountMinor, price.currency) };
  if (sale === undefined) return regular;
  // An empty text ends a date: null is overlooked.
  const dates = (from: Date | null, to: Date | null) => ({
    date_on_sale_from_gmt: from === null ? '' : formatGmt(from),
    date_on_sale_to_gmt: to === null ? '' : formatGmt(to),
  });
  if (sale === null) return { ...regular, sale_price: '', ...dates(null, null) };
  return {
    ...regular,
    sale_price: fromMinor(sale.price.amountMinor, sale.price.currency),
    ...dates(sale.from, sale.to),
  };
}

function settle(written: RowOutcome<unknown>, row: PriceWrite, currency: string): Outcome {
  if (!written.ok) return written;
  const { key } = row;
  const verdict = check(priceSchema, written.value);
  if (!verdict.ok) {
    return { ok: false, key, retryable: true, code: 'unreadable', reason: 'The shop’s answer cannot be read.' };
  }
  if (isAsWanted(verdict.value, row, currency)) {
    return { ok: true, key, value: { price: row.price, salePrice: amount(verdict.value.sale_price, currency) } };
  }
  const { regular_price: regular, sale_price: sale } = verdict.value;
  const reason = `The shop kept the price "${regular ?? ''}" and the sale price "${sale ?? ''}".`;
  return refusedOutcome(key, 'not_kept', reason);
}

function isAsWanted(shown: WooPrice, { price, sale }: PriceWrite, currency: string): boolean {
  if (amount(shown.regular_price, currency)?.amountMinor !== price.amountMinor) return false;
  if (sale === undefined) return true;
  if (sale === null) return String(shown.sale_price ?? '').trim() === '';
  return amount(shown.sale_price, currency)?.amountMinor === sale.price.amountMinor;
}

/** Whole seconds: the shop keeps no fractions. */
function hasDates(shown: WooPrice, { sale }: PriceWrite): boolean {
  if (sale === undefined) return true;
  const same = (text: string | null | undefined, wanted: Date | null) =>
    (parseGmt(text) === null ? null : formatGmt(parseGmt(text) ?? new Date(0))) ===
    (wanted === null ? null : formatGmt(wanted));
  return same(shown.date_on_sale_from_gmt, sale?.from ?? null) && same(shown.date_on_sale_to_gmt, sale?.to ?? null);
}

function amount(text: string | number | null | undefined, currency: string): Money | null {
  const amountMinor = toMinor(String(text ?? ''), currency);
  return amountMinor === null ? null : { amountMinor, currency };
}
