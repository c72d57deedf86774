import { type Static, type TSchema, Type } from '@sinclair/typebox';
import type { OrderBook } from '../conformance/store-subject.ts';
import { ConnectorError } from '../errors.ts';
import { type MagentoCall, MagentoClient, type MagentoContext } from './client.ts';
import { chunksForIn, type Filter, searchQuery } from './criteria.ts';
import { amountOf, toNumber } from './money.ts';
import { addressOf, isAllShipped, soldItems } from './order-mapping.ts';
import {
  creditMemoSchema,
  exportRowSchema,
  listSchema,
  type MagentoOrder,
  modulesSchema,
  numberSchema,
  orderSchema,
  productSchema,
  shipmentDetailSchema,
  sourceItemSchema,
  stockItemSchema,
  stockLinkSchema,
  stockResolverSchema,
  storeConfigsSchema,
  websitesSchema,
} from './schema.ts';
import { statusOf } from './tags.ts';

const GRAMS = { kgs: 1000, lbs: 453.59237 } as const;
const DEFAULT_STOCK = 1;
const DEFAULT_SOURCE = 'default';
const setSchema = Type.Object({ attribute_set_id: Type.Integer(), attribute_set_name: Type.String() });
const savedSchema = Type.Object({ id: Type.Integer() });
export const anything = Type.Unknown();

/** Where test data goes. */
export interface Place {
  readonly currency: string;
  readonly websiteId: number;
  readonly storeId: number;
  readonly timeZone: string;
  readonly gramsPerUnit: number;
  readonly setId: number;
  /** Null without multi-source inventory. */
  readonly stockId: number | null;
  readonly websiteCode: string;
  /** Where the goods lie: of the sources that the website sells from. */
  readonly source: string;
}

/** Calls as a merchant's own tools make them. */
export class RawShop {
  readonly #ctx: MagentoContext;
  readonly #client: MagentoClient;
  readonly #mark: string;
  #place: Promise<Place> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #removed = new Set<string>();

  constructor(ctx: MagentoContext, mark: string) {
    this.#ctx = ctx;
    this.#client = new MagentoClient(ctx);
    this.#mark = mark;
  }

  ask<S extends TSchema>(
    method: MagentoCall['method'],
    path: string,
    schema: S,
    more: Pick<MagentoCall, 'body' | 'query' | 'scope'> = {},
  ): Promise<Static<S>> {
    return this.#client.ask({ method, path, operation: 'test-bed', ...more }, schema);
  }

  async list<S extends TSchema>(path: string, filters: readonly Filter[], row: S): Promise<Static<S>[]> {
    const query = searchQuery({ filters, sort: [], pageSize: 100 });
    return (await this.ask('GET', path, listSchema(row), { query })).items ?? [];
  }

  place(): Promise<Place> {
    this.#place ??= this.#look().catch((error: unknown) => {
      this.#place = null;
      throw error;
    });
    return this.#place;
  }

  async #look(): Promise<Place> {
    const configs = await this.ask('GET', 'store/storeConfigs', storeConfigsSchema);
    const code = this.#ctx.settings.storeView;
    const sorted = configs.toSorted((a, b) => a.id - b.id);
    const config = sorted.find((one) => code === undefined || one.code === code);
    if (config === undefined) throw new Error('the shop shows no store view');
    const modules = await this.ask('GET', 'modules', modulesSchema);
    const sets = await this.list('products/attribute-sets/sets/list', [], setSchema);
    const set = sets.find(({ attribute_set_name: name }) => name === 'Default') ?? sets[0];
    const websiteCode = await this.#websiteCode(config.website_id);
    const stockId = modules.includes('Magento_InventoryApi') ? await this.#stockId(websiteCode) : null;
    return {
      currency: config.base_currency_code,
      websiteId: config.website_id,
      storeId: config.id,
      timeZone: config.timezone ?? 'UTC',
      gramsPerUnit: config.weight_unit === 'kgs' ? GRAMS.kgs : GRAMS.lbs,
      setId: set?.attribute_set_id ?? 4,
      ...{ stockId, websiteCode, source: await this.#source(stockId) },
    };
  }

  async #websiteCode(websiteId: number): Promise<string> {
    const websites = await this.ask('GET', 'store/websites', websitesSchema);
    return this.#ctx.settings.websiteCode ?? websites.find(({ id }) => id === websiteId)?.code ?? 'base';
  }

  async #stockId(websiteCode: string): Promise<number> {
    const path = `inventory/stock-resolver/website/${encodeURIComponent(websiteCode)}`;
    return (await this.ask('GET', path, stockResolverSchema)).stock_id;
  }

  /** The default stock has the default source and no other. */
  async #source(stockId: number | null): Promise<string> {
    const { sourceCode } = this.#ctx.settings;
    if (sourceCode !== undefined || stockId === null || stockId === DEFAULT_STOCK) return sourceCode ?? DEFAULT_SOURCE;
    const path = `inventory/get-sources-assigned-to-stock-ordered-by-priority/${stockId}`;
    const [first] = await this.ask('GET', path, Type.Array(stockLinkSchema));
    return first?.source_code ?? DEFAULT_SOURCE;
  }

  /** A product is made with its pieces in the default source: in another shop's stock they are put where it sells from. */
  async stockAtSource(sku: string, quantity: number): Promise<void> {
    const { stockId, source } = await this.place();
    if (stockId === null || source === DEFAULT_SOURCE) return;
    const row = { sku, source_code: source, quantity, status: quantity > 0 ? 1 : 0 };
    await this.ask('POST', 'inventory/source-items', anything, { body: { sourceItems: [row] } });
  }

  /** By its own address, which some web servers refuse where the SKU has a slash: then it is only switched off. */
  async removeProduct(sku: string): Promise<void> {
    this.#removed.add(sku);
    try {
      await unlessGone(() => this.ask('DELETE', `products/${encodeURIComponent(sku)}`, anything));
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind !== 'Rejected') throw error;
      const [left] = await this.list('products', [{ field: 'sku', value: sku }], productSchema);
      if (left === undefined) return;
      await this.save({ sku, status: 2 });
      throw new Error(`the shop does not delete ${sku} by calls; it is disabled (${error.message})`);
    }
  }

  /** The shop keeps what its sources hold of deleted products. */
  async forgetSourceItems(): Promise<void> {
    const skus = [...this.#removed];
    this.#removed.clear();
    if (skus.length === 0 || (await this.place()).stockId === null) return;
    const rows: { sku: string; source_code: string }[] = [];
    for (const { condition, value } of chunksForIn(skus, 20)) {
      rows.push(...(await this.list('inventory/source-items', [{ field: 'sku', value, condition }], sourceItemSchema)));
    }
    for (let from = 0; from < rows.length; from += 20) {
      const sourceItems = rows.slice(from, from + 20).map(({ sku, source_code }) => ({ sku, source_code }));
      await this.ask('POST', 'inventory/source-items-delete', anything, { body: { sourceItems } });
    }
  }

  /** One after the other: real shops answer products saved at once with deadlocks. Saving again does no harm. */
  save(product: object): Promise<number> {
    const turn = this.#turn.then(() => this.#saveOnce(product).catch((error: unknown) => this.#again(error, product)));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #again(error: unknown, product: object): Promise<number> {
    if (error instanceof ConnectorError && error.kind === 'Unavailable') return this.#saveOnce(product);
    throw error;
  }

  async #saveOnce(product: object): Promise<number> {
    return (await this.ask('POST', 'products', savedSchema, { body: { product } })).id;
  }

  async productOf(sku: string): Promise<Static<typeof productSchema>> {
    const [product] = await this.list('products', [{ field: 'sku', value: sku }], productSchema);
    if (product === undefined) throw new Error(`the shop has no product ${sku}`);
    return product;
  }

  async stockOf(sku: string): Promise<{ counted: number; salable: number }> {
    const { stockId, source } = await this.place();
    if (stockId === null) {
      const { qty } = await this.ask('GET', `stockItems/${encodeURIComponent(sku)}`, stockItemSchema);
      return { counted: qty ?? 0, salable: qty ?? 0 };
    }
    const rows = await this.list('inventory/source-items', [{ field: 'sku', value: sku }], sourceItemSchema);
    return {
      counted: rows.find((row) => row.source_code === source)?.quantity ?? 0,
      salable: await this.#salable(sku, stockId),
    };
  }

  async #salable(sku: string, stockId: number): Promise<number> {
    const path = `inventory/get-product-salable-quantity/${encodeURIComponent(sku)}/${stockId}`;
    try {
      return await this.ask('GET', path, numberSchema);
    } catch (error) {
      // Web servers refuse SKUs with a slash in addresses.
      if (!(error instanceof ConnectorError) || error.details.code !== 'no_shop_answer') throw error;
      const { websiteCode } = await this.place();
      const all = `inventory/export-stock-salable-qty/website/${encodeURIComponent(websiteCode)}`;
      const [row] = await this.list(all, [{ field: 'sku', value: sku }], exportRowSchema);
      return row?.qty ?? 0;
    }
  }

  async bookOf(order: MagentoOrder): Promise<OrderBook> {
    const { entity_id: id, order_currency_code: currency } = order;
    const own: Filter[] = [{ field: 'order_id', value: id }];
    const memos = await this.list('creditmemos', own, creditMemoSchema);
    const shipments = await this.list('shipments', own, shipmentDetailSchema);
    const minor = (value: number | string | null | undefined) => amountOf(value, currency) ?? Number.NaN;
    return {
      externalId: String(id),
      status: statusOf(order.state, isAllShipped(order)),
      total: { amountMinor: minor(order.grand_total), currency },
      lines: soldItems(order).map(({ sku, qty_ordered: quantity }) => ({ sku: sku || null, quantity })),
      notes: (order.status_histories ?? []).flatMap(({ comment }) => comment ?? []),
      refunds: memos.map(({ grand_total: total }) => ({ amountMinor: minor(total) })),
      trackingNumbers: shipments.flatMap(({ tracks }) => (tracks ?? []).flatMap((track) => track.track_number ?? [])),
    };
  }

  /** Magento keeps orders for ever. What cannot be cancelled any more (shipped, invoiced) stays as it is. */
  async removeOrder(externalId: string): Promise<'cancelled' | 'kept'> {
    let isCancelled = true;
    await unlessGone(async () => {
      const { state } = await this.ask('GET', `orders/${externalId}`, orderSchema);
      if (state === 'holded') await this.ask('POST', `orders/${externalId}/unhold`, anything);
      isCancelled = state === 'canceled';
      if (!['complete', 'closed', 'canceled'].includes(state)) {
        isCancelled = (await this.ask('POST', `orders/${externalId}/cancel`, anything)) === true;
      }
    });
    return isCancelled ? 'cancelled' : 'kept';
  }

  async placeOrder(lines: readonly { sku: string; quantity: number }[]): Promise<string> {
    const { currency, storeId } = await this.place();
    const goods = await Promise.all(lines.map(async (line) => ({ ...line, product: await this.productOf(line.sku) })));
    const items = goods.map(({ sku, quantity, product }) => {
      const minor = amountOf(product.price, currency) ?? 0;
      const [price, row] = [toNumber(minor, currency), toNumber(minor * quantity, currency)];
      return {
        ...{ product_id: product.id, store_id: storeId, sku, name: product.name ?? sku, product_type: 'simple' },
        ...{ qty_ordered: quantity, price, base_price: price, row_total: row, base_row_total: row },
      };
    });
    const sumMinor = items.reduce((sum, { row_total: row }) => sum + (amountOf(row, currency) ?? 0), 0);
    const total = toNumber(sumMinor, currency);
    const email = `${this.#mark.toLowerCase()}@example.com`;
    const buyer = {
      ...{ name: `${this.#mark} Buyer`, company: null, lines: ['1 Example Street'], city: 'Jakarta', region: null },
      ...{ postcode: '10220', countryCode: 'ID', phone: null, email: null },
    };
    const address = { ...addressOf(buyer), email };
    const entity = {
      ...{ store_id: storeId, state: 'new', status: 'pending', customer_email: email, customer_is_guest: 1 },
      ...{ base_currency_code: currency, order_currency_code: currency, is_virtual: 0 },
      ...{ subtotal: total, base_subtotal: total, grand_total: total, base_grand_total: total, items },
      billing_address: { address_type: 'billing', ...address },
      payment: { method: 'checkmo' },
      extension_attributes: {
        shipping_assignments: [
          { shipping: { method: 'flatrate_flatrate', address: { address_type: 'shipping', ...address } } },
        ],
      },
    };
    return String((await this.ask('POST', 'orders', orderSchema, { body: { entity } })).entity_id);
  }
}

/** What is gone already need not be removed. */
export async function unlessGone(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind !== 'NotFound') throw error;
  }
}
