import type { CarrierCapabilities, CarrierLimits, ShipmentRequest } from '../connectors/contract/carrier.ts';

/** Why a parcel cannot be planned as it is: where it stands, and what a person can do. */
export interface PlanningFault {
  /** Place in the shipment, or the field as the carrier names it; null: the account itself. */
  readonly field: string | null;
  readonly message: string;
  readonly remedy: string;
}

const otherCarrier = 'Connect a carrier that serves it, or cancel the order.';
const correctAddress = `Correct the address if it is wrong. ${otherCarrier}`;
const repack = 'Pack it into smaller parcels, or correct weight and size at the product.';

const list = (countries: readonly string[]): string => countries.join(', ');

function areaFaults(limits: CarrierLimits, { shipFrom, shipTo }: ShipmentRequest): PlanningFault[] {
  const faults: PlanningFault[] = [];
  const { pickupCountries, deliveryCountries, crossBorder } = limits;
  if (pickupCountries && !pickupCountries.includes(shipFrom.countryCode)) {
    const message = `nothing is picked up in ${shipFrom.countryCode}, only in ${list(pickupCountries)}`;
    faults.push({ field: 'shipFrom.countryCode', message, remedy: otherCarrier });
  }
  if (deliveryCountries && !deliveryCountries.includes(shipTo.countryCode)) {
    const message = `nothing is delivered in ${shipTo.countryCode}, only in ${list(deliveryCountries)}`;
    faults.push({ field: 'shipTo.countryCode', message, remedy: correctAddress });
  }
  if (!crossBorder && shipFrom.countryCode !== shipTo.countryCode) {
    const message = `it carries within one country only, not from ${shipFrom.countryCode} to ${shipTo.countryCode}`;
    faults.push({ field: 'shipTo.countryCode', message, remedy: correctAddress });
  }
  return faults;
}

/** Everything of a shipment that lies outside what the carrier serves and takes. Millimetres and grams. */
export function limitFaults(
  carrier: { readonly limits?: CarrierLimits | undefined; readonly capabilities: CarrierCapabilities },
  request: ShipmentRequest,
): PlanningFault[] {
  const { limits, capabilities } = carrier;
  const faults = limits ? areaFaults(limits, request) : [];
  const over = (field: string, what: string, value: number, most: number | null | undefined, unit: string) => {
    if (most === null || most === undefined || value <= most) return;
    faults.push({ field, message: `${what} is ${value} ${unit}, at most ${most} ${unit} is taken`, remedy: repack });
  };
  for (const [index, piece] of request.pieces.entries()) {
    const place = `pieces[${index}]`;
    const [longest = 0, ...others] = [piece.lengthMm, piece.widthMm, piece.heightMm].sort((a, b) => b - a);
    const girth = longest + 2 * others.reduce((sum, side) => sum + side, 0);
    over(`${place}.weightGrams`, 'the weight', piece.weightGrams, limits?.maxPieceGrams, 'g');
    over(`${place}.lengthMm`, 'the longest side', longest, limits?.maxLongestSideMm, 'mm');
    over(`${place}.lengthMm`, 'length and girth', girth, limits?.maxGirthMm, 'mm');
  }
  over('pieces', 'the number of pieces', request.pieces.length, mostPieces(carrier), 'pieces');
  const grams = request.pieces.reduce((sum, { weightGrams }) => sum + weightGrams, 0);
  over('pieces', 'the weight of all pieces', grams, limits?.maxShipmentGrams, 'g');
  if (!capabilities.labelFormats.some((format) => format === 'PDF' || format === 'ZPL')) {
    const message = 'it prints labels neither as PDF nor as ZPL';
    faults.push({ field: null, message, remedy: 'Choose PDF or ZPL labels in the settings of the account.' });
  }
  return faults;
}

/** The least of what limits, capabilities and "one parcel a shipment" say. */
export function mostPieces({
  limits,
  capabilities,
}: {
  readonly limits?: CarrierLimits | undefined;
  readonly capabilities: Pick<CarrierCapabilities, 'maxPieces' | 'multiPiece'>;
}): number {
  const most = Math.min(capabilities.maxPieces, limits?.maxPieces ?? capabilities.maxPieces);
  return capabilities.multiPiece ? most : Math.min(1, most);
}
