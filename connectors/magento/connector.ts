import type { StoreCapabilities, StoreConnector } from '../contract/store.ts';
import { MagentoClient, type MagentoContext } from './client.ts';
import { OrderDesk } from './orders.ts';
import { ProductReader } from './products.ts';
import { FactsReader, testShop } from './shop.ts';
import { type Source, StockReader } from './stock.ts';
import { StockTaker } from './taking.ts';
import { Writer } from './writes.ts';

const capabilities: StoreCapabilities = {
  // Magento Open Source sends none.
  webhooks: false,
  batchSize: 20,
  orderLookup: 'filter',
  compareAndSetStock: false,
  stockCount: 'physical',
  cancelReturnsStock: true,
};

/** What Magento can do beyond the store contract. */
export interface MagentoConnector extends StoreConnector {
  readSources(): Promise<Source[]>;
  readonly writeSources: Writer['writeStock'];
  readonly writeBasePrices: Writer['writePrices'];
  readonly submitBulk: Writer['submitBulk'];
  readonly readBulk: Writer['readBulk'];
  readonly awaitBulk: Writer['awaitBulk'];
}

/** A Magento 2 shop (REST V1) as a store. It remembers what the shop's versions and modules can do. */
export function createMagentoConnector(ctx: MagentoContext): MagentoConnector {
  const client = new MagentoClient(ctx);
  const facts = new FactsReader(client, ctx);
  const stock = new StockReader(client, facts);
  const products = new ProductReader(client, ctx, facts, stock);
  const taker = new StockTaker(client, ctx, facts, stock);
  const orders = new OrderDesk(client, ctx, facts, taker);
  const writer = new Writer(client, ctx, facts);
  return {
    kind: 'store',
    capabilities,
    testConnection: () => testShop(client, ctx, facts),
    readProducts: (input) => products.readProducts(input),
    readProduct: (externalId) => products.readProduct(externalId),
    readStock: (variants) => stock.read(variants.map(({ sku }) => sku)),
    createOrder: (order) => orders.create(order),
    findOrder: (reference, notBefore) => orders.find(reference, notBefore),
    readOrder: (externalId) => orders.read(externalId),
    cancelOrder: (externalId, reason) => orders.cancel(externalId, reason),
    fulfilOrder: (externalId, parcels) => orders.fulfil(externalId, parcels),
    readSources: () => stock.sources(),
    writeSources: (rows) => writer.writeStock(rows),
    writeBasePrices: (rows) => writer.writePrices(rows),
    submitBulk: (route, bodies) => writer.submitBulk(route, bodies),
    readBulk: (bulkId) => writer.readBulk(bulkId),
    awaitBulk: (bulkId, waitMs, limitMs) => writer.awaitBulk(bulkId, waitMs, limitMs),
  };
}
