/** Families of states; each has one colour everywhere. */
export type Tone = 'new' | 'attention' | 'active' | 'good' | 'bad' | 'leaving' | 'ended';

const families: Record<Tone, readonly string[]> = {
  new: ['NEW', 'PLANNED', 'INTENDED', 'ANNOUNCED', 'EXPECTED', 'ABSENT', 'OPEN'],
  attention: ['EDITED', 'AWAITING_CONFIRMATION', 'UPDATE', 'DEGRADED', 'AMBIGUOUS', 'DELISTED', 'AWAITING_PAYMENT'],
  active: [
    'APPROVED',
    'QUEUE',
    'IN_REVIEW',
    'SUBMITTED',
    'CLOSED',
    'BOOKED',
    'NOTIFIED',
    'HANDED_OVER',
    'IN_TRANSIT',
    'ATTEMPTED',
    'RECEIVED',
    'READY_TO_SHIP',
    'SHIPPED',
    'RECOVERING',
  ],
  good: [
    'SYNCED',
    'LIVE',
    'SUCCESSFULLY_PROCESSED',
    'DELIVERED',
    'CONNECTED',
    'DONE',
    'RESTOCKED',
    'RESOLVED',
    'COMPLETED',
  ],
  bad: ['REJECTED', 'CANCEL_CONFLICT', 'DELIVERY_FAILED', 'LOST', 'REFUSED', 'REVOKED', 'LOCKED'],
  leaving: ['CANCEL_REQUESTED', 'CANCEL_PENDING', 'RETURNED', 'RETURN_REQUESTED'],
  ended: ['CANCELLED', 'VOIDED', 'WRITTEN_OFF', 'NOT_RETURNED', 'PAUSED', 'SNOOZED', 'WITHDRAWN', 'EXPIRED'],
};

/** Where the same word means something else: an open problem is bad news, an open consignment is not. */
const exceptions: Record<string, Tone> = {
  'problem/OPEN': 'bad',
  'incident/OPEN': 'bad',
  'incident/CLOSED': 'good',
  'channel_order/OPEN': 'active',
  'product/APPROVED': 'good',
};

const toneByState = new Map(
  Object.entries(families).flatMap(([tone, states]) => states.map((state) => [state, tone as Tone] as const)),
);

/** The family of a state; an unknown one is shown as new rather than hidden. */
export function toneOf(state: string, machine?: string): Tone {
  return exceptions[`${machine ?? ''}/${state}`] ?? toneByState.get(state) ?? 'new';
}

/** A state or code as words: `AWAITING_CONFIRMATION` → `Awaiting confirmation`. */
export function stateWords(state: string): string {
  const words = state.replaceAll(/[_-]+/g, ' ').toLowerCase().trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Order of the states in filters and counts. */
export const orderStates = [
  'NEW',
  'EDITED',
  'AWAITING_CONFIRMATION',
  'APPROVED',
  'QUEUE',
  'SYNCED',
  'CANCEL_REQUESTED',
  'CANCEL_PENDING',
  'CANCEL_CONFLICT',
  'SUCCESSFULLY_PROCESSED',
  'CANCELLED',
] as const;
export const listingStates = ['NEW', 'EDITED', 'APPROVED', 'IN_REVIEW', 'LIVE', 'UPDATE', 'REJECTED'] as const;
export const productStates = ['NEW', 'EDITED', 'APPROVED'] as const;
export const problemStates = ['OPEN', 'SNOOZED', 'RESOLVED'] as const;
export const consignmentStates = ['OPEN', 'CLOSED', 'BOOKED', 'NOTIFIED', 'HANDED_OVER', 'CANCELLED'] as const;
export const returnStates = ['EXPECTED', 'RECEIVED', 'RESTOCKED', 'WRITTEN_OFF', 'NOT_RETURNED'] as const;
