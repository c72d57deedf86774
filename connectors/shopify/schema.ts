import { type Static, Type } from '@sinclair/typebox';
import { bulkAnswers } from './schema-bulk.ts';
import { writingAnswers } from './schema-writing.ts';
import { id, maybe, moneyBag, nodes, paged, ref, text, userErrors } from './shapes.ts';

export { credentialsSchema, type ShopifyCredentials, type ShopifySettings, settingsSchema } from './credentials.ts';
export type { UserErrors } from './shapes.ts';

export const variantSchema = Type.Object({
  id,
  sku: maybe(text),
  barcode: maybe(text),
  price: text,
  compareAtPrice: maybe(text),
  inventoryPolicy: text,
  inventoryQuantity: maybe(Type.Number()),
  taxable: Type.Boolean(),
  requiresComponents: Type.Boolean(),
  updatedAt: text,
  selectedOptions: Type.Array(Type.Object({ name: text, value: text })),
  inventoryItem: Type.Object({
    id,
    tracked: Type.Boolean(),
    requiresShipping: Type.Boolean(),
    countryCodeOfOrigin: maybe(text),
    harmonizedSystemCode: maybe(text),
    measurement: Type.Object({ weight: maybe(Type.Object({ unit: text, value: Type.Number() })) }),
  }),
});
export type ShopifyVariant = Static<typeof variantSchema>;

export const productSchema = Type.Object({
  id,
  title: text,
  descriptionHtml: text,
  vendor: text,
  productType: text,
  status: text,
  tags: Type.Array(text),
  updatedAt: text,
  category: maybe(Type.Object({ id: text, name: text })),
  collections: nodes(Type.Object({ id, title: text })),
  options: Type.Array(Type.Object({ name: text, optionValues: Type.Array(Type.Object({ name: text })) })),
  media: nodes(
    Type.Object({
      alt: maybe(text),
      status: text,
      mediaContentType: text,
      preview: maybe(Type.Object({ image: maybe(Type.Object({ url: text })) })),
    }),
  ),
});
export type ShopifyProduct = Static<typeof productSchema>;

/** A product's row before it is read: what is needed to page through its variants, and to speak of it. */
export const rowSchema = Type.Object({ id, updatedAt: text, variants: paged(Type.Unknown()) });
export type ProductRow = Static<typeof rowSchema>;

const orderLine = Type.Object({
  id,
  sku: maybe(text),
  quantity: Type.Integer(),
  product: ref,
  variant: ref,
  originalUnitPriceSet: moneyBag,
});
export const orderSchema = Type.Object({
  id,
  name: text,
  tags: Type.Array(text),
  sourceIdentifier: maybe(text),
  createdAt: text,
  updatedAt: text,
  cancelledAt: maybe(text),
  currencyCode: text,
  cancellation: maybe(Type.Object({ staffNote: maybe(text) })),
  displayFinancialStatus: maybe(text),
  displayFulfillmentStatus: text,
  totalPriceSet: moneyBag,
  totalTaxSet: maybe(moneyBag),
  customAttributes: Type.Array(Type.Object({ key: text, value: maybe(text) })),
  lineItems: Type.Object({ nodes: Type.Array(orderLine), pageInfo: Type.Object({ hasNextPage: Type.Boolean() }) }),
});
export type ShopifyOrder = Static<typeof orderSchema>;

const tracking = Type.Array(Type.Object({ company: maybe(text), number: maybe(text) }));
const fulfillment = Type.Object({ id, status: text, trackingInfo: tracking });
/** The shapes of `data`, one for each operation of `operations.ts`. */
export const answers = {
  shop: Type.Object({
    shop: Type.Object({
      name: text,
      myshopifyDomain: text,
      currencyCode: Type.String({ pattern: '^[A-Z]{3}$' }),
      ianaTimezone: text,
      plan: Type.Object({ publicDisplayName: text }),
    }),
    currentAppInstallation: Type.Object({ accessScopes: Type.Array(Type.Object({ handle: text })) }),
    publicApiVersions: Type.Array(Type.Object({ handle: text, supported: Type.Boolean() })),
  }),
  locations: Type.Object({
    locations: paged(
      Type.Object({
        id,
        name: text,
        isActive: Type.Boolean(),
        fulfillsOnlineOrders: Type.Boolean(),
        isFulfillmentService: Type.Boolean(),
        address: Type.Object({ countryCode: maybe(text), city: maybe(text) }),
      }),
    ),
  }),
  products: Type.Object({
    productsCount: Type.Optional(maybe(Type.Object({ count: Type.Integer() }))),
    products: paged(rowSchema),
  }),
  product: Type.Object({ product: maybe(rowSchema) }),
  variants: Type.Object({ product: maybe(Type.Object({ variants: paged(Type.Unknown()) })) }),
  stock: Type.Object({
    nodes: Type.Array(
      maybe(
        Type.Object({
          id,
          sku: maybe(text),
          inventoryPolicy: text,
          inventoryQuantity: maybe(Type.Number()),
          inventoryItem: Type.Object({ id, tracked: Type.Boolean() }),
        }),
      ),
    ),
  }),
  productOfItem: Type.Object({
    inventoryItem: maybe(Type.Object({ variants: maybe(nodes(Type.Object({ product: Type.Object({ id }) }))) })),
  }),
  levels: Type.Object({
    nodes: Type.Array(
      maybe(
        Type.Object({
          id,
          inventoryLevel: maybe(
            Type.Object({ quantities: Type.Array(Type.Object({ name: text, quantity: Type.Number() })) }),
          ),
        }),
      ),
    ),
  }),
  createOrder: Type.Object({ orderCreate: Type.Object({ order: maybe(orderSchema), userErrors }) }),
  findOrder: Type.Object({ bySource: nodes(orderSchema), byTag: nodes(orderSchema) }),
  recentOrders: Type.Object({
    orders: paged(
      Type.Object({
        id,
        sourceIdentifier: maybe(text),
        tags: Type.Array(text),
        createdAt: text,
        customAttributes: Type.Array(Type.Object({ key: text, value: maybe(text) })),
      }),
    ),
  }),
  order: Type.Object({ order: maybe(orderSchema) }),
  cancelOrder: Type.Object({
    orderCancel: Type.Object({
      job: maybe(Type.Object({ id, done: Type.Boolean() })),
      orderCancelUserErrors: userErrors,
    }),
  }),
  job: Type.Object({ job: maybe(Type.Object({ id, done: Type.Boolean() })) }),
  parcels: Type.Object({
    order: maybe(
      Type.Object({
        id,
        createdAt: text,
        cancelledAt: maybe(text),
        displayFulfillmentStatus: text,
        fulfillments: Type.Array(fulfillment),
        fulfillmentOrders: Type.Object({
          nodes: Type.Array(
            Type.Object({
              id,
              status: text,
              assignedLocation: Type.Object({ location: ref }),
              lineItems: nodes(Type.Object({ id, remainingQuantity: Type.Integer() })),
            }),
          ),
          pageInfo: Type.Object({ hasNextPage: Type.Boolean() }),
        }),
      }),
    ),
  }),
  fulfil: Type.Object({ fulfillmentCreate: Type.Object({ fulfillment: maybe(fulfillment), userErrors }) }),
  retrack: Type.Object({ fulfillmentTrackingInfoUpdate: Type.Object({ fulfillment: maybe(fulfillment), userErrors }) }),
  setStock: Type.Object({
    inventorySetQuantities: Type.Object({
      inventoryAdjustmentGroup: maybe(
        Type.Object({
          id,
          changes: Type.Array(Type.Object({ name: text, delta: Type.Integer(), item: ref, location: ref })),
        }),
      ),
      userErrors,
    }),
  }),
  webhooks: Type.Object({
    webhookSubscriptions: paged(
      Type.Object({ id, topic: text, uri: text, format: text, filter: maybe(text), name: maybe(text) }),
    ),
  }),
  createWebhook: Type.Object({ webhookSubscriptionCreate: Type.Object({ webhookSubscription: ref, userErrors }) }),
  updateWebhook: Type.Object({ webhookSubscriptionUpdate: Type.Object({ webhookSubscription: ref, userErrors }) }),
  deleteWebhook: Type.Object({
    webhookSubscriptionDelete: Type.Object({ deletedWebhookSubscriptionId: maybe(text), userErrors }),
  }),
  ...writingAnswers,
  ...bulkAnswers,
} as const;

export { check } from '../contract/check.ts';
