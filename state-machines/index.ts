import { channelOrder } from './channel-order.ts';
import { connection } from './connection.ts';
import { consignment } from './consignment.ts';
import { effect } from './effect.ts';
import { incident } from './incident.ts';
import { listing } from './listing.ts';
import { order } from './order.ts';
import { parcel } from './parcel.ts';
import { priceProposal } from './price-proposal.ts';
import { problem } from './problem.ts';
import { product } from './product.ts';
import { goodsReturn } from './return.ts';

/** Every machine by the name under which the database keeps its history. */
export const machines = {
  channel_order: channelOrder,
  order,
  parcel,
  consignment,
  product,
  listing,
  connection,
  effect,
  problem,
  return: goodsReturn,
  price_proposal: priceProposal,
  incident,
} as const;
export type MachineName = keyof typeof machines;
export const machineNames = Object.keys(machines) as MachineName[];

/** The context that a machine's guards read, by machine name. */
export type ContextOf<Name extends MachineName> = NonNullable<(typeof machines)[Name]['types']>['context'];
/** The events that a machine knows, by machine name. */
export type EventOf<Name extends MachineName> = NonNullable<(typeof machines)[Name]['types']>['event'];

export { allowedEvents, begin, decide, edgesOf, type MachineDefinition, type Role, roles, statesOf } from './kit.ts';
