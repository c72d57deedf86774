import type { StoreOrderStatus } from '../contract/store.ts';

/** Fulfilment states of an order in our words; what is not here is unknown. (* legacy spellings) */
export const statusByFulfilment: Readonly<Record<string, StoreOrderStatus>> = {
  UNFULFILLED: 'open',
  SCHEDULED: 'open',
  ON_HOLD: 'open',
  IN_PROGRESS: 'open',
  OPEN: 'open',
  PENDING_FULFILLMENT: 'open',
  REQUEST_DECLINED: 'open',
  /** Something is still to be sent. */
  PARTIALLY_FULFILLED: 'open',
  FULFILLED: 'shipped',
  FULFILLMENT_NOT_REQUIRED: 'open',
  RESTOCKED: 'open',
};

/**
 * Our word for an order's three states: cancelled goes first, then shipped, then refunded.
 * The native word keeps all of them: `CANCELLED PAID/UNFULFILLED`.
 */
export function statusOf(order: {
  readonly cancelledAt: string | null;
  readonly displayFinancialStatus: string | null;
  readonly displayFulfillmentStatus: string;
}): { readonly status: StoreOrderStatus; readonly native: string } {
  const { cancelledAt, displayFinancialStatus: paid, displayFulfillmentStatus: sent } = order;
  const native = `${cancelledAt === null ? '' : 'CANCELLED '}${paid ?? 'NONE'}/${sent}`;
  if (cancelledAt !== null) return { status: 'cancelled', native };
  const known = Object.hasOwn(statusByFulfilment, sent) ? statusByFulfilment[sent] : undefined;
  if (known === 'open' && (paid === 'REFUNDED' || paid === 'VOIDED')) return { status: 'refunded', native };
  return { status: known ?? 'unknown', native };
}
