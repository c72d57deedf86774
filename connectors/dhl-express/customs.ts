import type { CarrierMessage, CustomsLine, ShipmentRequest } from '../contract/carrier.ts';
import { fault } from './addresses.ts';
import { toDecimal } from './money.ts';
import { describe, isWhole } from './texts.ts';

const DESCRIPTION_MAX = 512;
const LINES_MAX = 999;

const netGrams = ({ netWeightGrams, quantity }: CustomsLine): number => netWeightGrams * quantity;

/**
 * What each line weighs with its share of the packaging, in grams: the parcels' weight by the lines' net weights, whole
 * grams, adding up exactly. Null where the parcels weigh less than the goods are said to.
 */
export function grossGrams(request: ShipmentRequest): readonly number[] | null {
  const nets = request.customs.map(netGrams);
  const net = nets.reduce((sum, grams) => sum + grams, 0);
  const gross = request.pieces.reduce((sum, { weightGrams }) => sum + weightGrams, 0);
  if (!isWhole(net) || !Number.isSafeInteger(gross) || gross < net) return null;
  let netBefore = 0;
  let grossBefore = 0;
  return nets.map((grams) => {
    netBefore += grams;
    const upToHere = Math.floor((gross * netBefore) / net);
    const own = upToHere - grossBefore;
    grossBefore = upToHere;
    return own;
  });
}

function toLineItem(
  line: CustomsLine,
  index: number,
  gross: number | null,
  currency: string,
  messages: CarrierMessage[],
): Record<string, unknown> {
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
  if (line.unitValue.amountMinor <= 0) {
    const message = `"${line.description}" has no value: customs may ask for one, also of a gift.`;
    messages.push({ code: 'no_value', field: `${field}/price`, message, level: 'warning' });
  }
  if (line.unitValue.currency !== currency) {
    complain('other_currency', '/price', `"${line.description}" is in another currency than the declared value.`);
  }
  const netValue = netGrams(line) / 1000;
  return {
    number: index + 1,
    description: describe(line.description, DESCRIPTION_MAX, `${field}/description`, messages),
    price: toDecimal(line.unitValue),
    quantity: { value: line.quantity, unitOfMeasurement: 'PCS' },
    commodityCodes: [
      { typeCode: 'outbound', value: line.hsCode },
      { typeCode: 'inbound', value: line.hsCode },
    ],
    exportReasonType: 'commercial_purpose_or_sale',
    manufacturerCountry: line.originCountryCode,
    weight: { netValue, grossValue: gross === null ? netValue : gross / 1000 },
  };
}

/**
 * The customs part of a booking. Line weights are totals of the line; whether DHL means the line or one unit is
 * UNCONFIRMED.
 */
export function toDeclaration(
  request: ShipmentRequest,
  date: string,
  messages: CarrierMessage[],
): Record<string, unknown> {
  const field = '/content/exportDeclaration/lineItems';
  const { currency } = request.declaredValue;
  if (request.customs.length > LINES_MAX) {
    const message = `A customs invoice has at most ${LINES_MAX} lines, not ${request.customs.length}: send fewer together.`;
    messages.push(fault('too_many_lines', field, message));
  }
  const gross = grossGrams(request);
  if (gross === null && request.customs.every((line) => isWhole(netGrams(line))) && request.customs.length > 0) {
    const message = 'The goods are said to weigh more than the parcels: weigh one of them again.';
    messages.push({ code: 'net_over_gross', field, message, level: 'warning' });
  }
  return {
    lineItems: request.customs.map((line, index) =>
      toLineItem(line, index, gross?.[index] ?? null, currency, messages),
    ),
    invoice: { number: request.invoiceNumber, date },
    exportReasonType: 'commercial_purpose_or_sale',
    shipmentType: 'commercial',
    placeOfIncoterm: request.shipTo.city,
  };
}
