import { setup } from 'xstate';
import { type ApprovalContext, type MachineDefinition, ownEditWhyNot } from './kit.ts';

export interface ListingContext extends ApprovalContext {
  /** It exists on the marketplace (whatever its shelf state). */
  remoteExists: boolean;
  /** It can be bought there now. */
  remoteLive: boolean;
  /** Content differs from what was last submitted. */
  contentChanged: boolean;
  /** The marketplace refused it for its price, and it has another one now. */
  priceMended: boolean;
  /** The marketplace froze it: no edits. */
  locked: boolean;
  /** Findings of the marketplace's rules that forbid submitting it. */
  blockingFindings: number;
  /** Prices of its SKUs on which a person must decide. */
  openPrices: number;
}

export type ListingEventType =
  | 'EDIT'
  | 'APPROVE'
  | 'SUBMITTED'
  | 'SUBMIT_REFUSED'
  | 'REVIEW_PASSED'
  | 'REVIEW_FAILED'
  | 'TAKEN_DOWN'
  | 'RESTORED'
  | 'DISCARD_CHANGES'
  | 'PRICE_PROPOSED'
  | 'PRICE_DECIDED';
export type ListingEvent = { type: ListingEventType };

/** Its price is no part of its content; where it was refused for it, another price mends it as another text would. */
const isMended = ({ contentChanged, priceMended }: ListingContext): boolean => contentChanged || priceMended;

/**
 * A product on one marketplace: the editorial side. What is true over there (`remote`: ABSENT, LIVE, DELISTED, LOCKED)
 * stands beside it; price and stock follow `remote`. LIVE is the seed's word for SYNCED.
 */
export const listing: MachineDefinition<ListingContext, ListingEvent> = {
  name: 'listing',
  closed: [],
  followUps: ['wakeListings', 'listingLive'],
  machine: setup({
    types: { context: {} as ListingContext, events: {} as ListingEvent, input: {} as ListingContext },
    guards: {
      submittable: ({ context: c }) => c.blockingFindings === 0 && !c.locked && !c.ownEdit,
      mended: ({ context: c }) => c.blockingFindings === 0 && !c.locked && isMended(c) && !c.ownEdit,
      notLocked: ({ context: c }) => !c.locked,
      remoteLive: ({ context: c }) => c.remoteLive,
      nothingWaits: ({ context: c }) => !c.contentChanged && c.openPrices === 0,
      noOpenPrice: ({ context: c }) => c.openPrices === 0,
    },
    actions: { wakeListings: () => undefined, listingLive: () => undefined },
  }).createMachine({
    id: 'listing',
    context: ({ input }) => input,
    initial: 'NEW',
    states: {
      NEW: { on: { EDIT: 'EDITED', APPROVE: { target: 'APPROVED', guard: 'submittable' } } },
      EDITED: {
        on: {
          EDIT: { target: 'EDITED', reenter: true },
          APPROVE: { target: 'APPROVED', guard: 'submittable' },
        },
      },
      APPROVED: {
        entry: 'wakeListings',
        on: {
          EDIT: [{ guard: 'remoteLive', target: 'UPDATE' }, { target: 'EDITED' }],
          SUBMITTED: 'IN_REVIEW',
          SUBMIT_REFUSED: 'REJECTED',
          TAKEN_DOWN: 'REJECTED',
        },
      },
      // Edits made while a review runs are kept for the next submission: an edit would restart some marketplaces' queue.
      IN_REVIEW: {
        entry: 'wakeListings',
        on: {
          EDIT: { target: 'IN_REVIEW', reenter: true },
          REVIEW_PASSED: [{ guard: 'nothingWaits', target: 'LIVE' }, { target: 'UPDATE' }],
          REVIEW_FAILED: 'REJECTED',
          // A change of it is under review while the live content is taken down: nothing is left to wait for.
          TAKEN_DOWN: 'REJECTED',
        },
      },
      LIVE: {
        entry: 'listingLive',
        on: { EDIT: { target: 'UPDATE', guard: 'notLocked' }, TAKEN_DOWN: 'REJECTED', PRICE_PROPOSED: 'UPDATE' },
      },
      UPDATE: {
        entry: 'listingLive',
        on: {
          EDIT: { target: 'UPDATE', reenter: true, guard: 'notLocked' },
          APPROVE: { target: 'APPROVED', guard: 'submittable' },
          DISCARD_CHANGES: { target: 'LIVE', guard: 'noOpenPrice' },
          TAKEN_DOWN: 'REJECTED',
          // A price is decided beside the content: nothing is submitted for it.
          PRICE_PROPOSED: { target: 'UPDATE', reenter: true },
          PRICE_DECIDED: [
            { guard: 'nothingWaits', target: 'LIVE' },
            { target: 'UPDATE', reenter: true },
          ],
        },
      },
      REJECTED: {
        on: {
          EDIT: { target: 'REJECTED', reenter: true, guard: 'notLocked' },
          APPROVE: { target: 'APPROVED', guard: 'mended' },
          TAKEN_DOWN: { target: 'REJECTED', reenter: true },
          // An appeal was heard.
          RESTORED: [{ guard: 'nothingWaits', target: 'LIVE' }, { target: 'UPDATE' }],
        },
      },
    },
  }),
  events: {
    EDIT: {
      by: ['ops', 'approver', 'admin', 'connector', 'brand', 'system'],
      label: 'Edit',
      means: 'Its content changed; it waits for approval.',
    },
    APPROVE: {
      by: ['ops', 'approver', 'admin', 'rule'],
      label: 'Approve',
      means: 'It is submitted to the marketplace.',
    },
    SUBMITTED: { by: ['connector'], label: 'Submitted', means: 'The marketplace has it and reviews it.' },
    SUBMIT_REFUSED: {
      by: ['connector'],
      label: 'Submission refused',
      means: 'The marketplace would not take it as it is.',
    },
    REVIEW_PASSED: { by: ['connector'], label: 'Review passed', means: 'It can be bought.' },
    REVIEW_FAILED: { by: ['connector'], label: 'Review failed', means: 'The marketplace wants changes.' },
    TAKEN_DOWN: { by: ['connector'], label: 'Taken down', means: 'The marketplace removed or froze it.' },
    RESTORED: {
      by: ['connector'],
      label: 'Restored',
      means: 'The marketplace lets it be sold again as it is.',
    },
    DISCARD_CHANGES: {
      by: ['ops', 'approver', 'admin'],
      label: 'Discard changes',
      means: 'The live content stays as it is.',
    },
    PRICE_PROPOSED: {
      by: ['system'],
      label: 'Price proposed',
      means: 'A price of it waits for a person; everything else goes on.',
    },
    PRICE_DECIDED: {
      by: ['system'],
      label: 'Price decided',
      means: 'A person decided on a price, or it needs no decision any more.',
    },
  },
  whyExactly: (guard, c) => {
    const isReady = c.blockingFindings === 0 && !c.locked && (guard === 'submittable' || isMended(c));
    return ['submittable', 'mended'].includes(guard) && c.ownEdit && isReady ? ownEditWhyNot : null;
  },
  whyNot: {
    submittable: 'It has findings that the marketplace would refuse, or the marketplace has locked it.',
    mended: 'Nothing was changed since it was rejected, or findings are still open.',
    notLocked: 'The marketplace has locked it: appeal there first.',
    remoteLive: 'It is not live over there.',
    nothingWaits: 'Its content was changed, or a price of it waits for a person.',
    noOpenPrice: 'A price of it waits for a person: approve or reject that first.',
  },
};
