import { priceTag } from './currency.ts';
import type { JsonObject } from './json.ts';
import { datePair } from './lists.ts';
import type { ImageRecord, ProductRecord } from './model.ts';
import { fromUnits, toUnits } from './money.ts';
import {
  effectivePrice,
  fullName,
  globalAttribute,
  isOnSale,
  permalink,
  slugOf,
  stockHolder,
  stockStatus,
  variationName,
} from './product-rules.ts';
import type { Shop } from './shop.ts';

/** `view` = a read's answer, `edit` = the answer of a write (raw texts, a few more fields). */
export type ViewContext = 'view' | 'edit';

/** A product as `/products` answers it, variations included (they are found there by SKU). */
export function productView(shop: Shop, product: ProductRecord, context: ViewContext): JsonObject {
  const isVariation = product.type === 'variation';
  const { plain } = product;
  const view: JsonObject = {
    id: product.id,
    name: fullName(shop, product),
    slug: isVariation ? slugOf(fullName(shop, product)) : product.slug,
    permalink: permalink(shop, product),
    ...dates(shop, product),
    type: product.type,
    status: product.status,
    featured: plain.featured,
    catalog_visibility: plain.catalog_visibility,
    description: shownText(plain.description, context),
    short_description: shownText(plain.short_description, context),
    sku: product.sku,
    ...prices(shop, product),
    // The shop answers a number for products but a text for a variation in a list of products.
    total_sales: isVariation ? String(product.totalSales) : product.totalSales,
    ...download(product),
    external_url: plain.external_url,
    button_text: plain.button_text,
    tax_status: plain.tax_status,
    tax_class: plain.tax_class,
    ...stock(shop, product),
    sold_individually: plain.sold_individually,
    ...parcel(product),
    shipping_required: plain.virtual !== true,
    shipping_taxable: plain.virtual !== true && plain.tax_status === 'taxable',
    shipping_class: plain.shipping_class,
    shipping_class_id: 0,
    reviews_allowed: !isVariation && plain.reviews_allowed === true,
    average_rating: context === 'edit' ? '0' : '0.00',
    rating_count: 0,
    upsell_ids: plain.upsell_ids,
    cross_sell_ids: plain.cross_sell_ids,
    parent_id: product.parentId,
    purchase_note: plain.purchase_note,
    ...taxonomies(shop, product),
    ...structure(shop, product),
    price_html: priceHtml(shop, product),
    related_ids: isVariation ? [] : relatedIds(shop, product),
    meta_data: product.meta,
    stock_status: stockStatus(shop, product),
    has_options: product.type === 'variable',
    post_password: plain.post_password,
    global_unique_id: product.globalUniqueId,
  };
  if (context === 'view') return view;
  return { ...view, permalink_template: `${shop.siteUrl}/product/%pagename%/`, generated_slug: product.slug };
}

/** A variation as `/products/{id}/variations` answers it. */
export function variationView(shop: Shop, product: ProductRecord, context: ViewContext): JsonObject {
  const { plain } = product;
  return {
    id: product.id,
    type: 'variation',
    ...dates(shop, product),
    description: shownText(plain.description, context),
    permalink: permalink(shop, product),
    sku: product.sku,
    global_unique_id: product.globalUniqueId,
    ...prices(shop, product),
    status: product.status,
    ...download(product),
    tax_status: plain.tax_status,
    tax_class: context === 'edit' && plain.tax_class === '' ? 'parent' : plain.tax_class,
    ...stock(shop, product),
    stock_status: stockStatus(shop, product),
    ...parcel(product),
    shipping_class: plain.shipping_class,
    shipping_class_id: 0,
    image: product.images[0] === undefined ? null : imageView(shop, product.images[0]),
    gallery_image_ids: [],
    attributes: choices(shop, product),
    menu_order: plain.menu_order,
    meta_data: product.meta,
    name: variationName(product),
    parent_id: product.parentId,
  };
}

function dates(shop: Shop, product: ProductRecord): JsonObject {
  return {
    ...datePair('date_created', product.createdMs, shop.zone),
    ...datePair('date_modified', product.modifiedMs, shop.zone),
  };
}

function prices(shop: Shop, product: ProductRecord): JsonObject {
  const price = effectivePrice(shop, product);
  return {
    price,
    regular_price: product.type === 'variable' ? '' : product.regularPrice,
    sale_price: product.type === 'variable' ? '' : product.salePrice,
    ...datePair('date_on_sale_from', product.saleFromMs, shop.zone),
    ...datePair('date_on_sale_to', product.saleToMs, shop.zone),
    on_sale: isOnSale(shop, product),
    purchasable: product.status === 'publish' && price !== '',
  };
}

function download({ plain }: ProductRecord): JsonObject {
  const { virtual, downloadable, downloads, download_limit, download_expiry } = plain;
  return { virtual, downloadable, downloads, download_limit, download_expiry };
}

function stock(shop: Shop, product: ProductRecord): JsonObject {
  const holder = stockHolder(shop, product);
  const quantity = holder?.stockQuantity ?? null;
  const backorders = holder?.backorders ?? product.backorders;
  return {
    manage_stock: holder === undefined || holder === product ? product.manageStock : 'parent',
    stock_quantity: quantity,
    backorders,
    backorders_allowed: backorders !== 'no',
    backordered: stockStatus(shop, product) === 'onbackorder',
    low_stock_amount: product.lowStockAmount,
  };
}

function parcel(product: ProductRecord): JsonObject {
  return { weight: product.weight, dimensions: product.dimensions };
}

function taxonomies(shop: Shop, product: ProductRecord): JsonObject {
  const termViews = (ids: number[]) =>
    ids.flatMap((id) => {
      const term = shop.terms.get(id);
      return term === undefined ? [] : [{ id: term.id, name: htmlText(term.name), slug: term.slug }];
    });
  const isVariation = product.type === 'variation';
  return {
    categories: isVariation ? [] : termViews(product.categories),
    brands: termViews(product.brands),
    tags: termViews(product.tags),
    images: product.images.map((image) => imageView(shop, image)),
  };
}

function structure(shop: Shop, product: ProductRecord): JsonObject {
  return {
    attributes: product.type === 'variation' ? choices(shop, product) : attributeUses(shop, product),
    default_attributes: product.plain.default_attributes,
    variations: shop.variationsOf(product.id).map(({ id }) => id),
    grouped_products: product.plain.grouped_products,
    menu_order: product.plain.menu_order,
  };
}

/** A global attribute lists its options in term order (by name), whatever order was sent. */
function attributeUses(shop: Shop, product: ProductRecord): JsonObject[] {
  return product.attributes.map(({ id, name, position, visible, variation, options }) => {
    const global = shop.attributes.get(id);
    const shownOptions = global === undefined ? options : [...options].sort((one, other) => one.localeCompare(other));
    const shown = { id, name: global?.name ?? name, slug: global?.slug ?? name };
    return { ...shown, position, visible, variation, options: shownOptions };
  });
}

function choices(shop: Shop, product: ProductRecord): JsonObject[] {
  return product.choices.map((choice) => {
    const global = globalAttribute(shop, choice);
    const slug = global?.slug ?? slugOf(choice.name);
    return { id: choice.id, name: global?.name ?? choice.name, slug, option: choice.option };
  });
}

export function imageView(shop: Shop, image: ImageRecord): JsonObject {
  return {
    id: image.id,
    ...datePair('date_created', image.createdMs, shop.zone),
    ...datePair('date_modified', image.createdMs, shop.zone),
    src: image.src.startsWith('/') ? `${shop.siteUrl}${image.src}` : image.src,
    name: image.name,
    alt: image.alt,
  };
}

/** Texts come back with a trailing newline on reads only. */
function shownText(value: unknown, context: ViewContext): unknown {
  return context === 'view' && typeof value === 'string' && value !== '' ? `${value}\n` : value;
}

/** Names of terms are shown as HTML text. */
function htmlText(text: string): string {
  return text.replace(/&(?!(#\d+|\w+);)/g, '&amp;');
}

function priceHtml(shop: Shop, product: ProductRecord): string {
  const price = effectivePrice(shop, product);
  if (price === '') return '';
  const shown = (amount: string) => fromUnits(toUnits(amount));
  const now = priceTag(shop.currency, shown(price));
  if (product.type === 'variable' || !isOnSale(shop, product)) return now;
  const was = priceTag(shop.currency, shown(product.regularPrice));
  return `<del aria-hidden="true">${was}</del> <ins aria-hidden="true">${now}</ins>`;
}

/** Up to five of the first products that share a category; the real shop draws them at random from all. */
function relatedIds(shop: Shop, product: ProductRecord): number[] {
  const related: number[] = [];
  let looked = 0;
  for (const other of shop.products.values()) {
    looked += 1;
    if (related.length === 5 || looked > 200) break;
    if (other.id === product.id || other.status !== 'publish' || other.parentId !== 0) continue;
    if (other.categories.some((id) => product.categories.includes(id))) related.push(other.id);
  }
  return related;
}
