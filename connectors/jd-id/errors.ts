import { ConnectorError, type ConnectorErrorDetails, type ConnectorErrorKind } from '../errors.ts';
import { excerpt } from '../transport/redact.ts';
import { fieldOfReason } from './tags.ts';

/** How a call should fail when nobody can say whether it was done. */
export function unclearKind(effect: boolean): ConnectorErrorKind {
  return effect ? 'OutcomeUnknown' : 'Unavailable';
}

interface GatewayRule {
  readonly kind: ConnectorErrorKind;
  readonly meaning: string;
  readonly remedy: string;
}

const ourFault = 'This is a fault of the connector: report it with the message.';

/**
 * Gateway codes (`error_response`). The numbers are those of JD's mother platform, whose gateway software JD.id ran;
 * that JD.id used the same ones is UNCONFIRMED. The gateway refuses before any service is reached.
 */
export const gatewayRules: Readonly<Record<string, GatewayRule>> = {
  '2': { kind: 'RateLimited', meaning: 'call quota used up', remedy: 'Wait, or lower the budget of this account.' },
  '4': { kind: 'Rejected', meaning: 'version missing', remedy: ourFault },
  '5': { kind: 'Rejected', meaning: 'unsupported version', remedy: ourFault },
  '7': { kind: 'Rejected', meaning: 'timestamp missing', remedy: ourFault },
  '8': {
    kind: 'Unauthorized',
    meaning: 'timestamp not accepted',
    remedy: 'Check the clock of this machine: it differs too much from the gateway.',
  },
  '11': { kind: 'Rejected', meaning: 'signature missing', remedy: ourFault },
  '12': {
    kind: 'Unauthorized',
    meaning: 'signature wrong',
    remedy: 'Check app key and app secret in the developer console.',
  },
  '14': { kind: 'Rejected', meaning: 'method missing', remedy: ourFault },
  '15': {
    kind: 'Rejected',
    meaning: 'unknown method',
    remedy: 'Ask for the permission on this API in the developer console.',
  },
  '19': {
    kind: 'Unauthorized',
    meaning: 'access token not accepted (UNCONFIRMED)',
    remedy: 'Connect the shop again, so that it grants new tokens.',
  },
};

/** The code that means "call quota used up": a throttle inside a 200. */
export const quotaCode = '2';

/** The code that means "bad access token" and is worth one renewal (UNCONFIRMED). */
export const badTokenCode = '19';

/** Words of a gateway that refuses a token under a code that nobody knows (UNCONFIRMED). */
const tokenWords =
  /(access|auth\w*)?[ _-]?token\b.*(invalid|expired?|illegal|not (exist|valid|accepted))|(invalid|expired|illegal|bad) (access[ _-]?)?token/i;

/** Whether a new token may help: the gateway refused this one. */
export function isBadToken(error: unknown): error is ConnectorError {
  if (!(error instanceof ConnectorError) || error.kind !== 'Unauthorized') return false;
  return error.details.code === badTokenCode || error.details.status === 401 || tokenWords.test(error.message);
}

/** An `error_response`. A code that nobody knows leaves open whether the call was done, unless it speaks of the token. */
export function gatewayError(code: string, text: string, operation: string, effect: boolean): ConnectorError {
  const rule = gatewayRules[code] ?? (tokenWords.test(text) ? gatewayRules[badTokenCode] : undefined);
  if (rule === undefined) {
    return new ConnectorError(unclearKind(effect), `JD.id gateway error ${code} in ${operation}: ${text}`, { code });
  }
  const message = `JD.id: ${rule.meaning} in ${operation} (gateway code ${code}${text === '' ? '' : `: ${text}`})`;
  return new ConnectorError(rule.kind, message, { code, remedy: rule.remedy });
}

interface BusinessRule {
  readonly pattern: RegExp;
  readonly kind: ConnectorErrorKind | 'unclear';
  readonly remedy?: string;
}

/**
 * Texts of services that answered `success: false`. Only "Failure operation!!" was seen literally; the other patterns
 * are UNCONFIRMED guesses at the usual words. First match counts; no match = Rejected.
 */
export const businessRules: readonly BusinessRule[] = [
  {
    pattern: /failure operation/i,
    kind: 'Rejected',
    remedy: 'The SKU is probably inactive: activate it in the seller portal.',
  },
  { pattern: /system (error|busy|exception)|server busy|time ?out|try again/i, kind: 'unclear' },
  { pattern: /already exists?|duplicate/i, kind: 'Duplicate' },
  { pattern: /(does not|doesn't|not) exist|not found|no such/i, kind: 'NotFound' },
];

/** A service's refusal in our words. */
export function businessError(input: {
  readonly code: string;
  readonly message: string;
  readonly operation: string;
  readonly effect: boolean;
}): ConnectorError {
  const rule = businessRules.find(({ pattern }) => pattern.test(input.message));
  const kind = rule === undefined ? 'Rejected' : rule.kind === 'unclear' ? unclearKind(input.effect) : rule.kind;
  const field = fieldOfReason(input.message);
  const details: ConnectorErrorDetails = {
    code: input.code,
    ...(rule?.remedy === undefined ? {} : { remedy: rule.remedy }),
    ...(field === null ? {} : { field }),
  };
  const said = input.message === '' ? 'no reason given' : input.message;
  return new ConnectorError(kind, `JD.id refused ${input.operation}: ${said} (code ${input.code})`, details);
}

/** An answer that is no answer: HTML, cut JSON, a wrong shape. `where` names the path. */
export function unreadable(operation: string, effect: boolean, where: string, text = ''): ConnectorError {
  const details = { code: 'unreadable_answer', ...(text === '' ? {} : { bodyExcerpt: excerpt(text) }) };
  return new ConnectorError(unclearKind(effect), `JD.id: unreadable answer to ${operation}: ${where}`, details);
}

/** An HTTP status that is no success; the transport has already taken 429 and 502 to 504 out. */
export function statusError(status: number, operation: string, effect: boolean, text: string): ConnectorError {
  const details = { status, bodyExcerpt: excerpt(text) };
  const message = `JD.id answered HTTP ${status} to ${operation}`;
  if (status === 401 || status === 403) {
    return new ConnectorError('Unauthorized', message, { ...details, remedy: 'Check app key, secret and tokens.' });
  }
  if (status >= 500 || status === 408) return new ConnectorError(unclearKind(effect), message, details);
  return new ConnectorError('Rejected', message, { ...details, remedy: 'Check the gateway address in the settings.' });
}
