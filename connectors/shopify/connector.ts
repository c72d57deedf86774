import type { RowOutcome, WebhookDelivery } from '../contract/common.ts';
import type { StoreCapabilities, StoreConnector } from '../contract/store.ts';
import { AdminClient, type ShopifyContext } from './client.ts';
import { fulfilOrder } from './fulfilment.ts';
import { OrderDesk } from './orders.ts';
import { ProductReader } from './products.ts';
import { readLocations, ShopFacts, testShop } from './shop.ts';
import { type StockWrite, writeStock } from './stock.ts';
import { type PrivacyRequest, readPrivacyRequest, reconcileWebhooks, verifyWebhook } from './webhooks.ts';

const capabilities: StoreCapabilities = {
  webhooks: true,
  batchSize: 250,
  orderLookup: 'reference-search',
  compareAndSetStock: true,
  stockCount: 'salable',
  cancelReturnsStock: true,
};

/** What Shopify can do beyond the contract. */
export interface ShopifyConnector extends StoreConnector {
  locations(): ReturnType<typeof readLocations>;
  /** Sets available pieces at the chosen location, compared with what was last seen. */
  writeLevels(rows: readonly StockWrite[], idempotencyKey: string): Promise<readonly RowOutcome[]>;
  /** The privacy request in a delivery; null when it is none, or is not signed by Shopify. */
  readPrivacyRequest(delivery: WebhookDelivery, secret: string): PrivacyRequest | null;
}

/** A Shopify shop (Admin GraphQL) as a store. */
export function createShopifyConnector(ctx: ShopifyContext): ShopifyConnector {
  const client = new AdminClient(ctx);
  const products = new ProductReader(client, ctx, new ShopFacts(client));
  const orders = new OrderDesk(client, ctx);
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
    fulfilOrder: (externalId, parcels) => fulfilOrder(client, orders, externalId, parcels),
    reconcileWebhooks: (wanted) => reconcileWebhooks(client, ctx.connectionId, wanted),
    verifyWebhook: (delivery, secret) => verifyWebhook(delivery, signedWith(secret)),
    locations: () => readLocations(client),
    writeLevels: (rows, idempotencyKey) => writeStock(client, ctx, rows, idempotencyKey),
    readPrivacyRequest: (delivery, secret) => readPrivacyRequest(delivery, signedWith(secret)),
  };
}
