import { Type } from '@sinclair/typebox';
import { ConnectorError, type ConnectorErrorKind } from '../errors.ts';
import type { IncomingAnswer, Throttle } from '../transport/client.ts';
import { excerpt, redact } from '../transport/redact.ts';
import type { Operation } from './operations.ts';
import { check, type UserErrors } from './schema.ts';

const bucketSchema = Type.Object({
  maximumAvailable: Type.Number(),
  currentlyAvailable: Type.Number(),
  restoreRate: Type.Number({ exclusiveMinimum: 0 }),
});
const costSchema = Type.Object({
  requestedQueryCost: Type.Number(),
  actualQueryCost: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
  throttleStatus: bucketSchema,
});
const errorSchema = Type.Object({
  message: Type.String(),
  path: Type.Optional(Type.Union([Type.Array(Type.Union([Type.String(), Type.Number()])), Type.Null()])),
  extensions: Type.Optional(
    Type.Object({ code: Type.Optional(Type.String()), requiredAccess: Type.Optional(Type.String()) }),
  ),
});
const bodySchema = Type.Object({
  data: Type.Optional(Type.Unknown()),
  /** A text for refusals before GraphQL is reached (401, 404). */
  errors: Type.Optional(Type.Union([Type.String(), Type.Array(errorSchema)])),
  extensions: Type.Optional(
    Type.Object({
      cost: Type.Optional(Type.Unknown()),
      search: Type.Optional(Type.Array(Type.Object({ warnings: Type.Optional(Type.Array(Type.Unknown())) }))),
    }),
  ),
});

/** What a call cost, and what is left, as Shopify calculated it. */
export interface CallCost {
  readonly requestedPoints: number;
  /** Null when the call was turned away. */
  readonly actualPoints: number | null;
  readonly availablePoints: number;
  readonly maximumPoints: number;
  readonly restoredPerSecond: number;
}

export interface Envelope {
  readonly data: unknown;
  readonly cost: CallCost | null;
  /** What a mutation that was carried out would not show of its outcome; null where all is shown. */
  readonly withheld: ConnectorError | null;
}

type CallName = Pick<Operation, 'operation' | 'effect'> & Partial<Pick<Operation, 'document'>>;

/** Status of refusals for suspected abuse (that it is 430 is UNCONFIRMED), and how long to be silent then. */
const ABUSE_STATUS = 430;
const ABUSE_SILENCE_MS = 10 * 60 * 1000;
const reinstall = 'Install the app in the shop again, or enter a valid token.';

/** A throttle inside a 200: points are missing. The time to wait is that which the bucket needs to hold them. */
export function throttleOf(answer: IncomingAnswer): Throttle | null {
  if (answer.status === ABUSE_STATUS) return { retryAfterMs: ABUSE_SILENCE_MS };
  if (answer.status !== 200 || !answer.text.includes('THROTTLED')) return null;
  const body = bodyOf(answer.text);
  const isThrottled = Array.isArray(body?.errors) && body.errors.some((one) => one.extensions?.code === 'THROTTLED');
  if (!isThrottled) return null;
  const cost = costOf(body?.extensions?.cost);
  return { retryAfterMs: cost === null ? null : waitMs(cost, cost.requestedPoints) };
}

/** Milliseconds until the bucket holds so many points; never 0 and never more than a minute. */
export function waitMs(cost: CallCost, points: number): number {
  const missing = Math.min(points, cost.maximumPoints) - cost.availablePoints;
  return Math.min(60_000, Math.max(250, Math.ceil((missing / cost.restoredPerSecond) * 1000)));
}

/**
 * Opens an answer of the GraphQL endpoint, or says why there is none. Throws ConnectorErrors only.
 *
 * A field that the app may not see is `null`, with an error beside the other data. Of a mutation that happened all the
 * same, so an effect is `OutcomeUnknown` then, never a refusal.
 */
export function openEnvelope(answer: IncomingAnswer, call: CallName): Envelope {
  if (answer.status !== 200) throw statusError(answer, call);
  const body = bodyOf(answer.text);
  if (body === null || typeof body.errors === 'string') throw unreadable(answer, call, 'no GraphQL answer');
  const [error] = body.errors ?? [];
  const refusal = error === undefined ? null : topLevelError(error, call, answer);
  if (refusal !== null && !isCarriedOut(body.data, call)) throw refusal;
  if (refusal !== null && call.effect) {
    const message = `${refusal.message} (carried out, but not shown in full)`;
    throw new ConnectorError('OutcomeUnknown', message, refusal.details);
  }
  if (body.data === undefined || body.data === null) throw unreadable(answer, call, 'neither data nor errors');
  if (body.extensions?.search?.some(({ warnings }) => (warnings ?? []).length > 0)) {
    throw new ConnectorError('Rejected', `${call.operation}: Shopify did not understand a search filter.`, {
      code: 'search_warning',
      remedy: 'This is a fault of the connector: report it.',
      bodyExcerpt: excerpt(JSON.stringify(body.extensions.search)),
    });
  }
  return { data: body.data, cost: costOf(body.extensions?.cost), withheld: refusal };
}

/** True for a mutation all of whose fields have an answer: what is missing is missing deeper inside. */
function isCarriedOut(data: unknown, { document = '' }: CallName): boolean {
  if (!document.trimStart().startsWith('mutation') || typeof data !== 'object' || data === null) return false;
  const payloads = Object.values(data);
  return payloads.length > 0 && payloads.every((one) => one !== null);
}

/** An answer that says nothing about what happened. */
export function unreadable(answer: IncomingAnswer, call: CallName, what: string): ConnectorError {
  return new ConnectorError(unclear(call), `${call.operation}: status ${answer.status} with ${what}`, {
    status: answer.status,
    code: 'unreadable_answer',
    bodyExcerpt: excerpt(answer.text),
  });
}

/** A business refusal (`userErrors`); null when there is none. Texts are Shopify's own. */
export function userRefusal(errors: UserErrors, call: CallName): ConnectorError | null {
  const [first] = errors;
  if (first === undefined) return null;
  const message = redact(`${call.operation}: ${errors.map((one) => one.message).join(' ')}`);
  const field = first.field?.join('.');
  const remedy = REMEDIES[first.code ?? ''];
  return new ConnectorError('Rejected', message, {
    code: first.code ?? 'user_error',
    ...(field === undefined ? {} : { field }),
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/**
 * Shops on trial and development stores take five new orders a minute. The refusal has no code and these words (seen by
 * others on such a store; those of the older interface are the second ones).
 */
const ORDERS_PER_MINUTE = /^(?:too many attempts\b|exceeded order api rate limit)/i;
const ORDER_SILENCE_MS = 60_000;

/** Null, or that no more orders are taken for a while: nothing was made. */
export function orderThrottle(errors: UserErrors, call: CallName): ConnectorError | null {
  const told = errors.find(({ message }) => ORDERS_PER_MINUTE.test(message.trim()));
  if (told === undefined) return null;
  return new ConnectorError('RateLimited', redact(`${call.operation}: ${told.message}`), {
    code: 'orders_per_minute',
    retryAfterMs: ORDER_SILENCE_MS,
    remedy: 'Shops on trial and development stores take five new orders a minute; the others follow by themselves.',
  });
}

/** What a person can do about a code. */
export const REMEDIES: Readonly<Record<string, string>> = {
  INVENTORY_CLAIM_FAILED:
    'The shop has too little stock: correct the stock there, or set "stock of pushed orders" to ignore.',
  SHOP_DORMANT: 'The shop is dormant: its owner has to take up a plan.',
  ITEM_NOT_STOCKED_AT_LOCATION: 'Stock the product at this location in the shop.',
  NON_MUTABLE_INVENTORY_ITEM: 'Bundles have no stock of their own: write that of their parts.',
};

const STATUS_RULES: Readonly<Record<number, readonly [ConnectorErrorKind, string]>> = {
  401: ['Unauthorized', reinstall],
  402: ['Unauthorized', 'The shop is frozen for an unpaid bill: its owner has to settle it with Shopify.'],
  403: ['Unauthorized', 'Shopify refuses the app in this shop: check its installation and its scopes.'],
  423: ['Unauthorized', 'The shop is locked: its owner has to ask Shopify.'],
  404: ['Rejected', 'Check the shop address and the API version.'],
};

function statusError(answer: IncomingAnswer, call: CallName): ConnectorError {
  const { status } = answer;
  const details = { status, code: `http_${status}`, bodyExcerpt: excerpt(answer.text) };
  const message = `${call.operation}: Shopify answered ${status}`;
  // Shopify refuses an app in JSON. A page is somebody's in front of it, and says nothing about the account.
  if (status === 403 && bodyOf(answer.text) === null) {
    const remedy = 'A firewall or proxy on the way answered in its place; it is tried again.';
    return new ConnectorError('Unavailable', message, { ...details, remedy });
  }
  const rule = STATUS_RULES[status];
  if (rule !== undefined) return new ConnectorError(rule[0], message, { ...details, remedy: rule[1] });
  if (status >= 500 || status === 408) return new ConnectorError(unclear(call), message, details);
  return new ConnectorError('Rejected', message, details);
}

function topLevelError(
  error: { message: string; extensions?: { code?: string; requiredAccess?: string } },
  call: CallName,
  answer: IncomingAnswer,
): ConnectorError {
  const { code = 'graphql', requiredAccess } = error.extensions ?? {};
  const message = redact(`${call.operation}: ${error.message}`);
  const details = { status: answer.status, code, bodyExcerpt: excerpt(answer.text) };
  if (code === 'ACCESS_DENIED') {
    // Orders are protected customer data; of apps for many shops Shopify wants to know why they need them.
    const remedy = /protected customer data|not approved to access/i.test(error.message)
      ? 'Ask Shopify for access to protected customer data for the app, in its settings at Shopify.'
      : `Give the app the right it lacks${requiredAccess === undefined ? '' : `: ${redact(requiredAccess)}`}.`;
    return new ConnectorError('Unauthorized', message, { ...details, remedy });
  }
  // A mutation may have happened before Shopify's program broke.
  if (['INTERNAL_SERVER_ERROR', 'TIMEOUT', 'IDEMPOTENCY_CONCURRENT_REQUEST'].includes(code))
    return new ConnectorError(unclear(call), message, details);
  return new ConnectorError('Rejected', message, details);
}

function unclear(call: CallName): ConnectorErrorKind {
  return call.effect ? 'OutcomeUnknown' : 'Unavailable';
}

function bodyOf(text: string) {
  try {
    const verdict = check(bodySchema, JSON.parse(text));
    return verdict.ok ? verdict.value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function costOf(value: unknown): CallCost | null {
  const verdict = check(costSchema, value);
  if (!verdict.ok) return null;
  const { requestedQueryCost, actualQueryCost = null, throttleStatus } = verdict.value;
  return {
    requestedPoints: requestedQueryCost,
    actualPoints: actualQueryCost,
    availablePoints: throttleStatus.currentlyAvailable,
    maximumPoints: throttleStatus.maximumAvailable,
    restoredPerSecond: throttleStatus.restoreRate,
  };
}
