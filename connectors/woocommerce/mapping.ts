import type { Money } from '../contract/common.ts';
import { toMinor } from '../contract/minor-units.ts';
import type { RowFinding, StoreProduct, StoreStock, StoreVariant } from '../contract/store.ts';
import { finding, findingsOfVariant } from './findings.ts';
import { check, productSchema, variationSchema, type WooProduct, type WooStock, type WooVariation } from './schema.ts';
import { decodeEntities, type LengthUnit, parseGmt, toGrams, toMillimetres, type WeightUnit } from './text.ts';

/** What the shop's rows do not say themselves. */
export interface ShopUnits {
  /** ISO 4217. */
  readonly currency: string;
  readonly weightUnit: WeightUnit;
  readonly lengthUnit: LengthUnit;
  readonly hsCodeMeta: string | null;
  readonly originMeta: string | null;
}

/** A product's row with its variations' rows, as the shop sent them. */
export interface RawProduct {
  readonly id: number;
  readonly row: unknown;
  /** Empty for products without variations. */
  readonly variations: readonly unknown[];
}

/**
 * A shop's product in our words. A row that does not fit is still a product, with a blocking finding that names the
 * path, so that nothing is silently left out.
 */
export function toStoreProduct(raw: RawProduct, units: ShopUnits): StoreProduct {
  const verdict = check(productSchema, raw.row);
  if (!verdict.ok) return unreadable(raw, verdict.problem);
  const product = verdict.value;
  const findings: RowFinding[] = [];
  const variants = variantsOf(product, raw, units, findings);
  findings.push(...doubledSkus(variants), ...brokenImages(product));
  const published = product.status === 'publish';
  return {
    externalId: String(product.id),
    title: decodeEntities(product.name).trim(),
    descriptionHtml: (product.description ?? '').trim(),
    published,
    categories: (product.categories ?? []).map(({ id, name }) => ({
      externalId: String(id),
      name: decodeEntities(name),
    })),
    attributes: (product.attributes ?? []).map(({ name, options }) => ({
      name: decodeEntities(name),
      values: (options ?? []).map(decodeEntities),
    })),
    images: (product.images ?? []).flatMap(({ src, alt }) =>
      src && isWebAddress(src) ? [{ url: src, alt: alt ? decodeEntities(alt) : null }] : [],
    ),
    variants,
    modifiedAt: modifiedAt(product, raw),
    findings,
    raw: { product: raw.row, variations: raw.variations },
  };
}

/** Stock as the shop counts it; a variation that is counted at its product shows the product's quantity. */
export function toStoreStock(row: Pick<WooStock, 'manage_stock' | 'stock_quantity' | 'stock_status'>): StoreStock {
  const managed = row.manage_stock === true || row.manage_stock === 'parent';
  const inStock = row.stock_status === 'instock' || row.stock_status === 'onbackorder';
  if (!managed) return { managed, quantity: null, inStock };
  // Oversold shops count below zero, and plugins count in fractions: neither can be sold.
  return { managed, quantity: Math.max(0, Math.floor(row.stock_quantity ?? 0)), inStock };
}

function variantsOf(product: WooProduct, raw: RawProduct, units: ShopUnits, findings: RowFinding[]): StoreVariant[] {
  if (product.type === 'grouped' || product.type === 'external') {
    findings.push(
      finding('type', product.type, `Products of type ${product.type} are not sold by this shop itself.`, {
        remedy: 'Offer the products that they refer to.',
      }),
    );
    return [];
  }
  if (!product.type.startsWith('variable')) return [variantOf(product, null, units, findings)];
  const variants: StoreVariant[] = [];
  for (const row of raw.variations) {
    const verdict = check(variationSchema, row);
    if (verdict.ok) variants.push(variantOf(product, verdict.value, units, findings));
    else findings.push(finding('variation', null, `A variation cannot be read (${verdict.problem}).`));
  }
  const seen = new Set(variants.map(({ externalId }) => externalId));
  for (const id of product.variations ?? []) {
    if (seen.has(String(id))) continue;
    const reason = 'The shop names this variation, but does not show it, or it cannot be read.';
    findings.push(finding('variation', String(id), reason, { remedy: 'Open the product in the shop and save it.' }));
  }
  return variants.sort((a, b) => Number(a.externalId) - Number(b.externalId));
}

function variantOf(
  product: WooProduct,
  variation: WooVariation | null,
  units: ShopUnits,
  findings: RowFinding[],
): StoreVariant {
  const row = variation ?? product;
  const { dimensions } = row;
  const variant: StoreVariant = {
    externalId: String(row.id),
    sku: blankToNull(row.sku),
    options: (variation?.attributes ?? []).map(({ name, option }) => ({
      name: decodeEntities(name),
      value: decodeEntities(option ?? ''),
    })),
    price: money(filled(row.regular_price) ?? filled(row.price), units.currency),
    salePrice: money(filled(row.sale_price), units.currency),
    saleFrom: parseGmt(row.date_on_sale_from_gmt),
    saleTo: parseGmt(row.date_on_sale_to_gmt),
    weightGrams: toGrams(filled(row.weight) ?? product.weight, units.weightUnit),
    lengthMm: toMillimetres(filled(dimensions?.length) ?? product.dimensions?.length, units.lengthUnit),
    widthMm: toMillimetres(filled(dimensions?.width) ?? product.dimensions?.width, units.lengthUnit),
    heightMm: toMillimetres(filled(dimensions?.height) ?? product.dimensions?.height, units.lengthUnit),
    barcode: blankToNull(row.global_unique_id),
    hsCode: meta(row, product, units.hsCodeMeta),
    originCountryCode: countryCode(meta(row, product, units.originMeta)),
    taxClass: blankToNull(row.tax_class),
    stock: toStoreStock(row),
  };
  findings.push(...findingsOfVariant(row, variant));
  return variant;
}

function unreadable(raw: RawProduct, problem: string): StoreProduct {
  return {
    externalId: String(raw.id),
    title: '',
    descriptionHtml: '',
    published: false,
    categories: [],
    attributes: [],
    images: [],
    variants: [],
    modifiedAt: new Date(0),
    findings: [finding('product', String(raw.id), `The shop's record cannot be read (${problem}).`)],
    raw: { product: raw.row, variations: raw.variations },
  };
}

function doubledSkus(variants: readonly StoreVariant[]): RowFinding[] {
  const counts = new Map<string, number>();
  for (const { sku } of variants) if (sku !== null) counts.set(sku, (counts.get(sku) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([sku, count]) =>
      finding('sku', sku, `${count} variations have this SKU.`, { remedy: 'Give each variation a SKU of its own.' }),
    );
}

/** Pictures without a usable address, as moved and imported shops leave them behind. */
function brokenImages({ images }: WooProduct): RowFinding[] {
  return (images ?? [])
    .filter(({ src }) => !src || !isWebAddress(src))
    .map(({ src }) =>
      finding('images', src ?? null, 'A picture of this product has no address that can be opened.', {
        remedy: 'Upload it again in the shop.',
        blocking: false,
      }),
    );
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** The newest of product and variations: a variation's change does not move its product's date. */
function modifiedAt(product: WooProduct, raw: RawProduct): Date {
  let newest = parseGmt(product.date_modified_gmt) ?? new Date(0);
  for (const row of raw.variations) {
    const verdict = check(variationSchema, row);
    const date = verdict.ok ? parseGmt(verdict.value.date_modified_gmt) : null;
    if (date !== null && date > newest) newest = date;
  }
  return newest;
}

function money(text: string | null, currency: string): Money | null {
  const amountMinor = text === null ? null : toMinor(text, currency);
  return amountMinor === null || amountMinor < 0 ? null : { amountMinor, currency };
}

function meta(row: WooProduct | WooVariation, product: WooProduct, key: string | null): string | null {
  if (key === null) return null;
  const find = (one: WooProduct | WooVariation) => one.meta_data?.find((entry) => entry.key === key)?.value;
  const value = find(row) ?? find(product);
  return typeof value === 'string' || typeof value === 'number' ? blankToNull(String(value)) : null;
}

function countryCode(text: string | null): string | null {
  return text !== null && /^[A-Za-z]{2}$/.test(text) ? text.toUpperCase() : null;
}

function filled(value: string | number | null | undefined): string | null {
  return blankToNull(value === null || value === undefined ? null : String(value));
}

function blankToNull(text: string | null | undefined): string | null {
  return text === null || text === undefined || text.trim() === '' ? null : text.trim();
}
