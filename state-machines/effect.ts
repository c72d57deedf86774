import { setup } from 'xstate';
import type { MachineDefinition } from './kit.ts';

export interface EffectContext {
  /** Attempts made so far. */
  attempts: number;
}

export type EffectEventType =
  | 'ATTEMPT'
  | 'SUCCEED'
  | 'REFUSE'
  | 'NOT_SENT'
  | 'LOSE_ANSWER'
  | 'FOUND'
  | 'NOT_FOUND'
  | 'ABANDON';
export type EffectEvent = { type: EffectEventType };

const machinery = ['connector', 'system'] as const;

/** An outside call that must not happen twice. A lost answer is looked up by our own reference before anything is repeated. */
export const effect: MachineDefinition<EffectContext, EffectEvent> = {
  name: 'effect',
  closed: ['DONE', 'REFUSED'],
  followUps: [],
  machine: setup({
    types: { context: {} as EffectContext, events: {} as EffectEvent, input: {} as EffectContext },
  }).createMachine({
    id: 'effect',
    context: ({ input }) => input,
    initial: 'INTENDED',
    states: {
      INTENDED: { on: { ATTEMPT: 'ATTEMPTED', FOUND: 'DONE', ABANDON: 'REFUSED' } },
      ATTEMPTED: {
        on: { SUCCEED: 'DONE', REFUSE: 'REFUSED', NOT_SENT: 'INTENDED', LOSE_ANSWER: 'AMBIGUOUS' },
      },
      AMBIGUOUS: { on: { FOUND: 'DONE', NOT_FOUND: 'INTENDED', ABANDON: 'REFUSED' } },
      // An orphan that appears later, although we had given it up, is a fact: whoever finds it records it.
      REFUSED: { on: { FOUND: 'DONE' } },
      DONE: { type: 'final' },
    },
  }),
  events: {
    ATTEMPT: { by: machinery, label: 'Attempt', means: 'The call is about to be made.' },
    SUCCEED: { by: machinery, label: 'Succeed', means: 'The answer came and was verified.' },
    REFUSE: { by: machinery, label: 'Refused', means: 'The other side said no, for good.' },
    NOT_SENT: { by: machinery, label: 'Not sent', means: 'It is certain that the other side never saw it.' },
    LOSE_ANSWER: { by: machinery, label: 'Answer lost', means: 'It may or may not have happened.' },
    FOUND: {
      by: [...machinery, 'ops', 'admin'],
      label: 'Found',
      means: 'The look-up by our reference shows that it happened.',
    },
    NOT_FOUND: {
      by: [...machinery, 'ops', 'admin'],
      label: 'Not found',
      means: 'Looked up twice after settling: it did not happen.',
    },
    ABANDON: {
      by: [...machinery, 'ops', 'admin'],
      label: 'Abandon',
      means: 'It is no longer wanted and did not happen.',
    },
  },
  whyNot: {},
};
