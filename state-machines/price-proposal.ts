import { setup } from 'xstate';
import type { MachineDefinition } from './kit.ts';

export interface PriceProposalContext {
  /** Enough of the price remains after fees and cost, as reckoned at this step. */
  floorHolds: boolean;
  /** Somebody who may do so let it pass below the floor, with a reason. */
  floorPassed: boolean;
  /** Its own end has come. */
  isOver: boolean;
}

export type PriceProposalEventType = 'APPROVE' | 'REJECT' | 'WITHDRAW' | 'EXPIRE';
export type PriceProposalEvent = { type: PriceProposalEventType };

const people = ['ops', 'approver', 'admin'] as const;

/**
 * A price on which a person decides: one that was typed by hand, or a rule price that moved too far. While it is PROPOSED
 * the price in force stays. A typed one replaces the rule price while it is APPROVED.
 */
export const priceProposal: MachineDefinition<PriceProposalContext, PriceProposalEvent> = {
  name: 'price_proposal',
  closed: ['REJECTED', 'WITHDRAWN', 'EXPIRED'],
  followUps: [],
  machine: setup({
    types: {
      context: {} as PriceProposalContext,
      events: {} as PriceProposalEvent,
      input: {} as PriceProposalContext,
    },
    guards: { mayHold: ({ context: c }) => (c.floorHolds || c.floorPassed) && !c.isOver },
  }).createMachine({
    id: 'price_proposal',
    context: ({ input }) => input,
    initial: 'PROPOSED',
    states: {
      PROPOSED: {
        on: {
          APPROVE: { target: 'APPROVED', guard: 'mayHold' },
          REJECT: 'REJECTED',
          WITHDRAW: 'WITHDRAWN',
          EXPIRE: 'EXPIRED',
        },
      },
      APPROVED: { on: { WITHDRAW: 'WITHDRAWN', EXPIRE: 'EXPIRED' } },
      REJECTED: { type: 'final' },
      WITHDRAWN: { type: 'final' },
      EXPIRED: { type: 'final' },
    },
  }),
  events: {
    APPROVE: { by: people, label: 'Approve the price', means: 'It is sent to the marketplace.' },
    REJECT: { by: people, label: 'Reject the price', means: 'The price in force stays.' },
    WITHDRAW: {
      by: [...people, 'rule', 'system', 'connector', 'brand'],
      label: 'Take the price back',
      means: 'The rule price holds again; or another proposal took its place.',
    },
    EXPIRE: { by: ['rule', 'system'], label: 'Expired', means: 'Its end has come; the rule price holds again.' },
  },
  whyNot: { mayHold: 'It is below the margin floor and nobody let it pass, or its time is over.' },
};
