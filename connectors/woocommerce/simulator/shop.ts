import type { SimulatorTools } from '../../simulator-kit/index.ts';
import type {
  AttributeRecord,
  DeliveryJob,
  MetaRecord,
  OrderRecord,
  ProductRecord,
  TermRecord,
  WebhookRecord,
} from './model.ts';
import { type ApiKey, DEFAULT_DIALS, type Dials, type WooCommerceSimulatorOptions } from './options.ts';
import { NO_TAXES, type TaxSetup } from './taxes.ts';
import { toSecond } from './time.ts';

/** The version that the simulator shows. */
export const WOO_VERSION = '11.0.1';
/** The WordPress version that the simulator shows. */
export const WORDPRESS_VERSION = '7.1';
/** The category of products that have none. */
export const DEFAULT_CATEGORY_ID = 15;

/** Ids are drawn from one sequence per WordPress table; posts are products, variations, images, orders and refunds. */
const FIRST_IDS = { post: 11, term: 16, attribute: 1, postMeta: 28, item: 1, itemMeta: 19, comment: 2, webhook: 1 };

export type Sequence = keyof typeof FIRST_IDS;

/** Everything the shop's database holds, as it is saved. */
export interface SavedShop {
  sequences: Record<Sequence, number>;
  products: ProductRecord[];
  orders: OrderRecord[];
  terms: TermRecord[];
  attributes: AttributeRecord[];
  webhooks: WebhookRecord[];
  queue: DeliveryJob[];
  nonces: Array<[string, number]>;
  dials: Dials;
  /** Absent: those of the options. */
  keys?: ApiKey[];
  taxes: TaxSetup;
}

/** One shop: its tables and settings. What calls do with it is in the modules named after the resources. */
export class Shop {
  readonly tools: SimulatorTools;
  readonly options: WooCommerceSimulatorOptions;
  keys: ApiKey[] = [];
  readonly zone: string;
  readonly currency: string;
  dials: Dials = DEFAULT_DIALS;
  taxes: TaxSetup = NO_TAXES;
  sequences: Record<Sequence, number> = { ...FIRST_IDS };
  products = new Map<number, ProductRecord>();
  orders = new Map<number, OrderRecord>();
  terms = new Map<number, TermRecord>();
  attributes = new Map<number, AttributeRecord>();
  webhooks = new Map<number, WebhookRecord>();
  queue: DeliveryJob[] = [];
  /** Used OAuth nonces (`key/nonce`) and their time stamps in seconds. */
  nonces = new Map<string, number>();
  /** Rises with every change of products or orders: lists computed before are out of date. */
  revision = 0;
  readonly #bySku = new Map<string, Set<number>>();
  readonly #children = new Map<number, Set<number>>();
  readonly #slugs = new Map<string, number>();
  #before = new Map<number, ProductRecord | OrderRecord>();
  /** Called after a delivery was queued. */
  onQueued: () => void = () => undefined;

  constructor(tools: SimulatorTools, options: WooCommerceSimulatorOptions) {
    this.tools = tools;
    this.options = options;
    this.zone = options.siteTimeZone ?? 'UTC';
    this.currency = options.currency ?? 'AUD';
    this.clear();
  }

  /** `woocommerce_price_num_decimals`: what amounts of orders are rounded to, whatever the currency has. */
  get priceDecimals(): number {
    return this.options.priceDecimals ?? 2;
  }

  get siteUrl(): string {
    return this.options.siteUrl ?? this.tools.url();
  }

  /** To the second. */
  nowMs(): number {
    return toSecond(this.tools.clock.now().getTime());
  }

  /** Keys that the shop is started with. */
  #firstKeys(): ApiKey[] {
    const { consumerKey, consumerSecret, keys = [] } = this.options;
    return [{ consumerKey, consumerSecret, permissions: 'read_write' }, ...keys];
  }

  addKey(key: ApiKey): void {
    this.keys.push(key);
    this.tools.changed();
  }

  /** Returns how many there were. */
  removeKeys(isMeant: (key: ApiKey) => boolean): number {
    const before = this.keys.length;
    this.keys = this.keys.filter((key) => !isMeant(key));
    this.tools.changed();
    return before - this.keys.length;
  }

  nextId(sequence: Sequence): number {
    const id = this.sequences[sequence];
    this.sequences[sequence] = id + 1;
    return id;
  }

  newMeta(sequence: 'postMeta' | 'itemMeta', key: string, value: unknown): MetaRecord {
    return { id: this.nextId(sequence), key, value };
  }

  /** Stores a new or changed product and keeps the indexes. Call `aboutToChange` before changing an old one. */
  putProduct(product: ProductRecord): void {
    this.products.set(product.id, product);
    if (product.sku !== '' && product.status !== 'trash') addTo(this.#bySku, product.sku, product.id);
    if (product.parentId !== 0) addTo(this.#children, product.parentId, product.id);
    else this.#slugs.set(product.slug, product.id);
    this.changed();
  }

  removeProduct(product: ProductRecord): void {
    this.products.delete(product.id);
    this.#children.get(product.parentId)?.delete(product.id);
    this.#bySku.get(product.sku)?.delete(product.id);
    this.changed();
  }

  putOrder(order: OrderRecord): void {
    this.orders.set(order.id, order);
    this.changed();
  }

  /** The product or variation with this SKU; one in the trash doesn't count. */
  bySku(sku: string): ProductRecord | undefined {
    if (sku === '') return undefined;
    for (const id of this.#bySku.get(sku) ?? []) {
      const product = this.products.get(id);
      if (product !== undefined && product.sku === sku && product.status !== 'trash') return product;
    }
    return undefined;
  }

  /** True when another product has this slug. */
  slugTaken(slug: string, ownId: number): boolean {
    const owner = this.products.get(this.#slugs.get(slug) ?? 0);
    return owner !== undefined && owner.id !== ownId && owner.slug === slug;
  }

  variationsOf(productId: number): ProductRecord[] {
    return [...(this.#children.get(productId) ?? [])].flatMap((id) => this.products.get(id) ?? []);
  }

  /** Keeps an object as it is before a change, for the `stale` fault. */
  aboutToChange(record: ProductRecord | OrderRecord): void {
    this.#before.set(record.id, structuredClone(record));
  }

  /** The version before the last change, where there is one. */
  before<R extends ProductRecord | OrderRecord>(record: R): R {
    const previous = this.#before.get(record.id);
    return previous === undefined ? record : { ...record, ...previous };
  }

  changed(): void {
    this.revision += 1;
    this.tools.changed();
  }

  /** Queues a delivery for each active webhook of the topic; one waiting job per webhook and resource is enough. */
  announce(topic: string, resourceId: number): void {
    let queued = false;
    for (const webhook of this.webhooks.values()) {
      if (webhook.topic !== topic || webhook.status !== 'active') continue;
      const isSame = (job: DeliveryJob) => job.webhookId === webhook.id && job.resourceId === resourceId;
      if (this.queue.some(isSame)) continue;
      this.queue.push({ webhookId: webhook.id, topic, resourceId });
      queued = true;
    }
    if (!queued) return;
    this.tools.changed();
    this.onQueued();
  }

  /** An empty shop as freshly installed. */
  clear(): void {
    const uncategorized = { id: DEFAULT_CATEGORY_ID, kind: 'category', name: 'Uncategorized', slug: 'uncategorized' };
    this.load({
      sequences: { ...FIRST_IDS },
      products: [],
      orders: [],
      terms: [{ ...uncategorized, parent: 0, description: '', menuOrder: 0 }],
      attributes: [],
      webhooks: [],
      queue: [],
      nonces: [],
      dials: { ...DEFAULT_DIALS, ...this.options.dials },
      taxes: { ...NO_TAXES, ...this.options.taxes },
    });
  }

  save(): SavedShop {
    return {
      sequences: this.sequences,
      products: [...this.products.values()],
      orders: [...this.orders.values()],
      terms: [...this.terms.values()],
      attributes: [...this.attributes.values()],
      webhooks: [...this.webhooks.values()],
      queue: this.queue,
      nonces: [...this.nonces],
      dials: this.dials,
      keys: this.keys,
      taxes: this.taxes,
    };
  }

  load(saved: SavedShop): void {
    this.#bySku.clear();
    this.#children.clear();
    this.#slugs.clear();
    this.#before.clear();
    this.products = new Map();
    this.sequences = { ...saved.sequences };
    for (const product of saved.products) this.putProduct(product);
    this.orders = byId(saved.orders);
    this.terms = byId(saved.terms);
    this.attributes = byId(saved.attributes);
    this.webhooks = byId(saved.webhooks);
    this.queue = [...saved.queue];
    this.nonces = new Map(saved.nonces);
    this.dials = { ...DEFAULT_DIALS, ...saved.dials };
    this.keys = saved.keys ?? this.#firstKeys();
    this.taxes = { ...NO_TAXES, ...saved.taxes };
    this.changed();
  }
}

function byId<R extends { id: number }>(records: R[]): Map<number, R> {
  return new Map(records.map((record) => [record.id, record]));
}

function addTo<K>(index: Map<K, Set<number>>, key: K, id: number): void {
  const ids = index.get(key);
  if (ids) ids.add(id);
  else index.set(key, new Set([id]));
}
