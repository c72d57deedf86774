import type { SimulatorTools } from '../../simulator-kit/index.ts';
import { PreviousVersions } from '../../simulator-kit/index.ts';
import { MagentoError, noProduct } from './errors.ts';
import { textOf } from './json.ts';
import type {
  AttributeRecord,
  BulkRecord,
  CartRecord,
  OrderRecord,
  ProductRecord,
  SavedShop,
  SourceRecord,
} from './model.ts';
import { DEFAULT_DIALS, type Dials, type MagentoSimulatorOptions } from './options.ts';

/** `YYYY-MM-DD HH:MM:SS` in UTC, as Magento writes times. */
export function dateText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

type SourceItem = { sku: string; source: string; quantity: number; status: number };

/** The shop's state and what its parts share. */
export class Shop {
  readonly tools: SimulatorTools;
  readonly options: MagentoSimulatorOptions;
  readonly versions = new PreviousVersions();
  dials: Dials;
  counters: Record<string, number> = {};
  products = new Map<string, ProductRecord>();
  attributes = new Map<string, AttributeRecord>();
  categories = new Map<number, { id: number; name: string; parentId: number }>();
  sources = new Map<string, SourceRecord>();
  sourceItems = new Map<string, SourceItem>();
  /** Which product took a URL key; one that has another key by now no longer holds it. */
  readonly #urlKeys = new Map<string, string>();
  reservations = new Map<string, number>();
  carts = new Map<string, CartRecord>();
  orders = new Map<number, OrderRecord>();
  bulks = new Map<string, BulkRecord>();
  writes = 0;

  constructor(tools: SimulatorTools, options: MagentoSimulatorOptions) {
    this.tools = tools;
    this.options = options;
    this.dials = { ...DEFAULT_DIALS, ...options.dials };
    this.clear();
  }

  get currency(): string {
    return this.options.currency ?? 'AUD';
  }

  clear(): void {
    this.dials = { ...DEFAULT_DIALS, ...this.options.dials };
    // A fresh shop's own attributes and categories come first.
    this.counters = { attribute: 136, option: 3, category: 2 };
    for (const map of [this.products, this.attributes, this.categories, this.sources, this.sourceItems]) map.clear();
    for (const map of [this.reservations, this.carts, this.orders, this.bulks]) map.clear();
    this.sources.set('default', { code: 'default', name: 'Default Source', enabled: true });
    this.versions.clear();
    this.#urlKeys.clear();
  }

  next(counter: string): number {
    const value = (this.counters[counter] ?? 0) + 1;
    this.counters[counter] = value;
    return value;
  }

  nowMs(): number {
    return this.tools.clock.now().getTime();
  }

  changed(): void {
    this.tools.changed();
  }

  /** SKUs are found whatever their case, as the database compares them. */
  product(sku: string): ProductRecord {
    const found = this.products.get(sku.toLowerCase());
    if (found === undefined) throw noProduct();
    return found;
  }

  putProduct(product: ProductRecord): void {
    const key = product.sku.toLowerCase();
    this.products.set(key, product);
    this.#urlKeys.set(textOf(product.attributes.url_key), key);
  }

  isUrlKeyTaken(urlKey: string): boolean {
    const owner = this.products.get(this.#urlKeys.get(urlKey) ?? '');
    return owner?.attributes.url_key === urlKey;
  }

  productById(id: number): ProductRecord | undefined {
    for (const product of this.products.values()) if (product.id === id) return product;
    return undefined;
  }

  sourceItem(sku: string, source: string): SourceItem | undefined {
    return this.sourceItems.get(`${sku}\n${source}`);
  }

  /** Sets what a source holds; the default source's number is the stock item's as well. */
  setSource(sku: string, source: string, quantity: number, status: number, cause: string): void {
    this.sourceItems.set(`${sku}\n${source}`, { sku, source, quantity, status });
    const product = this.products.get(sku.toLowerCase());
    if (product !== undefined && source === 'default') {
      product.qty = quantity;
      product.isInStock = status === 1;
    }
    this.tools.log.fact({
      fact: 'stock.set',
      sku,
      externalId: String(product?.id ?? ''),
      quantity: this.salable(sku),
      cause,
    });
    this.changed();
  }

  reserve(sku: string, delta: number, cause: string): void {
    if (this.dials.legacyStock) {
      const product = this.products.get(sku.toLowerCase());
      if (product !== undefined)
        this.setSource(sku, 'default', (product.qty ?? 0) + delta, product.isInStock ? 1 : 0, cause);
      return;
    }
    this.reservations.set(sku, (this.reservations.get(sku) ?? 0) + delta);
    const externalId = String(this.products.get(sku.toLowerCase())?.id ?? '');
    this.tools.log.fact({ fact: 'stock.set', sku, externalId, quantity: this.salable(sku), cause });
    this.changed();
  }

  /** Sources of the stock, in stock ones, and what is reserved (negative) or compensated. */
  salable(sku: string): number {
    let sum = 0;
    let isInStock = false;
    for (const source of this.sources.values()) {
      const item = this.sourceItem(sku, source.code);
      if (item?.status === 1 && source.enabled) {
        sum += item.quantity;
        isInStock = true;
      }
    }
    if (!isInStock) return 0;
    return Math.max(0, sum + (this.dials.legacyStock ? 0 : (this.reservations.get(sku) ?? 0)));
  }

  order(id: string | number): OrderRecord {
    const found = this.orders.get(Number(id));
    if (found !== undefined) return found;
    throw new MagentoError(404, "The entity that was requested doesn't exist. Verify the entity and try again.");
  }

  setState(order: OrderRecord, state: string, cause: string): void {
    const from = textOf(order.fields.state);
    if (from === state) return;
    order.fields.state = state;
    order.fields.status = state === 'new' ? 'pending' : state;
    this.tools.log.fact({ fact: 'shop-order.status', externalId: String(order.id), from, to: state, cause });
  }

  save(): SavedShop {
    return {
      counters: this.counters,
      products: [...this.products.values()],
      attributes: [...this.attributes.values()],
      categories: [...this.categories.values()],
      sources: [...this.sources.values()],
      sourceItems: [...this.sourceItems.values()],
      reservations: Object.fromEntries(this.reservations),
      carts: [...this.carts.values()],
      orders: [...this.orders.values()],
      bulks: [...this.bulks.values()],
    };
  }

  load(saved: SavedShop): void {
    this.clear();
    this.counters = saved.counters;
    for (const one of saved.products) this.putProduct(one);
    for (const one of saved.attributes) this.attributes.set(one.code, one);
    for (const one of saved.categories) this.categories.set(one.id, one);
    for (const one of saved.sources) this.sources.set(one.code, one);
    for (const one of saved.sourceItems) this.sourceItems.set(`${one.sku}\n${one.source}`, one);
    for (const [sku, delta] of Object.entries(saved.reservations)) this.reservations.set(sku, delta);
    for (const one of saved.carts) this.carts.set(one.maskedId, one);
    for (const one of saved.orders) this.orders.set(one.id, { ...one, creditmemos: one.creditmemos ?? [] });
    for (const one of saved.bulks) this.bulks.set(one.uuid, one);
  }
}
