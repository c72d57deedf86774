import { catalogueActivities } from './catalogue.ts';
import { channelOrderActivities } from './channel-orders.ts';
import { consignmentActivities } from './consignments.ts';
import type { ActivityDeps } from './deps.ts';
import { importActivities } from './imports.ts';
import { listingActivities } from './listings.ts';
import { mailActivities } from './mails.ts';
import { offerActivities } from './offers.ts';
import { orderActivities } from './orders.ts';
import { outageActivities } from './outages.ts';
import { pickupActivities } from './pickups.ts';
import { priceActivities } from './prices.ts';
import { refiningActivities } from './refining.ts';
import { takeBackActivities } from './take-back.ts';
import { tickerActivities } from './ticker.ts';
import { trackingActivities } from './tracking.ts';
import { translatingActivities } from './translating.ts';
import { webhookActivities } from './webhooks.ts';

/** Everything that workflows may ask of the world, built on what it needs. */
export function createActivities(deps: ActivityDeps) {
  return {
    ...catalogueActivities(deps),
    ...channelOrderActivities(deps),
    ...consignmentActivities(deps),
    ...importActivities(deps),
    ...listingActivities(deps),
    ...mailActivities(deps),
    ...offerActivities(deps),
    ...orderActivities(deps),
    ...outageActivities(deps),
    ...pickupActivities(deps),
    ...priceActivities(deps),
    ...refiningActivities(deps),
    ...takeBackActivities(deps),
    ...tickerActivities(deps),
    ...trackingActivities(deps),
    ...translatingActivities(deps),
    ...webhookActivities(deps),
  };
}
export type Activities = ReturnType<typeof createActivities>;
