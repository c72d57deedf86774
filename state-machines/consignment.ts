import { setup } from 'xstate';
import type { MachineDefinition } from './kit.ts';

export interface ConsignmentContext {
  /** Orders in it that are still to be shipped. */
  orderCount: number;
  /** Every parcel has a label. */
  allLabelled: boolean;
  /** A booking with the carrier has begun and its outcome is not known. */
  bookingInFlight: boolean;
}

export type ConsignmentEventType =
  | 'LOCK'
  | 'UNLOCK'
  | 'CHOOSE_CARRIER'
  | 'CLOSE'
  | 'REOPEN'
  | 'BOOKED'
  | 'BOOKING_REFUSED'
  | 'NOTIFIED'
  | 'HAND_OVER'
  | 'CANCEL';
export type ConsignmentEvent = { type: ConsignmentEventType };

/** What goes to the carrier as one: orders of one brand, lane and incoterm. Labels and mail need it closed. */
export const consignment: MachineDefinition<ConsignmentContext, ConsignmentEvent> = {
  name: 'consignment',
  closed: ['HANDED_OVER', 'CANCELLED'],
  followUps: ['wakeConsignment', 'wakeLabelMail'],
  machine: setup({
    types: { context: {} as ConsignmentContext, events: {} as ConsignmentEvent, input: {} as ConsignmentContext },
    guards: {
      hasOrders: ({ context }) => context.orderCount > 0,
      allLabelled: ({ context }) => context.allLabelled,
      noBooking: ({ context }) => !context.bookingInFlight,
    },
    actions: { wakeConsignment: () => undefined, wakeLabelMail: () => undefined },
  }).createMachine({
    id: 'consignment',
    context: ({ input }) => input,
    initial: 'OPEN',
    states: {
      OPEN: {
        on: {
          LOCK: 'OPEN',
          UNLOCK: 'OPEN',
          CHOOSE_CARRIER: { target: 'OPEN', guard: 'noBooking' },
          CLOSE: { target: 'CLOSED', guard: 'hasOrders' },
          CANCEL: 'CANCELLED',
        },
      },
      CLOSED: {
        entry: 'wakeConsignment',
        on: {
          BOOKED: { target: 'BOOKED', guard: 'allLabelled' },
          BOOKING_REFUSED: { target: 'OPEN' },
          REOPEN: { target: 'OPEN', guard: 'noBooking' },
          CANCEL: 'CANCELLED',
        },
      },
      BOOKED: { entry: 'wakeLabelMail', on: { NOTIFIED: 'NOTIFIED', HAND_OVER: 'HANDED_OVER', CANCEL: 'CANCELLED' } },
      NOTIFIED: { on: { HAND_OVER: 'HANDED_OVER', CANCEL: 'CANCELLED' } },
      HANDED_OVER: { type: 'final' },
      CANCELLED: { type: 'final', entry: 'wakeConsignment' },
    },
  }),
  events: {
    // People lock where the cost change is shown first, never by the bare event.
    LOCK: { by: ['system'], label: 'Lock', means: 'The planning at the cut-off leaves it as it is.' },
    UNLOCK: { by: ['system'], label: 'Unlock', means: 'The planning at the cut-off may change it again.' },
    // People choose where the accounts are compared first, never by the bare event.
    CHOOSE_CARRIER: {
      by: ['system'],
      label: 'Another carrier',
      means: 'Another account carries it; nothing was booked.',
    },
    CLOSE: {
      by: ['rule', 'system', 'ops', 'admin'],
      label: 'Close',
      means: 'Its orders are settled; labels are booked now.',
    },
    REOPEN: { by: ['ops', 'admin'], label: 'Reopen', means: 'Orders may join or leave again.' },
    BOOKED: { by: ['connector', 'system'], label: 'Booked', means: 'Every parcel has a label.' },
    BOOKING_REFUSED: {
      by: ['connector', 'system'],
      label: 'Booking refused',
      means: 'The carrier will not take it as it is.',
    },
    NOTIFIED: { by: ['system'], label: 'Mailed', means: 'The brand was sent its labels.' },
    HAND_OVER: {
      by: ['connector', 'system', 'ops', 'admin'],
      label: 'Handed over',
      means: 'The carrier has all of it.',
    },
    CANCEL: { by: ['system', 'ops', 'admin'], label: 'Cancel', means: 'Nothing of it is shipped.' },
  },
  whyNot: {
    hasOrders: 'It holds no order.',
    allLabelled: 'Not every parcel has its label.',
    noBooking: 'A booking with the carrier is under way.',
  },
};
