import type { Operation } from './operations.ts';

const MONEY = 'shopMoney { amount currencyCode }';

/** Of a refund, what is kept of it: no transactions, no customer. */
const REFUND = `
  fragment RefundFields on Refund {
    id note createdAt
    totalRefundedSet { ${MONEY} }
    refundLineItems(first: 50) { nodes { quantity lineItem { id } } pageInfo { hasNextPage } }
  }`;

const LINE = `
  fragment DetailLine on LineItem {
    id sku title quantity
    product { id } variant { id }
    originalTotalSet { ${MONEY} }
    discountAllocations { allocatedAmountSet { ${MONEY} } }
    taxLines { rate priceSet { ${MONEY} } }
  }`;

/** Nothing of the buyer is selected: names and addresses stay where they are. */
const DETAIL = `
  fragment OrderDetail on Order {
    id name tags sourceIdentifier createdAt processedAt updatedAt cancelledAt currencyCode taxesIncluded
    displayFinancialStatus displayFulfillmentStatus
    totalPriceSet { ${MONEY} }
    totalTaxSet { ${MONEY} }
    customAttributes { key value }
    shippingLines(first: 10) {
      nodes { originalPriceSet { ${MONEY} } discountedPriceSet { ${MONEY} } taxLines { rate priceSet { ${MONEY} } } }
    }
    lineItems(first: 50) { nodes { ...DetailLine } pageInfo { hasNextPage endCursor } }
    refunds(first: 20) { ...RefundFields }
    fulfillments(first: 20) { id createdAt status trackingInfo { company number } }
  } ${LINE} ${REFUND}`;

const read = (name: string, operation: string, expectedPoints: number, document: string): Operation => {
  return { name, operation, expectedPoints, document, effect: false };
};

/** Prices, the shop's own orders, notes, holds and refunds. */
export const writingOperations = {
  prices: read(
    'TradelanePrices',
    'prices.read',
    250,
    `query TradelanePrices($ids: [ID!]!) {
      nodes(ids: $ids) { ... on ProductVariant { id sku price compareAtPrice product { id } } }
    }`,
  ),
  setPrices: {
    name: 'TradelaneSetPrices',
    operation: 'prices.write',
    // Absolute values: a repetition writes the same again.
    effect: false,
    expectedPoints: 15,
    document: `mutation TradelaneSetPrices($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
      productVariantsBulkUpdate(productId: $productId, variants: $variants, allowPartialUpdates: true) {
        productVariants { id price compareAtPrice }
        userErrors { field message code }
      }
    }`,
  },
  orders: read(
    'TradelaneOrders',
    'orders.list',
    450,
    `query TradelaneOrders($first: Int!, $after: String, $query: String) {
      orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
        nodes { ...OrderDetail }
        pageInfo { hasNextPage endCursor }
      }
    } ${DETAIL}`,
  ),
  orderLines: read(
    'TradelaneOrderLines',
    'orders.lines',
    60,
    `query TradelaneOrderLines($id: ID!, $after: String) {
      order(id: $id) {
        lineItems(first: 100, after: $after) { nodes { ...DetailLine } pageInfo { hasNextPage endCursor } }
      }
    } ${LINE}`,
  ),
  orderRefunds: read(
    'TradelaneOrderRefunds',
    'orders.refunds',
    40,
    `query TradelaneOrderRefunds($id: ID!) {
      order(id: $id) {
        id name note currencyCode
        totalPriceSet { ${MONEY} }
        lineItems(first: 100) { nodes { id quantity unfulfilledQuantity } }
        refunds(first: 100) { ...RefundFields }
      }
    } ${REFUND}`,
  ),
  orderNote: read(
    'TradelaneOrderNote',
    'orders.note',
    2,
    'query TradelaneOrderNote($id: ID!) { order(id: $id) { id note } }',
  ),
  updateOrder: {
    name: 'TradelaneUpdateOrder',
    operation: 'orders.note-write',
    // The whole note is written; a repetition writes the same again.
    effect: false,
    expectedPoints: 10,
    document: `mutation TradelaneUpdateOrder($input: OrderInput!) {
      orderUpdate(input: $input) { order { id note } userErrors { field message } }
    }`,
  },
  works: read(
    'TradelaneWorks',
    'orders.works',
    30,
    `query TradelaneWorks($id: ID!) {
      order(id: $id) {
        id cancelledAt
        fulfillmentOrders(first: 20) {
          nodes { id status fulfillmentHolds { id handle heldByRequestingApp } }
          pageInfo { hasNextPage }
        }
      }
    }`,
  ),
  hold: {
    name: 'TradelaneHold',
    operation: 'orders.hold',
    // A second hold of the same handle is refused by Shopify.
    effect: false,
    expectedPoints: 11,
    document: `mutation TradelaneHold($id: ID!, $hold: FulfillmentOrderHoldInput!) {
      fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) {
        fulfillmentHold { id }
        userErrors { field message code }
      }
    }`,
  },
  release: {
    name: 'TradelaneRelease',
    operation: 'orders.release',
    effect: false,
    expectedPoints: 11,
    document: `mutation TradelaneRelease($id: ID!, $holdIds: [ID!]!) {
      fulfillmentOrderReleaseHold(id: $id, holdIds: $holdIds) {
        fulfillmentOrder { id status }
        userErrors { field message code }
      }
    }`,
  },
  refund: {
    name: 'TradelaneRefund',
    operation: 'orders.refund',
    // The caller is told that nobody knows; the key, and the note that is looked for, make the repetition harmless.
    effect: true,
    expectedPoints: 20,
    document: `mutation TradelaneRefund($input: RefundInput!, $key: String!) {
      refundCreate(input: $input) @idempotent(key: $key) {
        refund { ...RefundFields }
        userErrors { field message }
      }
    } ${REFUND}`,
  },
} as const satisfies Readonly<Record<string, Operation>>;
