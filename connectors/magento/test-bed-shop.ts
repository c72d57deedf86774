import { type Static, type TSchema, Type } from '@sinclair/typebox';
import type { OrderBook } from '../conformance/store-subject.ts';
import { ConnectorError } from '../errors.ts';
import { type MagentoCall, MagentoClient, type MagentoContext } from './client.ts';
import { type Filter, searchQuery } from './criteria.ts';
import { amountOf, toNumber } from './money.ts';
import { addressOf, isAllShipped, soldItems } from './order-mapping.ts';
import {
  creditMemoSchema,
  listSchema,
  type MagentoOrder,
  modulesSchema,
  numberSchema,
  orderSchema,
  productSchema,
  shipmentDetailSchema,
  sourceItemSchema,
  stockItemSchema,
  stockResolverSchema,
  storeConfigsSchema,
  websitesSchema,
} from './schema.ts';
import { statusOf } from './tags.ts';

const GRAMS = { kgs: 1000, lbs: 453.59237 } as const;
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
}

/** Calls as a merchant's own tools make them. */
export class RawShop {
  readonly #ctx: MagentoContext;
  readonly #client: MagentoClient;
  readonly #mark: string;
  #place: Promise<Place> | null = null;
  #turn: Promise<unknown> = Promise.resolve();

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
    const config = configs.find((one) => code === undefined || one.code === code);
    if (config === undefined) throw new Error('the shop shows no store view');
    const modules = await this.ask('GET', 'modules', modulesSchema);
    const sets = await this.list('products/attribute-sets/sets/list', [], setSchema);
    const set = sets.find(({ attribute_set_name: name }) => name === 'Default') ?? sets[0];
    return {
      currency: config.base_currency_code,
      websiteId: config.website_id,
      storeId: config.id,
      timeZone: config.timezone ?? 'UTC',
      gramsPerUnit: config.weight_unit === 'kgs' ? GRAMS.kgs : GRAMS.lbs,
      setId: set?.attribute_set_id ?? 4,
      stockId: modules.includes('Magento_InventoryApi') ? await this.#stockId(config.website_id) : null,
    };
  }

  async #stockId(websiteId: number): Promise<number> {
    const websites = await this.ask('GET', 'store/websites', websitesSchema);
    const code = this.#ctx.settings.websiteCode ?? websites.find(({ id }) => id === websiteId)?.code ?? 'base';
    const path = `inventory/stock-resolver/website/${encodeURIComponent(code)}`;
    return (await this.ask('GET', path, stockResolverSchema)).stock_id;
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
    const { stockId } = await this.place();
    if (stockId === null) {
      const { qty } = await this.ask('GET', `stockItems/${encodeURIComponent(sku)}`, stockItemSchema);
      return { counted: qty ?? 0, salable: qty ?? 0 };
    }
    const rows = await this.list('inventory/source-items', [{ field: 'sku', value: sku }], sourceItemSchema);
    const source = this.#ctx.settings.sourceCode ?? 'default';
    const path = `inventory/get-product-salable-quantity/${encodeURIComponent(sku)}/${stockId}`;
    return {
      counted: rows.find((row) => row.source_code === source)?.quantity ?? 0,
      salable: await this.ask('GET', path, numberSchema),
    };
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

  /** Magento keeps orders for ever. What cannot be cancelled any more (shipped, refunded) stays as it is. */
  async removeOrder(externalId: string): Promise<'cancelled'> {
    await unlessGone(async () => {
      const { state } = await this.ask('GET', `orders/${externalId}`, orderSchema);
      if (state === 'holded') await this.ask('POST', `orders/${externalId}/unhold`, anything);
      if (!['complete', 'closed', 'canceled'].includes(state)) {
        await this.ask('POST', `orders/${externalId}/cancel`, anything);
      }
    });
    return 'cancelled';
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
