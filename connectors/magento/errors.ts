import { ConnectorError, type ConnectorErrorDetails, type ConnectorErrorKind } from '../errors.ts';
import type { IncomingAnswer, OutgoingCall } from '../transport/client.ts';
import { looksLikeHtml } from '../transport/json.ts';
import { excerpt, redact } from '../transport/redact.ts';
import { check, errorSchema, fatalSchema } from './schema.ts';

/** The least of a call that an error needs. */
export type CallName = Pick<OutgoingCall, 'operation' | 'effect'>;

/** Messages as the shop spells them, placeholders not filled in: the spelling is what can be relied on. */
const DATABASE_TROUBLE =
  /^(?:Database deadlock found|Database lock wait timeout|Database connection error|SQLSTATE\[|The product was unable to be saved)/;
const DUPLICATES = /^(?:URL key for specified store already exists|The product is already attached)/;
const NOT_AUTHORIZED = "The consumer isn't authorized to access %resources.";
const SIGNATURE_REMEDY =
  'Check the four values of the integration, the shop’s clock, and that a proxy tells the shop that it is called over https.';

/** Fills `%1` and `%name` with the values that the shop sent beside the message: for people only. */
export function filled(message: string, parameters: unknown): string {
  if (Array.isArray(parameters)) {
    // Rows of price calls have named placeholders with a list of values.
    let next = 0;
    return message.replace(/%(\w+)/g, (all, name: string) => {
      const at = /^\d+$/.test(name) ? Number(name) - 1 : next++;
      return parameters[at] === undefined ? all : String(parameters[at]);
    });
  }
  if (typeof parameters !== 'object' || parameters === null) return message;
  const values = new Map(Object.entries(parameters));
  return message.replace(/%(\w+)/g, (all, name: string) => String(values.get(name) ?? all));
}

/** Turns an answer with an error status into our error. */
export function refusal(answer: IncomingAnswer, call: CallName): ConnectorError {
  const body = parsed(answer.text);
  const plain = check(errorSchema, body);
  const fatal = check(fatalSchema, body);
  if (!plain.ok && !fatal.ok) return withoutBody(answer, call);
  const raw = plain.ok ? plain.value.message : fatal.ok ? (fatal.value.messages.error[0]?.message ?? '') : '';
  const text = redact(filled(raw, plain.ok ? plain.value.parameters : undefined));
  const details: ConnectorErrorDetails = {
    status: answer.status,
    code: codeOf(raw),
    bodyExcerpt: excerpt(answer.text),
    ...remedyOf(answer.status, raw, plain.ok ? plain.value.parameters : undefined),
  };
  return new ConnectorError(kindOf(answer.status, raw, call), `${call.operation}: ${text}`, details);
}

/** Magento has no codes of its own; the message before its first value stands for one. */
function codeOf(raw: string): string {
  if (raw === NOT_AUTHORIZED) return 'not_authorized';
  return raw.slice(0, 60);
}

function kindOf(status: number, raw: string, call: CallName): ConnectorErrorKind {
  const lost = call.effect ? 'OutcomeUnknown' : 'Unavailable';
  if (raw.startsWith('Request does not match any route')) return 'Rejected';
  // Deadlocks come as 400 and may succeed the next time.
  if (DATABASE_TROUBLE.test(raw)) return lost;
  if (DUPLICATES.test(raw)) return 'Duplicate';
  if (status === 401 || status === 403) return 'Unauthorized';
  if (status === 404) return 'NotFound';
  if (status === 408 || status >= 500) return lost;
  return 'Rejected';
}

function remedyOf(status: number, raw: string, parameters: unknown): { remedy: string } | Record<string, never> {
  if (raw === NOT_AUTHORIZED) {
    const right = filled('%resources', parameters);
    return { remedy: `Give the integration or the user's role the right ${right}, or check that the token is alive.` };
  }
  if (/^Please use the 2fa/.test(raw)) {
    return { remedy: 'Administrators of this shop need a second factor: make an integration and use OAuth.' };
  }
  if (/^The account sign-in was incorrect/.test(raw)) {
    return { remedy: 'Check user name and password. After six failures the shop locks the user for 30 minutes.' };
  }
  if (status === 401) return { remedy: SIGNATURE_REMEDY };
  if (raw.startsWith('Request does not match any route')) {
    return { remedy: 'Check the shop address and the code of the store view.' };
  }
  return {};
}

/** A page of something in front of the shop, or its maintenance mode. */
function withoutBody(answer: IncomingAnswer, call: CallName): ConnectorError {
  const { status } = answer;
  const details: ConnectorErrorDetails = { status, code: 'no_shop_answer', bodyExcerpt: excerpt(answer.text) };
  const what = `${call.operation}: status ${status} with ${looksLikeHtml(answer) ? 'an HTML page' : 'no readable body'}`;
  if (status === 404) {
    const remedy = 'Check the shop address; web servers also refuse SKUs with a slash in this way.';
    return new ConnectorError('Rejected', what, { ...details, field: 'url', remedy });
  }
  if (status === 401) return new ConnectorError('Unauthorized', what, { ...details, remedy: SIGNATURE_REMEDY });
  if (status === 413) return new ConnectorError('Rejected', what, details);
  const remedy = 'Ask the shop’s host or firewall to let calls of its REST interface through.';
  if (status === 403) return new ConnectorError('Unavailable', what, { ...details, remedy });
  const isServerFault = status === 408 || status >= 500;
  return new ConnectorError(isServerFault && call.effect ? 'OutcomeUnknown' : 'Unavailable', what, details);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Two writers met in the shop's database; neither wrote, and the next attempt usually does. */
export function isDeadlock(error: unknown): boolean {
  return (
    error instanceof ConnectorError && error.details.status === 400 && DATABASE_TROUBLE.test(error.details.code ?? '')
  );
}

/** A moment, drawn anew each time, so that two writers that met do not meet again. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 250));
}

/** True where the shop (or its version) has no such route. */
export function isMissingRoute(error: unknown): boolean {
  return (
    error instanceof ConnectorError &&
    error.kind === 'Rejected' &&
    (error.details.code ?? '').startsWith('Request does not match')
  );
}
