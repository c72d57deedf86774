import { type TSchema, Type } from '@sinclair/typebox';
import { moneyBag, nodes, text, userErrors } from './shapes.ts';

/** Documents of the test-bed; a test holds them to Shopify's schemas like the connector's own. */
export const bedDocuments = {
  shop: `query BedShop {
    shop { currencyCode }
    locations(first: 100) { nodes { id isActive fulfillsOnlineOrders isFulfillmentService } }
  }`,
  setProduct: `mutation BedSetProduct($input: ProductSetInput!, $identifier: ProductSetIdentifiers) {
    productSet(input: $input, identifier: $identifier, synchronous: true) {
      product { id variants(first: 100) { nodes { id sku } } }
      userErrors { field message code }
    }
  }`,
  setPrice: `mutation BedSetPrice($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
    productVariantsBulkUpdate(productId: $productId, variants: $variants) { userErrors { field message code } }
  }`,
  deleteProduct: `mutation BedDeleteProduct($input: ProductDeleteInput!) {
    productDelete(input: $input) { deletedProductId userErrors { field message } }
  }`,
  variant: `query BedVariant($id: ID!, $location: ID!) {
    productVariant(id: $id) {
      id price compareAtPrice
      inventoryItem { inventoryLevel(locationId: $location) { quantities(names: ["available"]) { name quantity } } }
    }
  }`,
  orders: `query BedOrders($query: String!) {
    orders(first: 10, query: $query) { nodes { ...BedOrder } }
  } ${orderFields()}`,
  newest: `query BedNewest {
    orders(first: 30, sortKey: CREATED_AT, reverse: true) { nodes { ...BedOrder } }
  } ${orderFields()}`,
  deleteOrder: `mutation BedDeleteOrder($id: ID!) {
    orderDelete(orderId: $id) { deletedId userErrors { field message code } }
  }`,
  cancelOrder: `mutation BedCancelOrder($id: ID!) {
    orderCancel(orderId: $id, restock: true, reason: OTHER, notifyCustomer: false) {
      orderCancelUserErrors { field message code }
    }
  }`,
  createOrder: `mutation BedCreateOrder($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) {
    orderCreate(order: $order, options: $options) { order { id } userErrors { field message code } }
  }`,
} as const;

function orderFields(): string {
  return `fragment BedOrder on Order {
    id note tags cancelledAt displayFinancialStatus displayFulfillmentStatus
    totalPriceSet { shopMoney { amount currencyCode } }
    lineItems(first: 50) { nodes { sku quantity } }
    refunds(first: 20) { note totalRefundedSet { shopMoney { amount currencyCode } } }
    fulfillments(first: 20) { status trackingInfo { number } }
  }`;
}

export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
export const bedOrder = Type.Object({
  id: text,
  note: nullable(text),
  tags: Type.Array(text),
  cancelledAt: nullable(text),
  displayFinancialStatus: nullable(text),
  displayFulfillmentStatus: text,
  totalPriceSet: moneyBag,
  lineItems: nodes(Type.Object({ sku: nullable(text), quantity: Type.Integer() })),
  refunds: Type.Array(Type.Object({ note: nullable(text), totalRefundedSet: moneyBag })),
  fulfillments: Type.Array(
    Type.Object({ status: text, trackingInfo: Type.Array(Type.Object({ number: nullable(text) })) }),
  ),
});
export const setProductAnswer = Type.Object({
  productSet: Type.Object({
    product: nullable(Type.Object({ id: text, variants: nodes(Type.Object({ id: text, sku: nullable(text) })) })),
    userErrors,
  }),
});
export const variantAnswer = Type.Object({
  productVariant: nullable(
    Type.Object({
      price: text,
      compareAtPrice: nullable(text),
      inventoryItem: Type.Object({
        inventoryLevel: nullable(
          Type.Object({ quantities: Type.Array(Type.Object({ name: text, quantity: Type.Integer() })) }),
        ),
      }),
    }),
  ),
});
export const shopAnswer = Type.Object({
  shop: Type.Object({ currencyCode: text }),
  locations: nodes(
    Type.Object({
      id: text,
      isActive: Type.Boolean(),
      fulfillsOnlineOrders: Type.Boolean(),
      isFulfillmentService: Type.Boolean(),
    }),
  ),
});
