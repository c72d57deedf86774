import { idNumber, productView, variantView } from './catalogue.ts';
import type { ProductRecord, VariantRecord } from './model.ts';
import { toUnits } from './money.ts';
import type { VariantSeed } from './options.ts';
import type { Shop } from './shop.ts';

const MAX_PRICE_DIGITS = 18;
const GRAMS: Readonly<Record<string, number>> = { GRAMS: 1, KILOGRAMS: 1000, OUNCES: 28.349523125, POUNDS: 453.59237 };

interface ItemInput {
  sku?: string | null;
  tracked?: boolean | null;
  requiresShipping?: boolean | null;
  countryCodeOfOrigin?: string | null;
  harmonizedSystemCode?: string | null;
  measurement?: { weight?: { unit: string; value: number } | null } | null;
}

export interface VariantInput {
  id?: string | null;
  sku?: string | null;
  barcode?: string | null;
  price?: unknown;
  compareAtPrice?: unknown;
  inventoryPolicy?: 'DENY' | 'CONTINUE' | null;
  taxable?: boolean | null;
  requiresComponents?: boolean | null;
  inventoryItem?: ItemInput | null;
  optionValues?: Array<{ optionName?: string | null; name?: string | null }> | null;
  inventoryQuantities?: Array<{ locationId: string; name: string; quantity: number }> | null;
}

export interface ProductInput {
  id?: string | null;
  title?: string | null;
  handle?: string | null;
  descriptionHtml?: string | null;
  vendor?: string | null;
  productType?: string | null;
  status?: ProductRecord['status'] | null;
  tags?: string[] | null;
  files?: Array<{ originalSource?: string | null; alt?: string | null }> | null;
  productOptions?: Array<{ name?: string | null }> | null;
  variants?: VariantInput[] | null;
}

interface Refusal {
  field: string[];
  message: string;
  code: string | null;
}

/** `productVariantsBulkUpdate`: all or nothing, unless partial updates are allowed. */
export function updateVariants(shop: Shop, productId: string, inputs: readonly VariantInput[], isPartial: boolean) {
  const product = shop.products.get(idNumber('Product', productId));
  if (product === undefined) {
    const userErrors = [{ field: ['productId'], message: 'Product does not exist', code: 'PRODUCT_DOES_NOT_EXIST' }];
    return { product: null, productVariants: null, userErrors };
  }
  const checked = inputs.map((input, index) => {
    const variant = shop.variants.get(idNumber('ProductVariant', input.id ?? ''));
    const own = variant?.productId === product.id ? variant : undefined;
    return { input, variant: own, problems: variantProblems(input, index, own) };
  });
  const userErrors = checked.flatMap(({ problems }) => problems);
  if (userErrors.length === 0 || isPartial) {
    for (const { input, variant, problems } of checked) {
      if (variant !== undefined && problems.length === 0) applyVariant(shop, variant, input);
    }
    shop.touch(product);
  }
  const known = checked.flatMap(({ variant }) => (variant === undefined ? [] : [variant]));
  const productVariants = known.map((one) => variantView(shop, one));
  return { product: productView(shop, product), productVariants, userErrors };
}

function variantProblems(input: VariantInput, index: number, variant: VariantRecord | undefined): Refusal[] {
  const at = (part: string) => ['variants', String(index), part];
  if (variant === undefined) {
    const message = 'Product variant does not exist';
    return [{ field: at('id'), message, code: 'PRODUCT_VARIANT_DOES_NOT_EXIST' }];
  }
  const problems: Refusal[] = [];
  if (isTooLarge(input.compareAtPrice)) {
    const message = 'must be less than 1000000000000000000';
    problems.push({ field: at('compareAtPrice'), message, code: 'INVALID_INPUT' });
  }
  if (input.price != null && toUnits(input.price) < 0) {
    const message = 'Price must be greater than or equal to 0';
    problems.push({ field: at('price'), message, code: 'GREATER_THAN_OR_EQUAL_TO' });
  }
  return problems;
}

function isTooLarge(amount: unknown): boolean {
  return amount != null && (String(amount).split('.')[0] ?? '').length > MAX_PRICE_DIGITS;
}

function applyVariant(shop: Shop, variant: VariantRecord, input: VariantInput): void {
  const { inventoryItem: item } = input;
  const before = variant.price;
  if (input.price != null) variant.price = money(input.price);
  if (input.compareAtPrice !== undefined) {
    variant.compareAtPrice = input.compareAtPrice === null ? null : money(input.compareAtPrice);
  }
  if (input.barcode !== undefined) variant.barcode = input.barcode;
  if (input.sku !== undefined) variant.sku = input.sku;
  if (input.inventoryPolicy != null) variant.inventoryPolicy = input.inventoryPolicy;
  if (input.taxable != null) variant.taxable = input.taxable;
  if (input.requiresComponents != null) variant.requiresComponents = input.requiresComponents;
  if (item?.sku !== undefined) variant.sku = item.sku;
  if (item?.tracked != null) variant.tracked = item.tracked;
  if (item?.requiresShipping != null) variant.requiresShipping = item.requiresShipping;
  if (item?.countryCodeOfOrigin !== undefined) variant.countryCodeOfOrigin = item.countryCodeOfOrigin;
  if (item?.harmonizedSystemCode != null) {
    variant.harmonizedSystemCode = item.harmonizedSystemCode.replaceAll('.', '');
  }
  const weight = item?.measurement?.weight;
  if (weight != null) variant.weightGrams = weight.value * (GRAMS[weight.unit] ?? 1);
  variant.updatedMs = shop.nowMs();
  if (variant.price !== before) {
    const externalId = `gid://shopify/ProductVariant/${variant.id}`;
    const amountMinor = Math.round(Number(variant.price) * 100);
    shop.tools.log.fact({
      fact: 'price.set',
      sku: variant.sku ?? '',
      externalId,
      amountMinor,
      currency: shop.currency,
    });
  }
  for (const { locationId, quantity } of input.inventoryQuantities ?? []) {
    shop.setAvailable(variant, idNumber('Location', locationId), quantity, 'api');
  }
}

/** `productSet`: makes or changes; variants that are left out of a list that is given are deleted. */
export function setProduct(
  shop: Shop,
  input: ProductInput,
  identifier: { id?: string | null; handle?: string | null } | null | undefined,
) {
  const problems = productProblems(input, identifier != null);
  if (problems.length > 0) return { product: null, productSetOperation: null, userErrors: problems };
  const known = identifier == null ? undefined : productBy(shop, identifier);
  if (known === undefined && identifier?.id != null) {
    const userErrors = [{ field: ['input'], message: 'Product does not exist', code: 'PRODUCT_DOES_NOT_EXIST' }];
    return { product: null, productSetOperation: null, userErrors };
  }
  const product =
    known ?? shop.addProduct({ title: input.title ?? '', status: input.status ?? 'ACTIVE', variants: [] });
  applyProduct(product, input);
  if (input.handle != null) product.handle = input.handle;
  if (input.variants != null) setVariants(shop, product, input.variants);
  else if (known === undefined) shop.addVariant(product, {});
  shop.touch(product);
  return { product: productView(shop, product), productSetOperation: null, userErrors: [] };
}

function productProblems({ id, title, productOptions, variants }: ProductInput, isIdentified: boolean): Refusal[] {
  if (id != null && isIdentified) {
    const message = 'The id field is not allowed if identifier is provided.';
    return [{ field: ['input'], message, code: 'ID_NOT_ALLOWED' }];
  }
  if (productOptions != null && variants == null) {
    const message = 'Variants input is required when updating product options';
    return [{ field: ['input', 'variants'], message, code: 'VARIANTS_INPUT_MISSING' }];
  }
  if (title != null && title.length > 255) {
    const message = 'is too long (maximum is 255 characters)';
    return [{ field: ['input', 'title'], message, code: null }];
  }
  const seen = new Set<string>();
  return (variants ?? []).flatMap((variant, index) => {
    const name = (variant.optionValues ?? []).map((one) => one.name ?? '').join(' / ');
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const message = `The variant '${name}' already exists. Please change at least one option value.`;
    return [{ field: ['input', 'variants', String(index)], message, code: null }];
  });
}

function applyProduct(product: ProductRecord, input: ProductInput): void {
  if (input.title != null) product.title = input.title;
  if (input.descriptionHtml != null) product.descriptionHtml = input.descriptionHtml;
  if (input.vendor != null) product.vendor = input.vendor;
  if (input.productType != null) product.productType = input.productType;
  if (input.status != null) product.status = input.status;
  if (input.tags != null) product.tags = [...input.tags].sort();
  if (input.files != null) {
    product.images = input.files.map(({ originalSource, alt }) => ({
      url: originalSource ?? '',
      alt: alt ?? null,
      failed: false,
    }));
  }
}

/** By id, else by what its options are, as Shopify recognises them. */
function setVariants(shop: Shop, product: ProductRecord, inputs: readonly VariantInput[]): void {
  const kept = new Set<VariantRecord>();
  for (const input of inputs) {
    const options = (input.optionValues ?? []).map(({ optionName, name }) => ({
      name: optionName ?? '',
      value: name ?? '',
    }));
    const same = JSON.stringify(options);
    const byId = shop.variants.get(idNumber('ProductVariant', input.id ?? ''));
    const known =
      byId ?? shop.variantsOf(product.id).find((one) => !kept.has(one) && JSON.stringify(one.options) === same);
    const seed: VariantSeed = { options };
    const variant = known ?? shop.addVariant(product, seed);
    variant.options = options;
    variant.title = options.map(({ value }) => value).join(' / ');
    applyVariant(shop, variant, input);
    kept.add(variant);
  }
  for (const variant of shop.variantsOf(product.id)) if (!kept.has(variant)) shop.removeVariant(variant);
}

/** `productDelete` */
export function deleteProduct(shop: Shop, id: string) {
  const shopView = {
    id: 'gid://shopify/Shop/1',
    name: shop.options.shopName ?? 'Bench shop',
    myshopifyDomain: shop.domain,
  };
  const product = shop.products.get(idNumber('Product', id));
  if (product === undefined) {
    const userErrors = [{ field: ['id'], message: 'Product does not exist' }];
    return { deletedProductId: null, shop: shopView, userErrors };
  }
  shop.removeProduct(product);
  return { deletedProductId: id, shop: shopView, userErrors: [] };
}

function productBy(shop: Shop, { id, handle }: { id?: string | null; handle?: string | null }) {
  if (id != null) return shop.products.get(idNumber('Product', id));
  return [...shop.products.values()].find((one) => one.handle === handle);
}

/** Two decimals at least, as Shopify shows prices. */
function money(amount: unknown): string {
  const [whole = '0', fraction = ''] = String(amount).trim().split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}
