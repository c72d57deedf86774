import type { SimulatorTools } from '../../simulator-kit/index.ts';
import type {
  BulkRecord,
  DeliveryRecord,
  JobRecord,
  LocationRecord,
  OrderRecord,
  ProductRecord,
  SavedShop,
  TokenRecord,
  VariantRecord,
  WebhookRecord,
} from './model.ts';
import {
  DEFAULT_DIALS,
  type Dials,
  type ProductSeed,
  type ShopifySimulatorOptions,
  type VariantSeed,
} from './options.ts';

/** One shop: its records, and how stock moves. What calls do with it is in the modules named after the resources. */
export class Shop {
  readonly tools: SimulatorTools;
  readonly options: ShopifySimulatorOptions;
  dials: Dials = DEFAULT_DIALS;
  nextId = 1001;
  locations: LocationRecord[] = [];
  products = new Map<number, ProductRecord>();
  variants = new Map<number, VariantRecord>();
  orders = new Map<number, OrderRecord>();
  jobs = new Map<string, JobRecord>();
  webhooks = new Map<number, WebhookRecord>();
  queue: DeliveryRecord[] = [];
  tokens: TokenRecord[] = [];
  /** OAuth codes that were not exchanged yet. */
  codes: string[] = [];
  /** Idempotency keys and a hash of what was asked with them. */
  keys = new Map<string, string>();
  bulks = new Map<number, BulkRecord>();
  /** Staged files by path; empty until they were uploaded. */
  uploads = new Map<string, string>();
  /** Results of bulk work by its id. They are not saved: after a restart their addresses are dead. */
  files = new Map<number, Buffer>();
  lastOrderNumber = 1000;
  /** Called after a delivery was queued. */
  onQueued: () => void = () => undefined;
  readonly #variantsOf = new Map<number, VariantRecord[]>();
  readonly #byItem = new Map<number, VariantRecord>();

  constructor(tools: SimulatorTools, options: ShopifySimulatorOptions) {
    this.tools = tools;
    this.options = options;
    this.clear();
  }

  get currency(): string {
    return this.options.currency ?? 'AUD';
  }
  get domain(): string {
    return this.options.shopDomain ?? 'bench.myshopify.com';
  }

  nowMs(): number {
    return Math.floor(this.tools.clock.now().getTime() / 1000) * 1000;
  }
  newId(): number {
    this.nextId += 1;
    return this.nextId;
  }
  nextOrderNumber(): number {
    this.lastOrderNumber += 1;
    return this.lastOrderNumber;
  }

  variantsOf(productId: number): readonly VariantRecord[] {
    return this.#variantsOf.get(productId) ?? [];
  }

  variantOfItem(itemId: number): VariantRecord | undefined {
    return this.#byItem.get(itemId);
  }
  variantBySku(sku: string): VariantRecord | undefined {
    return [...this.variants.values()].find((one) => one.sku === sku);
  }

  addProduct(seed: ProductSeed): ProductRecord {
    const nowMs = this.nowMs();
    const product: ProductRecord = {
      id: this.newId(),
      handle: seed.title
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, ''),
      title: seed.title,
      descriptionHtml: seed.descriptionHtml ?? '',
      vendor: seed.vendor ?? this.options.shopName ?? 'Bench',
      productType: seed.productType ?? '',
      status: seed.status ?? 'ACTIVE',
      tags: [...(seed.tags ?? [])].sort(),
      images: (seed.images ?? []).map(({ url, alt, failed }) => ({ url, alt: alt ?? null, failed: failed ?? false })),
      collections: (seed.collections ?? []).map((title) => ({ id: this.newId(), title })),
      createdMs: nowMs,
      updatedMs: nowMs,
    };
    this.products.set(product.id, product);
    for (const variant of seed.variants ?? [{}]) this.addVariant(product, variant);
    this.changed();
    return product;
  }

  /** Sets what buyers can take at a location. */
  setAvailable(variant: VariantRecord, locationId: number, quantity: number, cause: string): void {
    const level = variant.levels[locationId] ?? { available: 0, committed: 0 };
    variant.levels[locationId] = { ...level, available: quantity };
    this.#stockMoved(variant, cause);
  }

  /** Moves units from available to committed (an order) or back (a cancellation); negative units go back. */
  commit(variant: VariantRecord, locationId: number, units: number): void {
    const level = variant.levels[locationId] ?? { available: 0, committed: 0 };
    variant.levels[locationId] = { available: level.available - units, committed: level.committed + units };
    this.#stockMoved(variant, 'order');
  }

  /** Committed units leave the house. */
  ship(variant: VariantRecord, locationId: number, units: number): void {
    const level = variant.levels[locationId] ?? { available: 0, committed: 0 };
    variant.levels[locationId] = { ...level, committed: level.committed - units };
    this.changed();
  }

  available(variant: VariantRecord): number {
    return Object.values(variant.levels).reduce((sum, level) => sum + level.available, 0);
  }

  /** Something of the product changed. */
  touch(product: ProductRecord | undefined): void {
    if (product === undefined) return;
    product.updatedMs = this.nowMs();
    this.changed();
    this.announce('PRODUCTS_UPDATE', { id: product.id, admin_graphql_api_id: `gid://shopify/Product/${product.id}` });
  }

  /** Queues a delivery for each subscription of the topic. */
  announce(topic: string, body: Record<string, unknown>): void {
    const eventId = `event-${this.newId()}`;
    for (const webhook of this.webhooks.values()) {
      if (webhook.topic !== topic) continue;
      this.queue.push({
        webhookId: webhook.id,
        topic,
        eventId,
        deliveryId: `delivery-${this.newId()}`,
        triggeredAt: this.tools.clock.now().toISOString(),
        body: JSON.stringify(body),
      });
    }
    this.changed();
    this.onQueued();
  }

  changed(): void {
    this.tools.changed();
  }
  /** As freshly installed. */
  clear(): void {
    const names = this.options.locations ?? ['Shop location'];
    const { accessToken, readers = [] } = this.options;
    const others = readers.map((one) => ({ ...one, refreshToken: null, expiresMs: null }));
    this.load({
      nextId: 1001,
      locations: names.map((name, index) => ({ id: 501 + index, name, isActive: true })),
      products: [],
      variants: [],
      orders: [],
      jobs: [],
      webhooks: [],
      queue: [],
      tokens: [...(accessToken === undefined ? [] : [{ accessToken, refreshToken: null, expiresMs: null }]), ...others],
      codes: [],
      keys: [],
      bulks: [],
      uploads: [],
      lastOrderNumber: 1000,
      dials: { ...DEFAULT_DIALS, ...this.options.dials },
    });
  }

  save(): SavedShop {
    return {
      nextId: this.nextId,
      locations: this.locations,
      products: [...this.products.values()],
      variants: [...this.variants.values()],
      orders: [...this.orders.values()],
      jobs: [...this.jobs.values()],
      webhooks: [...this.webhooks.values()],
      queue: this.queue,
      tokens: this.tokens,
      codes: this.codes,
      keys: [...this.keys],
      bulks: [...this.bulks.values()],
      uploads: [...this.uploads],
      lastOrderNumber: this.lastOrderNumber,
      dials: this.dials,
    };
  }

  load(saved: SavedShop): void {
    const byId = <R extends { id: I }, I>(records: R[]) => new Map(records.map((one) => [one.id, one]));
    this.nextId = saved.nextId;
    this.locations = saved.locations;
    this.products = byId(saved.products);
    this.variants = byId(saved.variants);
    this.#variantsOf.clear();
    this.#byItem.clear();
    for (const one of saved.variants) this.#index(one);
    this.orders = byId(saved.orders);
    this.jobs = byId(saved.jobs);
    this.webhooks = byId(saved.webhooks);
    this.queue = saved.queue;
    this.tokens = saved.tokens;
    this.codes = saved.codes;
    this.keys = new Map(saved.keys);
    this.bulks = byId(saved.bulks);
    this.files.clear();
    this.uploads = new Map(saved.uploads);
    this.lastOrderNumber = saved.lastOrderNumber;
    this.dials = { ...DEFAULT_DIALS, ...saved.dials };
    this.changed();
  }

  addVariant(product: ProductRecord, seed: VariantSeed): VariantRecord {
    const options = seed.options ?? [{ name: 'Title', value: 'Default Title' }];
    const variant: VariantRecord = {
      id: this.newId(),
      productId: product.id,
      itemId: this.newId(),
      title: options.map(({ value }) => value).join(' / '),
      sku: seed.sku ?? null,
      barcode: seed.barcode ?? null,
      price: seed.price ?? '0.00',
      compareAtPrice: seed.compareAtPrice ?? null,
      inventoryPolicy: seed.inventoryPolicy ?? 'DENY',
      taxable: seed.taxable ?? true,
      tracked: seed.tracked ?? true,
      requiresShipping: seed.requiresShipping ?? true,
      requiresComponents: seed.requiresComponents ?? false,
      weightGrams: seed.weightGrams ?? 0,
      harmonizedSystemCode: seed.harmonizedSystemCode ?? null,
      countryCodeOfOrigin: seed.countryCodeOfOrigin ?? null,
      options,
      levels: {},
      updatedMs: product.updatedMs,
    };
    this.variants.set(variant.id, variant);
    this.#index(variant);
    const available = typeof seed.available === 'object' ? seed.available : null;
    for (const [index, { id, name }] of this.locations.entries()) {
      const pieces = available === null ? (index === 0 ? Number(seed.available ?? 0) : undefined) : available[name];
      if (pieces !== undefined) this.setAvailable(variant, id, pieces, 'start');
    }
    return variant;
  }

  removeVariant(variant: VariantRecord): void {
    this.variants.delete(variant.id);
    this.#byItem.delete(variant.itemId);
    const left = this.variantsOf(variant.productId).filter((one) => one !== variant);
    this.#variantsOf.set(variant.productId, left);
  }

  removeProduct(product: ProductRecord): void {
    for (const variant of this.variantsOf(product.id)) this.removeVariant(variant);
    this.products.delete(product.id);
    this.announce('PRODUCTS_DELETE', { id: product.id });
  }

  #index(variant: VariantRecord): void {
    this.#byItem.set(variant.itemId, variant);
    const known = this.#variantsOf.get(variant.productId);
    if (known === undefined) this.#variantsOf.set(variant.productId, [variant]);
    else known.push(variant);
  }

  #stockMoved(variant: VariantRecord, cause: string): void {
    this.changed();
    const quantity = this.available(variant);
    const externalId = `gid://shopify/ProductVariant/${variant.id}`;
    this.tools.log.fact({ fact: 'stock.set', sku: variant.sku ?? '', externalId, quantity, cause });
    const [first] = Object.entries(variant.levels);
    this.announce('INVENTORY_LEVELS_UPDATE', {
      inventory_item_id: variant.itemId,
      location_id: Number(first?.[0]),
      available: first?.[1].available ?? null,
      updated_at: new Date(this.nowMs()).toISOString(),
    });
  }
}
