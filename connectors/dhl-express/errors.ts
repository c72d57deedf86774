import type { CarrierMessage } from '../contract/carrier.ts';
import { ConnectorError, type ConnectorErrorKind } from '../errors.ts';
import type { IncomingAnswer } from '../transport/client.ts';
import { excerpt } from '../transport/redact.ts';
import { fits, type Problem, problemSchema } from './schema.ts';

/** What a person can do about a number at the beginning of `detail`. Numbers as published or seen in live tests. */
export const remedies: Readonly<Record<string, string>> = {
  '998': 'Set a planned time that lies ahead, at most 10 days, in the origin’s own time.',
  '999': 'DHL could not process it: look the booking up before it is tried again.',
  '1001': 'Choose a product that /rates offers on this lane.',
  '1504': 'There is no such image (yet).',
  '3501': 'Ask DHL to let this account reserve numbers, or switch `reserveNumbers` off.',
  '5556': 'Use the account that the booking was made with.',
  '7008': 'Leave the service out, or choose one that is sold on this lane.',
  '7096': 'Check the shipment number.',
  '7163': 'Check the shipment number.',
  '8003': 'Check the shipper account in the settings of the connection; DHL does not allow it here.',
  '8007': 'Check the shipper account in the settings of the connection; it is not valid.',
};

/** The numbers as Markdown, for the documentation. */
export function renderErrorTable(): string {
  const rows = Object.entries(remedies).map(([code, remedy]) => `| ${code} | ${remedy} |`);
  return ['| number | what to do |', '| --- | --- |', ...rows, ''].join('\n');
}

/** What a person can do about a field, where its number says nothing. First match counts. */
const fieldRemedies: readonly { readonly pattern: RegExp; readonly remedy: string }[] = [
  { pattern: /postalCode/i, remedy: 'Correct the postcode of the address.' },
  { pattern: /cityName/i, remedy: 'Correct the city of the address.' },
  { pattern: /addressLine/i, remedy: 'Shorten the street; three lines of 45 characters are allowed.' },
  { pattern: /phone/i, remedy: 'Add a phone number to the address.' },
  { pattern: /commodityCodes/i, remedy: 'Correct the HS code of the product.' },
  { pattern: /lineItems/i, remedy: 'Correct the customs data of the product.' },
  { pattern: /dimensions|weight/i, remedy: 'Measure the parcel again.' },
];

/** How a call should fail when nobody can say whether it was done. */
export function unclearKind(effect: boolean): ConnectorErrorKind {
  return effect ? 'OutcomeUnknown' : 'Unavailable';
}

/** An answer that is no answer. JSON is not quoted: a booking's answer repeats names and addresses. */
export function unreadable(operation: string, effect: boolean, where: string, text = ''): ConnectorError {
  const page = text.trimStart().startsWith('<');
  return new ConnectorError(unclearKind(effect), `DHL Express: unreadable answer to ${operation}: ${where}`, {
    code: 'unreadable_answer',
    ...(page ? { bodyExcerpt: excerpt(text) } : {}),
  });
}

/** The problem that an answer describes; null when it describes none. */
export function problemOf(text: string): Problem | null {
  try {
    const body: unknown = JSON.parse(text);
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    return isObject && fits(problemSchema, body) ? body : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** One text of a problem: a number in front, a JSON pointer to the field, both optional. */
export function messageOf(text: string, status: number): CarrierMessage {
  const code = /^\s*(\d+)\s*:/.exec(text)?.[1] ?? null;
  const field = /#?(\/[\w/.[\]-]+)/.exec(text)?.[1] ?? null;
  const named = /(?:key|property|field)\s*\[?['"]?([A-Za-z]\w*)['"]?\]?/.exec(text)?.[1] ?? '';
  const remedy =
    (code === null ? undefined : remedies[code]) ??
    fieldRemedies.find(({ pattern }) => pattern.test(`${field ?? ''} ${named}`))?.remedy;
  const message = remedy === undefined ? text : `${text} → ${remedy}`;
  return { code: code ?? String(status), message: message.slice(0, 500), level: 'error', field };
}

/** A refusal as messages: all causes, never none. */
export function messagesOf(answer: IncomingAnswer): CarrierMessage[] {
  const problem = problemOf(answer.text);
  const causes = (problem?.additionalDetails ?? []).filter((cause) => typeof cause === 'string' && cause.trim() !== '');
  const texts = causes.length > 0 ? causes : [problem?.detail, problem?.message, problem?.title];
  const said = texts.filter((text) => typeof text === 'string' && text.trim() !== '');
  const kept = causes.length > 0 ? said : said.slice(0, 1);
  if (kept.length === 0) return [messageOf(`DHL Express refused with status ${answer.status}`, answer.status)];
  return kept.map((text) => messageOf(String(text), answer.status));
}

/** A status that is neither success nor a refusal by rule; the transport has taken 429 and 502 to 504 out. */
export function statusError(answer: IncomingAnswer, operation: string, effect: boolean): ConnectorError {
  const { status } = answer;
  const [first] = messagesOf(answer);
  const message = `DHL Express answered ${status} to ${operation}: ${first?.message ?? 'no reason'}`;
  const details = { status, ...(first === undefined ? {} : { code: first.code }) };
  if (status === 401 || status === 403) {
    const remedy = 'Check API user and password, and what they are allowed to do, in the developer portal.';
    return new ConnectorError('Unauthorized', message, { ...details, remedy });
  }
  if (status === 404 && problemOf(answer.text) !== null) return new ConnectorError('NotFound', message, details);
  if (status === 404) {
    const remedy = 'Check the API address in the settings of the connection.';
    return new ConnectorError('Rejected', message, { ...details, remedy });
  }
  if (status >= 400 && status < 500 && status !== 408) return new ConnectorError('Rejected', message, details);
  return new ConnectorError(unclearKind(effect), message, details);
}
