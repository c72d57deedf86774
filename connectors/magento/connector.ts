import type { StoreCapabilities, StoreConnector } from '../contract/store.ts';
import type { StoreWriting } from '../contract/store-writing.ts';
import { OrderCare } from './aftercare.ts';
import { Bulks } from './bulks.ts';
import { MagentoClient, type MagentoContext } from './client.ts';
import { OrderHistory } from './order-history.ts';
import { OrderDesk } from './orders.ts';
import { PriceReader } from './price-reads.ts';
import { PriceWriter } from './price-writes.ts';
import { ProductReader } from './products.ts';
import { RefundDesk } from './refunds.ts';
import { FactsReader, testShop } from './shop.ts';
import { StockReader } from './stock.ts';
import { StockWriter } from './stock-writes.ts';
import { StockTaker } from './taking.ts';

const capabilities: StoreCapabilities = {
  // Magento Open Source sends none.
  webhooks: false,
  batchSize: 20,
  orderLookup: 'filter',
  compareAndSetStock: false,
  stockCount: 'physical',
  cancelReturnsStock: true,
};

/** Everything of the store contract that Magento Open Source can do, and its bulks, which the contract lacks. */
export type MagentoConnector = StoreConnector & StoreWriting & Pick<Bulks, 'submitBulk' | 'readBulk' | 'awaitBulk'>;

/** A Magento 2 shop (REST V1) as a store. It remembers what the shop's versions and modules can do. */
export function createMagentoConnector(ctx: MagentoContext): MagentoConnector {
  const client = new MagentoClient(ctx);
  const facts = new FactsReader(client, ctx);
  const stock = new StockReader(client, facts);
  const prices = new PriceReader(client, facts);
  const products = new ProductReader(client, ctx, facts, stock, prices);
  const taker = new StockTaker(client, ctx, facts, stock);
  const orders = new OrderDesk(client, ctx, facts, taker);
  const stockWriter = new StockWriter(client, ctx, facts, stock);
  const priceWriter = new PriceWriter(client, ctx, facts, prices);
  const history = new OrderHistory(client, ctx);
  const refunds = new RefundDesk(client, ctx, history);
  const care = new OrderCare(client);
  const bulks = new Bulks(client, ctx);
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
    readLocations: () => stockWriter.locations(),
    writeStock: (rows) => stockWriter.write(rows),
    writePrices: (rows) => priceWriter.write(rows),
    readOrders: (input) => history.read(input),
    addOrderNote: (externalId, note) => care.note(externalId, note),
    holdOrder: (externalId, reason) => care.hold(externalId, reason),
    releaseOrder: (externalId) => care.release(externalId),
    refundOrder: (externalId, refund) => refunds.refund(externalId, refund),
    submitBulk: (route, bodies) => bulks.submitBulk(route, bodies),
    readBulk: (bulkId) => bulks.readBulk(bulkId),
    awaitBulk: (bulkId, waitMs, limitMs) => bulks.awaitBulk(bulkId, waitMs, limitMs),
  };
}
