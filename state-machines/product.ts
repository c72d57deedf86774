import { setup } from 'xstate';
import { type ApprovalContext, type MachineDefinition, ownEditWhyNot } from './kit.ts';

export interface ProductContext extends ApprovalContext {
  /** Findings that forbid selling it (no SKU, no price, no title). */
  blockingFindings: number;
}

export type ProductEventType = 'EDIT' | 'CHANGED_IN_SHOP' | 'REFINED' | 'APPROVE';
export type ProductEvent = { type: ProductEventType };

/** The core's own product. What is live where is the listings' business. */
export const product: MachineDefinition<ProductContext, ProductEvent> = {
  name: 'product',
  closed: [],
  followUps: [],
  machine: setup({
    types: { context: {} as ProductContext, events: {} as ProductEvent, input: {} as ProductContext },
    guards: { sellable: ({ context }) => context.blockingFindings === 0 && !context.ownEdit },
  }).createMachine({
    id: 'product',
    context: ({ input }) => input,
    initial: 'NEW',
    states: {
      NEW: {
        on: {
          EDIT: 'EDITED',
          CHANGED_IN_SHOP: { target: 'NEW', reenter: true },
          REFINED: { target: 'NEW', reenter: true },
          APPROVE: { target: 'APPROVED', guard: 'sellable' },
        },
      },
      EDITED: {
        on: {
          EDIT: { target: 'EDITED', reenter: true },
          CHANGED_IN_SHOP: { target: 'EDITED', reenter: true },
          REFINED: { target: 'EDITED', reenter: true },
          APPROVE: { target: 'APPROVED', guard: 'sellable' },
        },
      },
      APPROVED: { on: { EDIT: 'EDITED', CHANGED_IN_SHOP: 'EDITED', REFINED: 'EDITED' } },
    },
  }),
  events: {
    EDIT: {
      by: ['ops', 'approver', 'admin', 'brand'],
      label: 'Edit',
      means: 'A field was changed; it waits for approval.',
    },
    CHANGED_IN_SHOP: {
      by: ['connector', 'brand'],
      label: 'Changed in the shop',
      means: 'The brand changed it at the source.',
    },
    REFINED: {
      by: ['system'],
      label: 'Refined again',
      means: 'Other cleaning rules make something else of what the source says.',
    },
    APPROVE: {
      by: ['ops', 'approver', 'admin', 'rule'],
      label: 'Approve',
      means: 'It may be offered on the marketplaces.',
    },
  },
  whyNot: { sellable: 'It has findings that forbid selling it: mend those first.' },
  whyExactly: (_guard, { blockingFindings, ownEdit }) => (ownEdit && blockingFindings === 0 ? ownEditWhyNot : null),
};
