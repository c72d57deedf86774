import { readFileSync } from 'node:fs';
import { buildSchema, GraphQLError, type GraphQLResolveInfo, getDirectiveValues } from 'graphql';
import { askBulk, cancelBulk, type Place, stageUploads, startBulkMutation, startBulkQuery } from './bulk.ts';
import {
  idNumber,
  itemView,
  locationList,
  locationView,
  productList,
  productView,
  variantList,
  variantView,
} from './catalogue.ts';
import { type HoldInput, holdWork, releaseWork } from './holds.ts';
import { setQuantities } from './inventory.ts';
import {
  askJob,
  type CancelArguments,
  cancelOrder,
  createFulfillment,
  type FulfillmentInput,
  updateTracking,
} from './order-changes.ts';
import { deleteOrder, type UpdateInput, updateOrder } from './order-updates.ts';
import { orderList, orderView } from './order-view.ts';
import { createOrder, type OrderInput } from './orders.ts';
import { deleteProduct, type ProductInput, setProduct, updateVariants, type VariantInput } from './product-writes.ts';
import { createRefund, type RefundInput } from './refunds.ts';
import type { Shop } from './shop.ts';
import { createWebhook, deleteWebhook, updateWebhook, webhookList } from './webhooks.ts';

export const schema = buildSchema(readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'));
export const SERVED_VERSIONS = ['2026-07', '2026-10'];

/** What a call must know beside the shop. */
export interface CallFacts {
  /** Where the call came in, for addresses in answers. */
  readonly origin: string;
  /** How far the index behind searches lags for this call. */
  readonly lagMs: number;
  /** What the caller's token may do. */
  readonly scopes: readonly string[];
}

type Resolvers = Record<string, unknown>;

/** Fields of the two roots; whatever has arguments below is a function in the view. */
export function rootsOf(shop: Shop, facts: CallFacts): Resolvers {
  // Work in bulk reads past the index.
  const place: Place = { origin: facts.origin, schema, roots: () => rootsOf(shop, { ...facts, lagMs: 0 }) };
  const all: Resolvers = {
    ...shopRoots(shop, facts),
    ...catalogueRoots(shop, facts),
    ...orderRoots(shop, facts),
    ...bulkRoots(shop, place),
    ...webhookRoots(shop),
  };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, guarded(facts, name, value)]));
}

/** A field that the app lacks the right for is null beside an error. */
function guarded({ scopes }: CallFacts, name: string, value: unknown): unknown {
  const scope = SCOPES[name];
  if (scope === undefined || scopes.includes(scope) || scopes.includes(scope.replace(/^read_/, 'write_'))) return value;
  return () => {
    throw new GraphQLError(`Access denied for ${name} field. Required access: \`${scope}\` access scope.`, {
      extensions: {
        code: 'ACCESS_DENIED',
        documentation: 'https://shopify.dev/api/usage/access-scopes',
        requiredAccess: `\`${scope}\` access scope.`,
      },
    });
  };
}

const SCOPES: Readonly<Record<string, string>> = {
  products: 'read_products',
  product: 'read_products',
  productVariants: 'read_products',
  productsCount: 'read_products',
  productVariantsBulkUpdate: 'write_products',
  productSet: 'write_products',
  productDelete: 'write_products',
  locations: 'read_locations',
  inventoryItem: 'read_inventory',
  inventorySetQuantities: 'write_inventory',
  orders: 'read_orders',
  order: 'read_orders',
  orderCreate: 'write_orders',
  orderUpdate: 'write_orders',
  orderCancel: 'write_orders',
  orderDelete: 'write_orders',
  refundCreate: 'write_orders',
  fulfillmentCreate: 'write_merchant_managed_fulfillment_orders',
  fulfillmentOrderHold: 'write_merchant_managed_fulfillment_orders',
  fulfillmentOrderReleaseHold: 'write_merchant_managed_fulfillment_orders',
};

function shopRoots(shop: Shop, { scopes }: CallFacts): Resolvers {
  return {
    shop: {
      id: 'gid://shopify/Shop/1',
      name: shop.options.shopName ?? 'Bench shop',
      myshopifyDomain: shop.domain,
      currencyCode: shop.currency,
      ianaTimezone: 'Australia/Melbourne',
      plan: { publicDisplayName: 'Development' },
    },
    currentAppInstallation: { accessScopes: scopes.map((handle) => ({ handle })) },
    publicApiVersions: SERVED_VERSIONS.map((handle) => ({ handle, supported: true })),
  };
}

function catalogueRoots(shop: Shop, { lagMs }: CallFacts): Resolvers {
  const nodeOf = (id: string) => {
    const variant = shop.variants.get(idNumber('ProductVariant', id));
    if (variant !== undefined) return variantView(shop, variant);
    const ofItem = shop.variantOfItem(idNumber('InventoryItem', id));
    if (ofItem !== undefined) return itemView(shop, ofItem);
    const found = shop.products.get(idNumber('Product', id));
    return found === undefined ? null : productView(shop, found);
  };
  const nodeOfType = (type: string, id: string) => (Number.isNaN(idNumber(type, id)) ? null : nodeOf(id));
  return {
    locations: (args: object) => locationList(shop, args),
    location: ({ id }: { id?: string | null }) => {
      const found = shop.locations.find((one) => one.id === idNumber('Location', id ?? '')) ?? null;
      return found === null ? null : locationView(found);
    },
    products: (args: object) => productList(shop, args, lagMs),
    productsCount: ({ limit }: { limit?: number | null }) => {
      const most = limit ?? Number.POSITIVE_INFINITY;
      const count = Math.min(shop.products.size, most);
      return { count, precision: shop.products.size > most ? 'AT_LEAST' : 'EXACT' };
    },
    product: ({ id }: { id: string }) => nodeOfType('Product', id),
    productVariant: ({ id }: { id: string }) => nodeOfType('ProductVariant', id),
    productVariants: (args: object) => variantList(shop, args),
    node: ({ id }: { id: string }) => nodeOf(id),
    nodes: ({ ids }: { ids: string[] }) => ids.map(nodeOf),
    inventoryItem: ({ id }: { id: string }) => nodeOfType('InventoryItem', id),
    inventorySetQuantities: (
      { input }: { input: Parameters<typeof setQuantities>[1] },
      _context: unknown,
      info: GraphQLResolveInfo,
    ) => setQuantities(shop, input, idempotencyKey(info)),
    productVariantsBulkUpdate: (args: {
      productId: string;
      variants: VariantInput[];
      allowPartialUpdates?: boolean | null;
    }) => updateVariants(shop, args.productId, args.variants, args.allowPartialUpdates === true),
    productSet: ({
      input,
      identifier,
    }: {
      input: ProductInput;
      identifier?: { id?: string; handle?: string } | null;
    }) => setProduct(shop, input, identifier),
    productDelete: ({ input }: { input: { id: string } }) => deleteProduct(shop, input.id),
  };
}

function orderRoots(shop: Shop, { lagMs }: CallFacts): Resolvers {
  return {
    orders: (args: object) => orderList(shop, args, lagMs),
    order: ({ id }: { id: string }) => {
      const found = shop.orders.get(idNumber('Order', id));
      return found === undefined ? null : orderView(shop, found);
    },
    job: ({ id }: { id: string }) => askJob(shop, id),
    orderCreate: ({ order, options }: { order: OrderInput; options?: { inventoryBehaviour: 'BYPASS' } | null }) =>
      createOrder(shop, order, options?.inventoryBehaviour ?? 'BYPASS'),
    orderUpdate: ({ input }: { input: UpdateInput }) => updateOrder(shop, input),
    orderDelete: ({ orderId }: { orderId: string }) => deleteOrder(shop, orderId),
    orderCancel: (args: CancelArguments) => cancelOrder(shop, args),
    refundCreate: ({ input }: { input: RefundInput }, _context: unknown, info: GraphQLResolveInfo) =>
      createRefund(shop, input, idempotencyKey(info)),
    fulfillmentOrderHold: ({ id, fulfillmentHold }: { id: string; fulfillmentHold: HoldInput }) =>
      holdWork(shop, id, fulfillmentHold),
    fulfillmentOrderReleaseHold: ({ id, holdIds }: { id: string; holdIds?: string[] | null }) =>
      releaseWork(shop, id, holdIds),
    fulfillmentCreate: ({ fulfillment }: { fulfillment: FulfillmentInput }) => createFulfillment(shop, fulfillment),
    fulfillmentTrackingInfoUpdate: (args: { fulfillmentId: string; trackingInfoInput: object }) =>
      updateTracking(shop, args.fulfillmentId, args.trackingInfoInput),
  };
}

function bulkRoots(shop: Shop, place: Place): Resolvers {
  return {
    bulkOperation: ({ id }: { id: string }) => askBulk(shop, place, id),
    bulkOperationRunQuery: (args: { query: string; groupObjects: boolean }) => startBulkQuery(shop, place, args),
    bulkOperationRunMutation: (args: { mutation: string; stagedUploadPath: string }) =>
      startBulkMutation(shop, place, args),
    bulkOperationCancel: ({ id }: { id: string }) => cancelBulk(shop, place, id),
    stagedUploadsCreate: ({ input }: { input: { filename: string; resource: string }[] }) =>
      stageUploads(shop, place, input),
  };
}

function webhookRoots(shop: Shop): Resolvers {
  return {
    webhookSubscriptions: (args: object) => webhookList(shop, args),
    webhookSubscriptionCreate: (args: { topic: string; webhookSubscription: object }) =>
      createWebhook(shop, args.topic, args.webhookSubscription),
    webhookSubscriptionUpdate: (args: { id: string; webhookSubscription: object }) =>
      updateWebhook(shop, args.id, args.webhookSubscription),
    webhookSubscriptionDelete: ({ id }: { id: string }) => deleteWebhook(shop, id),
  };
}

function idempotencyKey({ schema: own, fieldNodes, variableValues }: GraphQLResolveInfo): string | null {
  const directive = own.getDirective('idempotent');
  const [node] = fieldNodes;
  if (!directive || node === undefined) return null;
  const key = getDirectiveValues(directive, node, variableValues)?.key;
  return typeof key === 'string' && key.trim() !== '' ? key : null;
}
