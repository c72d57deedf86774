import type { CarrierMessage, CustomsLine, ShipmentPiece, ShipmentRequest } from '../contract/carrier.ts';
import { fault, toParty, toRatedAddress } from './addresses.ts';
import { toDecimal } from './money.ts';
import type { DhlExpressSettings } from './schema.ts';
import { plannedTime } from './times.ts';

export const MAX_PIECES = 999;
const REFERENCE_MAX = 35;
const DESCRIPTION_MAX = 70;
const CUSTOMS_DESCRIPTION_MAX = 512;
/** Label template: A6. */
const LABEL_TEMPLATE = 'ECOM26_A6_002';

/** What is sent, and everything that is wrong with it. Nothing may be sent while a fault is an error. */
export interface Outgoing {
  readonly body: Record<string, unknown>;
  readonly messages: readonly CarrierMessage[];
}

/** A description may be shortened, at a word, with a warning; DHL refuses leading blanks. */
function describe(text: string, max: number, field: string, messages: CarrierMessage[]): string {
  const trimmed = text.trim();
  if (trimmed === '') messages.push(fault('missing', field, 'The description is missing: add it.'));
  if (trimmed.length <= max) return trimmed;
  const cut = trimmed.slice(0, max + 1);
  const atWord = cut.lastIndexOf(' ');
  const short = (atWord > 0 ? cut.slice(0, atWord) : cut.slice(0, max)).trimEnd();
  messages.push({ code: 'shortened', field, message: `Shortened to "${short}"`, level: 'warning' });
  return short;
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function toPackage(piece: ShipmentPiece, index: number, reference: string | null, messages: CarrierMessage[]) {
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

function toLineItem(line: CustomsLine, index: number, currency: string, messages: CarrierMessage[]) {
  const field = `/content/exportDeclaration/lineItems/${index}`;
  const complain = (code: string, part: string, message: string) => messages.push(fault(code, field + part, message));
  if (!/^[\d.]{6,18}$/.test(line.hsCode)) {
    complain('bad_hs_code', '/commodityCodes', `"${line.description}" needs an HS code of 6 digits or more.`);
  }
  if (!/^[A-Z]{2}$/.test(line.originCountryCode)) {
    complain('missing', '/manufacturerCountry', `"${line.description}" needs its country of origin.`);
  }
  if (!isWhole(line.quantity)) complain('bad_quantity', '/quantity', `"${line.description}" needs a quantity.`);
  if (!isWhole(line.netWeightGrams)) complain('missing', '/weight', `"${line.description}" needs a net weight.`);
  if (line.unitValue.currency !== currency) {
    complain('other_currency', '/price', `"${line.description}" is in another currency than the declared value.`);
  }
  const kilograms = line.netWeightGrams / 1000;
  return {
    number: index + 1,
    description: describe(line.description, CUSTOMS_DESCRIPTION_MAX, `${field}/description`, messages),
    price: toDecimal(line.unitValue),
    quantity: { value: line.quantity, unitOfMeasurement: 'PCS' },
    commodityCodes: [
      { typeCode: 'outbound', value: line.hsCode },
      { typeCode: 'inbound', value: line.hsCode },
    ],
    exportReasonType: 'commercial_purpose_or_sale',
    manufacturerCountry: line.originCountryCode,
    // The gross weight per line is not known; the net weight is its lower bound.
    weight: { netValue: kilograms, grossValue: kilograms },
  };
}

function isDeclarable(request: ShipmentRequest): boolean {
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
    ...(declarable
      ? {
          exportDeclaration: {
            lineItems: request.customs.map((line, index) => toLineItem(line, index, currency, messages)),
            invoice: { number: request.invoiceNumber, date },
          },
        }
      : {}),
  };
}

function accounts(request: ShipmentRequest, settings: DhlExpressSettings): { typeCode: string; number: string }[] {
  const shipper = { typeCode: 'shipper', number: settings.accountNumber };
  if (request.incoterm !== 'DDP') return [shipper];
  return [shipper, { typeCode: 'duties-taxes', number: settings.dutiesAccountNumber ?? settings.accountNumber }];
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
  const services = [
    ...(dutyPaid(request).valueAddedServices ?? []),
    ...(settings.paperlessTrade === true && isDeclarable(request) ? [{ serviceCode: 'WY' }] : []),
  ];
  const body = {
    plannedShippingDateAndTime: time.stamp,
    pickup: { isRequested: false },
    productCode: settings.productCode ?? 'P',
    getRateEstimates: true,
    accounts: accounts(request, settings),
    ...(services.length === 0 ? {} : { valueAddedServices: services }),
    outputImageProperties: {
      encodingFormat: 'pdf',
      splitDocumentsByPages: true,
      imageOptions: [{ typeCode: 'label', templateName: LABEL_TEMPLATE }],
    },
    customerReferences: [{ typeCode: 'CU', value: request.reference }],
    customerDetails: { shipperDetails: shipper.party, receiverDetails: receiver.party },
    content,
  };
  return { body, messages: [...shipper.faults, ...receiver.faults, ...messages] };
}
