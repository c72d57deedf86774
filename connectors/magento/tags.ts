import type { StoreOrderStatus } from '../contract/store.ts';

/** Every order state that Magento knows, in our words. Statuses below it are named by each shop: kept, not translated. */
export const statusByState: Readonly<Record<string, StoreOrderStatus>> = {
  new: 'open',
  pending_payment: 'open',
  processing: 'open',
  payment_review: 'open',
  holded: 'open',
  complete: 'shipped',
  closed: 'refunded',
  canceled: 'cancelled',
};

/**
 * Our word for an order's state.
 * @param isAllShipped Magento completes an order only when it is invoiced, too
 */
export function statusOf(state: string, isAllShipped: boolean): StoreOrderStatus {
  const status = Object.hasOwn(statusByState, state) ? (statusByState[state] ?? 'unknown') : 'unknown';
  return status === 'open' && isAllShipped ? 'shipped' : status;
}
