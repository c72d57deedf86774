import type { CarrierLimits, CarrierMessage, ShipmentRequest } from '../contract/carrier.ts';
import { fault } from './addresses.ts';
import type { DhlExpressSettings } from './schema.ts';

/** Parcels of a shipment, by the published schema. */
export const MAX_PIECES = 999;

/**
 * What DHL Express takes. Above 70 kg or 120 × 80 × 80 cm a parcel costs extra, which is for the rate card; these are
 * the bounds beyond which it is said to be refused.
 */
const published: CarrierLimits = {
  pickupCountries: null,
  deliveryCountries: null,
  crossBorder: true,
  maxPieceGrams: 300_000,
  maxLongestSideMm: 3_000,
  maxGirthMm: null,
  maxPieces: MAX_PIECES,
  maxShipmentGrams: 1_000_000,
  source:
    'Pieces: MyDHL API 3.1.1. UNCONFIRMED: 300 kg and 300 cm a parcel, 1,000 kg a shipment (they differ by contract; the settings of the connection replace them). Served countries are not published as a list: /rates tells per lane.',
};

/** The limits of one account: what its contract says goes before what is commonly said. */
export function limitsOf({ limits = {} }: DhlExpressSettings): CarrierLimits {
  const isOwn = Object.keys(limits).length > 0;
  return {
    ...published,
    ...limits,
    ...(isOwn ? { source: `Settings of the connection; else: ${published.source}` } : {}),
  };
}

/** Parcels and shipments that are over the limits, as faults. */
export function limitFaults(request: Pick<ShipmentRequest, 'pieces'>, settings: DhlExpressSettings): CarrierMessage[] {
  const { maxPieceGrams, maxLongestSideMm, maxShipmentGrams } = limitsOf(settings);
  const faults = request.pieces.flatMap((piece, index) => {
    const field = `/content/packages/${index}`;
    const longest = Math.max(piece.lengthMm, piece.widthMm, piece.heightMm);
    const over = (what: string, split: string) => fault('over_limit', field, `Parcel ${index + 1} ${what}: ${split}`);
    return [
      ...(maxPieceGrams !== null && piece.weightGrams > maxPieceGrams
        ? [over(`weighs over ${maxPieceGrams / 1000} kg`, 'pack it into several.')]
        : []),
      ...(maxLongestSideMm !== null && longest > maxLongestSideMm
        ? [over(`is longer than ${maxLongestSideMm / 10} cm`, 'pack it otherwise, or choose another carrier.')]
        : []),
    ];
  });
  const total = request.pieces.reduce((sum, { weightGrams }) => sum + weightGrams, 0);
  if (maxShipmentGrams !== null && total > maxShipmentGrams) {
    const message = `The shipment weighs over ${maxShipmentGrams / 1000} kg: send its parcels as several.`;
    faults.push(fault('over_limit', '/content/packages', message));
  }
  return faults;
}
