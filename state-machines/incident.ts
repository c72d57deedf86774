import { setup } from 'xstate';
import type { MachineDefinition } from './kit.ts';

export interface IncidentContext {
  /** Orders were sent, the catalogue was compared, the stock was read: everything that the outage held up is made up for. */
  caughtUp: boolean;
}

export type IncidentEventType = 'ANSWERED' | 'AWAY_AGAIN' | 'CLOSE';
export type IncidentEvent = { type: IncidentEventType };

/**
 * An outage of one account, from the failures that were too many to the report. While it is OPEN only probes are made;
 * RECOVERING, what waited is made up for in a fixed order.
 */
export const incident: MachineDefinition<IncidentContext, IncidentEvent> = {
  name: 'incident',
  closed: ['CLOSED'],
  followUps: ['wakeIncident'],
  machine: setup({
    types: { context: {} as IncidentContext, events: {} as IncidentEvent, input: {} as IncidentContext },
    guards: { caughtUp: ({ context }) => context.caughtUp },
    actions: { wakeIncident: () => undefined },
  }).createMachine({
    id: 'incident',
    context: ({ input }) => input,
    initial: 'OPEN',
    states: {
      OPEN: { on: { ANSWERED: 'RECOVERING' } },
      RECOVERING: {
        entry: 'wakeIncident',
        on: { AWAY_AGAIN: 'OPEN', CLOSE: { target: 'CLOSED', guard: 'caughtUp' } },
      },
      CLOSED: { type: 'final' },
    },
  }),
  events: {
    ANSWERED: { by: ['connector', 'system'], label: 'Answered', means: 'The account gave an answer that can be used.' },
    AWAY_AGAIN: {
      by: ['connector', 'system'],
      label: 'Away again',
      means: 'It stopped answering before everything was made up for.',
    },
    CLOSE: {
      by: ['system'],
      label: 'Close',
      means: 'Orders are sent, catalogue and stock compared, quotas restored; the report is written.',
    },
  },
  whyNot: { caughtUp: 'Orders, catalogue or stock are not made up for yet.' },
};
