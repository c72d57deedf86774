import type { VendorAnswer } from '../../simulator-kit/index.ts';
import { deliveryDay, localTime } from './calendar.ts';
import type { Account, OrderRequest, Reservation, Shipment, World } from './model.ts';
import { checkedOrder } from './order-rules.ts';
import { Problem } from './problem.ts';
import { addScan } from './tracking.ts';

/** Tracking numbers are padded to so many characters. */
const NUMBER_LENGTH = 18;

/** `POST /{cc}/4.2/orders` → 200 with the order as it was stored. */
export function createOrder(world: World, account: Account, body: unknown): VendorAnswer {
  const { tools, state, options } = world;
  const { country, trackingPrefix } = account;
  const local = localTime(tools.clock.now(), country);
  const request = checkedOrder(body, {
    country,
    international: options.international ?? false,
    maxWeightKg: options.maxWeightKg ?? 30,
    today: local.slice(0, 10),
    hour: Number(local.slice(11, 13)),
  });
  const wanted = request.requested_tracking_number ?? ownNumber(world, trackingPrefix);
  const number = `${trackingPrefix}${wanted.padStart(NUMBER_LENGTH - trackingPrefix.length, '0')}`.toUpperCase();
  // What a repetition answers is UNCONFIRMED; this is what is expected.
  if (state.shipments[number] !== undefined) {
    const message = 'This tracking number was used before';
    throw new Problem(400, message, [{ reason: 'duplicate', field: 'requested_tracking_number', message }]);
  }
  request.parcel_job.delivery_start_date = deliveryDay(request.parcel_job.delivery_start_date, local.slice(0, 10), {
    blockedDays: state.dials.blockedDays,
    onWeekends: request.parcel_job.allow_weekend_delivery ?? true,
  });
  const shipment: Shipment = {
    number,
    country,
    bookedAt: tools.clock.now().toISOString(),
    reference: request.reference?.merchant_order_number ?? '',
    pieces: [{ number: 1, trackingNumber: number }],
    events: [],
    reservationId: request.parcel_job.is_pickup_required ? reserve(world, account, request, number).id : null,
    cancelledAt: null,
    request,
  };
  state.shipments[number] = shipment;
  tools.log.fact({ fact: 'shipment.booked', externalId: number, reference: shipment.reference, pieces: 1 });
  addScan(world, shipment, { status: 'Pending Pickup', at: shipment.bookedAt });
  tools.changed();
  const stored = { requested_tracking_number: wanted, tracking_number: number, ...request };
  return { status: 200, body: stored, summary: number };
}

/** An account without a prefix must name its numbers itself. */
function ownNumber(world: World, trackingPrefix: string): string {
  const field = 'requested_tracking_number';
  if (trackingPrefix === '') {
    const message = `${field} is required`;
    throw new Problem(400, message, [{ reason: 'missing', field, message }]);
  }
  world.state.nextNumber += 1;
  return String(world.state.nextNumber).padStart(9, '0');
}

/** Orders that are fetched on one day at one address share one reservation, however many they are. */
function reserve(world: World, { country }: Account, request: OrderRequest, number: string): Reservation {
  const { pickup_date: date = '', pickup_address, pickup_address_id } = request.parcel_job;
  const place = pickup_address ?? request.from;
  const { address1, postcode = '', city = '' } = place.address;
  const address = pickup_address_id ?? [address1, postcode, city].join('|').toLowerCase();
  const { reservations } = world.state;
  const known = reservations.find((one) => one.country === country && one.date === date && one.address === address);
  const reservation = known ?? { id: world.state.nextReservation, country, date, address, trackingNumbers: [] };
  if (known === undefined) {
    world.state.nextReservation += 1;
    reservations.push(reservation);
  }
  reservation.trackingNumbers.push(number);
  return reservation;
}

/** What says that a parcel has not been fetched yet. */
const BEFORE_PICKUP = ['Staging', 'Pending Pickup', 'Van En-route to Pickup', 'Pickup Fail', 'Pickup Exception'];

/** `DELETE /{cc}/2.2/orders/{trackingNo}`, before the pick-up only. */
export function cancelOrder(world: World, { country }: Account, number: string): VendorAnswer {
  const shipment = world.state.shipments[number];
  if (shipment === undefined || shipment.country !== country) throw new Problem(404, 'Order not found');
  // What a second cancellation answers is UNCONFIRMED.
  if (shipment.cancelledAt !== null) throw new Problem(400, 'Order is already cancelled');
  if (shipment.events.some(({ status }) => !BEFORE_PICKUP.includes(status) && !status.startsWith('Parcel '))) {
    throw new Problem(400, 'Order can only be cancelled before it is picked up');
  }
  const at = world.tools.clock.now();
  shipment.cancelledAt = at.toISOString();
  addScan(world, shipment, { status: 'Cancelled', at: shipment.cancelledAt });
  world.tools.changed();
  const body = { trackingId: number, status: 'Cancelled', updatedAt: localTime(at, country) };
  return { status: 200, body, summary: number };
}
