import { bulkOperations } from './operations-bulk.ts';
import { writingOperations } from './operations-writing.ts';

/** One call of the Admin API: a document that Shopify's real schemas accept, and what the policy must know of it. */
export interface Operation {
  /** The document's operation name; simulator faults and cost tables match on it. */
  readonly name: string;
  readonly document: string;
  /** In words for logs, metrics and budgets. */
  readonly operation: string;
  /** True where a repetition could do something twice. */
  readonly effect: boolean;
  /** Cost points expected before Shopify has told the calculated ones. At most 1,000 are allowed per call. */
  readonly expectedPoints: number;
}

const VARIANT = `
  fragment VariantFields on ProductVariant {
    id sku barcode price compareAtPrice inventoryPolicy inventoryQuantity taxable requiresComponents updatedAt
    selectedOptions { name value }
    inventoryItem {
      id tracked requiresShipping countryCodeOfOrigin harmonizedSystemCode
      measurement { weight { unit value } }
    }
  }`;

const PRODUCT = `
  fragment ProductFields on Product {
    id title descriptionHtml vendor productType status tags updatedAt
    category { id name }
    collections(first: 10) { nodes { id title } }
    options { name optionValues { name } }
    media(first: 10) { nodes { alt status mediaContentType preview { image { url } } } }
    variants(first: $variants) { nodes { ...VariantFields } pageInfo { hasNextPage endCursor } }
  }`;

const ORDER = `
  fragment OrderFields on Order {
    id name tags sourceIdentifier createdAt updatedAt cancelledAt currencyCode cancellation { staffNote }
    displayFinancialStatus displayFulfillmentStatus
    totalPriceSet { shopMoney { amount currencyCode } }
    totalTaxSet { shopMoney { amount currencyCode } }
    customAttributes { key value }
    lineItems(first: 100) {
      nodes {
        id sku quantity
        product { id } variant { id }
        originalUnitPriceSet { shopMoney { amount currencyCode } }
      }
      pageInfo { hasNextPage }
    }
  }`;

const read = (name: string, operation: string, expectedPoints: number, document: string): Operation => {
  return { name, operation, expectedPoints, document, effect: false };
};

/** Everything that the connector ever sends; a test holds each document to Shopify's real schemas. */
export const operations = {
  shop: read(
    'TradelaneShop',
    'shop.read',
    5,
    `query TradelaneShop {
      shop { name myshopifyDomain currencyCode ianaTimezone plan { publicDisplayName } }
      currentAppInstallation { accessScopes { handle } }
      publicApiVersions { handle supported }
    }`,
  ),
  locations: read(
    'TradelaneLocations',
    'locations.list',
    20,
    `query TradelaneLocations($after: String) {
      locations(first: 50, after: $after, includeInactive: true) {
        nodes { id name isActive fulfillsOnlineOrders isFulfillmentService address { countryCode city } }
        pageInfo { hasNextPage endCursor }
      }
    }`,
  ),
  products: read(
    'TradelaneProducts',
    'products.list',
    450,
    `query TradelaneProducts(
      $first: Int!, $after: String, $query: String, $sortKey: ProductSortKeys!, $variants: Int!, $count: Boolean!
    ) {
      productsCount(limit: 10000) @include(if: $count) { count }
      products(first: $first, after: $after, query: $query, sortKey: $sortKey) {
        nodes { ...ProductFields }
        pageInfo { hasNextPage endCursor }
      }
    } ${PRODUCT} ${VARIANT}`,
  ),
  product: read(
    'TradelaneProduct',
    'products.get',
    80,
    `query TradelaneProduct($id: ID!, $variants: Int!) { product(id: $id) { ...ProductFields } } ${PRODUCT} ${VARIANT}`,
  ),
  variants: read(
    'TradelaneVariants',
    'variants.list',
    60,
    `query TradelaneVariants($id: ID!, $after: String) {
      product(id: $id) {
        variants(first: 250, after: $after) { nodes { ...VariantFields } pageInfo { hasNextPage endCursor } }
      }
    } ${VARIANT}`,
  ),
  stock: read(
    'TradelaneStock',
    'stock.read',
    150,
    `query TradelaneStock($ids: [ID!]!) {
      nodes(ids: $ids) {
        ... on ProductVariant { id sku inventoryPolicy inventoryQuantity inventoryItem { id tracked } }
      }
    }`,
  ),
  productOfItem: read(
    'TradelaneProductOfItem',
    'products.of-item',
    5,
    `query TradelaneProductOfItem($id: ID!) {
      inventoryItem(id: $id) { variants(first: 1) { nodes { product { id } } } }
    }`,
  ),
  levels: read(
    'TradelaneLevels',
    'stock.levels',
    300,
    `query TradelaneLevels($ids: [ID!]!, $location: ID!) {
      nodes(ids: $ids) {
        ... on InventoryItem { id inventoryLevel(locationId: $location) { quantities(names: ["available"]) { name quantity } } }
      }
    }`,
  ),
  createOrder: {
    name: 'TradelaneCreateOrder',
    operation: 'orders.create',
    effect: true,
    expectedPoints: 60,
    document: `mutation TradelaneCreateOrder($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) {
      orderCreate(order: $order, options: $options) {
        order { ...OrderFields }
        userErrors { field message code }
      }
    } ${ORDER}`,
  },
  findOrder: read(
    'TradelaneFindOrder',
    'orders.find',
    200,
    `query TradelaneFindOrder($bySource: String!, $byTag: String!) {
      bySource: orders(first: 5, query: $bySource, sortKey: CREATED_AT) { nodes { ...OrderFields } }
      byTag: orders(first: 5, query: $byTag, sortKey: CREATED_AT) { nodes { ...OrderFields } }
    } ${ORDER}`,
  ),
  recentOrders: read(
    'TradelaneRecentOrders',
    'orders.find',
    250,
    `query TradelaneRecentOrders($after: String) {
      orders(first: 50, after: $after, sortKey: CREATED_AT, reverse: true) {
        nodes { id sourceIdentifier tags createdAt customAttributes { key value } }
        pageInfo { hasNextPage endCursor }
      }
    }`,
  ),
  order: read(
    'TradelaneOrder',
    'orders.get',
    50,
    `query TradelaneOrder($id: ID!) { order(id: $id) { ...OrderFields } } ${ORDER}`,
  ),
  cancelOrder: {
    name: 'TradelaneCancelOrder',
    operation: 'orders.cancel',
    // An order can be cancelled once; a second call is refused in words that count as done.
    effect: false,
    expectedPoints: 10,
    document: `mutation TradelaneCancelOrder($id: ID!, $restock: Boolean!, $reason: OrderCancelReason!, $note: String) {
      orderCancel(orderId: $id, restock: $restock, reason: $reason, staffNote: $note, notifyCustomer: false) {
        job { id done }
        orderCancelUserErrors { field message code }
      }
    }`,
  },
  job: read('TradelaneJob', 'orders.cancel-job', 2, 'query TradelaneJob($id: ID!) { job(id: $id) { id done } }'),
  parcels: read(
    'TradelaneParcels',
    'orders.parcels',
    120,
    `query TradelaneParcels($id: ID!) {
      order(id: $id) {
        id createdAt cancelledAt displayFulfillmentStatus
        fulfillments(first: 50) { id status trackingInfo { company number } }
        fulfillmentOrders(first: 20) {
          nodes {
            id status
            assignedLocation { location { id } }
            lineItems(first: 100) { nodes { id remainingQuantity } }
          }
          pageInfo { hasNextPage }
        }
      }
    }`,
  ),
  fulfil: {
    name: 'TradelaneFulfil',
    operation: 'orders.fulfil',
    // Looked up before it is sent: what is fulfilled already cannot be fulfilled again.
    effect: false,
    expectedPoints: 12,
    document: `mutation TradelaneFulfil($fulfillment: FulfillmentInput!) {
      fulfillmentCreate(fulfillment: $fulfillment) {
        fulfillment { id status trackingInfo { company number } }
        userErrors { field message }
      }
    }`,
  },
  retrack: {
    name: 'TradelaneRetrack',
    operation: 'orders.retrack',
    effect: false,
    expectedPoints: 12,
    document: `mutation TradelaneRetrack($id: ID!, $tracking: FulfillmentTrackingInput!) {
      fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: false) {
        fulfillment { id status trackingInfo { company number } }
        userErrors { field message }
      }
    }`,
  },
  setStock: {
    name: 'TradelaneSetStock',
    operation: 'stock.write',
    // The key makes a repetition harmless; a level that already shows the target counts as written.
    effect: false,
    expectedPoints: 15,
    document: `mutation TradelaneSetStock($input: InventorySetQuantitiesInput!, $key: String!) {
      inventorySetQuantities(input: $input) @idempotent(key: $key) {
        inventoryAdjustmentGroup { id changes { name delta item { id } location { id } } }
        userErrors { field message code }
      }
    }`,
  },
  webhooks: read(
    'TradelaneWebhooks',
    'webhooks.list',
    15,
    `query TradelaneWebhooks($after: String) {
      webhookSubscriptions(first: 100, after: $after) {
        nodes { id topic uri format filter name }
        pageInfo { hasNextPage endCursor }
      }
    }`,
  ),
  createWebhook: {
    name: 'TradelaneCreateWebhook',
    operation: 'webhooks.create',
    effect: false,
    expectedPoints: 10,
    document: `mutation TradelaneCreateWebhook($topic: WebhookSubscriptionTopic!, $webhook: WebhookSubscriptionInput!) {
      webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhook) {
        webhookSubscription { id }
        userErrors { field message }
      }
    }`,
  },
  updateWebhook: {
    name: 'TradelaneUpdateWebhook',
    operation: 'webhooks.revive',
    effect: false,
    expectedPoints: 10,
    document: `mutation TradelaneUpdateWebhook($id: ID!, $webhook: WebhookSubscriptionInput!) {
      webhookSubscriptionUpdate(id: $id, webhookSubscription: $webhook) {
        webhookSubscription { id }
        userErrors { field message }
      }
    }`,
  },
  deleteWebhook: {
    name: 'TradelaneDeleteWebhook',
    operation: 'webhooks.remove',
    effect: false,
    expectedPoints: 10,
    document: `mutation TradelaneDeleteWebhook($id: ID!) {
      webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
    }`,
  },
  ...writingOperations,
  ...bulkOperations,
} as const satisfies Readonly<Record<string, Operation>>;
