import type { VendorAnswer } from '../../simulator-kit/index.ts';
import { chargesOf } from './bills.ts';
import { invoicePdf, labelPdf, labelZpl, pageSizeOf, waybillPdf } from './documents.ts';
import { reservedNumber } from './identifiers.ts';
import { newWaybillNumber, type Shipment, type ShipmentRequest, type World } from './model.ts';
import { newPickup } from './pickups.ts';
import { type PlannedTime, readPlannedTime } from './planned-time.ts';
import { Problem, validationProblem } from './problem.ts';
import { checkAccounts, checkServices, notAvailable } from './rates.ts';
import { SHIPMENT_REQUEST } from './request-schemas.ts';
import { problemsOf } from './schema.ts';
import { PRODUCTS, type Product, volumetricGrams } from './tariff.ts';

interface Document {
  imageFormat: string;
  content: string;
  typeCode: string;
  packageReferenceNumber?: number;
}

/** `POST /shipments`. There is no idempotency: the same body twice makes two waybills. */
export async function serveBooking(
  world: World,
  body: unknown,
  query: URLSearchParams,
  base: string,
): Promise<VendorAnswer> {
  const problems = problemsOf(body, SHIPMENT_REQUEST);
  if (problems.length > 0) throw validationProblem(problems);
  const request = body as ShipmentRequest;
  const planned = readPlannedTime(request.plannedShippingDateAndTime, world.tools.clock.now());
  const product = checkRules(world, request);
  const reserved = reservedNumber(world, request);
  // The shape of a dry run's answer is UNCONFIRMED.
  if (query.get('validateDataOnly') === 'true') return { status: 200, body: { warnings: [] } };
  // A reserved number that is booked already stands for the same shipment. UNCONFIRMED what the carrier answers.
  const known = reserved === undefined ? undefined : world.state.shipments[reserved];
  const shipment = known ?? book(world, request, planned, reserved ?? newWaybillNumber(world.state));
  const answer = await bookingBody(world, shipment, product, planned, base);
  return {
    status: 201,
    headers: { location: `/shipments/${shipment.number}` },
    body: answer,
    summary: shipment.number,
  };
}

function checkRules(world: World, request: ShipmentRequest): Product {
  const { content, customerDetails, accounts } = request;
  if (content.isCustomsDeclarable && content.exportDeclaration === undefined) {
    throw validationProblem(['#/content: required key [exportDeclaration] not found']);
  }
  const unweighed =
    content.exportDeclaration?.lineItems.findIndex((item) => 'weight' in item && !hasWeight(item.weight)) ?? -1;
  if (unweighed >= 0) {
    throw validationProblem([
      `#/content/exportDeclaration/lineItems/${unweighed}/weight: netValue or grossValue is required`,
    ]);
  }
  if (!accounts.some(({ typeCode }) => typeCode === 'shipper'))
    throw new Problem(400, '8007: The Shipper Account is invalid.');
  checkAccounts(world, accounts);
  checkServices(request.valueAddedServices ?? []);
  const isPaperless = (request.valueAddedServices ?? []).some(({ serviceCode }) => serviceCode === 'WY');
  if (isPaperless && content.exportDeclaration?.invoice === undefined) {
    throw validationProblem(['#/content/exportDeclaration: required key [invoice] not found']);
  }
  const encoding = request.outputImageProperties?.encodingFormat ?? 'pdf';
  if (encoding !== 'pdf' && encoding !== 'zpl') throw new Problem(400, `this simulator draws no ${encoding} labels`);
  const isInternational =
    customerDetails.shipperDetails.postalAddress.countryCode !==
    customerDetails.receiverDetails.postalAddress.countryCode;
  const lane = { isInternational, isDeclarable: content.isCustomsDeclarable };
  const product = PRODUCTS.find(({ code }) => code === request.productCode);
  if (product === undefined || !product.isFor(lane)) throw notAvailable(request.productCode);
  return product;
}

function hasWeight(weight: unknown): boolean {
  return typeof weight === 'object' && weight !== null && ('netValue' in weight || 'grossValue' in weight);
}

function book(world: World, request: ShipmentRequest, planned: PlannedTime, number: string): Shipment {
  const { state, tools } = world;
  state.reserved = state.reserved.filter((one) => one !== number);
  const pieces = request.content.packages.map((_, index) => {
    state.nextPiece += 1;
    return { number: index + 1, trackingNumber: `JD01460000${state.nextPiece}` };
  });
  const shipment: Shipment = {
    number,
    bookedAt: tools.clock.now().toISOString(),
    reference: ownReference(request),
    pieces,
    events: [],
    pickupNumber: null,
    request,
  };
  if (request.pickup.isRequested) shipment.pickupNumber = newPickup(world, planned).number;
  state.shipments[number] = shipment;
  tools.changed();
  tools.log.fact({ fact: 'shipment.booked', externalId: number, reference: shipment.reference, pieces: pieces.length });
  return shipment;
}

function ownReference(request: ShipmentRequest): string {
  const all = [
    ...(request.customerReferences ?? []),
    ...request.content.packages.flatMap(({ customerReferences = [] }) => customerReferences),
  ];
  return all.find(({ typeCode = 'CU' }) => typeCode === 'CU')?.value ?? '';
}

async function bookingBody(world: World, shipment: Shipment, product: Product, planned: PlannedTime, base: string) {
  const { request, number } = shipment;
  const root = `${world.tools.url()}${base}`;
  const pickup =
    shipment.pickupNumber === null
      ? {}
      : {
          dispatchConfirmationNumber: shipment.pickupNumber,
          cancelPickupUrl: `${root}/pickups/${shipment.pickupNumber}`,
        };
  return {
    url: `${root}/shipments`,
    shipmentTrackingNumber: number,
    trackingUrl: `${root}/shipments/${number}/tracking`,
    ...pickup,
    packages: shipment.pieces.map((piece, index) => {
      const item = request.content.packages[index];
      const grams = item === undefined ? 0 : volumetricGrams(item, request.content.unitOfMeasurement);
      return {
        referenceNumber: item?.referenceNumber ?? piece.number,
        trackingNumber: piece.trackingNumber,
        trackingUrl: `${root}/shipments/${number}/tracking?pieceTrackingNumber=${piece.trackingNumber}`,
        volumetricWeight: grams / 1000,
      };
    }),
    documents: await documentsOf(shipment),
    shipmentDetails: [
      {
        pickupDetails: {
          localCutoffDateAndTime: `${planned.local.slice(0, 10)}T17:00:00`,
          pickupEarliest: '09:00:00',
          pickupLatest: '18:00:00',
          totalTransitDays: String(product.transitDays),
        },
      },
    ],
    ...(request.getRateEstimates === true ? { shipmentCharges: chargesOf(world, shipment, product) } : {}),
    warnings: [],
  };
}

async function documentsOf(shipment: Shipment): Promise<Document[]> {
  const { outputImageProperties: wanted = {}, content } = shipment.request;
  const option = (typeCode: string) => wanted.imageOptions?.find((image) => image.typeCode === typeCode);
  const all = shipment.pieces.map(({ number }) => number);
  const isZpl = wanted.encodingFormat === 'zpl';
  const size = pageSizeOf(option('label')?.templateName);
  const label = async (numbers: number[]) => (isZpl ? labelZpl(shipment, numbers) : labelPdf(shipment, numbers, size));
  const documents: Document[] = [];
  const add = (typeCode: string, imageFormat: string, bytes: Buffer, packageReferenceNumber?: number) => {
    const document = { imageFormat, content: bytes.toString('base64'), typeCode };
    documents.push(packageReferenceNumber === undefined ? document : { ...document, packageReferenceNumber });
  };
  const imageFormat = isZpl ? 'ZPL' : 'PDF';
  if (wanted.splitDocumentsByPages === true) {
    for (const number of all) add('label', imageFormat, await label([number]), number);
  } else {
    add('label', imageFormat, await label(all));
  }
  const isWanted = (typeCode: string) => option(typeCode)?.isRequested ?? content.isCustomsDeclarable;
  if (isWanted('waybillDoc')) add('waybillDoc', 'PDF', await waybillPdf(shipment));
  if (content.isCustomsDeclarable && isWanted('invoice')) add('invoice', 'PDF', await invoicePdf(shipment));
  return documents;
}
