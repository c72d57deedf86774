import type { Money } from '../contract/common.ts';
import { toMinor } from '../contract/minor-units.ts';
import type { RowFinding, StoreImage, StoreProduct, StoreStock, StoreVariant } from '../contract/store.ts';
import { finding, findingsOfVariant } from './findings.ts';
import { instant } from './ids.ts';
import { check, productSchema, type ShopifyProduct, type ShopifyVariant, variantSchema } from './schema.ts';

/** A product's row with all its variants' rows, as the shop sent them. */
export interface RawProduct {
  readonly id: string;
  readonly updatedAt: string;
  readonly row: unknown;
  readonly variants: readonly unknown[];
}

/** What the rows do not say themselves. */
export interface ShopView {
  /** ISO 4217: prices are in the shop's currency. */
  readonly currency: string;
  /** Available pieces by inventory item at the chosen location; null = the shop's sum over its locations is taken. */
  readonly availableByItem: ReadonlyMap<string, number | null> | null;
  /** Available pieces by variant and location, where they are known. */
  readonly locationsByVariant?: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

const GRAMS: Readonly<Record<string, number>> = { GRAMS: 1, KILOGRAMS: 1000, OUNCES: 28.349523125, POUNDS: 453.59237 };
/** Shopify's option of products that have none. */
const NO_OPTION = { name: 'Title', value: 'Default Title' };

/**
 * A shop's product in our words. A row that does not fit is still a product, with a blocking finding that names the
 * path, so that nothing is silently left out.
 */
export function toStoreProduct(raw: RawProduct, shop: ShopView): StoreProduct {
  const verdict = check(productSchema, raw.row);
  if (!verdict.ok) return unreadable(raw, verdict.problem);
  const product = verdict.value;
  const findings: RowFinding[] = findingsOfProduct(product);
  const variants: StoreVariant[] = [];
  for (const row of raw.variants) {
    const fits = check(variantSchema, row);
    if (!fits.ok) {
      findings.push(finding('variant', null, `A variant cannot be read (${fits.problem}).`));
      continue;
    }
    const variant = variantOf(fits.value, shop);
    variants.push(variant);
    findings.push(...findingsOfVariant(fits.value, variant, shop.currency));
  }
  findings.push(...doubledSkus(variants));
  return {
    externalId: product.id,
    title: product.title.trim(),
    descriptionHtml: product.descriptionHtml.trim(),
    // UNLISTED sells by direct link. Whether it is published in a sales channel is another fact, and not ours to judge.
    published: product.status === 'ACTIVE' || product.status === 'UNLISTED',
    categories: categoriesOf(product),
    attributes: attributesOf(product),
    images: imagesOf(product),
    variants,
    modifiedAt: newest(raw, product),
    findings,
    raw: { product: raw.row, variants: raw.variants },
  };
}

/** Stock as the shop counts it. Shopify sells below zero where the policy is CONTINUE. */
export function toStoreStock(
  row: { readonly inventoryPolicy: string; readonly inventoryItem: { readonly id: string; readonly tracked: boolean } },
  available: number | null,
): StoreStock {
  if (!row.inventoryItem.tracked) return { managed: false, quantity: null, inStock: true };
  const quantity = Math.max(0, Math.floor(available ?? 0));
  return { managed: true, quantity, inStock: quantity > 0 || row.inventoryPolicy === 'CONTINUE' };
}

function variantOf(row: ShopifyVariant, shop: ShopView): StoreVariant {
  const price = money(row.price, shop.currency);
  const struck = row.compareAtPrice === null ? null : money(row.compareAtPrice, shop.currency);
  const isOnSale = struck !== null && price !== null && struck.amountMinor > price.amountMinor;
  const { weight } = row.inventoryItem.measurement;
  const grams = weight === null ? 0 : Math.round(weight.value * (GRAMS[weight.unit] ?? Number.NaN));
  const stocked = shop.availableByItem?.get(row.inventoryItem.id);
  return {
    externalId: row.id,
    sku: blankToNull(row.sku),
    options: row.selectedOptions
      .filter(({ name, value }) => name !== NO_OPTION.name || value !== NO_OPTION.value)
      .map(({ name, value }) => ({ name, value })),
    // The struck price is the regular one, what is asked for is the sale's.
    price: isOnSale ? struck : price,
    salePrice: isOnSale ? price : null,
    saleFrom: null,
    saleTo: null,
    weightGrams: grams > 0 ? grams : null,
    lengthMm: null,
    widthMm: null,
    heightMm: null,
    barcode: blankToNull(row.barcode),
    hsCode: blankToNull(row.inventoryItem.harmonizedSystemCode),
    originCountryCode: blankToNull(row.inventoryItem.countryCodeOfOrigin),
    taxClass: row.taxable ? null : 'not taxable',
    stock: {
      ...toStoreStock(row, shop.availableByItem === null ? row.inventoryQuantity : (stocked ?? null)),
      ...locationsOf(row, shop),
    },
  };
}

/** Per location, where there are several and their sum is what is sold. */
function locationsOf(row: ShopifyVariant, shop: ShopView): Pick<StoreStock, 'locations'> {
  const own = shop.locationsByVariant?.get(row.id);
  if (own === undefined || own.size < 2 || shop.availableByItem !== null || !row.inventoryItem.tracked) return {};
  return { locations: [...own].map(([externalId, quantity]) => ({ externalId, quantity })) };
}

function findingsOfProduct(product: ShopifyProduct): RowFinding[] {
  return product.media.nodes
    .filter(({ status }) => status === 'FAILED')
    .map(() =>
      finding('image', null, 'Shopify could not process a picture.', {
        remedy: 'Upload it again.',
        blocking: false,
      }),
    );
}

function categoriesOf({ category, collections, productType }: ShopifyProduct): StoreProduct['categories'] {
  const taxonomy = category === null ? [] : [{ externalId: category.id, name: category.name }];
  const type = productType.trim();
  const own = type === '' ? [] : [{ externalId: `product-type:${type}`, name: type }];
  return [...taxonomy, ...own, ...collections.nodes.map(({ id, title }) => ({ externalId: id, name: title }))];
}

function attributesOf({ vendor, tags, options }: ShopifyProduct): StoreProduct['attributes'] {
  const values = [
    { name: 'Vendor', values: vendor.trim() === '' ? [] : [vendor.trim()] },
    { name: 'Tags', values: tags },
    ...options
      .map(({ name, optionValues }) => ({ name, values: optionValues.map((one) => one.name) }))
      .filter((one) => one.name !== NO_OPTION.name || one.values.some((value) => value !== NO_OPTION.value)),
  ];
  return values.filter((one) => one.values.length > 0);
}

function imagesOf({ media }: ShopifyProduct): StoreImage[] {
  return media.nodes.flatMap(({ alt, mediaContentType, preview }) => {
    const url = preview?.image?.url;
    return mediaContentType !== 'IMAGE' || url === undefined || url === '' ? [] : [{ url, alt: blankToNull(alt) }];
  });
}

function doubledSkus(variants: readonly StoreVariant[]): RowFinding[] {
  const counts = new Map<string, number>();
  for (const { sku } of variants) if (sku !== null) counts.set(sku, (counts.get(sku) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([sku, count]) =>
      finding('sku', sku, `${count} variants have this SKU.`, { remedy: 'Give each variant a SKU of its own.' }),
    );
}

function unreadable(raw: RawProduct, problem: string): StoreProduct {
  return {
    externalId: raw.id,
    title: '',
    descriptionHtml: '',
    published: false,
    categories: [],
    attributes: [],
    images: [],
    variants: [],
    modifiedAt: instant(raw.updatedAt) ?? new Date(0),
    findings: [finding('product', raw.id, `The shop's record cannot be read (${problem}).`)],
    raw: { product: raw.row, variants: raw.variants },
  };
}

function newest(raw: RawProduct, product: ShopifyProduct): Date {
  let at = instant(product.updatedAt) ?? new Date(0);
  for (const row of raw.variants) {
    const fits = check(variantSchema, row);
    const changed = fits.ok ? instant(fits.value.updatedAt) : null;
    if (changed !== null && changed > at) at = changed;
  }
  return at;
}

function money(text: string, currency: string): Money | null {
  const amountMinor = toMinor(text, currency);
  return amountMinor === null || amountMinor < 0 ? null : { amountMinor, currency };
}

function blankToNull(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text.trim();
}
