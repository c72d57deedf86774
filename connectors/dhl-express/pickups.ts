import type { Answer, CarrierMessage, Pickup, PickupRequest } from '../contract/carrier.ts';
import { ConnectorError } from '../errors.ts';
import { fault, toParty } from './addresses.ts';
import { type DhlExpressCall, type DhlExpressClient, isRefusal, isSuccess } from './client.ts';
import { messagesOf, problemOf, statusError, unreadable } from './errors.ts';
import { limitFaults } from './limits.ts';
import { type Outgoing, toPackage } from './mapping.ts';
import { type DhlExpressSettings, pickupSchema } from './schema.ts';
import { instantOf, plannedTime } from './times.ts';

/** Products without customs: documents abroad, anything inside a country. */
const undeclared = ['D', 'N'];
const REASON_MAX = 50;

/** What the pick-up call takes of an address: it refuses keys that a booking takes (names of province and country). */
function plainParty(request: PickupRequest, settings: DhlExpressSettings, messages: CarrierMessage[]) {
  const { party, faults } = toParty(request.at, '/customerDetails/shipperDetails', settings.shipper);
  messages.push(...faults);
  const { provinceName: _, ...postalAddress } = party.postalAddress;
  return { postalAddress, contactInformation: party.contactInformation };
}

function checkWindow(request: PickupRequest, messages: CarrierMessage[]) {
  const ready = plannedTime(request.readyAt, request.timeZone);
  const closes = plannedTime(request.closesAt, request.timeZone);
  if (ready === null || closes === null) {
    const message = `"${request.timeZone}" is no time zone: correct it at the place of pick-up.`;
    messages.push(fault('bad_zone', '/plannedPickupDateAndTime', message));
    return null;
  }
  if (request.closesAt <= request.readyAt || ready.date !== closes.date) {
    const message = 'The courier needs a window within one day: ready first, closed later.';
    messages.push(fault('bad_window', '/closeTime', message));
  }
  return { stamp: ready.stamp, closeTime: closes.stamp.slice(11, 16) };
}

/**
 * The body of `POST /pickups`. The call has no field for our reference: it stands in `remark`, where people at DHL read
 * it and nobody can search for it.
 */
export function toPickupRequest(request: PickupRequest, settings: DhlExpressSettings): Outgoing {
  const messages: CarrierMessage[] = [];
  const window = checkWindow(request, messages);
  const productCode = settings.productCode ?? 'P';
  const [identifier, ...others] = request.shipmentIdentifiers;
  if (request.pieces.length === 0) {
    messages.push(fault('bad_pieces', '/shipmentDetails/0/packages', 'A pick-up needs at least one parcel.'));
  }
  messages.push(...limitFaults(request, settings));
  const body = {
    plannedPickupDateAndTime: window?.stamp ?? '',
    closeTime: window?.closeTime ?? '',
    locationType: 'business',
    accounts: [{ typeCode: 'shipper', number: settings.accountNumber }],
    remark: request.reference,
    customerDetails: { shipperDetails: plainParty(request, settings, messages) },
    shipmentDetails: [
      {
        productCode,
        isCustomsDeclarable: !undeclared.includes(productCode),
        unitOfMeasurement: 'metric',
        // One number stands for one entry, and which parcels are whose is not known here.
        ...(identifier !== undefined && others.length === 0 ? { shipmentTrackingNumber: identifier } : {}),
        packages: request.pieces.map((piece, index) => toPackage(piece, index, null, messages)),
      },
    ],
  };
  return { body, messages };
}

/** When the courier is expected, in the zone that was asked with; null when the answer does not say. */
function readyAt(date: string, time: string, request: PickupRequest): Date | null {
  const offset = plannedTime(request.readyAt, request.timeZone)?.stamp.slice(-6) ?? null;
  return instantOf(date, time, offset);
}

/**
 * Calls a courier. A lost answer is `OutcomeUnknown`, and no call lists pick-ups: whether one was booked is for a person
 * to ask. Refusals, such as one after the cut-off, are messages.
 */
export async function bookPickup(
  client: DhlExpressClient,
  request: PickupRequest,
  settings: DhlExpressSettings,
): Promise<Answer<Pickup>> {
  const { body, messages } = toPickupRequest(request, settings);
  if (messages.some((message) => message.level === 'error')) return { details: null, messages };
  const call: DhlExpressCall = {
    method: 'POST',
    path: '/pickups',
    body,
    operation: 'pickups.book',
    effect: true,
    about: request.reference,
  };
  const answer = await client.send(call);
  if (isRefusal(answer)) return { details: null, messages: [...messages, ...messagesOf(answer)] };
  if (!isSuccess(answer)) throw statusError(answer, call.operation, call.effect);
  const booked = client.read(call, answer, pickupSchema);
  const number = booked.dispatchConfirmationNumbers?.[0] ?? booked.dispatchConfirmationNumber;
  // It was taken, and without its number nobody can call it off: a person has to ask.
  if (number === undefined || number === null)
    throw unreadable(call.operation, call.effect, '/dispatchConfirmationNumbers');
  const said = (booked.warnings ?? []).map(
    (message): CarrierMessage => ({ code: 'carrier', field: null, message, level: 'warning' }),
  );
  return {
    details: {
      pickupIdentifier: String(number),
      readyAt: readyAt(booked.nextPickupDate ?? '', booked.readyByTime ?? '', request),
    },
    messages: [...messages, ...said],
  };
}

/** Sends the courier away. One that is cancelled already, or not there any more, counts as done. */
export async function cancelPickup(
  client: DhlExpressClient,
  pickup: { readonly pickupIdentifier: string; readonly reason: string },
  settings: DhlExpressSettings,
): Promise<void> {
  const call: DhlExpressCall = {
    method: 'DELETE',
    path: `/pickups/${encodeURIComponent(pickup.pickupIdentifier)}`,
    query: [
      ['requestorName', settings.shipper?.name ?? settings.shipper?.company ?? 'Dispatch'],
      ['reason', pickup.reason.trim().slice(0, REASON_MAX) || 'not needed'],
    ],
    operation: 'pickups.cancel',
    effect: false,
    about: pickup.pickupIdentifier,
  };
  const answer = await client.send(call);
  if (isSuccess(answer) || (answer.status === 404 && problemOf(answer.text) !== null)) return;
  const [first] = messagesOf(answer);
  if (isRefusal(answer) && /already (cancell?ed|completed)/i.test(first?.message ?? '')) return;
  if (isRefusal(answer)) {
    throw new ConnectorError('Rejected', `DHL Express keeps the pick-up: ${first?.message ?? 'no reason'}`, {
      status: answer.status,
      remedy: 'Call DHL; the courier may be under way.',
    });
  }
  throw statusError(answer, call.operation, call.effect);
}
