import type { Command } from '../../../db/steps.ts';

export const seededAt = new Date('2026-07-01T03:00:00.000Z');

/** One of each thing of one brand. */
export interface SeededBrand {
  id: string;
  code: string;
  store: string;
  product: string;
  sku: string;
  listing: string;
  order: string;
  orderNumber: string;
  channelOrder: string;
  consignment: string;
  parcel: string;
  return: string;
  mail: string;
  document: string;
  problem: string;
  effect: string;
}

export interface SeededAccounts {
  marketplace: string;
  carrier: string;
}

/** A command of the seed; every one has an id of its own. */
export const command = (id: string): Command => ({
  commandId: `seed/${id}`,
  actor: 'seed',
  role: 'system',
  at: seededAt,
});
