import { setup } from 'xstate';
import type { MachineDefinition } from './kit.ts';

export interface ParcelContext {
  /** The carrier gave it a tracking number. */
  hasTrackingNumber: boolean;
}

export type ParcelEventType = 'BOOK' | 'VOID' | 'HAND_OVER' | 'MOVE' | 'DELIVER' | 'FAIL_DELIVERY' | 'RETURN' | 'LOSE';
export type ParcelEvent = { type: ParcelEventType };

/** Scans may be missing, so a later scan implies the earlier ones. */
const underWay = {
  MOVE: 'IN_TRANSIT',
  DELIVER: 'DELIVERED',
  FAIL_DELIVERY: 'DELIVERY_FAILED',
  RETURN: 'RETURNED',
  LOSE: 'LOST',
} as const;
const carrier = ['connector', 'ops', 'admin'] as const;

/** One box on its way. Its state comes from the carrier's scans, sorted by their own time. */
export const parcel: MachineDefinition<ParcelContext, ParcelEvent> = {
  name: 'parcel',
  closed: ['DELIVERED', 'RETURNED', 'LOST', 'VOIDED'],
  followUps: ['wakeOrder'],
  machine: setup({
    types: { context: {} as ParcelContext, events: {} as ParcelEvent, input: {} as ParcelContext },
    guards: { hasTrackingNumber: ({ context }) => context.hasTrackingNumber },
    actions: { wakeOrder: () => undefined },
  }).createMachine({
    id: 'parcel',
    context: ({ input }) => input,
    initial: 'PLANNED',
    states: {
      PLANNED: { on: { BOOK: { target: 'BOOKED', guard: 'hasTrackingNumber' }, VOID: 'VOIDED' } },
      BOOKED: { on: { VOID: 'VOIDED', HAND_OVER: 'HANDED_OVER', ...underWay } },
      HANDED_OVER: { entry: 'wakeOrder', on: { ...underWay } },
      IN_TRANSIT: {
        entry: 'wakeOrder',
        on: { DELIVER: 'DELIVERED', FAIL_DELIVERY: 'DELIVERY_FAILED', RETURN: 'RETURNED', LOSE: 'LOST' },
      },
      DELIVERY_FAILED: {
        entry: 'wakeOrder',
        on: { MOVE: 'IN_TRANSIT', DELIVER: 'DELIVERED', RETURN: 'RETURNED', LOSE: 'LOST' },
      },
      // Carriers correct themselves: "returned" after "delivered" happens, and so does a late "delivered".
      DELIVERED: { entry: 'wakeOrder', on: { RETURN: 'RETURNED' } },
      RETURNED: { entry: 'wakeOrder', on: { DELIVER: 'DELIVERED' } },
      LOST: { entry: 'wakeOrder', on: { DELIVER: 'DELIVERED', RETURN: 'RETURNED', MOVE: 'IN_TRANSIT' } },
      // The pick-up scan of a voided label is a fact too: the goods left although we said "do not ship".
      VOIDED: { on: { HAND_OVER: 'HANDED_OVER', ...underWay } },
    },
  }),
  events: {
    BOOK: { by: ['system', 'connector'], label: 'Book', means: 'The carrier accepted it and gave a label.' },
    VOID: { by: ['system', 'ops', 'approver', 'admin'], label: 'Void', means: 'Its label must not be used.' },
    HAND_OVER: { by: carrier, label: 'Hand over', means: 'The carrier has it.' },
    MOVE: { by: carrier, label: 'In transit', means: 'On its way.' },
    DELIVER: { by: carrier, label: 'Delivered', means: 'The consignee has it.' },
    FAIL_DELIVERY: { by: carrier, label: 'Delivery failed', means: 'An attempt failed; the carrier may try again.' },
    RETURN: { by: carrier, label: 'Returned', means: 'It is on its way back or back.' },
    LOSE: { by: carrier, label: 'Lost', means: 'Lost or destroyed.' },
  },
  whyNot: { hasTrackingNumber: 'The carrier gave no tracking number.' },
};
