import { setup } from 'xstate';
import type { MachineDefinition } from './kit.ts';

export interface ReturnContext {
  /** Units that the return still expects. */
  unitsExpected: number;
}

export type ReturnEventType = 'SCAN_IN' | 'RESTOCK' | 'WRITE_OFF' | 'GIVE_UP';
export type ReturnEvent = { type: ReturnEventType };

const people = ['ops', 'approver', 'admin', 'brand'] as const;

/** Goods on their way back. Stock comes back only when the parcel is scanned in and found fit for sale. */
export const goodsReturn: MachineDefinition<ReturnContext, ReturnEvent> = {
  name: 'return',
  closed: ['RESTOCKED', 'WRITTEN_OFF', 'NOT_RETURNED'],
  followUps: ['wakeOrder'],
  machine: setup({
    types: { context: {} as ReturnContext, events: {} as ReturnEvent, input: {} as ReturnContext },
    actions: { wakeOrder: () => undefined },
  }).createMachine({
    id: 'return',
    context: ({ input }) => input,
    initial: 'EXPECTED',
    states: {
      EXPECTED: { on: { SCAN_IN: 'RECEIVED', GIVE_UP: 'NOT_RETURNED' } },
      RECEIVED: { entry: 'wakeOrder', on: { RESTOCK: 'RESTOCKED', WRITE_OFF: 'WRITTEN_OFF' } },
      RESTOCKED: { type: 'final', entry: 'wakeOrder' },
      WRITTEN_OFF: { type: 'final', entry: 'wakeOrder' },
      NOT_RETURNED: { type: 'final', entry: 'wakeOrder' },
    },
  }),
  events: {
    SCAN_IN: { by: people, label: 'Scan in', means: 'The parcel is back in the warehouse.' },
    RESTOCK: { by: people, label: 'Restock', means: 'Fit for sale: the units are available again.' },
    WRITE_OFF: { by: people, label: 'Write off', means: 'Not fit for sale.' },
    GIVE_UP: { by: ['ops', 'approver', 'admin'], label: 'Give up', means: 'It will not come back.' },
  },
  whyNot: {},
};
