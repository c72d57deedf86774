import type { RowOutcome } from '../contract/common.ts';
import type { StockWrite, StockWritten, StoreLocation } from '../contract/store-writing.ts';
import { toStoreStock } from './mapping.ts';
import { check, stockSchema, type WooStock } from './schema.ts';
import { refusedOutcome, type Unit, type UnitChange, type UnitDesk, unitOf } from './units.ts';

/** WooCommerce has one stock for the whole shop. */
export const SHOP_LOCATION: StoreLocation = { externalId: 'shop', name: 'The shop', active: true };

/** MySQL's largest INT: what order lines and reports of the shop can hold. */
const LARGEST_QUANTITY = 2_147_483_647;
const FIELDS = 'id,sku,type,manage_stock,stock_quantity,stock_status';
const MANAGE_REMEDY = 'Switch on "Track stock quantity" for it in the shop.';

type Outcome = RowOutcome<StockWritten>;
type Planned = { readonly row: StockWrite; readonly unit: Unit };

/**
 * Sets what the shop can sell of each row. WooCommerce has no compare-and-set: a row with `expected` is read, compared,
 * written and read back; between reading and writing an order may still come in. Odd rows are refused before anything is
 * sent: the shop drops a quantity silently where it does not count stock, and cuts fractions off.
 */
export async function writeStock(desk: UnitDesk, rows: readonly StockWrite[]): Promise<Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  const planned = plan(rows, outcomes);
  const units = planned.map(({ unit }) => unit);
  const before = await desk.read(units, FIELDS, 'stock.read');
  const changes: UnitChange[] = [];
  const shownBefore = new Map<string, number>();
  for (const { row, unit } of planned) {
    const state = stateOf(row, before.get(unit.id));
    if ('refused' in state) {
      outcomes.set(row.key, state.refused);
      continue;
    }
    shownBefore.set(row.key, state.quantity);
    if (state.quantity === row.quantity) {
      outcomes.set(row.key, { ok: true, key: row.key, value: { before: state.quantity, after: state.quantity } });
    } else if (row.expected !== null && row.expected !== state.quantity) {
      const reason = `The shop shows ${state.quantity} pieces, not ${row.expected} as when it was last looked at.`;
      outcomes.set(row.key, refusedOutcome(row.key, 'stale', reason));
    } else changes.push({ key: row.key, unit, body: { stock_quantity: row.quantity } });
  }
  const written = await desk.change(changes, 'stock.write');
  const readBack = await readBackOf(desk, planned, changes);
  for (const outcome of written) {
    outcomes.set(outcome.key, settle(outcome, planned, shownBefore.get(outcome.key) ?? null, readBack));
  }
  return rows.map((row) => outcomes.get(row.key) ?? refusedOutcome(row.key, 'unanswered', 'It was not written.'));
}

/** The rows that can be tried at all; the others get their outcome. */
function plan(rows: readonly StockWrite[], outcomes: Map<string, Outcome>): Planned[] {
  const planned: Planned[] = [];
  const taken = new Set<number>();
  for (const row of rows) {
    const unit = unitOf(row);
    const { key, quantity, locationId } = row;
    const refuse = (code: string, reason: string) => void outcomes.set(key, refusedOutcome(key, code, reason));
    if (unit === null) refuse('not_found', 'Its ids are none of WooCommerce.');
    else if (!Number.isInteger(quantity) || quantity < 0 || quantity > LARGEST_QUANTITY) {
      refuse('quantity', `${quantity} is no quantity: whole pieces from 0 to ${LARGEST_QUANTITY}.`);
    } else if (locationId !== null && locationId !== SHOP_LOCATION.externalId) {
      refuse('location', `A WooCommerce shop has one stock; it knows no place "${locationId}".`);
    } else if (taken.has(unit.id)) refuse('twice', 'Another row of this batch sets the stock of the same product.');
    else {
      taken.add(unit.id);
      planned.push({ row, unit });
    }
  }
  return planned;
}

function stateOf(row: StockWrite, shown: unknown): { quantity: number } | { refused: Outcome } {
  const refuse = (code: string, reason: string) => ({ refused: refusedOutcome(row.key, code, reason) });
  if (shown === undefined) return refuse('not_found', 'The shop does not show this product any more.');
  const verdict = check(stockSchema, shown);
  if (!verdict.ok) return refuse('unreadable', `The shop's stock cannot be read (${verdict.problem}).`);
  const { sku, manage_stock: managed } = verdict.value;
  if ((sku ?? '') !== row.sku) return refuse('sku_changed', `The shop shows the SKU "${sku ?? ''}" there now.`);
  if (managed === 'parent') {
    const remedy = 'Track stock at each variation.';
    return refuse('shared_stock', `It shares its stock with the other variations of its product. ${remedy}`);
  }
  if (managed !== true) return refuse('not_managed', `The shop does not count its stock. ${MANAGE_REMEDY}`);
  return { quantity: quantityOf(verdict.value) };
}

/** Where somebody may have changed it meanwhile, the answer to the write is not taken for the truth. */
async function readBackOf(
  desk: UnitDesk,
  planned: readonly Planned[],
  changes: readonly UnitChange[],
): Promise<Map<number, unknown>> {
  const sent = new Set(changes.map(({ key }) => key));
  const units = planned.filter(({ row }) => row.expected !== null && sent.has(row.key)).map(({ unit }) => unit);
  return units.length === 0 ? new Map() : desk.read(units, FIELDS, 'stock.read');
}

function settle(
  written: RowOutcome<unknown>,
  planned: readonly Planned[],
  before: number | null,
  readBack: ReadonlyMap<number, unknown>,
): Outcome {
  if (!written.ok) return written;
  const { key } = written;
  const one = planned.find(({ row }) => row.key === key);
  const answered = check(stockSchema, written.value);
  if (one === undefined || !answered.ok) {
    return { ok: false, key, retryable: true, code: 'unreadable', reason: 'The shop’s answer cannot be read.' };
  }
  if (answered.value.manage_stock !== true || quantityOf(answered.value) !== one.row.quantity) {
    const shown = answered.value.stock_quantity ?? 'nothing';
    const reason = `The shop kept ${shown}, not ${one.row.quantity}. ${MANAGE_REMEDY}`;
    return { ok: false, key, retryable: false, code: 'not_kept', reason };
  }
  const later = check(stockSchema, readBack.get(one.unit.id));
  const after = quantityOf(later.ok ? later.value : answered.value);
  return { ok: true, key, value: { before, after } };
}

function quantityOf(row: WooStock): number {
  return toStoreStock(row).quantity ?? 0;
}
