import { assign, setup } from 'xstate';
import { type ApprovalContext, type MachineDefinition, ownEditWhyNot } from './kit.ts';
import { type OrderEvent, orderEvents, orderWhyNot } from './order-events.ts';

export type { OrderEvent, OrderEventType } from './order-events.ts';

/** What an order's guards may consider. All of it is read from rows inside the transaction that steps the machine. */
export interface OrderContext extends ApprovalContext {
  /** Every line names a SKU that the brand has. */
  linesKnown: boolean;
  /** Every open line has its quantity reserved. */
  stockReserved: boolean;
  /** Consignee, street, city and country are there. */
  addressComplete: boolean;
  /** A create call to the shop has begun and its outcome is not known. */
  pushInFlight: boolean;
  /** The order exists in the brand's shop (for a brand without shop: the mail with it was accepted). */
  inShop: boolean;
  /** A parcel was handed to the carrier, or the shop says that the goods were sent. */
  handedOver: boolean;
  /** Goods left and have not been scanned in again. */
  goodsOutside: boolean;
  /** The brand's rule: an order that it declines goes back to ops, without a cancel request. */
  declineToOps: boolean;
  /** Where a cancel request came upon it; a withdrawn request returns there. */
  resumeState: string | null;
}

/** A final cancellation, by how far we are: nothing done yet, goods gone, or something to take back. */
const cancelledThere = [
  { guard: 'untouched', target: 'CANCELLED' },
  { guard: 'goodsLeft', target: 'CANCEL_CONFLICT' },
  { target: 'CANCEL_PENDING' },
] as const;

/** What every state before the cancellation has in common; `state` is where a withdrawn request returns. */
const cancellableIn = <const State extends string>(state: State) =>
  ({
    CANCEL_REQUESTED_THERE: { target: 'CANCEL_REQUESTED', actions: { type: 'rememberState', params: { state } } },
    REQUEST_CANCEL: { target: 'CANCEL_REQUESTED', actions: { type: 'rememberState', params: { state } } },
    CANCELLED_THERE: cancelledThere,
  }) as const;

/** Marketplaces can finish an order without us (somebody shipped it by hand): stored closed, never skipped. */
const closable = { CLOSED_THERE: { target: 'SUCCESSFULLY_PROCESSED', guard: 'nothingOfOurs' } } as const;

const isReady = (c: OrderContext): boolean => c.linesKnown && c.stockReserved && c.addressComplete;

const nothingDone = (c: OrderContext): boolean => !c.pushInFlight && !c.inShop && !c.handedOver && !c.goodsOutside;

const orderMachine = setup({
  types: { context: {} as OrderContext, events: {} as OrderEvent, input: {} as OrderContext },
  guards: {
    approvable: ({ context: c }) => isReady(c) && !c.ownEdit,
    notPushed: ({ context: c }) => !c.pushInFlight && !c.inShop && !c.handedOver,
    nothingOfOurs: ({ context: c }) => nothingDone(c),
    untouched: ({ context: c }) => nothingDone(c),
    goodsLeft: ({ context: c }) => c.handedOver || c.goodsOutside,
    goodsNeverLeft: ({ context: c }) => !c.handedOver && !c.goodsOutside,
    declineToOps: ({ context: c }) => c.declineToOps,
    allTakenBack: ({ context: c }) => !c.goodsOutside && !c.pushInFlight,
    wasNEW: ({ context: c }) => c.resumeState === 'NEW',
    wasEDITED: ({ context: c }) => c.resumeState === 'EDITED',
    wasAWAITING_CONFIRMATION: ({ context: c }) => c.resumeState === 'AWAITING_CONFIRMATION',
    wasAPPROVED: ({ context: c }) => c.resumeState === 'APPROVED',
    wasQUEUE: ({ context: c }) => c.resumeState === 'QUEUE',
    wasSYNCED: ({ context: c }) => c.resumeState === 'SYNCED',
  },
  actions: {
    wakeOrder: () => undefined,
    rememberState: assign((_, params: { state: string }) => ({ resumeState: params.state })),
    forgetState: assign({ resumeState: null }),
  },
}).createMachine({
  id: 'order',
  context: ({ input }) => input,
  initial: 'NEW',
  states: {
    NEW: {
      entry: 'wakeOrder',
      on: {
        EDIT: 'EDITED',
        APPROVE: { target: 'APPROVED', guard: 'approvable' },
        REQUEST_CONFIRMATION: 'AWAITING_CONFIRMATION',
        CHANGED_THERE: { target: 'NEW', reenter: true },
        ...closable,
        ...cancellableIn('NEW'),
      },
    },
    EDITED: {
      entry: 'wakeOrder',
      on: {
        EDIT: { target: 'EDITED', reenter: true },
        APPROVE: { target: 'APPROVED', guard: 'approvable' },
        REQUEST_CONFIRMATION: 'AWAITING_CONFIRMATION',
        CHANGED_THERE: { target: 'EDITED', reenter: true },
        ...closable,
        ...cancellableIn('EDITED'),
      },
    },
    AWAITING_CONFIRMATION: {
      entry: 'wakeOrder',
      on: {
        EDIT: 'EDITED',
        CONFIRM: { target: 'APPROVED', guard: 'approvable' },
        DECLINE: [
          { guard: 'declineToOps', target: 'EDITED' },
          { target: 'CANCEL_REQUESTED', actions: { type: 'rememberState', params: { state: 'EDITED' } } },
        ],
        CONFIRMATION_OVERDUE: 'EDITED',
        CHANGED_THERE: 'EDITED',
        ...closable,
        ...cancellableIn('AWAITING_CONFIRMATION'),
      },
    },
    APPROVED: {
      entry: 'wakeOrder',
      on: {
        EDIT: 'EDITED',
        ENQUEUE: 'QUEUE',
        CHANGED_THERE: 'EDITED',
        ...closable,
        ...cancellableIn('APPROVED'),
      },
    },
    QUEUE: {
      entry: 'wakeOrder',
      on: {
        EDIT: { target: 'EDITED', guard: 'notPushed' },
        PUSHED: 'SYNCED',
        PUSH_REFUSED: 'EDITED',
        // Content that changes while the push is under way cannot be taken back into it: it is recorded and shown.
        CHANGED_THERE: [
          { guard: 'notPushed', target: 'EDITED' },
          { target: 'QUEUE', reenter: true },
        ],
        ...closable,
        ...cancellableIn('QUEUE'),
      },
    },
    SYNCED: {
      entry: 'wakeOrder',
      on: {
        COMPLETE: 'SUCCESSFULLY_PROCESSED',
        CHANGED_THERE: { target: 'SYNCED', reenter: true },
        ...cancellableIn('SYNCED'),
      },
    },
    CANCEL_REQUESTED: {
      entry: 'wakeOrder',
      on: {
        CANCELLED_THERE: cancelledThere,
        CANCEL_WITHDRAWN: resumableTargets(),
        // The answer to a push that was under way arrives: remembered, so that a withdrawal returns to the right place.
        PUSHED: {
          target: 'CANCEL_REQUESTED',
          reenter: true,
          actions: { type: 'rememberState', params: { state: 'SYNCED' } },
        },
        PUSH_REFUSED: {
          target: 'CANCEL_REQUESTED',
          reenter: true,
          actions: { type: 'rememberState', params: { state: 'EDITED' } },
        },
        CHANGED_THERE: { target: 'CANCEL_REQUESTED', reenter: true },
        COMPLETE: { target: 'SUCCESSFULLY_PROCESSED', actions: 'forgetState' },
        ...closable,
      },
    },
    CANCEL_PENDING: {
      entry: 'wakeOrder',
      on: {
        CANCEL_DONE: { target: 'CANCELLED', guard: 'allTakenBack' },
        CANCEL_IMPOSSIBLE: 'CANCEL_CONFLICT',
        PUSHED: { target: 'CANCEL_PENDING', reenter: true },
        PUSH_REFUSED: { target: 'CANCEL_PENDING', reenter: true },
      },
    },
    CANCEL_CONFLICT: {
      entry: 'wakeOrder',
      on: {
        RETRY_CANCEL: { target: 'CANCEL_PENDING', guard: 'goodsNeverLeft' },
        RESOLVE_AS_CANCELLED: { target: 'CANCELLED', guard: 'allTakenBack' },
        RESOLVE_AS_PROCESSED: 'SUCCESSFULLY_PROCESSED',
      },
    },
    SUCCESSFULLY_PROCESSED: {
      entry: 'wakeOrder',
      on: {
        CANCELLED_THERE: [{ guard: 'nothingOfOurs', target: 'CANCELLED' }, { target: 'CANCEL_CONFLICT' }],
      },
    },
    CANCELLED: { entry: 'wakeOrder', type: 'final' },
  },
});

function resumableTargets() {
  const back = <const State extends string>(state: State) =>
    ({ guard: `was${state}`, target: state, actions: 'forgetState' }) as const;
  return [
    back('NEW'),
    back('EDITED'),
    back('AWAITING_CONFIRMATION'),
    back('APPROVED'),
    back('QUEUE'),
    back('SYNCED'),
  ] as const;
}

/**
 * An order is one brand's part of a channel order: the unit that people work on. The eight states of the seed and three
 * for cancellations; shipping is not an order state, parcels have their own machine.
 */
export const order: MachineDefinition<OrderContext, OrderEvent> = {
  name: 'order',
  machine: orderMachine,
  closed: ['SUCCESSFULLY_PROCESSED', 'CANCELLED'],
  followUps: ['wakeOrder'],
  events: orderEvents,
  whyNot: orderWhyNot,
  whyExactly: (guard, c) => (guard === 'approvable' && c.ownEdit && isReady(c) ? ownEditWhyNot : null),
};
