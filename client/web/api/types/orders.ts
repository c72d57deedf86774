import type { Static } from '@sinclair/typebox';
import type { ReturnPage } from '../../../api/schemas/operations.ts';
import type * as schemas from '../../../api/schemas/orders.ts';

export type OrderRow = Static<typeof schemas.OrderRow>;
export type OrderDetail = Static<typeof schemas.OrderDetail>;
export type OrderLine = OrderDetail['lines'][number];
export type OrderConsignment = OrderDetail['consignments'][number];
export type OrderParcel = OrderConsignment['parcels'][number];
export type TrackingEvent = OrderParcel['events'][number];
export type OrderReturn = OrderDetail['returns'][number];
export type Sighting = OrderDetail['sightings'][number];
export type MailRef = OrderDetail['mails'][number];
export type Effect = Static<typeof schemas.EffectRow>;
export type ReturnRow = Static<typeof ReturnPage>['rows'][number];
