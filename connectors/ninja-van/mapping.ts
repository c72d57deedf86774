import type { CarrierLimits, CarrierMessage, ShipmentPiece, ShipmentRequest } from '../contract/carrier.ts';
import { check } from '../contract/check.ts';
import { decimalsOf } from '../contract/minor-units.ts';
import { fault, toParty, warning } from './addresses.ts';
import { carrierCountries, factsOf } from './countries.ts';
import { handleOf } from './handle.ts';
import { type NinjaVanSettings, storedJobSchema } from './schema.ts';

const REFERENCE_MAX = 35;
const DESCRIPTION_MAX = 255;
/** Nobody publishes a limit; this one is ours, and careful. UNCONFIRMED. */
const CAREFUL_GRAMS = 30_000;

/** What is sent, and everything that is wrong with it. Nothing may be sent while a fault is an error. */
export interface Outgoing {
  readonly body: Record<string, unknown>;
  readonly messages: readonly CarrierMessage[];
}

/** What the account takes. An account belongs to one country; only International leaves it. */
export function limitsOf(settings: NinjaVanSettings): CarrierLimits {
  const international = settings.international ?? false;
  return {
    pickupCountries: [settings.country],
    deliveryCountries: international ? [...carrierCountries] : [settings.country],
    crossBorder: international,
    maxPieceGrams: settings.maxPieceGrams ?? CAREFUL_GRAMS,
    maxLongestSideMm: settings.maxLongestSideMm ?? null,
    maxGirthMm: null,
    maxPieces: 1,
    maxShipmentGrams: settings.maxPieceGrams ?? CAREFUL_GRAMS,
    source: `Countries: the API's own list. Weight: ${settings.maxPieceGrams === undefined ? 'a careful figure of ours, UNCONFIRMED' : 'as agreed, from the settings'}. Sizes S to XXL per country are UNCONFIRMED.`,
  };
}

/** Crossing a border is another service. */
function crosses({ shipFrom, shipTo }: ShipmentRequest): boolean {
  return shipFrom.countryCode !== shipTo.countryCode;
}

function checkLane(request: ShipmentRequest, settings: NinjaVanSettings, messages: CarrierMessage[]): void {
  const { shipFrom, shipTo } = request;
  if (shipFrom.countryCode !== settings.country) {
    const message = `This account picks up in ${settings.country} only, not in ${shipFrom.countryCode}.`;
    messages.push(fault('not_served', 'from.address.country', message));
  }
  if (!crosses(request)) return;
  if (settings.international !== true) {
    const message = `This account delivers in ${settings.country} only, not in ${shipTo.countryCode}; the service International is switched off in its settings.`;
    messages.push(fault('not_served', 'to.address.country', message));
  } else if (request.customs.length === 0) {
    const message = 'Goods that cross a border need customs lines: complete the products.';
    messages.push(fault('missing', 'parcel_job.items', message));
  }
}

/** One parcel per order: an order of several would be several bookings, each of which can fail by itself. */
function pieceOf(request: ShipmentRequest, settings: NinjaVanSettings, messages: CarrierMessage[]) {
  const [piece] = request.pieces;
  if (request.pieces.length !== 1) {
    const message = `Ninja Van takes one parcel per order, this shipment has ${request.pieces.length}: plan each parcel as a shipment of its own.`;
    messages.push(fault('one_piece', 'parcel_job.dimensions', message));
  }
  if (piece === undefined) return undefined;
  const sides = [piece.lengthMm, piece.widthMm, piece.heightMm];
  if (![piece.weightGrams, ...sides].every((one) => Number.isSafeInteger(one) && one > 0)) {
    const message = 'The parcel needs weight and three sides above 0: measure it.';
    messages.push(fault('not_measured', 'parcel_job.dimensions', message));
  }
  const { maxPieceGrams, maxLongestSideMm } = limitsOf(settings);
  if (maxPieceGrams !== null && piece.weightGrams > maxPieceGrams) {
    const message = `The parcel weighs ${piece.weightGrams} g, at most ${maxPieceGrams} g are taken: split it or use another carrier.`;
    messages.push(fault('too_heavy', 'parcel_job.dimensions.weight', message));
  }
  if (maxLongestSideMm !== null && Math.max(...sides) > maxLongestSideMm) {
    const message = `The longest side is ${Math.max(...sides)} mm, at most ${maxLongestSideMm} mm are taken: pack it smaller.`;
    messages.push(fault('too_large', 'parcel_job.dimensions.length', message));
  }
  return piece;
}

function checkReference({ reference }: ShipmentRequest, messages: CarrierMessage[]): void {
  if (reference.length >= 1 && reference.length <= REFERENCE_MAX) return;
  const field = 'reference.merchant_order_number';
  messages.push(fault('bad_reference', field, `Our reference must have 1 to ${REFERENCE_MAX} characters.`));
}

/** The local day, `2026-11-21`; null for a zone that does not exist. */
export function localDay(at: Date, timeZone: string): string | null {
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function toTimeslot(slot: string, timezone: string) {
  const [start_time = '', end_time = ''] = slot.split('-');
  return { start_time, end_time, timezone };
}

function describe(text: string, messages: CarrierMessage[]): string {
  const trimmed = text.trim() === '' ? 'Goods' : text.trim();
  if (trimmed.length <= DESCRIPTION_MAX) return trimmed;
  const short = trimmed.slice(0, DESCRIPTION_MAX).trimEnd();
  messages.push(warning('shortened', 'parcel_job.items', 'A description was shortened to 255 characters.'));
  return short;
}

/** Goods. The names of the customs fields are UNCONFIRMED: no public source shows an International order. */
function toItems(request: ShipmentRequest, piece: ShipmentPiece | undefined, messages: CarrierMessage[]) {
  if (!crosses(request)) {
    return [{ item_description: describe(piece?.description || request.description, messages), quantity: 1 }];
  }
  return request.customs.map((line) => ({
    item_description: describe(line.description, messages),
    quantity: line.quantity,
    unit_value: Number(`${line.unitValue.amountMinor}e-${decimalsOf(line.unitValue.currency)}`),
    currency: line.unitValue.currency,
    unit_weight: line.netWeightGrams / 1000,
    hs_code: line.hsCode,
    origin_country: line.originCountryCode,
  }));
}

function serviceOf(request: ShipmentRequest, settings: NinjaVanSettings): Record<string, unknown> {
  const service_level = settings.serviceLevel ?? 'Standard';
  if (crosses(request)) return { service_type: 'International', service_level };
  if (settings.seller === undefined) return { service_type: settings.serviceType ?? 'Parcel', service_level };
  const { id, companyName } = settings.seller;
  return {
    service_type: 'Marketplace',
    service_level,
    marketplace: { seller_id: id, seller_company_name: companyName },
  };
}

/** The body of `POST /4.2/orders`. Our reference goes along twice: as the number that is asked for, and in words. */
export function toOrder(request: ShipmentRequest, settings: NinjaVanSettings): Outgoing {
  const messages: CarrierMessage[] = [];
  checkReference(request, messages);
  checkLane(request, settings, messages);
  const from = toParty(request.shipFrom, 'from', settings.shipper);
  const to = toParty(request.shipTo, 'to');
  const piece = pieceOf(request, settings, messages);
  const day = localDay(request.plannedAt, request.originTimeZone);
  if (day === null) {
    const message = `"${request.originTimeZone}" is no time zone: correct it at the place of pick-up.`;
    messages.push(fault('bad_zone', 'parcel_job.pickup_date', message));
  }
  const zone = factsOf(request.shipTo.countryCode).timeZone;
  const body = {
    ...serviceOf(request, settings),
    requested_tracking_number: handleOf(request.reference, settings),
    reference: { merchant_order_number: request.reference },
    from: from.party,
    to: to.party,
    parcel_job: {
      ...toPickup(settings, day ?? '', factsOf(request.shipFrom.countryCode).timeZone, from.party),
      delivery_start_date: day ?? '',
      delivery_timeslot: toTimeslot(settings.deliveryTimeslot ?? '09:00-18:00', zone),
      dimensions: piece === undefined ? {} : toDimensions(piece),
      items: toItems(request, piece, messages),
    },
  };
  // A country that nobody serves is told once, with the countries that are.
  const parties = [...from.messages, ...to.messages];
  const told = new Set(parties.filter(({ code }) => code === 'not_served').map(({ field }) => field));
  const own = messages.filter(({ code, field }) => code !== 'not_served' || !told.has(field));
  return { body, messages: [...parties, ...own] };
}

function toPickup(settings: NinjaVanSettings, date: string, timeZone: string, address: unknown) {
  if (settings.requestPickup !== true) return { is_pickup_required: false };
  return {
    is_pickup_required: true,
    pickup_service_type: 'Scheduled',
    pickup_service_level: 'Standard',
    pickup_date: date,
    pickup_timeslot: toTimeslot(settings.pickupTimeslot ?? '09:00-18:00', timeZone),
    pickup_approx_volume: 'Less than 3 Parcels',
    pickup_address: address,
  };
}

/** Kilograms and centimetres. */
function toDimensions({ weightGrams, lengthMm, widthMm, heightMm }: ShipmentPiece) {
  return { weight: weightGrams / 1000, length: lengthMm / 10, width: widthMm / 10, height: heightMm / 10 };
}

/** The body of `POST /1.0/public/price`; without region codes of both sides nothing can be asked. */
export function toPriceRequest(request: ShipmentRequest, settings: NinjaVanSettings): Outgoing {
  const messages: CarrierMessage[] = [];
  checkLane(request, settings, messages);
  const piece = pieceOf(request, settings, messages);
  const tier = (side: 'from' | 'to') => {
    const { city, region } = side === 'from' ? request.shipFrom : request.shipTo;
    const names = [`${region ?? ''}/${city}`, city, '*'].map((name) => name.trim().toLowerCase());
    const tiers = settings.priceTiers ?? [];
    const found = names.flatMap((name) => tiers.find(({ place }) => place.trim().toLowerCase() === name) ?? [])[0];
    if (found !== undefined) return { l1_tier_code: found.l1, l2_tier_code: found.l2 };
    const message = `No region code is known for ${city}: add it to the price tiers in the settings of the account.`;
    messages.push(fault('no_tier', `${side}.l1_tier_code`, message));
    return {};
  };
  const body = {
    weight: (piece?.weightGrams ?? 0) / 1000,
    service_level: settings.serviceLevel ?? 'Standard',
    from: tier('from'),
    to: tier('to'),
  };
  return { body, messages };
}

/** The carrier moves the first day of delivery off days on which it does not deliver. */
export function movedDay(sent: unknown, stored: unknown): CarrierMessage[] {
  const [asked, kept] = [check(storedJobSchema, sent), check(storedJobSchema, stored)];
  if (!asked.ok || !kept.ok || asked.value.delivery_start_date === kept.value.delivery_start_date) return [];
  const field = 'parcel_job.delivery_start_date';
  const message = `Delivery begins on ${kept.value.delivery_start_date} instead of ${asked.value.delivery_start_date}.`;
  return [{ code: 'day_moved', field, message, level: 'info' }];
}
