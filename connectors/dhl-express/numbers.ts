import type { Answer, CarrierMessage, ShipmentRequest } from '../contract/carrier.ts';
import { type DhlExpressCall, type DhlExpressClient, isRefusal, isSuccess } from './client.ts';
import { messagesOf, statusError, unreadable } from './errors.ts';
import { toBookingRequest } from './mapping.ts';
import { type DhlExpressSettings, dryRunSchema, identifiersSchema } from './schema.ts';

/**
 * Reserves a waybill number. Stored before the booking and sent with it, a repetition carries the same number instead of
 * making a second waybill. 3501: the account may not.
 */
export async function reserveNumber(client: DhlExpressClient, settings: DhlExpressSettings): Promise<Answer<string>> {
  const call: DhlExpressCall = {
    method: 'GET',
    path: '/identifiers',
    query: [
      ['accountNumber', settings.accountNumber],
      ['type', 'SID'],
      ['size', '1'],
    ],
    operation: 'identifiers.reserve',
    // A number that is never used costs nothing.
    effect: false,
    about: settings.accountNumber,
  };
  const answer = await client.send(call);
  if (isRefusal(answer)) return { details: null, messages: messagesOf(answer) };
  if (!isSuccess(answer)) throw statusError(answer, call.operation, call.effect);
  const [first] = client.read(call, answer, identifiersSchema).identifiers;
  const number = first?.list?.[0] ?? first?.value;
  if (number === undefined || number === null) throw unreadable(call.operation, call.effect, '/identifiers/0/list');
  return { details: String(number), messages: [] };
}

/** DHL's own check of a booking (`validateDataOnly`), after ours. */
export async function dryRun(
  client: DhlExpressClient,
  request: ShipmentRequest,
  settings: DhlExpressSettings,
): Promise<readonly CarrierMessage[]> {
  const { body, messages } = toBookingRequest(request, settings);
  if (messages.some((message) => message.level === 'error')) return messages;
  const call: DhlExpressCall = {
    method: 'POST',
    path: '/shipments',
    query: [['validateDataOnly', 'true']],
    body,
    operation: 'shipments.check',
    effect: false,
    about: request.reference,
  };
  const answer = await client.send(call);
  if (isRefusal(answer)) return [...messages, ...messagesOf(answer)];
  if (!isSuccess(answer)) throw statusError(answer, call.operation, call.effect);
  const { shipmentTrackingNumber, warnings } = client.read(call, answer, dryRunSchema);
  const said = (warnings ?? []).map(
    (message): CarrierMessage => ({ code: 'carrier', field: null, message, level: 'warning' }),
  );
  if (shipmentTrackingNumber !== undefined && shipmentTrackingNumber !== null) {
    const message = `A dry run was booked as ${shipmentTrackingNumber}: leave that waybill unused, and make no more dry runs here.`;
    said.push({ code: 'booked_by_dry_run', field: null, message, level: 'error' });
  }
  return [...messages, ...said];
}
