import type { Static } from '@sinclair/typebox';
import type { StoreConnector, StoreOrder } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { AdminClient } from './client.ts';
import { userRefusal } from './envelope.ts';
import { isGid } from './ids.ts';
import { operations } from './operations.ts';
import type { OrderDesk } from './orders.ts';
import type { answers } from './schema.ts';

type Parcels = Parameters<StoreConnector['fulfilOrder']>[1];
type Present = NonNullable<Static<typeof answers.parcels>['order']>;

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
): Promise<StoreOrder> {
  const { order: before } = isGid('Order', externalId)
    ? await client.ask('parcels', { id: externalId })
    : { order: null };
  if (before === null) throw new ConnectorError('NotFound', `The shop has no order ${externalId}.`);
  if (before.cancelledAt !== null) throw refused(externalId, 'is cancelled');
  if (before.fulfillmentOrders.pageInfo.hasNextPage) throw refused(externalId, 'is split over too many locations');
  const open = openByLocation(before);
  const missing = missingNumbers(before, parcels);
  if (open.size > 0) await fulfilAll(client, open, parcels);
  else if (missing.length > 0) await addNumbers(client, before, missing, externalId);
  const after = await orders.read(externalId);
  if (after === null) throw new ConnectorError('NotFound', `The shop's order ${externalId} vanished.`);
  return after;
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
