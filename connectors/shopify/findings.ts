import { toMinor } from '../contract/minor-units.ts';
import type { RowFinding, StoreVariant } from '../contract/store.ts';
import type { ShopifyVariant } from './schema.ts';

/** A finding that blocks unless it says otherwise. */
export function finding(
  field: string,
  value: string | null,
  reason: string,
  more: { readonly remedy?: string; readonly blocking?: boolean } = {},
): RowFinding {
  return { field, value, reason, remedy: more.remedy ?? 'Correct it in the shop.', blocking: more.blocking ?? true };
}

/** What is odd about one variant, and what to do about it. */
export function findingsOfVariant(row: ShopifyVariant, variant: StoreVariant, currency: string): RowFinding[] {
  return [...aboutSku(row, variant), ...aboutPrice(row, variant, currency), ...aboutStock(row, variant)];
}

function aboutSku({ id }: ShopifyVariant, { sku }: StoreVariant): RowFinding[] {
  if (sku !== null) return [];
  return [finding('sku', null, `Variant ${id} has no SKU.`, { remedy: 'Give it a SKU in the shop.' })];
}

function aboutPrice(row: ShopifyVariant, variant: StoreVariant, currency: string): RowFinding[] {
  const findings: RowFinding[] = [];
  if (variant.price === null) {
    const reason = `The price of ${row.id} cannot be read exactly in ${currency}.`;
    findings.push(finding('price', row.price, reason, { remedy: 'Set a price without fractions of a cent.' }));
  } else if (variant.price.amountMinor === 0) {
    findings.push(finding('price', row.price, `Variant ${row.id} costs nothing.`, { remedy: 'Set a price.' }));
  }
  const struck = row.compareAtPrice === null ? 0 : toMinor(row.compareAtPrice, currency);
  if (struck === null) {
    const reason = `The compare-at price of ${row.id} cannot be read exactly.`;
    findings.push(finding('salePrice', row.compareAtPrice, reason, { blocking: false }));
  }
  return findings;
}

function aboutStock(row: ShopifyVariant, { stock }: StoreVariant): RowFinding[] {
  const findings: RowFinding[] = [];
  if (!stock.managed) {
    findings.push(
      finding('stock', null, `The shop does not count the stock of ${row.id}.`, {
        remedy: 'Switch on "Track quantity" for it in the shop.',
      }),
    );
  } else if ((row.inventoryQuantity ?? 0) < 0) {
    const reason = `The shop counts ${row.inventoryQuantity} pieces of ${row.id}; none are taken.`;
    findings.push(finding('stock', String(row.inventoryQuantity), reason, { blocking: false }));
  }
  if (row.requiresComponents) {
    const reason = `Variant ${row.id} is a bundle: its stock follows from its parts and cannot be written.`;
    findings.push(
      finding('stock', null, reason, { remedy: 'Write the stock of its parts in the shop.', blocking: false }),
    );
  }
  if (!row.inventoryItem.requiresShipping) {
    const reason = `Variant ${row.id} is not shipped (a service or a download).`;
    findings.push(finding('shipping', null, reason, { remedy: 'Mark it as a physical product in the shop.' }));
  }
  const { weight } = row.inventoryItem.measurement;
  if (weight !== null && weight.value < 0) {
    findings.push(finding('weight', String(weight.value), `The weight of ${row.id} is negative.`, { blocking: false }));
  }
  return findings;
}
