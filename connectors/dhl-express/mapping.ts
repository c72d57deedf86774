import type { CarrierMessage, ShipmentPiece, ShipmentRequest } from '../contract/carrier.ts';
import { fault, toParty, toRatedAddress } from './addresses.ts';
import { toDeclaration } from './customs.ts';
import { limitFaults, MAX_PIECES } from './limits.ts';
import { toDecimal } from './money.ts';
import type { DhlExpressSettings } from './schema.ts';
import { describe, isWhole } from './texts.ts';
import { plannedTime } from './times.ts';

const REFERENCE_MAX = 35;
const DESCRIPTION_MAX = 70;
/** Label template: A6. */
const LABEL_TEMPLATE = 'ECOM26_A6_002';

/** What is sent, and everything that is wrong with it. Nothing may be sent while a fault is an error. */
export interface Outgoing {
  readonly body: Record<string, unknown>;
  readonly messages: readonly CarrierMessage[];
}

/** A parcel in kilograms and centimetres. `reference` is null where only its weight and size are told. */
export function toPackage(
  piece: ShipmentPiece,
  index: number,
  reference: string | null,
  messages: CarrierMessage[],
): Record<string, unknown> {
  const field = `/content/packages/${index}`;
  const { weightGrams, lengthMm, widthMm, heightMm } = piece;
  if (![weightGrams, lengthMm, widthMm, heightMm].every(isWhole)) {
    const message = `Parcel ${index + 1} needs weight and three sides above 0: measure it.`;
    messages.push(fault('not_measured', field, message));
  }
  return {
    weight: weightGrams / 1000,
    dimensions: { length: lengthMm / 10, width: widthMm / 10, height: heightMm / 10 },
    ...(reference === null
      ? {}
      : {
          description: describe(piece.description, DESCRIPTION_MAX, `${field}/description`, messages),
          customerReferences: [{ typeCode: 'CU', value: reference }],
        }),
  };
}

/** Goods that cross a border are declared. */
export function isDeclarable(request: ShipmentRequest): boolean {
  return request.customs.length > 0 || request.shipFrom.countryCode !== request.shipTo.countryCode;
}

function checkPieces(request: ShipmentRequest, messages: CarrierMessage[]): void {
  const { length } = request.pieces;
  if (length >= 1 && length <= MAX_PIECES) return;
  messages.push(fault('bad_pieces', '/content/packages', `A shipment has 1 to ${MAX_PIECES} parcels, not ${length}.`));
}

function planned(request: ShipmentRequest, messages: CarrierMessage[]): { stamp: string; date: string } {
  const time = plannedTime(request.plannedAt, request.originTimeZone);
  if (time !== null) return time;
  const message = `"${request.originTimeZone}" is no time zone: correct it at the place of pick-up.`;
  messages.push(fault('bad_zone', '/plannedShippingDateAndTime', message));
  return { stamp: '', date: '' };
}

/** Duty and tax paid is a service; who pays for it, an account. */
function dutyPaid(request: ShipmentRequest): { valueAddedServices?: { serviceCode: string }[] } {
  return request.incoterm === 'DDP' ? { valueAddedServices: [{ serviceCode: 'DD' }] } : {};
}

/** The body of `POST /rates`: no names, no streets. */
export function toRateRequest(request: ShipmentRequest, settings: DhlExpressSettings): Outgoing {
  const messages: CarrierMessage[] = [];
  checkPieces(request, messages);
  const body = {
    customerDetails: {
      shipperDetails: toRatedAddress(request.shipFrom),
      receiverDetails: toRatedAddress(request.shipTo),
    },
    accounts: [{ typeCode: 'shipper', number: settings.accountNumber }],
    ...dutyPaid(request),
    plannedShippingDateAndTime: planned(request, messages).stamp,
    unitOfMeasurement: 'metric',
    isCustomsDeclarable: isDeclarable(request),
    monetaryAmount: [
      {
        typeCode: 'declaredValue',
        value: toDecimal(request.declaredValue),
        currency: request.declaredValue.currency,
      },
    ],
    packages: request.pieces.map((piece, index) => toPackage(piece, index, null, messages)),
  };
  return { body, messages };
}

function checkReferences(request: ShipmentRequest, messages: CarrierMessage[]): void {
  const { length } = request.reference;
  if (length < 1 || length > REFERENCE_MAX) {
    messages.push(fault('bad_reference', '/customerReferences/0/value', 'Our reference must have 1 to 35 characters.'));
  }
  if (isDeclarable(request) && (request.invoiceNumber === '' || request.invoiceNumber.length > 35)) {
    const field = '/content/exportDeclaration/invoice/number';
    messages.push(fault('bad_invoice_number', field, 'The invoice number must have 1 to 35 characters.'));
  }
  if (isDeclarable(request) && request.customs.length === 0) {
    const field = '/content/exportDeclaration/lineItems';
    messages.push(fault('missing', field, 'Goods that cross a border need customs lines: complete the products.'));
  }
}

function toContent(request: ShipmentRequest, date: string, messages: CarrierMessage[]): Record<string, unknown> {
  const declarable = isDeclarable(request);
  const { currency } = request.declaredValue;
  return {
    packages: request.pieces.map((piece, index) => toPackage(piece, index, request.reference, messages)),
    isCustomsDeclarable: declarable,
    declaredValue: toDecimal(request.declaredValue),
    declaredValueCurrency: currency,
    incoterm: request.incoterm,
    unitOfMeasurement: 'metric',
    description: describe(request.description, DESCRIPTION_MAX, '/content/description', messages),
    ...(declarable ? { exportDeclaration: toDeclaration(request, date, messages) } : {}),
  };
}

function accounts(request: ShipmentRequest, settings: DhlExpressSettings): { typeCode: string; number: string }[] {
  const shipper = { typeCode: 'shipper', number: settings.accountNumber };
  if (request.incoterm !== 'DDP') return [shipper];
  return [shipper, { typeCode: 'duties-taxes', number: settings.dutiesAccountNumber ?? settings.accountNumber }];
}

function isPaperless(request: ShipmentRequest, settings: DhlExpressSettings): boolean {
  return settings.paperlessTrade === true && isDeclarable(request);
}

/** One label per parcel. With paperless trade the invoice that DHL sends to customs comes back as a document. */
function toImages(request: ShipmentRequest, settings: DhlExpressSettings): Record<string, unknown> {
  const isZpl = request.labelFormat === 'ZPL';
  const invoice = { typeCode: 'invoice', isRequested: true, invoiceType: 'commercial' };
  return {
    encodingFormat: isZpl ? 'zpl' : 'pdf',
    ...(isZpl ? { printerDPI: settings.printerDpi ?? 200 } : {}),
    splitDocumentsByPages: true,
    imageOptions: [
      { typeCode: 'label', templateName: LABEL_TEMPLATE },
      ...(isPaperless(request, settings) ? [invoice] : []),
    ],
  };
}

/** Ours, and the buyer's order number (`CO`) where it fits; only ours is what a booking is found by. */
function toReferences(request: ShipmentRequest): { typeCode: string; value: string }[] {
  const { orderReference = '' } = request;
  const own = { typeCode: 'CU', value: request.reference };
  const isFit = orderReference !== '' && orderReference.length <= REFERENCE_MAX;
  return isFit ? [own, { typeCode: 'CO', value: orderReference }] : [own];
}

/**
 * The body of `POST /shipments`. Our reference goes into the shipment and into every parcel: it is what a booking with
 * a lost answer is found by. A repetition of the call books again.
 */
export function toBookingRequest(request: ShipmentRequest, settings: DhlExpressSettings): Outgoing {
  const messages: CarrierMessage[] = [];
  checkReferences(request, messages);
  checkPieces(request, messages);
  const shipper = toParty(request.shipFrom, '/customerDetails/shipperDetails', settings.shipper);
  const receiver = toParty(request.shipTo, '/customerDetails/receiverDetails');
  const time = planned(request, messages);
  const content = toContent(request, time.date, messages);
  messages.push(...limitFaults(request, settings));
  const services = [
    ...(dutyPaid(request).valueAddedServices ?? []),
    ...(isPaperless(request, settings) ? [{ serviceCode: 'WY' }] : []),
  ];
  const body = {
    plannedShippingDateAndTime: time.stamp,
    pickup: { isRequested: false },
    productCode: settings.productCode ?? 'P',
    getRateEstimates: true,
    accounts: accounts(request, settings),
    ...(services.length === 0 ? {} : { valueAddedServices: services }),
    outputImageProperties: toImages(request, settings),
    customerReferences: toReferences(request),
    ...(request.reservedNumber === undefined
      ? {}
      : { identifiers: [{ typeCode: 'shipmentId', value: request.reservedNumber }] }),
    customerDetails: { shipperDetails: shipper.party, receiverDetails: receiver.party },
    content,
  };
  return { body, messages: [...shipper.faults, ...receiver.faults, ...messages] };
}
