import type { RowOutcome } from '../contract/common.ts';
import type { RowFinding, StoreProduct, StoreStock, StoreVariant } from '../contract/store.ts';
import { finding, findingsOfProduct, findingsOfVariant } from './findings.ts';
import { amountOf } from './money.ts';
import { childIdsOf, extensionOf } from './parents.ts';
import { SALE_WITHOUT_END } from './price-reads.ts';
import { check, type MagentoProduct, productSchema } from './schema.ts';
import type { ShopFacts } from './shop.ts';
import { decodeEntities, parseLocal, parseUtc, toGrams } from './text.ts';

/** An attribute that variants differ in. */
export interface OptionAttribute {
  readonly code: string;
  readonly label: string;
  /** Option id → label. */
  readonly labels: ReadonlyMap<string, string>;
}

/** What a product's row does not say itself. */
export interface Surroundings {
  readonly facts: ShopFacts;
  /** By attribute id. */
  readonly attributes: ReadonlyMap<string, OptionAttribute>;
  readonly categories: ReadonlyMap<string, string>;
  readonly stock: ReadonlyMap<string, RowOutcome<StoreStock>>;
  /** By SKU in lower case: what websites have of their own. */
  readonly scopedPrices: ReadonlyMap<string, NonNullable<StoreVariant['scopedPrices']>>;
  readonly hsCodeAttribute: string | null;
  readonly originAttribute: string;
  readonly barcodeAttribute: string | null;
}

/** A product's row with its variants' rows, as the shop sent them. */
export interface RawProduct {
  readonly id: number;
  readonly row: { readonly id: number };
  readonly children: readonly { readonly id: number }[];
  /** A hidden product that belongs to no configurable one. */
  readonly isOrphan: boolean;
}

/** A shop's product in our words. A row that does not fit is still a product, with a blocking finding. */
export function toStoreProduct(raw: RawProduct, around: Surroundings): StoreProduct {
  const verdict = check(productSchema, raw.row);
  if (!verdict.ok) return unreadable(raw, verdict.problem);
  const product = verdict.value;
  const findings: RowFinding[] = [];
  if (raw.isOrphan) {
    const remedy = 'Attach it to its configurable product, or make it visible.';
    findings.push(finding('visibility', product.sku, 'Hidden, but no variant of any product.', { remedy }));
  }
  const variants = variantsOf(product, raw, around, findings);
  findings.push(...findingsOfProduct(product, variants.length > 0));
  const extension = extensionOf(product);
  return {
    externalId: String(product.id),
    title: decodeEntities(product.name ?? '').trim(),
    descriptionHtml: textAttribute(product, 'description') ?? '',
    published: product.status === 1 && isOnWebsite(extension.website_ids, around.facts.websiteId),
    categories: (extension.category_links ?? []).map(({ category_id: id }) => ({
      externalId: String(id),
      name: around.categories.get(String(id)) ?? String(id),
    })),
    attributes: (extension.configurable_product_options ?? []).flatMap((option) => {
      const attribute = around.attributes.get(String(option.attribute_id));
      const values = (option.values ?? []).map(
        ({ value_index: value }) => attribute?.labels.get(String(value)) ?? String(value),
      );
      return [{ name: option.label ?? attribute?.label ?? String(option.attribute_id), values }];
    }),
    images: imagesOf(product, around.facts),
    variants,
    modifiedAt: newest([raw.row, ...raw.children]),
    findings,
    raw: { product: raw.row, children: raw.children },
  };
}

/** Products belong to websites; where nothing is said of them, to all. */
function isOnWebsite(ids: readonly (number | string)[] | null | undefined, websiteId: number | null): boolean {
  return ids === undefined || ids === null || websiteId === null || ids.some((id) => Number(id) === websiteId);
}

function variantsOf(
  product: MagentoProduct,
  raw: RawProduct,
  around: Surroundings,
  findings: RowFinding[],
): StoreVariant[] {
  if (['bundle', 'grouped'].includes(product.type_id)) {
    const reason = `Products of type ${product.type_id} are put together of others.`;
    findings.push(finding('type', product.type_id, reason, { remedy: 'Offer the products that they are made of.' }));
    return [];
  }
  if (product.type_id !== 'configurable') return [variantOf(product, null, around, findings)];
  const variants: StoreVariant[] = [];
  for (const row of raw.children) {
    const verdict = check(productSchema, row);
    if (verdict.ok) variants.push(variantOf(verdict.value, product, around, findings));
    else findings.push(finding('variant', String(row.id), `A variant cannot be read (${verdict.problem}).`));
  }
  const seen = new Set(raw.children.map(({ id }) => id));
  for (const id of childIdsOf(raw.row).filter((one) => !seen.has(one))) {
    findings.push(finding('variant', String(id), 'The shop names this variant, but does not show it.'));
  }
  return variants.sort((a, b) => Number(a.externalId) - Number(b.externalId));
}

function variantOf(
  row: MagentoProduct,
  parent: MagentoProduct | null,
  around: Surroundings,
  findings: RowFinding[],
): StoreVariant {
  const { facts } = around;
  const { currency } = facts;
  const money = (value: number | string | null | undefined) => {
    const amountMinor = amountOf(value, currency);
    return amountMinor === null || amountMinor < 0 ? null : { amountMinor, currency };
  };
  const stock = around.stock.get(row.sku);
  const origin = textAttribute(row, around.originAttribute);
  const scopedPrices = around.scopedPrices.get(row.sku.toLowerCase());
  const variant: StoreVariant = {
    externalId: String(row.id),
    sku: row.sku.trim() === '' ? null : row.sku,
    options: parent === null ? [] : optionsOf(row, parent, around),
    price: money(row.price),
    salePrice: money(textAttribute(row, 'special_price')),
    saleFrom: parseLocal(textAttribute(row, 'special_from_date'), facts.timeZone),
    saleTo: saleEndOf(textAttribute(row, 'special_to_date'), facts.timeZone),
    ...(scopedPrices === undefined ? {} : { scopedPrices }),
    weightGrams: toGrams(row.weight, facts.weightUnit),
    // Magento has no measures of its own.
    lengthMm: null,
    widthMm: null,
    heightMm: null,
    barcode: around.barcodeAttribute === null ? null : textAttribute(row, around.barcodeAttribute),
    hsCode: around.hsCodeAttribute === null ? null : textAttribute(row, around.hsCodeAttribute),
    originCountryCode: origin !== null && /^[A-Za-z]{2}$/.test(origin) ? origin.toUpperCase() : null,
    taxClass: textAttribute(row, 'tax_class_id'),
    stock: stock?.ok === true ? stock.value : { managed: true, quantity: 0, inStock: false },
  };
  findings.push(...findingsOfVariant(row, parent, variant, stock, textAttribute(row, 'special_price')));
  return variant;
}

/** Price lists want an end: ours for "none" is read as none. */
function saleEndOf(text: string | null, timeZone: string): Date | null {
  return text === SALE_WITHOUT_END ? null : parseLocal(text, timeZone);
}

function optionsOf(row: MagentoProduct, parent: MagentoProduct, around: Surroundings): StoreVariant['options'] {
  return (extensionOf(parent).configurable_product_options ?? []).map((option) => {
    const attribute = around.attributes.get(String(option.attribute_id));
    const id = attribute === undefined ? null : textAttribute(row, attribute.code);
    const name = option.label ?? attribute?.label ?? String(option.attribute_id);
    return { name, value: id === null ? '' : (attribute?.labels.get(id) ?? id) };
  });
}

/** A custom attribute's value as text; null when it is not there, empty, or a list. */
export function textAttribute(row: MagentoProduct, code: string): string | null {
  const value = row.custom_attributes?.find(({ attribute_code }) => attribute_code === code)?.value;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function imagesOf(product: MagentoProduct, { mediaUrl }: ShopFacts): StoreProduct['images'] {
  const shown = (product.media_gallery_entries ?? []).filter(
    ({ disabled, media_type: type }) => disabled !== true && (type ?? 'image') === 'image',
  );
  const sorted = shown.toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0));
  return sorted.flatMap(({ file, label }) => {
    if (!file || file === 'no_selection') return [];
    return [{ url: `${mediaUrl}catalog/product/${file.replace(/^\/+/, '')}`, alt: label || null }];
  });
}

/** The newest of product and variants: a variant's change does not move its product's date. */
function newest(rows: readonly object[]): Date {
  let date = new Date(0);
  for (const row of rows) {
    const changed = 'updated_at' in row && typeof row.updated_at === 'string' ? parseUtc(row.updated_at) : null;
    if (changed !== null && changed > date) date = changed;
  }
  return date;
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
    raw: { product: raw.row, children: raw.children },
  };
}
