import { setTimeout as sleep } from 'node:timers/promises';
import type { Static } from '@sinclair/typebox';
import type { StoreConnector, StoreOrder } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { AdminClient } from './client.ts';
import { userRefusal } from './envelope.ts';
import { instant, isGid } from './ids.ts';
import { operations } from './operations.ts';
import type { OrderDesk } from './orders.ts';
import type { answers } from './schema.ts';

type Parcels = Parameters<StoreConnector['fulfilOrder']>[1];
type Present = NonNullable<Static<typeof answers.parcels>['order']>;

/** A new order's work is shared out among the shop's locations in the background; after these waits it is tried later. */
export const ROUTING_WAITS_MS = [250, 500, 1_000, 2_000];
/** What has no work so long after it was made has none that this app may see. */
const ROUTED_WITHIN_MS = 15 * 60 * 1000;

/**
 * Tells the shop that the goods left. There is no idempotency here, so what is there is read first: open fulfilment
 * orders are fulfilled, one call per location, as Shopify demands; where all is fulfilled already, missing numbers are
 * added to the newest fulfilment.
 */
export async function fulfilOrder(
  client: AdminClient,
  orders: OrderDesk,
  externalId: string,
  parcels: Parcels,
  now: Date,
): Promise<StoreOrder> {
  const before = await routed(client, externalId, now);
  if (before.cancelledAt !== null) throw refused(externalId, 'is cancelled');
  if (before.fulfillmentOrders.pageInfo.hasNextPage) throw refused(externalId, 'is split over too many locations');
  const open = openByLocation(before);
  if (open.size === 0 && isWaiting(before)) throw refused(externalId, 'is held: take the hold off in the shop first');
  const missing = missingNumbers(before, parcels);
  if (open.size > 0) await fulfilAll(client, open, parcels);
  else if (missing.length > 0) await addNumbers(client, before, missing, externalId);
  const after = await orders.read(externalId);
  if (after === null) throw new ConnectorError('NotFound', `The shop's order ${externalId} vanished.`);
  return after;
}

/**
 * The order with its work.
 * @throws ConnectorError NotFound; Unavailable while the shop has not shared the work out yet
 */
async function routed(client: AdminClient, externalId: string, now: Date): Promise<Present> {
  for (const waitMs of [...ROUTING_WAITS_MS, null]) {
    const { order } = isGid('Order', externalId) ? await client.ask('parcels', { id: externalId }) : { order: null };
    if (order === null) throw new ConnectorError('NotFound', `The shop has no order ${externalId}.`);
    const isRouted = order.fulfillmentOrders.nodes.length > 0 || order.fulfillments.length > 0;
    if (isRouted || order.cancelledAt !== null) return order;
    const madeMs = instant(order.createdAt)?.getTime() ?? 0;
    if (now.getTime() - madeMs > ROUTED_WITHIN_MS) {
      throw refused(
        externalId,
        'shows the app no work: it may belong to a fulfilment service that the app has no right to',
      );
    }
    if (waitMs !== null) await sleep(waitMs);
  }
  throw new ConnectorError('Unavailable', `orders.fulfil: the shop has not shared out the work of ${externalId} yet.`, {
    code: 'not_routed',
  });
}

/** Something is still to be sent, and nobody may send it now. */
function isWaiting({ fulfillmentOrders }: Present): boolean {
  return fulfillmentOrders.nodes.some(
    ({ status, lineItems }) =>
      (status === 'ON_HOLD' || status === 'SCHEDULED') &&
      lineItems.nodes.some(({ remainingQuantity }) => remainingQuantity > 0),
  );
}

function openByLocation({ fulfillmentOrders }: Present): Map<string, string[]> {
  const open = new Map<string, string[]>();
  for (const { id, status, assignedLocation, lineItems } of fulfillmentOrders.nodes) {
    const isOpen = status === 'OPEN' || status === 'IN_PROGRESS';
    if (!isOpen || !lineItems.nodes.some(({ remainingQuantity }) => remainingQuantity > 0)) continue;
    const location = assignedLocation.location?.id ?? 'none';
    open.set(location, [...(open.get(location) ?? []), id]);
  }
  return open;
}

/** Numbers that no fulfilment of the order shows yet; cancelled fulfilments do not count. */
function missingNumbers({ fulfillments }: Present, parcels: Parcels): Parcels {
  const shown = new Set(
    fulfillments
      .filter(({ status }) => status !== 'CANCELLED')
      .flatMap(({ trackingInfo }) => trackingInfo.map(({ number }) => number)),
  );
  return parcels.filter(({ trackingNumber }) => !shown.has(trackingNumber));
}

async function fulfilAll(client: AdminClient, open: Map<string, string[]>, parcels: Parcels): Promise<void> {
  for (const ids of open.values()) {
    const { fulfillmentCreate } = await client.ask('fulfil', {
      fulfillment: {
        lineItemsByFulfillmentOrder: ids.map((fulfillmentOrderId) => ({ fulfillmentOrderId })),
        trackingInfo: trackingOf(parcels),
        notifyCustomer: false,
      },
    });
    const refusal = userRefusal(fulfillmentCreate.userErrors, operations.fulfil);
    // Somebody was faster; reading it back shows what it is now.
    if (refusal !== null && !/unfulfillable status\W+closed/i.test(refusal.message)) throw refusal;
  }
}

async function addNumbers(client: AdminClient, before: Present, missing: Parcels, externalId: string): Promise<void> {
  const last = before.fulfillments.filter(({ status }) => status !== 'CANCELLED').at(-1);
  if (last === undefined) throw refused(externalId, 'has nothing that can be sent');
  const shown = last.trackingInfo.flatMap(({ company, number }) =>
    number === null ? [] : [{ carrier: company ?? '', trackingNumber: number }],
  );
  const { fulfillmentTrackingInfoUpdate } = await client.ask('retrack', {
    id: last.id,
    tracking: trackingOf([...shown, ...missing]),
  });
  const refusal = userRefusal(fulfillmentTrackingInfoUpdate.userErrors, operations.retrack);
  if (refusal !== null) throw refusal;
}

/** One company per fulfilment is all that Shopify keeps; several carriers are named together. */
function trackingOf(parcels: Parcels): Record<string, unknown> {
  const carriers = [...new Set(parcels.map(({ carrier }) => carrier))].filter((carrier) => carrier !== '');
  return {
    ...(carriers.length === 0 ? {} : { company: carriers.join(', ') }),
    numbers: parcels.map(({ trackingNumber }) => trackingNumber),
  };
}

function refused(externalId: string, why: string): ConnectorError {
  return new ConnectorError('Rejected', `The shop's order ${externalId} ${why}.`, {
    code: 'state',
    remedy: 'Settle with the brand what becomes of the parcel.',
  });
}
