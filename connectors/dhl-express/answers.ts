import type {
  Answer,
  Booking,
  CarrierDocument,
  CarrierMessage,
  Charge,
  Quote,
  ShipmentRequest,
} from '../contract/carrier.ts';
import { fromDecimal } from './money.ts';
import {
  bookedChargesSchema,
  bookedDocumentsSchema,
  bookedPackagesSchema,
  fits,
  misfit,
  type PriceLine,
  type RatedProduct,
  warningsSchema,
} from './schema.ts';
import { chargeType } from './tags.ts';
import { countryOffset, instantOf } from './times.ts';

/** The currency that the account is billed in; the others are for information. */
const BILLED = 'BILLC';

function warning(code: string, field: string | null, message: string): CarrierMessage {
  return { code, field, message, level: 'warning' };
}

/** Price lines as charges; lines without a price are services that are merely offered. */
function toCharges(lines: readonly PriceLine[], currency: string): Charge[] {
  return lines.flatMap((line) => {
    if (line.price === undefined || line.price === null) return [];
    const amount = fromDecimal(line.price, currency);
    if (amount === null) return [];
    // Rates name a service's code as such; bookings put it into `typeCode`, which elsewhere holds words.
    const typeCode = line.typeCode ?? '';
    const code = line.serviceCode ?? (/^[A-Z0-9]{2}$/.test(typeCode) ? typeCode : null);
    const name = line.name ?? code ?? 'price';
    return [{ type: chargeType(code, line.serviceTypeCode ?? null), code: code ?? 'BASE', name, amount }];
  });
}

/** Taxes of all lines, where they make up the whole difference between the lines and the total. */
function taxCharge(lines: readonly PriceLine[], charges: readonly Charge[], totalMinor: number, currency: string) {
  const taxes = lines.flatMap((line) => (line.priceBreakdown ?? []).filter((part) => part.priceType === 'TAX'));
  const tax = fromDecimal(
    taxes.reduce((sum, part) => sum + Number(part.price ?? 0), 0),
    currency,
  );
  const missingMinor = totalMinor - charges.reduce((sum, charge) => sum + charge.amount.amountMinor, 0);
  if (tax === null || missingMinor === 0 || tax.amountMinor !== missingMinor) return [];
  return [{ type: 'tax' as const, code: 'TAX', name: 'Tax', amount: tax }];
}

function estimate(product: RatedProduct, countryCode: string): Date | null {
  const [date = '', time = ''] = (product.deliveryCapabilities?.estimatedDeliveryDateAndTime ?? '').split('T');
  return instantOf(date, time, countryOffset(countryCode));
}

/** A product with a price in the billing currency as a quote; null when it has none. */
export function toQuote(product: RatedProduct, request: ShipmentRequest): Quote | null {
  const billed = product.totalPrice?.find((price) => price.currencyType === BILLED);
  const currency = billed?.priceCurrency;
  const price = billed?.price;
  if (!currency || price === undefined || price === null || Number(price) <= 0) return null;
  const total = fromDecimal(price, currency);
  if (total === null) return null;
  const detailed = product.detailedPriceBreakdown?.find((part) => part.currencyType === BILLED);
  const lines = detailed?.breakdown ?? [];
  const charges = toCharges(lines, currency);
  return {
    service: product.productCode,
    serviceName: product.productName ?? product.productCode,
    total,
    charges: [...charges, ...taxCharge(lines, charges, total.amountMinor, currency)],
    estimatedDeliveryAt: estimate(product, request.shipTo.countryCode),
  };
}

const documentKinds: Readonly<Record<string, CarrierDocument['kind']>> = {
  label: 'label',
  waybillDoc: 'waybill',
  invoice: 'invoice',
};

/** Document formats and what their files begin with. */
const formats = [
  { name: 'PDF', begins: '%PDF-' },
  { name: 'ZPL', begins: '^XA' },
] as const;

function beginsWith(bytes: Buffer, text: string): boolean {
  return bytes.subarray(0, 64).toString('latin1').trimStart().startsWith(text);
}

function part(body: object, key: string): unknown {
  return Object.entries(body).find(([name]) => name === key)?.[1];
}

function documentsOf(body: object, messages: CarrierMessage[]): CarrierDocument[] {
  const documents = part(body, 'documents') ?? [];
  if (!fits(bookedDocumentsSchema, documents)) {
    const where = misfit(bookedDocumentsSchema, documents) ?? '';
    messages.push(warning('unreadable_documents', '/documents', `Booked, but its documents cannot be read: ${where}`));
    return [];
  }
  // One label a parcel: in the order of the parcels, however they were sent.
  const numberOf = (index: number): number => Number(documents[index]?.packageReferenceNumber ?? index + 1);
  const inOrder = documents
    .map((document, index) => ({ document, number: numberOf(index) }))
    .sort((a, b) => a.number - b.number)
    .map(({ document }) => document);
  return inOrder.flatMap((document) => {
    const kind = documentKinds[document.typeCode];
    if (kind === undefined) return [];
    const said = (document.imageFormat ?? 'PDF').toUpperCase();
    const bytes = Buffer.from(document.content, 'base64');
    const format = formats.find(({ name, begins }) => name === said && beginsWith(bytes, begins))?.name;
    if (format === undefined) {
      messages.push(warning('unreadable_documents', '/documents', `Booked, but its ${kind} is no ${said}.`));
      return [];
    }
    return [{ kind, format, bytes }];
  });
}

function piecesOf(body: object, request: ShipmentRequest, messages: CarrierMessage[]): Booking['pieces'] {
  const packages = part(body, 'packages') ?? [];
  const readable = fits(bookedPackagesSchema, packages) ? packages : [];
  const pieces = readable.flatMap((item, index) => {
    const piece = request.pieces[Number(item.referenceNumber ?? index + 1) - 1];
    return piece === undefined ? [] : [{ pieceId: piece.pieceId, trackingNumber: String(item.trackingNumber) }];
  });
  if (new Set(pieces.map((piece) => piece.pieceId)).size !== request.pieces.length) {
    messages.push(warning('pieces_differ', '/packages', 'Booked, but not every parcel has a number of its own.'));
  }
  return pieces;
}

function chargesOf(body: object): Charge[] {
  const charges = part(body, 'shipmentCharges') ?? [];
  if (!fits(bookedChargesSchema, charges)) return [];
  const billed = charges.find((charge) => charge.currencyType === BILLED);
  const currency = billed?.priceCurrency;
  if (!currency) return [];
  return toCharges(billed.serviceBreakdown ?? [], currency);
}

/**
 * The answer to a booking. It exists once it has a number: whatever else is missing or odd becomes a warning, because
 * an error would have it booked again.
 */
export function toBooking(
  body: object,
  shipmentNumber: string,
  request: ShipmentRequest,
  before: readonly CarrierMessage[],
): Answer<Booking> {
  const messages: CarrierMessage[] = [...before];
  const said = part(body, 'warnings');
  if (fits(warningsSchema, said)) messages.push(...said.map((text) => warning('carrier', null, text)));
  const pieces = piecesOf(body, request, messages);
  const documents = documentsOf(body, messages);
  const labels = documents.filter((document) => document.kind === 'label').length;
  if (labels !== request.pieces.length) {
    const message = `Booked, with ${labels} labels for ${request.pieces.length} parcels: ask DHL for a reprint.`;
    messages.push(warning('labels_differ', '/documents', message));
  }
  const trackingUrl = part(body, 'trackingUrl');
  return {
    details: {
      shipmentIdentifier: shipmentNumber,
      trackingNumber: shipmentNumber,
      trackingUrl: typeof trackingUrl === 'string' ? trackingUrl : null,
      pieces,
      documents,
      charges: chargesOf(body),
    },
    messages,
  };
}
