import type { StoreCapabilities, StoreConnector } from '../contract/store.ts';
import type { StoreWriting } from '../contract/store-writing.ts';
import { BulkDesk } from './bulk.ts';
import { AdminClient, type ShopifyContext } from './client.ts';
import { fulfilOrder } from './fulfilment.ts';
import { OrderExtras } from './order-extras.ts';
import { readOrders } from './order-history.ts';
import { OrderDesk } from './orders.ts';
import { PriceWriter } from './prices.ts';
import { ProductReader } from './products.ts';
import { ShopFacts, testShop } from './shop.ts';
import { StockWriter } from './stock.ts';
import { reconcileWebhooks, verifyWebhook } from './webhooks.ts';

const capabilities: StoreCapabilities = {
  webhooks: true,
  batchSize: 250,
  orderLookup: 'reference-search',
  compareAndSetStock: true,
  stockCount: 'salable',
  cancelReturnsStock: true,
};

/** Every ability of the contract. */
export type ShopifyConnector = Omit<StoreConnector, keyof StoreWriting> & StoreWriting;

/** A Shopify shop (Admin GraphQL) as a store. */
export function createShopifyConnector(ctx: ShopifyContext): ShopifyConnector {
  const client = new AdminClient(ctx);
  const facts = new ShopFacts(client);
  const bulk = new BulkDesk(client, ctx);
  const products = new ProductReader(client, ctx, facts, bulk);
  const stock = new StockWriter(client, ctx, facts);
  const prices = new PriceWriter(client, ctx, facts, bulk);
  const orders = new OrderDesk(client, ctx);
  const extras = new OrderExtras(client, ctx, orders, facts);
  // Shopify signs with the app's secret and takes none of ours; without it nothing but the stored one is left.
  const signedWith = (stored: string) => ctx.credentials.clientSecret ?? stored;
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
    fulfilOrder: async (externalId, parcels) => fulfilOrder(client, orders, externalId, parcels, await ctx.clock.now()),
    reconcileWebhooks: (wanted) => reconcileWebhooks(client, ctx.connectionId, wanted),
    verifyWebhook: (delivery, secret) => verifyWebhook(delivery, signedWith(secret)),
    readLocations: () => facts.storeLocations(),
    writeStock: (rows, idempotencyKey) => stock.write(rows, idempotencyKey),
    writePrices: (rows) => prices.write(rows),
    readOrders: (input) => readOrders(client, input),
    addOrderNote: (externalId, note) => extras.addNote(externalId, note),
    holdOrder: (externalId, reason) => extras.hold(externalId, reason),
    releaseOrder: (externalId) => extras.release(externalId),
    refundOrder: (externalId, refund) => extras.refund(externalId, refund),
  };
}
