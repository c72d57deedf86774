import type { LocationRecord, ProductRecord, VariantRecord } from './model.ts';
import { fitsNumber, type PageArguments, pageOf, readSearch } from './paging.ts';
import type { Shop } from './shop.ts';

type Search = PageArguments & { query?: string | null; sortKey?: string | null };

export const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** The number in an id of that type; NaN for other ids. */
export function idNumber(type: string, id: string): number {
  const [, digits] = new RegExp(`^gid://shopify/${type}/(\\d+)(?:\\?.*)?$`).exec(id) ?? [];
  return digits === undefined ? Number.NaN : Number(digits);
}

/** `products`: sorted by id or by change, filtered by a search that may lag. */
export function productList(shop: Shop, args: Search, lagMs: number) {
  const conditions = readSearch(args.query ?? '');
  const indexedMs = shop.tools.clock.now().getTime() - lagMs;
  const records = [...shop.products.values()].filter((product) => {
    if (lagMs > 0 && conditions.length > 0 && product.createdMs > indexedMs) return false;
    return conditions.every((one) => {
      // The index knows a change only after the lag; before, the product does not seem changed.
      if (one.field === 'updated_at' && lagMs > 0 && product.updatedMs > indexedMs) return false;
      if (one.field === 'updated_at') return fitsNumber(product.updatedMs, one, Date.parse);
      if (one.field === 'id') return fitsNumber(product.id, one, Number);
      return one.field === 'status' ? product.status === one.value.toUpperCase() : true;
    });
  });
  const byChange = args.sortKey === 'UPDATED_AT';
  return pageOf(
    records,
    args,
    (one) => (byChange ? one.updatedMs : one.id),
    (one) => productView(shop, one),
  );
}

/** `productVariants`, by SKU or product. */
export function variantList(shop: Shop, args: Search) {
  const conditions = readSearch(args.query ?? '');
  const records = [...shop.variants.values()].filter((variant) =>
    conditions.every(({ field, value }) => {
      if (field === 'sku') return variant.sku?.toLowerCase() === value.toLowerCase();
      return field === 'product_id' ? variant.productId === Number(value) : true;
    }),
  );
  return pageOf(
    records,
    args,
    (one) => one.id,
    (one) => variantView(shop, one),
  );
}

function connectionOf<N>(nodes: N[]) {
  return { nodes, edges: nodes.map((node) => ({ node })) };
}

export function locationList(shop: Shop, args: PageArguments & { includeInactive?: boolean | null }) {
  const records = shop.locations.filter(({ isActive }) => isActive || args.includeInactive === true);
  return pageOf(records, args, (one) => one.id, locationView);
}

export function productView(shop: Shop, product: ProductRecord) {
  const own = shop.variantsOf(product.id);
  return {
    __typename: 'Product',
    id: `gid://shopify/Product/${product.id}`,
    legacyResourceId: String(product.id),
    handle: product.handle,
    title: product.title,
    descriptionHtml: product.descriptionHtml,
    vendor: product.vendor,
    productType: product.productType,
    status: product.status,
    tags: product.tags,
    updatedAt: iso(product.updatedMs),
    category: null,
    totalInventory: () => own.reduce((sum, one) => sum + (one.tracked ? shop.available(one) : 0), 0),
    tracksInventory: () => own.some(({ tracked }) => tracked),
    collections: () =>
      connectionOf(product.collections.map(({ id, title }) => ({ id: `gid://shopify/Collection/${id}`, title }))),
    options: () =>
      (own[0]?.options ?? []).map(({ name }, index) => ({
        id: `gid://shopify/ProductOption/${product.id}${index}`,
        position: index + 1,
        name,
        optionValues: [
          ...new Set(own.flatMap(({ options }) => options.filter((one) => one.name === name).map((one) => one.value))),
        ].map((value) => ({ name: value })),
      })),
    media: ({ first }: PageArguments) =>
      connectionOf(
        product.images.slice(0, first ?? undefined).map(({ url, alt, failed }, index) => ({
          __typename: 'MediaImage',
          id: `gid://shopify/MediaImage/${product.id}${index}`,
          alt,
          mediaContentType: 'IMAGE',
          status: failed ? 'FAILED' : 'READY',
          preview: failed ? null : { image: { url } },
        })),
      ),
    variants: (args: PageArguments) =>
      pageOf(
        own,
        args,
        (one) => one.id,
        (one) => variantView(shop, one),
      ),
  };
}

export function variantView(shop: Shop, variant: VariantRecord) {
  return {
    __typename: 'ProductVariant',
    id: `gid://shopify/ProductVariant/${variant.id}`,
    title: variant.title,
    sku: variant.sku,
    barcode: variant.barcode,
    price: variant.price,
    compareAtPrice: variant.compareAtPrice,
    inventoryPolicy: variant.inventoryPolicy,
    inventoryQuantity: () => shop.available(variant),
    taxable: variant.taxable,
    requiresComponents: variant.requiresComponents,
    updatedAt: iso(variant.updatedMs),
    selectedOptions: variant.options,
    inventoryItem: () => itemView(shop, variant),
    product: () => {
      const product = shop.products.get(variant.productId);
      return product === undefined ? null : productView(shop, product);
    },
  };
}

export function itemView(shop: Shop, variant: VariantRecord) {
  return {
    __typename: 'InventoryItem',
    id: `gid://shopify/InventoryItem/${variant.itemId}`,
    tracked: variant.tracked,
    requiresShipping: variant.requiresShipping,
    countryCodeOfOrigin: variant.countryCodeOfOrigin,
    harmonizedSystemCode: variant.harmonizedSystemCode,
    measurement: { weight: { unit: 'GRAMS', value: variant.weightGrams } },
    variants: (args: PageArguments) =>
      pageOf(
        [variant],
        args,
        (one) => one.id,
        (one) => variantView(shop, one),
      ),
    inventoryLevels: (args: PageArguments) =>
      pageOf(
        shop.locations.filter(({ id }) => variant.levels[id] !== undefined),
        args,
        (one) => one.id,
        (one) => levelView(variant, one),
      ),
    inventoryLevel: ({ locationId }: { locationId: string }) => {
      const location = shop.locations.find(({ id }) => id === idNumber('Location', locationId));
      return location === undefined || variant.levels[location.id] === undefined ? null : levelView(variant, location);
    },
  };
}

function levelView({ itemId, levels }: VariantRecord, location: LocationRecord) {
  const { available = 0, committed = 0 } = levels[location.id] ?? {};
  const known: Record<string, number> = { available, committed, on_hand: available + committed };
  return {
    __typename: 'InventoryLevel',
    id: `gid://shopify/InventoryLevel/${location.id}${itemId}?inventory_item_id=${itemId}`,
    location: locationView(location),
    quantities: ({ names }: { names: string[] }) => names.map((name) => ({ name, quantity: known[name] ?? 0 })),
  };
}

export function locationView(location: LocationRecord) {
  return {
    __typename: 'Location',
    id: `gid://shopify/Location/${location.id}`,
    name: location.name,
    isActive: location.isActive,
    fulfillsOnlineOrders: location.isActive,
    isFulfillmentService: false,
    address: { countryCode: 'AU', city: 'Melbourne' },
  };
}
