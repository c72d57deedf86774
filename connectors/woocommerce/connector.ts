import type { StoreCapabilities, StoreConnector } from '../contract/store.ts';
import { WooClient, type WooCommerceContext } from './client.ts';
import { testShop } from './connection-test.ts';
import { OrderExtras } from './order-extras.ts';
import { OrderReader } from './order-reads.ts';
import { OrderDesk } from './orders.ts';
import { writePrices } from './price-writes.ts';
import { ProductReader } from './products.ts';
import { ShopFacts } from './shop.ts';
import { SHOP_LOCATION, writeStock } from './stock-writes.ts';
import { UnitDesk } from './units.ts';
import { VariationReader } from './variations.ts';
import { reconcileWebhooks, verifyWebhook } from './webhooks.ts';

const capabilities: StoreCapabilities = {
  webhooks: true,
  batchSize: 100,
  orderLookup: 'recent-list',
  compareAndSetStock: false,
  stockCount: 'salable',
  cancelReturnsStock: true,
};

/** A WooCommerce shop (REST wc/v3) as a store. It remembers the shop's units and what its version can do. */
export function createWooCommerceConnector(ctx: WooCommerceContext): StoreConnector {
  const client = new WooClient(ctx);
  const facts = new ShopFacts(client, ctx);
  const variations = new VariationReader(client);
  const products = new ProductReader(client, ctx, facts, variations);
  const extras = new OrderExtras(client);
  const orders = new OrderDesk(client, ctx, facts, extras);
  const orderReader = new OrderReader(client, ctx, extras);
  const desk = new UnitDesk(client, variations);
  return {
    kind: 'store',
    capabilities,
    testConnection: () => testShop(client, ctx),
    readProducts: (input) => products.readProducts(input),
    readProduct: (externalId) => products.readProduct(externalId),
    readStock: (variants) => products.readStock(variants),
    createOrder: (order) => orders.create(order),
    findOrder: (reference, notBefore) => orders.find(reference, notBefore),
    readOrder: (externalId) => orders.read(externalId),
    cancelOrder: (externalId, reason) => orders.cancel(externalId, reason),
    fulfilOrder: (externalId, parcels) => orders.fulfil(externalId, parcels),
    readLocations: async () => [SHOP_LOCATION],
    writeStock: (rows) => writeStock(desk, rows),
    writePrices: async (rows) => writePrices(desk, rows, (await facts.units()).currency),
    readOrders: (input) => orderReader.readOrders(input),
    addOrderNote: (externalId, note) => orders.note(externalId, note),
    holdOrder: (externalId, reason) => orders.hold(externalId, reason),
    releaseOrder: (externalId) => orders.release(externalId),
    refundOrder: (externalId, refund) => orders.refund(externalId, refund),
    reconcileWebhooks: (wanted) => reconcileWebhooks(client, ctx.connectionId, wanted),
    verifyWebhook,
  };
}
