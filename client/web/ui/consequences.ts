import type { Question } from './confirm.tsx';

export interface Consequence {
  sentences: string[];
  danger: boolean;
  reason: NonNullable<Question['reason']>;
}

/** Ends something, or takes it away. */
const final = (reason: Consequence['reason'], ...sentences: string[]): Consequence => ({
  sentences,
  danger: true,
  reason,
});

/** States or sets going what cannot be taken back, but harms nothing. */
const settled = (reason: Consequence['reason'], ...sentences: string[]): Consequence => ({
  sentences,
  danger: false,
  reason,
});

/**
 * Steps that cannot simply be taken back, by collection and event, with what they set going. A step that is not listed
 * is sent without a question.
 */
const consequences: Record<string, Consequence> = {
  'orders/REQUEST_CANCEL': final(
    'required',
    'Everything about this order stops: nothing more is pushed, booked or mailed.',
    'The marketplace is asked to cancel; where it has no call for that, a person gets the task.',
  ),
  'orders/DECLINE': final('required', 'The brand will not deliver: a cancellation is asked for on the marketplace.'),
  'orders/CANCEL_WITHDRAWN': settled('optional', 'The order goes on where it was, shipping included.'),
  'orders/RETRY_CANCEL': settled('optional', 'The shop is asked to cancel once more.'),
  'orders/RESOLVE_AS_CANCELLED': final(
    'required',
    'The order is closed as cancelled, for good.',
    'Nothing more is undone by itself: goods, labels and refunds are what you settled.',
  ),
  'orders/RESOLVE_AS_PROCESSED': final('required', 'The order is closed as delivered.'),
  'orders/PUSHED': final(
    'required',
    'You state that the order exists in the shop. It is not pushed any more.',
    'If it does not exist there, nobody will ship it.',
  ),
  'orders/COMPLETE': settled('optional', 'The order is closed as processed.'),
  'listings/DISCARD_CHANGES': settled('none', 'Your unapproved changes are dropped; what is live stays live.'),
  'consignments/CLOSE': settled('none', 'No order can join any more; labels are booked with the carrier now.'),
  'consignments/HAND_OVER': settled('optional', 'You state that the carrier has all of it.'),
  'consignments/CANCEL': final('required', 'It is closed for good, without any order in it.'),
  'parcels/VOID': final('required', 'Its label must not be used any more.'),
  'returns/RESTOCK': settled('none', 'The units become available for sale on every marketplace.'),
  'returns/WRITE_OFF': final('required', 'The units never come back into stock.'),
  'returns/GIVE_UP': final('required', 'The return is closed as not received; its units never come back into stock.'),
  'connections/PAUSE': settled(
    'optional',
    'Nothing is fetched from it or sent to it until somebody resumes it.',
    'Work for it waits.',
  ),
  'connections/REVOKE': final('required', 'Its credentials are not used any more; a person must connect it again.'),
  'effects/FOUND': settled('required', 'You state that the call did happen over there. It is not made again.'),
  'effects/NOT_FOUND': final('required', 'You state that the call did not happen over there. It is made again.'),
  'effects/ABANDON': final('required', 'The call is no longer wanted and is never made.'),
};

/** What to say before the step; null for steps that can be taken back. */
export function consequenceOf(collection: string, type: string): Consequence | null {
  return consequences[`${collection}/${type}`] ?? null;
}

/** What approving many at once sets going. */
export const bulkApproval: Record<string, string> = {
  orders: 'They are planned, pushed into the shop and booked with the carrier without another question.',
  products: 'They are approved together with their listings, which are submitted to the marketplaces.',
  prices: 'Their proposed prices hold from now on and are sent to the marketplaces.',
  listings: 'They are submitted to the marketplace, which may review them.',
};
