import {
  ControlError,
  type ControlHandler,
  type ControlRequest,
  Router,
  type Shape,
  shapeError,
} from '../../simulator-kit/index.ts';
import { billOf } from './bills.ts';
import { type Measured, offsetOf, type Shipment, type TrackingEvent, type World } from './model.ts';

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  PU: 'Shipment picked up',
  AF: 'Arrived at DHL Sort Facility',
  PL: 'Processed',
  DF: 'Shipment has departed from a DHL facility',
  RR: 'Customs clearance status updated',
  CR: 'Clearance processing complete',
  CD: 'Clearance delay',
  AR: 'Arrived at DHL Delivery Facility',
  WC: 'Shipment is out with courier for delivery',
  NH: 'Delivery attempted; recipient not home',
  OH: 'Shipment is on hold',
  RT: 'Returned to shipper',
  OK: 'Delivered',
};
const AT_ORIGIN = new Set(['PU', 'SA', 'PL', 'DF']);
const DIAL_SHAPE: Shape = {
  trackingVisibleAfterMs: 'number?',
  fuelPercent: 'number?',
  billedPercent: 'number?',
  doubleEvents: 'boolean?',
  shuffleEvents: 'boolean?',
  withoutOffsets: 'boolean?',
  remotePostcodes: 'string?',
  pickupCutoff: 'string?',
  mayReserve: 'boolean?',
};

/** This simulator's own controls beside the kit's. */
export function dhlExpressControls(world: World): Router<ControlHandler> {
  return new Router<ControlHandler>()
    .on('GET', '/shipments', 'shipments', () => Object.values(world.state.shipments))
    .on('GET', '/shipments/:number', 'shipment', (request) => shipmentOf(world, request))
    .on('POST', '/shipments/:number/events', 'add event', (request) => addEvent(world, request))
    .on('POST', '/shipments/:number/measure', 'measure', (request) => measurePiece(world, request))
    .on('GET', '/bill', 'bill', () => Object.values(world.state.shipments).map((shipment) => billOf(world, shipment)))
    .on('GET', '/pickups', 'pickups', () => Object.values(world.state.pickups))
    .on('GET', '/dials', 'dials', () => world.state.dials)
    .on('POST', '/dials', 'set dials', ({ body }) => {
      const problem = shapeError('body', body, DIAL_SHAPE);
      if (problem !== null) throw new ControlError(400, problem);
      Object.assign(world.state.dials, body);
      world.tools.changed();
      return world.state.dials;
    });
}

/** Adds a checkpoint. `at` defaults to the simulator's time, the zone to that of the place. */
function addEvent(world: World, request: ControlRequest): Shipment {
  const shape: Shape = {
    typeCode: 'string',
    at: 'string?',
    description: 'string?',
    gmtOffset: 'string?',
    place: 'string?',
  };
  const problem = shapeError('body', request.body, shape);
  if (problem !== null) throw new ControlError(400, problem);
  const sent = request.body as Partial<TrackingEvent> & { typeCode: string };
  const shipment = shipmentOf(world, request);
  const at = sent.at === undefined ? world.tools.clock.now() : new Date(sent.at);
  if (Number.isNaN(at.getTime())) throw new ControlError(400, 'at must be an ISO 8601 time');
  const { typeCode } = sent;
  const place = sent.place ?? (AT_ORIGIN.has(typeCode) ? 'origin' : 'destination');
  if (place !== 'origin' && place !== 'destination') throw new ControlError(400, 'place must be origin or destination');
  const { shipperDetails, receiverDetails } = shipment.request.customerDetails;
  const { countryCode } = (place === 'origin' ? shipperDetails : receiverDetails).postalAddress;
  const gmtOffset = sent.gmtOffset ?? offsetOf(countryCode);
  if (!/^[+-]\d{2}:\d{2}$/.test(gmtOffset)) throw new ControlError(400, 'gmtOffset must be like +07:00');
  const description = sent.description ?? DESCRIPTIONS[typeCode] ?? typeCode;
  shipment.events.push({ typeCode, at: at.toISOString(), gmtOffset, description, place });
  world.tools.log.fact({ fact: 'shipment.event', externalId: shipment.number, code: typeCode });
  world.tools.changed();
  return shipment;
}

/** The carrier weighs a parcel (the first one, unless `piece` names another), in kg and cm: it shows it and bills it. */
function measurePiece(world: World, request: ControlRequest): Shipment {
  const shape: Shape = { piece: 'number?', weight: 'number', length: 'number?', width: 'number?', height: 'number?' };
  const problem = shapeError('body', request.body, shape);
  if (problem !== null) throw new ControlError(400, problem);
  const { piece = 1, ...measured } = request.body as Measured & { piece?: number };
  const shipment = shipmentOf(world, request);
  const weighed = shipment.pieces.find(({ number }) => number === piece);
  if (weighed === undefined) throw new ControlError(404, `no piece ${piece}`);
  weighed.measured = measured;
  world.tools.log.fact({ fact: 'shipment.event', externalId: shipment.number, code: 'measured' });
  world.tools.changed();
  return shipment;
}

function shipmentOf(world: World, { params }: ControlRequest): Shipment {
  const shipment = world.state.shipments[params.number ?? ''];
  if (shipment === undefined) throw new ControlError(404, `no shipment ${params.number}`);
  return shipment;
}
