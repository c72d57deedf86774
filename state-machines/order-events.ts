import type { EventRule } from './kit.ts';

export type OrderEventType =
  | 'EDIT'
  | 'APPROVE'
  | 'REQUEST_CONFIRMATION'
  | 'CONFIRM'
  | 'DECLINE'
  | 'CONFIRMATION_OVERDUE'
  | 'ENQUEUE'
  | 'PUSHED'
  | 'PUSH_REFUSED'
  | 'COMPLETE'
  | 'CLOSED_THERE'
  | 'CHANGED_THERE'
  | 'CANCEL_REQUESTED_THERE'
  | 'REQUEST_CANCEL'
  | 'CANCEL_WITHDRAWN'
  | 'CANCELLED_THERE'
  | 'CANCEL_DONE'
  | 'CANCEL_IMPOSSIBLE'
  | 'RETRY_CANCEL'
  | 'RESOLVE_AS_CANCELLED'
  | 'RESOLVE_AS_PROCESSED';
export type OrderEvent = { type: OrderEventType };

/** Who may send an order's events, and what they mean to people. */
export const orderEvents: Readonly<Record<OrderEventType, EventRule>> = {
  EDIT: {
    by: ['ops', 'approver', 'admin'],
    label: 'Edit',
    means: 'Somebody changed a field; it waits for approval.',
  },
  APPROVE: {
    by: ['ops', 'approver', 'admin', 'rule'],
    label: 'Approve',
    means: 'It may be shipped and sent to the shop.',
  },
  REQUEST_CONFIRMATION: {
    by: ['ops', 'approver', 'admin', 'rule'],
    label: 'Ask the brand',
    means: 'The brand is asked to confirm before it is approved.',
  },
  CONFIRM: { by: ['brand', 'ops', 'admin'], label: 'Confirm', means: 'The brand will deliver.' },
  DECLINE: {
    by: ['brand', 'ops', 'admin'],
    label: 'Decline',
    means: 'The brand will not deliver: a cancellation is asked for, or ops decide, by the brand’s rule.',
  },
  CONFIRMATION_OVERDUE: {
    by: ['rule', 'system'],
    label: 'Confirmation overdue',
    means: 'The brand did not answer in time.',
  },
  ENQUEUE: { by: ['system', 'rule'], label: 'Plan', means: 'It has a consignment and waits for shop and carrier.' },
  PUSHED: {
    by: ['connector', 'system', 'ops', 'admin'],
    label: 'Is in the shop',
    means: 'The shop has it, verified by reading.',
  },
  PUSH_REFUSED: {
    by: ['connector', 'system'],
    label: 'Refused by the shop',
    means: 'The shop will not take it as it is.',
  },
  COMPLETE: {
    by: ['connector', 'system', 'ops', 'admin'],
    label: 'Complete',
    means: 'Delivered, or completed on the marketplace.',
  },
  CLOSED_THERE: {
    by: ['connector'],
    label: 'Finished without us',
    means: 'The marketplace reports it shipped or completed; nothing is left to do.',
  },
  CHANGED_THERE: {
    by: ['connector'],
    label: 'Changed on the marketplace',
    means: 'Its content there is newer than ours.',
  },
  CANCEL_REQUESTED_THERE: {
    by: ['connector'],
    label: 'Buyer asks to cancel',
    means: 'Not final yet: everything waits.',
  },
  REQUEST_CANCEL: {
    by: ['ops', 'approver', 'admin', 'brand'],
    label: 'Ask to cancel',
    means: 'We ask the marketplace to cancel it.',
  },
  CANCEL_WITHDRAWN: {
    by: ['connector', 'ops', 'admin'],
    label: 'Cancel request withdrawn',
    means: 'It goes on where it was.',
  },
  CANCELLED_THERE: {
    by: ['connector'],
    label: 'Cancelled on the marketplace',
    means: 'Final over there; what we did is taken back.',
  },
  CANCEL_DONE: { by: ['system'], label: 'Taken back', means: 'Everything that we had done is undone.' },
  CANCEL_IMPOSSIBLE: {
    by: ['system', 'rule'],
    label: 'Cannot be taken back',
    means: 'Refused, silent, or already sent: ops decide.',
  },
  RETRY_CANCEL: {
    by: ['ops', 'approver', 'admin'],
    label: 'Try to cancel again',
    means: 'The shop is asked once more.',
  },
  RESOLVE_AS_CANCELLED: {
    by: ['ops', 'approver', 'admin'],
    label: 'Close as cancelled',
    means: 'Ops settled it as cancelled.',
  },
  RESOLVE_AS_PROCESSED: {
    by: ['ops', 'approver', 'admin'],
    label: 'Close as processed',
    means: 'Ops settled it as delivered.',
  },
};

/** What a person reads when a guard refuses. */
export const orderWhyNot: Readonly<Record<string, string>> = {
  approvable:
    'It cannot be approved yet: every line needs a known SKU and reserved stock, and the consignee a complete address.',
  notPushed: 'The shop already has it, the call that creates it there is under way, or the goods have left.',
  nothingOfOurs: 'We have already begun to deliver it ourselves.',
  untouched: 'Something was already done outside.',
  goodsLeft: 'The goods have not left.',
  goodsNeverLeft: 'The goods have left: they must come back first.',
  declineToOps: 'The brand’s rule says that a declined order is cancelled.',
  allTakenBack:
    'Something is still open outside: goods that were not scanned in again, or a call to the shop without a known outcome.',
  wasNEW: 'It was not NEW when the request came.',
  wasEDITED: 'It was not EDITED when the request came.',
  wasAWAITING_CONFIRMATION: 'It was not awaiting confirmation when the request came.',
  wasAPPROVED: 'It was not APPROVED when the request came.',
  wasQUEUE: 'It was not in the queue when the request came.',
  wasSYNCED: 'It was not SYNCED when the request came.',
};
