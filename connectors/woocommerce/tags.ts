import type { StoreOrderStatus } from '../contract/store.ts';

/** Every order status that WooCommerce itself knows, in our words. */
export const statusByNative: Readonly<Record<string, StoreOrderStatus>> = {
  pending: 'open',
  processing: 'open',
  'on-hold': 'open',
  'checkout-draft': 'open',
  'auto-draft': 'open',
  completed: 'shipped',
  cancelled: 'cancelled',
  refunded: 'refunded',
  failed: 'failed',
  trash: 'deleted',
};

/** Which native status says it; null = it is not written by setting a status. */
export const nativeByStatus: Readonly<Record<StoreOrderStatus, string | null>> = {
  open: 'processing',
  shipped: 'completed',
  cancelled: 'cancelled',
  refunded: 'refunded',
  failed: 'failed',
  deleted: null,
  unknown: null,
};

/**
 * Our word for a native status.
 * @param own what the shop's additional statuses mean, from the connection's settings
 */
export function statusOf(native: string, own: Readonly<Record<string, StoreOrderStatus>> = {}): StoreOrderStatus {
  const name = native.replace(/^wc-/, '');
  return (
    (Object.hasOwn(own, name) ? own[name] : undefined) ??
    (Object.hasOwn(statusByNative, name) ? statusByNative[name] : undefined) ??
    'unknown'
  );
}
