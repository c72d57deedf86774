import type { VendorAnswer } from '../../simulator-kit/index.ts';
import type { Party, Reference, Shipment, TrackingEvent, World } from './model.ts';
import { Problem } from './problem.ts';

const MAX_NUMBERS = 200;
const VIEWS = [
  ...['all-checkpoints', 'all-checkpoints-with-remarks', 'last-checkpoint', 'shipment-details-only'],
  ...['advance-shipment', 'bbx-children'],
];
const LEVELS = ['shipment', 'piece', 'all'];

interface View {
  trackingView: string;
  levelOfDetail: string;
  withOffsets: boolean;
}

/** `GET /shipments/{number}/tracking`. */
export function trackOne(world: World, number: string, query: URLSearchParams): VendorAnswer {
  const view = readView(query);
  return answer(
    world,
    visible(world).filter((shipment) => shipment.number === number),
    view,
    'No data found',
  );
}

/** `GET /tracking` by numbers, by piece numbers, or by reference and account. */
export function trackMany(world: World, query: URLSearchParams): VendorAnswer {
  const view = readView(query);
  const reference = query.get('shipmentReference');
  if (reference !== null) {
    const found = byReference(world, reference, query);
    return answer(world, found, view, `No Shipments Found for ReferenceID | ${reference}`);
  }
  const numbers = query.getAll('shipmentTrackingNumber');
  const pieces = query.getAll('pieceTrackingNumber');
  if (numbers.length + pieces.length === 0) throw missing('shipmentTrackingNumber');
  if (Math.max(numbers.length, pieces.length) > MAX_NUMBERS)
    throw wrong(`shipmentTrackingNumber (maxItems=${MAX_NUMBERS})`);
  const found = visible(world).filter((shipment) => {
    return numbers.includes(shipment.number) || shipment.pieces.some((piece) => pieces.includes(piece.trackingNumber));
  });
  return answer(world, found, view, 'No data found');
}

/** References of a shipment and of its packages. */
export function referencesOf({ request }: Shipment): Reference[] {
  const ofPackages = request.content.packages.flatMap(({ customerReferences = [] }) => customerReferences);
  return [...(request.customerReferences ?? []), ...ofPackages];
}

function byReference(world: World, reference: string, query: URLSearchParams): Shipment[] {
  const account = query.get('shipperAccountNumber');
  if (account === null) throw missing('shipperAccountNumber');
  const type = query.get('shipmentReferenceType');
  const from = readDate(query, 'dateRangeFrom');
  const to = readDate(query, 'dateRangeTo');
  return visible(world).filter((shipment) => {
    const day = shipment.bookedAt.slice(0, 10);
    const isAccount = shipment.request.accounts.some(
      ({ typeCode, number }) => typeCode === 'shipper' && number === account,
    );
    const isInRange = (from === null || day >= from) && (to === null || day <= to);
    return (
      isAccount &&
      isInRange &&
      referencesOf(shipment).some(({ value, typeCode = 'CU' }) => {
        return value === reference && (type === null || type === typeCode);
      })
    );
  });
}

/** Days are compared in UTC; which zone the carrier means is UNCONFIRMED. */
function readDate(query: URLSearchParams, name: string): string | null {
  const value = query.get(name);
  if (value !== null && !/^\d{4}-\d{2}-\d{2}$/.test(value)) throw wrong(name);
  return value;
}

function readView(query: URLSearchParams): View {
  const trackingView = query.get('trackingView') ?? 'all-checkpoints';
  const levelOfDetail = query.get('levelOfDetail') ?? 'shipment';
  if (!VIEWS.includes(trackingView))
    throw wrong(`trackingView (valid parameters for trackingView are [${VIEWS.join(', ')}]`);
  if (!LEVELS.includes(levelOfDetail))
    throw wrong(`levelOfDetail (valid parameters for levelOfDetail are [${LEVELS.join(', ')}]`);
  return { trackingView, levelOfDetail, withOffsets: query.get('requestGMTOffsetPerEvent') === 'true' };
}

/** A shipment can't be tracked in its first while. */
function visible(world: World): Shipment[] {
  const latest = world.tools.clock.now().getTime() - world.state.dials.trackingVisibleAfterMs;
  return Object.values(world.state.shipments).filter(({ bookedAt }) => Date.parse(bookedAt) <= latest);
}

function answer(world: World, found: readonly Shipment[], view: View, notFound: string): VendorAnswer {
  if (found.length === 0) throw new Problem(404, notFound);
  const listed = view.trackingView === 'bbx-children' ? childrenOf(world, found) : found;
  return { status: 200, body: { shipments: listed.map((shipment) => shipmentBody(world, shipment, view)) } };
}

function childrenOf(world: World, mothers: readonly Shipment[]): Shipment[] {
  const numbers = mothers.map(({ number }) => number);
  return visible(world).filter(
    ({ request }) => request.identifiers?.some(({ value }) => numbers.includes(value)) === true,
  );
}

function shipmentBody(world: World, shipment: Shipment, view: View) {
  const { request, pieces } = shipment;
  const { packages, unitOfMeasurement } = request.content;
  const events = view.trackingView === 'shipment-details-only' ? [] : shownEvents(world, shipment, view);
  const isByPiece = view.levelOfDetail !== 'shipment';
  return {
    shipmentTrackingNumber: shipment.number,
    // Of the query, not of the parcel.
    status: 'Success',
    shipmentTimestamp: request.plannedShippingDateAndTime.slice(0, 19),
    productCode: request.productCode,
    description: request.content.description,
    shipperDetails: partyBody(request.customerDetails.shipperDetails),
    receiverDetails: partyBody(request.customerDetails.receiverDetails),
    totalWeight: packages.reduce((sum, { weight }) => sum + weight, 0),
    unitOfMeasurements: unitOfMeasurement,
    shipperReferences: referencesOf(shipment).map(({ value, typeCode = 'CU' }) => ({ value, typeCode })),
    ...(view.levelOfDetail === 'piece' ? {} : { events }),
    numberOfPieces: pieces.length,
    ...(isByPiece
      ? {
          pieces: pieces.map(({ number, trackingNumber, measured }) => {
            const { weight, dimensions } = packages[number - 1] ?? {};
            const { weight: actualWeight, ...actualDimensions } = measured ?? {};
            const actual = { ...(actualWeight === undefined ? {} : { actualWeight }), actualDimensions };
            const sizes = { weight, dimensions, ...actual, unitOfMeasurements: unitOfMeasurement };
            return { number, shipmentTrackingNumber: shipment.number, trackingNumber, ...sizes, events };
          }),
        }
      : {}),
  };
}

/** Names and streets are left empty, as the carrier does for data protection. */
function partyBody({ postalAddress }: Party) {
  const area = areaOf(postalAddress.countryCode, postalAddress.cityName);
  return {
    name: '',
    postalAddress: { cityName: '', postalCode: '', countryCode: postalAddress.countryCode },
    serviceArea: [area],
  };
}

function areaOf(countryCode: string, cityName: string): { code: string; description: string } {
  const code = cityName
    .toUpperCase()
    .replace(/[^A-Z]/g, '')
    .padEnd(3, 'X')
    .slice(0, 3);
  return { code, description: `${cityName.toUpperCase()}-${countryCode}` };
}

function shownEvents(world: World, shipment: Shipment, view: View) {
  const { dials } = world.state;
  const { customerDetails } = shipment.request;
  const sorted = [...shipment.events].sort((left, right) => left.at.localeCompare(right.at));
  const last = sorted.at(-1);
  const wanted = view.trackingView === 'last-checkpoint' ? (last === undefined ? [] : [last]) : sorted;
  const bodies = wanted.map((event) => {
    const party = event.place === 'origin' ? customerDetails.shipperDetails : customerDetails.receiverDetails;
    const { countryCode, cityName } = party.postalAddress;
    const offset = view.withOffsets && !dials.withoutOffsets ? { GMTOffset: event.gmtOffset } : {};
    const { typeCode, description } = event;
    const end = typeCode === 'OK' ? { signedBy: '' } : {};
    return {
      ...localTime(event),
      ...offset,
      typeCode,
      description,
      serviceArea: [areaOf(countryCode, cityName)],
      ...end,
    };
  });
  const doubled = dials.doubleEvents ? bodies.flatMap((body) => [body, body]) : bodies;
  return dials.shuffleEvents ? world.tools.random.shuffle(doubled) : doubled;
}

function localTime({ at, gmtOffset }: TrackingEvent): { date: string; time: string } {
  const [hours = 0, minutes = 0] = gmtOffset.slice(1).split(':').map(Number);
  const offsetMs = (gmtOffset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
  const local = new Date(Date.parse(at) + offsetMs).toISOString();
  return { date: local.slice(0, 10), time: local.slice(11, 19) };
}

function missing(name: string): Problem {
  return new Problem(400, `Missing mandatory parameters: ${name}`, { title: 'Missing parameters' });
}

function wrong(what: string): Problem {
  return new Problem(400, `Parameters not having correct format: ${what}`, { title: 'Wrong format' });
}
