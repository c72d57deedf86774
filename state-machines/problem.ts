import { setup } from 'xstate';
import type { MachineDefinition } from './kit.ts';

export interface ProblemContext {
  /** How often it was seen since it opened. */
  occurrences: number;
}

export type ProblemEventType = 'SEEN_AGAIN' | 'SNOOZE' | 'WAKE' | 'RESOLVE' | 'REOPEN';
export type ProblemEvent = { type: ProblemEventType };

const people = ['ops', 'approver', 'admin'] as const;

/** Something that a person should know or do, with its remedy; grouped by cause. */
export const problem: MachineDefinition<ProblemContext, ProblemEvent> = {
  name: 'problem',
  closed: ['RESOLVED'],
  followUps: [],
  machine: setup({
    types: { context: {} as ProblemContext, events: {} as ProblemEvent, input: {} as ProblemContext },
  }).createMachine({
    id: 'problem',
    context: ({ input }) => input,
    initial: 'OPEN',
    states: {
      OPEN: { on: { SNOOZE: 'SNOOZED', RESOLVE: 'RESOLVED' } },
      SNOOZED: { on: { WAKE: 'OPEN', RESOLVE: 'RESOLVED' } },
      RESOLVED: { on: { REOPEN: 'OPEN', SEEN_AGAIN: 'OPEN' } },
    },
  }),
  events: {
    SEEN_AGAIN: { by: ['system', 'connector', 'rule'], label: 'Seen again', means: 'The same cause came back.' },
    SNOOZE: { by: people, label: 'Snooze', means: 'Hide it until a time.' },
    WAKE: { by: ['rule', 'system', ...people], label: 'Wake', means: 'The snooze is over.' },
    RESOLVE: { by: [...people, 'system', 'connector', 'rule'], label: 'Resolve', means: 'Done, or gone by itself.' },
    REOPEN: { by: people, label: 'Reopen', means: 'It was not done after all.' },
  },
  whyNot: {},
};
