import type { CarrierMessage } from '../contract/carrier.ts';
import { check } from '../contract/check.ts';
import { ConnectorError, type ConnectorErrorKind } from '../errors.ts';
import type { IncomingAnswer } from '../transport/client.ts';
import { type ErrorBody, errorSchema } from './schema.ts';

/** What a person can do about a field. First match counts. */
export const fieldRemedies: readonly { readonly pattern: RegExp; readonly remedy: string }[] = [
  { pattern: /postcode/i, remedy: 'Correct the postcode of the address.' },
  { pattern: /country/i, remedy: 'Use the account of that country, or another carrier.' },
  { pattern: /phone|email/i, remedy: 'Add a phone number or an e-mail address.' },
  { pattern: /address|city|ward|district|kelurahan|kecamatan|province|state/i, remedy: 'Correct the address.' },
  { pattern: /name/i, remedy: 'Complete the name.' },
  { pattern: /dimensions|weight|size/i, remedy: 'Measure the parcel again, or split it.' },
  { pattern: /service_(?:type|level)/i, remedy: 'Choose a service in the settings that the carrier agreed to.' },
  { pattern: /pickup/i, remedy: 'Choose a later day for the pick-up.' },
  { pattern: /tier_code/i, remedy: 'Correct the price tiers in the settings of the account.' },
];

/** Why a 403 comes, by what its message speaks of. */
export const forbidden: readonly { readonly pattern: RegExp; readonly remedy: string }[] = [
  { pattern: /audit/i, remedy: 'Have Ninja Van check three sample orders: production opens after that audit.' },
  { pattern: /frozen|suspend/i, remedy: 'Ask Ninja Van why the account is frozen.' },
  { pattern: /waybill|report/i, remedy: 'Ask Ninja Van to let this account generate waybills.' },
];
const wrongCountry =
  'Check that the credentials belong to the country in the settings, and that the account is active.';

/** Words of a refusal that names no field: what a repeated number is answered with is UNCONFIRMED. */
const takenWords = /\balready\b|duplicat|\bin use\b|\btaken\b/i;
const NUMBER_FIELD = 'requested_tracking_number';

/** True where a refusal may mean that the number was used before: worth reading back. */
export function isNumberTaken(messages: readonly CarrierMessage[]): boolean {
  return messages.some(({ field, message }) => field === NUMBER_FIELD || (field === null && takenWords.test(message)));
}

/** True where it says in so many words that the number was used before. */
export function saysTaken({ level, field, code, message }: CarrierMessage): boolean {
  if (level !== 'error') return false;
  if (field === NUMBER_FIELD) return /used|exist|duplicat|taken/i.test(`${code} ${message}`);
  return field === null && takenWords.test(message);
}

/** "No such thing" of the API's own, which is JSON, or nothing at all; a page means that another server was asked. */
export function isNotFound({ status, text }: IncomingAnswer): boolean {
  return status === 404 && /^\s*(\{|$)/.test(text);
}

/** The error that an answer describes; null when it describes none. */
export function errorOf(text: string): ErrorBody | null {
  try {
    const verdict = check(errorSchema, JSON.parse(text));
    return verdict.ok ? verdict.value.error : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** A refusal as messages: all causes, never none. */
export function messagesOf(answer: IncomingAnswer): CarrierMessage[] {
  const body = errorOf(answer.text);
  const code = String(body?.code ?? answer.status);
  const details = body?.details ?? [];
  if (details.length === 0) {
    const message = body?.message ?? body?.title ?? `Ninja Van refused with status ${answer.status}`;
    return [{ code, field: null, message: message.slice(0, 500), level: 'error' }];
  }
  return details.map(({ reason, field, message }) => {
    const text = message || reason || body?.message || 'refused';
    const remedy = fieldRemedies.find(({ pattern }) => pattern.test(field ?? ''))?.remedy;
    const whole = remedy === undefined ? text : `${text} → ${remedy}`;
    return { code: reason ?? code, field: field ?? null, message: whole.slice(0, 500), level: 'error' };
  });
}

/** How a call should fail when nobody can say whether it was done. */
function unclearKind(effect: boolean): ConnectorErrorKind {
  return effect ? 'OutcomeUnknown' : 'Unavailable';
}

/** A status that is neither success nor a refusal by rule; the transport has taken 429 and 502 to 504 out. */
export function statusError(answer: IncomingAnswer, operation: string, effect: boolean): ConnectorError {
  const { status } = answer;
  const [first] = messagesOf(answer);
  const message = `Ninja Van answered ${status} to ${operation}: ${first?.message ?? 'no reason'}`;
  const requestId = errorOf(answer.text)?.request_id;
  const details = { status, ...(requestId ? { code: requestId } : {}) };
  if (status === 401) {
    const remedy = 'Check client id and client key in the dashboard of this country: they may have been revoked.';
    return new ConnectorError('Unauthorized', message, { ...details, remedy });
  }
  if (status === 403) {
    const known = forbidden.find(({ pattern }) => pattern.test(message));
    return new ConnectorError('Unauthorized', message, { ...details, remedy: known?.remedy ?? wrongCountry });
  }
  if (isNotFound(answer)) return new ConnectorError('NotFound', message, details);
  if (status === 404) {
    const remedy = 'Check the API address in the settings of the connection.';
    return new ConnectorError('Rejected', message, { ...details, remedy });
  }
  if (status >= 400 && status < 500 && status !== 408) return new ConnectorError('Rejected', message, details);
  return new ConnectorError(unclearKind(effect), message, details);
}
