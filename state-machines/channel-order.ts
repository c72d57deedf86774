import { setup } from 'xstate';
import type { MachineDefinition } from './kit.ts';

export interface ChannelOrderContext {
  /** The content (lines, addresses) was read; without it only the number and a state are known: a tombstone. */
  hasContent: boolean;
}

export type ChannelOrderEventType =
  | 'SEEN_OPEN'
  | 'SEEN_CANCEL_REQUESTED'
  | 'SEEN_CANCELLED'
  | 'SEEN_SHIPPED'
  | 'SEEN_COMPLETED'
  | 'SEEN_RETURN_REQUESTED';
export type ChannelOrderEvent = { type: ChannelOrderEventType };

const observer = ['connector'] as const;

/** What one may see of an order that is not cancelled. A cancellation absorbs: marketplaces do not revive orders. */
const sightings = {
  SEEN_CANCEL_REQUESTED: 'CANCEL_REQUESTED',
  SEEN_CANCELLED: 'CANCELLED',
  SEEN_SHIPPED: 'SHIPPED',
  SEEN_COMPLETED: 'COMPLETED',
  SEEN_RETURN_REQUESTED: 'RETURN_REQUESTED',
} as const;

/** What a marketplace announced, as observed. It follows facts and decides nothing: decisions are the order's. */
export const channelOrder: MachineDefinition<ChannelOrderContext, ChannelOrderEvent> = {
  name: 'channel_order',
  closed: ['CANCELLED', 'COMPLETED'],
  followUps: [],
  machine: setup({
    types: {
      context: {} as ChannelOrderContext,
      events: {} as ChannelOrderEvent,
      input: {} as ChannelOrderContext,
    },
  }).createMachine({
    id: 'channel_order',
    context: ({ input }) => input,
    initial: 'ANNOUNCED',
    states: {
      ANNOUNCED: { on: { SEEN_OPEN: 'OPEN', ...sightings } },
      OPEN: { on: { ...sightings } },
      CANCEL_REQUESTED: {
        on: {
          SEEN_OPEN: 'OPEN',
          SEEN_CANCELLED: 'CANCELLED',
          SEEN_SHIPPED: 'SHIPPED',
          SEEN_COMPLETED: 'COMPLETED',
          SEEN_RETURN_REQUESTED: 'RETURN_REQUESTED',
        },
      },
      SHIPPED: {
        on: {
          SEEN_CANCELLED: 'CANCELLED',
          SEEN_COMPLETED: 'COMPLETED',
          SEEN_RETURN_REQUESTED: 'RETURN_REQUESTED',
          SEEN_CANCEL_REQUESTED: 'CANCEL_REQUESTED',
        },
      },
      RETURN_REQUESTED: {
        on: { SEEN_CANCELLED: 'CANCELLED', SEEN_COMPLETED: 'COMPLETED', SEEN_SHIPPED: 'SHIPPED' },
      },
      COMPLETED: { on: { SEEN_CANCELLED: 'CANCELLED', SEEN_RETURN_REQUESTED: 'RETURN_REQUESTED' } },
      CANCELLED: { type: 'final' },
    },
  }),
  events: {
    SEEN_OPEN: { by: observer, label: 'Seen open', means: 'Paid and waiting for the seller.' },
    SEEN_CANCEL_REQUESTED: {
      by: observer,
      label: 'Seen cancel request',
      means: 'The buyer asked to cancel; not final.',
    },
    SEEN_CANCELLED: { by: observer, label: 'Seen cancelled', means: 'Final over there.' },
    SEEN_SHIPPED: { by: observer, label: 'Seen shipped', means: 'The marketplace counts it as shipped.' },
    SEEN_COMPLETED: { by: observer, label: 'Seen completed', means: 'Delivered and settled over there.' },
    SEEN_RETURN_REQUESTED: {
      by: observer,
      label: 'Seen return request',
      means: 'The buyer refuses or returns the goods.',
    },
  },
  whyNot: {},
};
