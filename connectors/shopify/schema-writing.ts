import { type Static, Type } from '@sinclair/typebox';
import { id, maybe, moneyBag, nodes, paged, ref, text, userErrors } from './shapes.ts';

const taxLines = Type.Array(Type.Object({ rate: maybe(Type.Number()), priceSet: moneyBag }));

export const detailLineSchema = Type.Object({
  id,
  sku: maybe(text),
  title: text,
  quantity: Type.Integer(),
  product: ref,
  variant: ref,
  originalTotalSet: moneyBag,
  discountAllocations: Type.Array(Type.Object({ allocatedAmountSet: moneyBag })),
  taxLines,
});
export type DetailLine = Static<typeof detailLineSchema>;

export const refundSchema = Type.Object({
  id,
  note: maybe(text),
  createdAt: maybe(text),
  totalRefundedSet: moneyBag,
  refundLineItems: Type.Object({
    nodes: Type.Array(Type.Object({ quantity: Type.Integer(), lineItem: Type.Object({ id }) })),
    pageInfo: Type.Object({ hasNextPage: Type.Boolean() }),
  }),
});
export type ShopifyRefund = Static<typeof refundSchema>;

export const orderDetailSchema = Type.Object({
  id,
  name: text,
  tags: Type.Array(text),
  sourceIdentifier: maybe(text),
  createdAt: text,
  processedAt: text,
  updatedAt: text,
  cancelledAt: maybe(text),
  currencyCode: text,
  taxesIncluded: Type.Boolean(),
  displayFinancialStatus: maybe(text),
  displayFulfillmentStatus: text,
  totalPriceSet: moneyBag,
  totalTaxSet: maybe(moneyBag),
  customAttributes: Type.Array(Type.Object({ key: text, value: maybe(text) })),
  shippingLines: nodes(Type.Object({ originalPriceSet: moneyBag, discountedPriceSet: moneyBag, taxLines })),
  lineItems: paged(detailLineSchema),
  refunds: Type.Array(refundSchema),
  fulfillments: Type.Array(
    Type.Object({
      id,
      createdAt: text,
      status: text,
      trackingInfo: Type.Array(Type.Object({ company: maybe(text), number: maybe(text) })),
    }),
  ),
});
export type OrderDetailRow = Static<typeof orderDetailSchema>;

const pricedVariant = Type.Object({ id, price: text, compareAtPrice: maybe(text) });
export const pricesWritten = Type.Object({
  productVariants: maybe(Type.Array(pricedVariant)),
  userErrors,
});

/** The shapes of `data`, one for each operation of `operations-writing.ts`. */
export const writingAnswers = {
  prices: Type.Object({
    nodes: Type.Array(
      maybe(
        Type.Object({
          id,
          sku: maybe(text),
          price: text,
          compareAtPrice: maybe(text),
          product: Type.Object({ id }),
        }),
      ),
    ),
  }),
  setPrices: Type.Object({ productVariantsBulkUpdate: pricesWritten }),
  orders: Type.Object({ orders: paged(orderDetailSchema) }),
  orderLines: Type.Object({ order: maybe(Type.Object({ lineItems: paged(detailLineSchema) })) }),
  orderRefunds: Type.Object({
    order: maybe(
      Type.Object({
        id,
        name: text,
        note: maybe(text),
        currencyCode: text,
        totalPriceSet: moneyBag,
        lineItems: nodes(Type.Object({ id, quantity: Type.Integer(), unfulfilledQuantity: Type.Integer() })),
        refunds: Type.Array(refundSchema),
      }),
    ),
  }),
  orderNote: Type.Object({ order: maybe(Type.Object({ id, note: maybe(text) })) }),
  updateOrder: Type.Object({
    orderUpdate: Type.Object({ order: maybe(Type.Object({ id, note: maybe(text) })), userErrors }),
  }),
  works: Type.Object({
    order: maybe(
      Type.Object({
        id,
        cancelledAt: maybe(text),
        fulfillmentOrders: Type.Object({
          nodes: Type.Array(
            Type.Object({
              id,
              status: text,
              fulfillmentHolds: Type.Array(
                Type.Object({ id, handle: maybe(text), heldByRequestingApp: Type.Boolean() }),
              ),
            }),
          ),
          pageInfo: Type.Object({ hasNextPage: Type.Boolean() }),
        }),
      }),
    ),
  }),
  hold: Type.Object({ fulfillmentOrderHold: Type.Object({ fulfillmentHold: ref, userErrors }) }),
  release: Type.Object({ fulfillmentOrderReleaseHold: Type.Object({ fulfillmentOrder: ref, userErrors }) }),
  refund: Type.Object({ refundCreate: Type.Object({ refund: maybe(refundSchema), userErrors }) }),
} as const;
