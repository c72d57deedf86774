import type { AttributeChoice, AttributeRecord, ProductRecord } from './model.ts';
import { fromUnits, toUnits } from './money.ts';
import type { Shop } from './shop.ts';

/** True while a sale price holds: lower than the regular price, within its dates. */
export function isOnSale(shop: Shop, product: ProductRecord): boolean {
  if (product.type === 'variable') return variationsForSale(shop, product).some((child) => isOnSale(shop, child));
  if (product.salePrice === '' || toUnits(product.salePrice) >= toUnits(product.regularPrice)) return false;
  const nowMs = shop.nowMs();
  return (product.saleFromMs ?? nowMs) <= nowMs && nowMs <= (product.saleToMs ?? nowMs);
}

/** The price in force as decimal text, empty = none; a variable product has its lowest variation's. */
export function effectivePrice(shop: Shop, product: ProductRecord): string {
  if (product.type !== 'variable') return isOnSale(shop, product) ? product.salePrice : product.regularPrice;
  const prices = variationsForSale(shop, product)
    .map((child) => effectivePrice(shop, child))
    .filter((price) => price !== '')
    .sort((one, other) => toUnits(one) - toUnits(other));
  return prices[0] ?? '';
}

function variationsForSale(shop: Shop, product: ProductRecord): ProductRecord[] {
  return shop.variationsOf(product.id).filter(({ status }) => status === 'publish');
}

/** Who holds the stock of a product: itself, for a variation without stock of its own its parent, or nobody. */
export function stockHolder(shop: Shop, product: ProductRecord): ProductRecord | undefined {
  if (product.manageStock) return product;
  const parent = product.type === 'variation' ? shop.products.get(product.parentId) : undefined;
  return parent?.manageStock ? parent : undefined;
}

/** The stock status: by quantity where stock is managed, by the variations for a variable product, else as set. */
export function stockStatus(shop: Shop, product: ProductRecord): string {
  const holder = stockHolder(shop, product);
  if (holder !== undefined) {
    if ((holder.stockQuantity ?? 0) > 0) return 'instock';
    return holder.backorders === 'no' ? 'outofstock' : 'onbackorder';
  }
  if (product.type !== 'variable') return product.stockStatus;
  const statuses = variationsForSale(shop, product).map((child) => stockStatus(shop, child));
  return statuses.find((status) => status === 'instock') ?? statuses[0] ?? 'outofstock';
}

/** The global attribute of a choice, or `undefined` for a local one. */
export function globalAttribute(shop: Shop, choice: AttributeChoice): AttributeRecord | undefined {
  return choice.id === 0 ? undefined : shop.attributes.get(choice.id);
}

/** A choice as order lines keep it: key and value by slug for global attributes, as written for local ones. */
export function choiceMeta(
  shop: Shop,
  choice: AttributeChoice,
): { key: string; value: string; displayKey: string; displayValue: string } {
  const global = globalAttribute(shop, choice);
  const name = global?.name ?? choice.name;
  return {
    key: global?.slug ?? slugOf(choice.name),
    value: global === undefined ? choice.option : slugOf(choice.option),
    displayKey: name,
    displayValue: choice.option,
  };
}

/** "S, Red". */
export function variationName(product: ProductRecord): string {
  return product.choices.map(({ option }) => option).join(', ');
}

/** The name as order lines and product lists show it: "Linen Shirt - S, Red". */
export function fullName(shop: Shop, product: ProductRecord): string {
  if (product.type !== 'variation') return product.name;
  return `${shop.products.get(product.parentId)?.name ?? ''} - ${variationName(product)}`;
}

export function permalink(shop: Shop, product: ProductRecord): string {
  const parent = product.type === 'variation' ? shop.products.get(product.parentId) : undefined;
  const base = `${shop.siteUrl}/product/${(parent ?? product).slug}/`;
  if (product.type !== 'variation') return base;
  const pairs = product.choices.map((choice) => {
    const { key, value } = choiceMeta(shop, choice);
    return `attribute_${key}=${encodeURIComponent(value)}`;
  });
  return pairs.length === 0 ? base : `${base}?${pairs.join('&')}`;
}

/** Lower case, no accents, words joined by hyphens. */
export function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** The price for `quantity` pieces in millionths. */
export function priceForUnits(shop: Shop, product: ProductRecord, quantity: number): number {
  return toUnits(fromUnits(toUnits(effectivePrice(shop, product)) * quantity));
}
