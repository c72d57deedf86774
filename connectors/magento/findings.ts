import type { RowOutcome } from '../contract/common.ts';
import type { RowFinding, StoreStock, StoreVariant } from '../contract/store.ts';
import type { MagentoProduct } from './schema.ts';
import { shownBelowZero } from './stock.ts';

/** A finding that blocks unless it says otherwise. */
export function finding(
  field: string,
  value: string | null,
  reason: string,
  more: { readonly remedy?: string; readonly blocking?: boolean } = {},
): RowFinding {
  return { field, value, reason, remedy: more.remedy ?? 'Correct it in the shop.', blocking: more.blocking ?? true };
}

/** What is odd about one sellable unit, and what to do about it. */
export function findingsOfVariant(
  row: MagentoProduct,
  parent: MagentoProduct | null,
  variant: StoreVariant,
  stock: RowOutcome<StoreStock> | undefined,
  special: string | null,
): RowFinding[] {
  const sku = row.sku;
  const findings: RowFinding[] = [];
  if (variant.sku === null) findings.push(finding('sku', String(row.id), 'It has no SKU.'));
  if (sku.length > 64) findings.push(finding('sku', sku, 'The SKU has more than 64 characters.', { blocking: false }));
  if (variant.price === null) {
    const shown = row.price === null || row.price === undefined ? null : String(row.price);
    const reason = shown === null ? `${sku} has no price.` : `The price of ${sku} cannot be read exactly.`;
    findings.push(finding('price', shown, reason, { remedy: 'Set a price in the shop.' }));
  }
  if (special !== null && variant.salePrice === null) {
    findings.push(finding('salePrice', special, `The special price of ${sku} cannot be read exactly.`));
  } else if (
    variant.salePrice !== null &&
    variant.price !== null &&
    variant.salePrice.amountMinor >= variant.price.amountMinor
  ) {
    const reason = `The special price of ${sku} is not below its price.`;
    findings.push(finding('salePrice', special, reason, { blocking: false }));
  }
  findings.push(...aboutSale(row, variant));
  if (stock === undefined || !stock.ok) {
    const reason = stock === undefined ? `The stock of ${sku} was not shown.` : `The stock of ${sku}: ${stock.reason}`;
    findings.push(finding('stock', sku, reason, { remedy: 'Assign it to a source and read it again.' }));
  } else if (shownBelowZero(stock.value) !== null) {
    const shown = shownBelowZero(stock.value);
    const reason = `The shop has sold more of ${sku} than it has (${shown}); 0 are taken.`;
    findings.push(finding('stock', String(shown), reason, { remedy: 'Count it in the shop.', blocking: false }));
  } else if (!stock.value.managed) {
    const remedy = 'Switch on "Manage Stock" for it in the shop.';
    findings.push(finding('stock', sku, `The shop does not count the stock of ${sku}.`, { remedy }));
  }
  if (parent !== null && row.status !== 1) {
    findings.push(
      finding('status', sku, `Variant ${sku} is disabled in the shop.`, { remedy: 'Enable it there to sell it.' }),
    );
  }
  for (const { name, value } of variant.options) {
    if (value === '') findings.push(finding(`option ${name}`, sku, `Variant ${sku} has no ${name}.`));
  }
  return findings;
}

/** Sales that will never be, or never end. */
function aboutSale(row: MagentoProduct, { salePrice, saleFrom, saleTo }: StoreVariant): RowFinding[] {
  if (salePrice === null || saleFrom === null || saleTo === null || saleTo >= saleFrom) return [];
  const reason = `The special price of ${row.sku} ends before it begins.`;
  return [finding('saleTo', saleTo.toISOString(), reason, { blocking: false })];
}

/** What is odd about the product as a whole. */
export function findingsOfProduct(row: MagentoProduct, hasVariants: boolean): RowFinding[] {
  const findings: RowFinding[] = [];
  const name = row.name ?? '';
  if (name.trim() === '') findings.push(finding('title', row.sku, `${row.sku} has no name.`));
  else if (/<\/?[a-z][^<>]*>/i.test(name)) {
    const remedy = 'Write the name in the shop without markup; it is cleaned for marketplaces.';
    findings.push(finding('title', name, `The name of ${row.sku} holds markup.`, { remedy, blocking: false }));
  }
  const lost = (row.media_gallery_entries ?? []).filter(({ file }) => !file || file === 'no_selection').length;
  if (lost > 0) {
    const remedy = 'Upload it again in the shop.';
    findings.push(
      finding('images', null, `${lost} of the pictures of ${row.sku} have no file.`, { remedy, blocking: false }),
    );
  }
  if (row.type_id === 'configurable' && !hasVariants) {
    const remedy = 'Give it variants in the shop, or disable it.';
    findings.push(finding('variants', row.sku, `${row.sku} has no variants that can be sold.`, { remedy }));
  }
  return findings;
}
