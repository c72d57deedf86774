import { sharedOf } from '../../db/approve-together.ts';
import type { Tx } from '../../db/database.ts';
import { productChanged, refreshListing } from '../../db/listings.ts';
import { approveWithPrices } from '../../db/prices-approval.ts';
import { type SkuNotes, skuNotes } from '../../db/sku-notes.ts';
import type { Command, Row } from '../../db/steps.ts';
import { ApiError } from './errors.ts';
import type { Asked } from './idempotency.ts';
import { stepAny, stepOrRefuse } from './stepping.ts';

export interface ListingOutcome {
  id: string;
  ok: boolean;
  state: string | null;
  version: number | null;
  code?: string;
  why?: string;
}

/**
 * Approves a product together with its listings in one transaction, except on marketplaces whose listing
 * defaults say `approveApart`. A listing that cannot be approved says why and stays; the product is approved.
 * `seen` are the listing versions that the approver looked at, where the caller names them.
 */
export async function approveProduct(
  trx: Tx,
  input: { id: string; expectedVersion?: number | undefined },
  command: Command,
): Promise<{ state: string; version: number; listings: ListingOutcome[] }> {
  const { state, version } = await stepOrRefuse(trx, 'product', { ...input, event: 'APPROVE' }, command);
  const rows = await sharedOf(trx, [input.id]);
  const listings: ListingOutcome[] = [];
  for (const { id } of rows) {
    const own = { ...command, commandId: `${command.commandId}/listing/${id}` };
    listings.push(await approveListing(trx, { id }, own));
  }
  return { state, version, listings };
}

/** Approves one listing: what goes out is the content with the hash that is approved here. */
export async function approveListing(
  trx: Tx,
  { id, expectedVersion }: { id: string; expectedVersion?: number | undefined },
  command: Command,
): Promise<ListingOutcome> {
  const row: Row | undefined = await trx('listings').where({ id }).forUpdate().first();
  const priced = row ? await approveWithPrices(trx, row, expectedVersion, command) : null;
  if (priced && !('seen' in priced)) return { id, ...priced };
  const changes = row ? { approved_hash: row.content_hash, approved_by: command.actor } : {};
  const seen = priced?.seen ?? expectedVersion;
  const result = await stepAny(trx, 'listing', { id, event: 'APPROVE', expectedVersion: seen, changes }, command);
  if (result.ok) return { id, ok: true, state: result.state, version: result.version };
  return { id, ok: false, state: result.state, version: result.version, code: result.code, why: result.why };
}

const skuColumns = {
  weightGrams: 'weight_grams',
  lengthMm: 'length_mm',
  widthMm: 'width_mm',
  heightMm: 'height_mm',
  barcode: 'barcode',
  hsCode: 'hs_code',
  originCountryCode: 'origin_country_code',
} as const;
type SkuField = keyof typeof skuColumns;

export type SkuChange = { readonly skuId: string } & {
  readonly [Field in SkuField]?: string | number | null | undefined;
};

/**
 * Changes what a person may correct of a product's SKUs. Returns what differed, in words and for the history; SKUs of
 * other products are refused.
 */
export async function changeSkus(
  trx: Tx,
  { productId, changes, command }: { productId: string; changes: readonly SkuChange[]; command: Command },
): Promise<{ touched: string[]; noted: SkuNotes }> {
  const touched: string[] = [];
  let noted: SkuNotes = {};
  const ordered = [...changes].sort((a, b) => (a.skuId < b.skuId ? -1 : 1));
  for (const { skuId, ...fields } of ordered) {
    const row = await trx('skus').where({ id: skuId, product_id: productId }).forUpdate().first();
    if (!row) throw new ApiError('NotFound', `This product has no SKU ${skuId}.`);
    const columns: Record<string, string | number | null> = {};
    for (const [field, column] of Object.entries(skuColumns) as [SkuField, string][]) {
      const value = fields[field];
      if (value === undefined || value === row[column]) continue;
      columns[column] = value;
      touched.push(`${field} of ${row.sku}: ${row[column] ?? 'none'} → ${value ?? 'none'}`);
    }
    if (Object.keys(columns).length === 0) continue;
    noted = { ...noted, ...skuNotes(row, columns) };
    // Noted per field, so that no later reading of the shop overwrites it.
    const owner = { by: command.actor, at: command.at.toISOString() };
    const owners = Object.fromEntries(Object.keys(columns).map((column) => [column, owner]));
    await trx('skus')
      .where({ id: skuId })
      .update({ ...columns, field_owners: JSON.stringify({ ...row.field_owners, ...owners }) });
  }
  return { touched, noted };
}

/** After an edit of a product: prices, findings and hashes of its listings; live ones that differ move to UPDATE. */
export async function followProductEdit(trx: Tx, before: Row, { command }: Asked): Promise<ListingOutcome[]> {
  const seen = { title: String(before.title), descriptionHtml: String(before.description_html) };
  await productChanged(trx, before.id, seen, command);
  const rows: { id: string; state: string; version: number }[] = await trx('listings')
    .where({ product_id: before.id })
    .orderBy('id')
    .select('id', 'state', 'version');
  return rows.map(({ id, state, version }) => ({ id, ok: true, state, version }));
}

/**
 * After an edit of a listing: its findings and the hash of what it would show now. A SKU's weight or size belongs to the
 * product: its other listings follow.
 */
export async function followListingEdit(
  trx: Tx,
  input: { listingId: string; productId: string; skusTouched: boolean },
  command: Command,
): Promise<void> {
  await refreshListing(trx, input.listingId);
  if (!input.skusTouched) return;
  const product = await trx('products').where({ id: input.productId }).first('title', 'description_html');
  const same = { title: product.title, descriptionHtml: product.description_html };
  await productChanged(trx, input.productId, same, command);
}
