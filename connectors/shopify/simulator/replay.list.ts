/** Recordings that are replayed: in `replay-orders.test.ts`, or `replay.test.ts` for the rest. */
export const REPLAYED = {
  orders: [
    '2025-01.orders.fulfillment-create-invalid-id.json',
    '2025-01.orders.fulfillment-tracking-info-update-inline-missing-id.json',
    '2025-01.orders.fulfillment-tracking-info-update-inline-null-id.json',
    '2025-01.orders.fulfillment-tracking-info-update-missing-id.json',
    '2025-01.orders.fulfillment-tracking-info-update-parity.json',
    '2025-01.orders.order-create-fulfillment-assigned-location.json',
    '2025-01.orders.order-create-inline-missing-order.json',
    '2025-01.orders.order-create-inline-null-order.json',
    '2025-01.orders.order-create-line-item-fields.json',
    '2025-01.orders.order-create-math-matrix.json',
    '2025-01.orders.order-create-missing-order.json',
    '2025-01.orders.order-create-parity.json',
    '2025-01.orders.order-create-validation-matrix-extended.json',
    '2025-01.orders.order-create-validation-matrix.json',
    '2025-01.orders.orderCreate-state-derived-payment-and-count.json',
    '2025-01.orders.refund-create-full-parity.json',
    '2025-01.orders.refund-create-over-refund-user-errors.json',
    '2025-01.orders.refund-create-partial-shipping-restock-parity.json',
    '2025-01.orders.refund-create-user-errors-and-quantities.json',
    '2025-01.shipping-fulfillments.fulfillment-create-name.json',
    '2026-04.orders.order-delete-snapshot-staging.json',
    '2026-04.orders.orderCancel-error-messages.json',
    '2026-04.orders.orderCancel-parity.json',
    '2026-04.orders.orderCancel-restock-refundMethod-parity.json',
    '2026-04.orders.orderUpdate-input-validation.json',
    '2026-04.orders.orderUpdate-multi-page-hydration.json',
    '2026-04.orders.orderUpdate-snapshot-staging.json',
    '2026-04.orders.refund-create-attribution-validation.json',
    '2026-04.orders.refund-create-transactions-validation.json',
  ],
  rest: [
    '2025-01.bulk-operations.bulk-operation-run-query-operation-in-progress.json',
    '2025-01.products.inventorySetQuantities-name-validation.json',
    '2025-01.products.product-set-duplicate-variants-parity.json',
    '2025-01.products.product-set-options-only-requires-variants.json',
    '2025-01.products.product-set-parity.json',
    '2025-01.products.product-variants-bulk-update-parity.json',
    '2026-04.bulk-operations.bulk-operation-run-query-concurrency-limit.json',
    '2026-04.bulk-operations.bulk-operation-run-query-schema-roots.json',
    '2026-04.bulk-operations.bulk-operation-run-query-user-error-codes.json',
    '2026-04.bulk-operations.bulk-operation-run-query-validators.json',
    '2026-04.products.inventory-quantity-contracts-2026-04.json',
    '2026-04.products.inventory-reason-validation.json',
    '2026-04.products.inventorySetQuantities-name-validation.json',
    '2026-04.products.inventorySetQuantities-quantity-bounds.json',
    '2026-04.products.product-delete-parity.json',
    '2026-04.products.product-set-id-not-allowed.json',
    '2026-04.products.product-variants-bulk-update-allow-partial-and-error-order.json',
    '2026-04.webhooks.webhook-subscription-list-connection.json',
    '2026-04.webhooks.webhook-subscription-uri-validation.json',
    '2026-04.webhooks.webhook-subscription-uri-whitespace.json',
  ],
} as const;

const FOREIGN = 'the answer is made of a foreign shop’s whole catalogue, which the recording does not hold';

/** Recordings that are not replayed, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  '2025-01.orders.fulfillment-cancel-inline-missing-id.json': 'fulfillmentCancel is not sent',
  '2025-01.orders.fulfillment-cancel-inline-null-id.json': 'fulfillmentCancel is not sent',
  '2025-01.orders.fulfillment-cancel-missing-id.json': 'fulfillmentCancel is not sent',
  '2025-01.orders.fulfillment-cancel-parity.json': 'fulfillmentCancel is not sent',
  '2025-01.orders.orderClose-noop-on-already-closed.json': 'orderClose is not sent',
  '2025-01.products.inventory-item-update-parity.json': 'inventoryItemUpdate is not sent',
  '2025-01.products.inventory-item-update-validation.json': 'inventoryItemUpdate is not sent',
  '2025-01.products.product-create-parity.json': 'productCreate is not sent',
  '2025-01.products.product-detail.json': FOREIGN,
  '2025-01.products.product-set-async-operation-parity.json': 'productSet is sent by the test-bed alone, synchronous',
  '2025-01.products.product-set-input-length-validation.json':
    'productSet is sent by the test-bed alone, with short texts',
  '2025-01.products.product-variants-bulk-create-inventory-read-parity.json': 'productVariantsBulkCreate is not sent',
  '2025-01.products.product-variants-bulk-create-parity.json': 'productVariantsBulkCreate is not sent',
  '2025-01.products.product-variants-bulk-delete-parity.json': 'productVariantsBulkDelete is not sent',
  '2025-01.products.productVariantsBulkCreate-strategy-default-custom-standalone.json':
    'productVariantsBulkCreate is not sent',
  '2025-01.products.productVariantsBulkCreate-strategy-default-default-standalone.json':
    'productVariantsBulkCreate is not sent',
  '2025-01.products.productVariantsBulkCreate-strategy-remove-custom-standalone.json':
    'productVariantsBulkCreate is not sent',
  '2025-01.products.productVariantsBulkCreate-strategy-remove-default-standalone.json':
    'productVariantsBulkCreate is not sent',
  '2025-01.products.products-catalog-page.json': FOREIGN,
  '2025-01.products.products-search-grammar.json': FOREIGN,
  '2025-01.products.products-search-pagination.json': FOREIGN,
  '2025-01.products.products-search.json': FOREIGN,
  '2025-01.products.products-sort-keys.json': FOREIGN,
  '2026-04.orders.fulfillment-state-preconditions.json':
    'every step stands on fulfillmentCancel or fulfillmentEventCreate, which are not sent',
  '2026-04.orders.orderClose-parity.json': 'orderClose is not sent',
  '2026-04.products.inventory-activate-on-hand.json': 'inventoryActivate is not sent',
  '2026-04.products.inventory-adjust-zero-delta-noop.json': 'inventoryAdjustQuantities is not sent',
  '2026-04.products.inventory-inactive-level-lifecycle-2026-04.json':
    'inventoryActivate and inventoryDeactivate are not sent',
  '2026-04.products.inventory-item-levels-connection-windowing-2026-04.json':
    'locationAdd, inventoryActivate and searches of levels are not sent',
  '2026-04.products.product-create-parity.json': 'productCreate is not sent',
  '2026-04.products.productVariantsBulkCreate-omitted-strategy-default-standalone.json':
    'productVariantsBulkCreate is not sent',
};
