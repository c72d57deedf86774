import type { StoreCapabilities, StoreConnector } from '../contract/store.ts';
import { WooClient, type WooCommerceContext } from './client.ts';
import { OrderDesk } from './orders.ts';
import { ProductReader } from './products.ts';
import { ShopFacts, testShop } from './shop.ts';
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
  const products = new ProductReader(client, ctx, facts, new VariationReader(client));
  const orders = new OrderDesk(client, ctx);
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
    reconcileWebhooks: (wanted) => reconcileWebhooks(client, ctx.connectionId, wanted),
    verifyWebhook,
  };
}
