import type { VendorAnswer } from '../../simulator-kit/index.ts';
import { localTime } from './calendar.ts';
import type { Account, Measured, Scan, Shipment, World } from './model.ts';
import { Problem } from './problem.ts';

/** How many numbers one call takes; UNCONFIRMED. */
const MAX_NUMBERS = 50;

/** Notes a scan, tells the log, and puts its webhook into the queue. */
export function addScan(
  world: World,
  shipment: Shipment,
  { status, at, isOnReturnLeg = false, description, measured }: Partial<Scan> & { status: string; at: string },
): void {
  const scan: Scan = { status, at, isOnReturnLeg, description: description ?? status };
  if (measured !== undefined) scan.measured = measured;
  shipment.events.push(scan);
  world.tools.log.fact({ fact: 'shipment.event', externalId: shipment.number, code: status });
  const body = JSON.stringify(webhookBody(world, shipment, scan));
  if (world.state.webhookUrls[shipment.country] !== undefined) {
    world.state.queue.push({ country: shipment.country, body });
    world.wake();
  }
  world.tools.changed();
}

/** `GET /{cc}/1.0/orders/tracking-events/{n}` and `…?tracking_number=`: numbers without data are missing. */
export function trackingEvents(world: World, { country }: Account, numbers: readonly string[]): VendorAnswer {
  if (numbers.length === 0 || numbers.length > MAX_NUMBERS) {
    const message = `tracking_number must be given 1 to ${MAX_NUMBERS} times`;
    throw new Problem(400, message, [{ reason: 'size', field: 'tracking_number', message }]);
  }
  const latestMs = world.tools.clock.now().getTime() - world.state.dials.trackingVisibleAfterMs;
  const found = [...new Set(numbers)].flatMap((number) => {
    const shipment = world.state.shipments[number];
    const visible = shipment?.country === country && Date.parse(shipment.bookedAt) <= latestMs;
    return visible ? [shipment] : [];
  });
  if (found.length === 0) throw new Problem(404, 'No tracking events found');
  const data = found.map((shipment) => ({
    tracking_number: shipment.number,
    is_full_history_available: true,
    events: shown(world, shipment).map((scan) => eventBody(world, shipment, scan)),
  }));
  return { status: 200, body: { data } };
}

function shown(world: World, { events }: Shipment): Scan[] {
  const { doubleEvents, shuffleEvents } = world.state.dials;
  const all = doubleEvents ? events.flatMap((scan) => [scan, scan]) : events;
  return shuffleEvents ? world.tools.random.shuffle(all) : [...all];
}

function timestamp(world: World, shipment: Shipment, scan: Scan): string {
  const local = localTime(new Date(scan.at), shipment.country);
  return world.state.dials.withoutOffsets ? local.slice(0, 19) : local;
}

/** That measurements stand in tracking as they stand in webhooks is UNCONFIRMED. */
function eventBody(world: World, shipment: Shipment, scan: Scan) {
  return {
    shipper_id: 4_711,
    tracking_number: shipment.number,
    shipper_order_ref_no: shipment.reference,
    timestamp: timestamp(world, shipment, scan),
    status: scan.status,
    is_parcel_on_rts_leg: scan.isOnReturnLeg,
    ...extras(shipment, scan),
  };
}

/** The body of a webhook, version 2. */
function webhookBody(world: World, shipment: Shipment, scan: Scan) {
  return {
    tracking_id: shipment.number,
    shipper_order_ref_no: shipment.reference,
    timestamp: timestamp(world, shipment, scan),
    event: scan.status,
    status: scan.status,
    is_parcel_on_rts_leg: scan.isOnReturnLeg,
    ...extras(shipment, scan),
  };
}

function extras(shipment: Shipment, { status, measured, description }: Scan): Record<string, unknown> {
  const hub = {
    country: shipment.country,
    city: shipment.request.to.address.city ?? '',
    hub: `${shipment.country}-HUB`,
  };
  if (measured !== undefined) return { parcel_measurements_information: measurements(measured) };
  if (status === 'Arrived at Origin Hub') return { arrived_at_origin_hub_information: hub };
  if (status === 'Arrived at Sorting Hub') return { arrived_at_transit_hub_information: hub };
  if (status === 'Pickup Exception') return { pickup_exception: { state: 'FAILED', failure_reason: description } };
  if (status === 'First Attempt Delivery Fail') return { delivery_exception: { failure_reason: description } };
  if (status === 'Successful Delivery') {
    return { delivery_information: { state: 'Successful', left_in_safe_place: false, proof: null } };
  }
  if (status === 'Return to Sender Triggered') return { rts_reason: description };
  return {};
}

function measurements({ weightKg, lengthCm, widthCm, heightCm }: Measured) {
  return { weight: weightKg, dimensions: { length: lengthCm, width: widthCm, height: heightCm } };
}
