import type { RowFinding, StoreVariant } from '../contract/store.ts';
import type { WooProduct, WooVariation } from './schema.ts';

/** A finding that blocks unless it says otherwise. */
export function finding(
  field: string,
  value: string | null,
  reason: string,
  more: { readonly remedy?: string; readonly blocking?: boolean } = {},
): RowFinding {
  return { field, value, reason, remedy: more.remedy ?? 'Correct it in the shop.', blocking: more.blocking ?? true };
}

/**
 * What is odd about one sellable unit, and what to do about it.
 * @param row as the shop sent it
 * @param variant what was made of it
 */
export function findingsOfVariant(row: WooProduct | WooVariation, variant: StoreVariant): RowFinding[] {
  const id = variant.externalId;
  return [
    ...aboutSku(variant),
    ...aboutPrice(row, variant),
    ...aboutStock(row, variant),
    ...aboutMeasures(row, variant),
    ...variant.options
      .filter(({ value }) => value === '')
      .map(({ name }) =>
        finding(`option ${name}`, id, `Variation ${id} leaves ${name} open ("any").`, {
          remedy: 'Make one variation for each value.',
        }),
      ),
    ...('attributes' in row && 'parent_id' in row && (row.parent_id ?? 0) > 0 && row.status === 'private'
      ? [finding('status', id, `Variation ${id} is disabled in the shop.`, { remedy: 'Enable it there to sell it.' })]
      : []),
  ];
}

function aboutSku({ sku, externalId }: StoreVariant): RowFinding[] {
  if (sku !== null) return [];
  return [finding('sku', externalId, `No. ${externalId} has no SKU.`, { remedy: 'Give it a SKU in the shop.' })];
}

function aboutPrice(row: WooProduct | WooVariation, variant: StoreVariant): RowFinding[] {
  const { externalId: id, price, salePrice } = variant;
  const regular = String(row.regular_price ?? row.price ?? '').trim();
  const sale = String(row.sale_price ?? '').trim();
  const findings: RowFinding[] = [];
  if (price === null) {
    const reason = regular === '' ? `No. ${id} has no price.` : `The price of no. ${id} cannot be read exactly.`;
    findings.push(finding('price', regular === '' ? null : regular, reason, { remedy: 'Set a regular price.' }));
  }
  if (sale !== '' && salePrice === null) {
    findings.push(finding('salePrice', sale, `The sale price of no. ${id} cannot be read exactly.`));
  } else if (salePrice !== null && price !== null && salePrice.amountMinor >= price.amountMinor) {
    const reason = `The sale price of no. ${id} is not below its price.`;
    findings.push(finding('salePrice', sale, reason, { blocking: false }));
  }
  return findings;
}

function aboutStock(row: WooProduct | WooVariation, variant: StoreVariant): RowFinding[] {
  const { externalId: id, stock } = variant;
  if (!stock.managed) {
    return [
      finding('stock', null, `The shop does not count the stock of no. ${id}.`, {
        remedy: 'Switch on "Track stock quantity" for it in the shop.',
      }),
    ];
  }
  const findings: RowFinding[] = [];
  if (row.manage_stock === 'parent') {
    findings.push(
      finding('stock', id, `Variation ${id} shares its stock with the other variations of its product.`, {
        remedy: 'Track stock at each variation; otherwise the shared pieces are counted for every one of them.',
      }),
    );
  }
  const quantity = row.stock_quantity ?? null;
  if (quantity === null || quantity < 0 || !Number.isInteger(quantity)) {
    const reason = `The shop counts ${quantity ?? 'nothing'} pieces of no. ${id}; ${stock.quantity} are taken.`;
    findings.push(finding('stock', String(quantity), reason, { blocking: false }));
  }
  return findings;
}

function aboutMeasures(row: WooProduct | WooVariation, variant: StoreVariant): RowFinding[] {
  const written = { weight: row.weight, ...row.dimensions };
  const read = {
    weight: variant.weightGrams,
    length: variant.lengthMm,
    width: variant.widthMm,
    height: variant.heightMm,
  };
  return (['weight', 'length', 'width', 'height'] as const).flatMap((field) => {
    const text = String(written[field] ?? '').trim();
    if (text === '' || read[field] !== null) return [];
    const reason = `The ${field} of no. ${variant.externalId} is no positive number.`;
    return [finding(field, text, reason, { blocking: false })];
  });
}
