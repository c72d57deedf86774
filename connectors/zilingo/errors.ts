import { ConnectorError, type ConnectorErrorDetails, type ConnectorErrorKind } from '../errors.ts';
import { excerpt } from '../transport/redact.ts';
import { fieldOfReason } from './tags.ts';

/** How a call should fail when nobody can say whether it was done. */
export const unclearKind = (effect: boolean): ConnectorErrorKind => (effect ? 'OutcomeUnknown' : 'Unavailable');

interface ReasonRule {
  readonly pattern: RegExp;
  readonly kind: ConnectorErrorKind | 'unclear';
  readonly remedy?: string;
}

const keyRemedy = 'Check seller id and API key; Zilingo’s staff give them on request.';

/** Texts of `REASON`: no list is public, all patterns are UNCONFIRMED guesses. First match counts; none = Rejected. */
export const reasonRules: readonly ReasonRule[] = [
  { pattern: /too many requests|rate limit|throttl/i, kind: 'RateLimited' },
  { pattern: /invalid .*(seller|api ?key)|unauthori[sz]ed|forbidden/i, kind: 'Unauthorized', remedy: keyRemedy },
  { pattern: /internal|system error|try again|time ?out|unavailable/i, kind: 'unclear' },
  { pattern: /(does not|doesn't|not) exist|not found|no such/i, kind: 'NotFound' },
];

/** `STATUS: FAILED` in our words. */
export function refusal(reason: string, operation: string, effect: boolean, status?: number): ConnectorError {
  const rule = reasonRules.find(({ pattern }) => pattern.test(reason));
  const kind = rule === undefined ? 'Rejected' : rule.kind === 'unclear' ? unclearKind(effect) : rule.kind;
  const field = fieldOfReason(reason);
  const details: ConnectorErrorDetails = {
    code: 'FAILED',
    ...(status === undefined ? {} : { status }),
    ...(rule?.remedy === undefined ? {} : { remedy: rule.remedy }),
    ...(field === null ? {} : { field }),
  };
  return new ConnectorError(kind, `Zilingo refused ${operation}: ${reason || 'no reason given'}`, details);
}

/** An answer that is no answer: empty, HTML, cut JSON, a wrong shape. `where` names the path. */
export function unreadable(operation: string, effect: boolean, where: string, page = ''): ConnectorError {
  const details = { code: 'unreadable_answer', ...(page === '' ? {} : { bodyExcerpt: excerpt(page) }) };
  return new ConnectorError(unclearKind(effect), `Zilingo: unreadable answer to ${operation}: ${where}`, details);
}

/** An HTTP status that is no success; the transport has already taken 429 and 502 to 504 out. */
export function statusError(status: number, operation: string, effect: boolean, text: string): ConnectorError {
  const message = `Zilingo answered HTTP ${status} to ${operation}`;
  if (status === 401 || status === 403) {
    return new ConnectorError('Unauthorized', message, { status, remedy: keyRemedy });
  }
  const bodyExcerpt = excerpt(text);
  if (status >= 500 || status === 408) {
    return new ConnectorError(unclearKind(effect), message, { status, bodyExcerpt });
  }
  // The API's own 404 is JSON; a page means that another server, or path, was asked.
  if (status === 404 && /^\s*\{/.test(text)) return new ConnectorError('NotFound', message, { status });
  const remedy = 'Check the address in the settings.';
  return new ConnectorError('Rejected', message, { status, bodyExcerpt, remedy });
}

/** There is no call for it, or nobody has switched on the one of which nothing is known. */
export function byHand(what: string, setting: string | null = null): ConnectorError {
  const more = setting === null ? '' : ` (or set ${setting}, where the account is known to have such a call)`;
  return new ConnectorError('Rejected', `Zilingo: ${what} by call is not known to be possible`, {
    code: 'by_hand',
    remedy: `Do it in the seller portal${more}.`,
  });
}
