import type { MachineName } from '../state-machines/index.ts';
import type { Command, Row } from './steps.ts';

/** One piece of follow-up work: which process to wake, by its business key. It carries ids and a version, nothing else. */
export interface Work {
  readonly topic: Topic;
  readonly key: string;
  readonly payload: Readonly<Record<string, string | number>>;
  readonly correlation_id: string | null;
  readonly at: Date;
}

/** Each topic is served by one workflow type (`client/temporal/topics.ts`). */
export const topics = [
  'order',
  'consignment',
  'labels',
  'listings',
  'stock',
  'connection',
  'channel-order',
  'mail',
  'catalogue',
  'product-stock',
  'import',
  'prices',
  'refining',
  'incident',
  'shipment',
  'pickup',
] as const;
export type Topic = (typeof topics)[number];

export const orderKey = (orderId: string): string => `order/${orderId}`;
export const consignmentKey = (consignmentId: string): string => `consignment/${consignmentId}`;
export const labelsKey = (brandId: string, date: string, time: string): string => `labels/${brandId}/${date}/${time}`;
export const listingsKey = (connectionId: string): string => `listings/${connectionId}`;
export const importKey = (importId: string): string => `import/${importId}`;
export const stockKey = (connectionId: string): string => `stock/${connectionId}`;
export const connectionKey = (connectionId: string): string => `connection/${connectionId}`;
export const pricesKey = (repricingId: string): string => `prices/${repricingId}`;
/** One process for all of it: what is stale stands in the rows. */
export const refiningKey = 'refining/all';
/** One process per account: an account has at most one open incident. */
export const incidentKey = (connectionId: string): string => `incident/${connectionId}`;
/** One number of one carrier account. */
export const shipmentKey = (connectionId: string, trackingNumber: string): string =>
  `shipment/${connectionId}/${encodeURIComponent(trackingNumber)}`;
export const pickupKey = (pickupId: string): string => `pickup/${pickupId}`;
export const mailKey = (mailId: string): string => `mail/${mailId}`;

const wakers: Record<string, (machine: MachineName, row: Row) => { topic: Topic; key: string }> = {
  wakeOrder: (machine, row) => ({ topic: 'order', key: orderKey(machine === 'order' ? row.id : String(row.order_id)) }),
  wakeConsignment: (_, row) => ({ topic: 'consignment', key: consignmentKey(row.id) }),
  wakeLabelMail: (_, row) => ({
    topic: 'labels',
    key: labelsKey(String(row.brand_id), String(row.slot_date), String(row.slot_time)),
  }),
  wakeListings: (_, row) => ({ topic: 'listings', key: listingsKey(String(row.connection_id)) }),
  listingLive: (_, row) => ({ topic: 'stock', key: stockKey(String(row.connection_id)) }),
  wakeIncident: (_, row) => ({ topic: 'incident', key: incidentKey(String(row.connection_id)) }),
  wakeConnection: (_, row) => ({ topic: 'connection', key: connectionKey(row.id) }),
};

/** Turns the action names that a machine returned into outbox rows. Every name has exactly one performer here. */
export function followUpsOf(machine: MachineName, row: Row, names: readonly string[], command: Command): Work[] {
  return names.map((name) => {
    const waker = wakers[name];
    if (!waker) throw new Error(`${machine}: nobody performs ${name}`);
    return {
      ...waker(machine, row),
      payload: { id: row.id, version: row.version },
      correlation_id: command.correlationId ?? null,
      at: command.at,
    };
  });
}

export const performedFollowUps = Object.keys(wakers);
