import { ConnectorError, type ConnectorErrorDetails, type ConnectorErrorKind } from '../errors.ts';
import type { IncomingAnswer, OutgoingCall } from '../transport/client.ts';
import { looksLikeHtml, parseJsonAnswer } from '../transport/json.ts';
import { excerpt, redact } from '../transport/redact.ts';
import { check, errorSchema } from './schema.ts';
import { withoutTrailingHtml } from './text.ts';

/** The least of a call that an error needs. */
export type CallName = Pick<OutgoingCall, 'operation' | 'effect'>;

interface ShopError {
  readonly code: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Codes whose meaning is not that of their status. */
export const KIND_BY_CODE: Readonly<Record<string, ConnectorErrorKind>> = {
  product_invalid_sku: 'Duplicate',
  woocommerce_rest_product_sku_already_exists: 'Duplicate',
  term_exists: 'Duplicate',
  woocommerce_rest_product_invalid_id: 'NotFound',
  woocommerce_rest_product_variation_invalid_id: 'NotFound',
  woocommerce_rest_shop_order_invalid_id: 'NotFound',
  woocommerce_rest_shop_webhook_invalid_id: 'NotFound',
  woocommerce_rest_invalid_product_id: 'NotFound',
  // A refusal by rule in spite of its status 500.
  woocommerce_rest_cannot_create_order_refund: 'Rejected',
  // The path is unknown to the site: plugin off, or an older version. Nothing to look for again.
  rest_no_route: 'Rejected',
};

/** With 403: the key is right, and this one thing may not be changed by its user. Not a word about the account. */
const REFUSED_CHANGES: ReadonlySet<string> = new Set([
  'woocommerce_rest_cannot_edit',
  'woocommerce_rest_cannot_delete',
]);

/** What a person can do about a code. */
export const REMEDIES: Readonly<Record<string, string>> = {
  woocommerce_rest_authentication_error: 'Check the consumer key, its secret, its permission and the shop’s clock.',
  woocommerce_rest_authentication_missing_parameter: 'Check the shop address: a redirect or proxy drops parameters.',
  woocommerce_rest_cannot_view:
    'Give the key’s user the right to manage the shop. If the key is right, the host strips the Authorization header: set authentication to query.',
  rest_no_route: 'Check that WooCommerce is active and the address is the site’s own.',
  product_invalid_sku: 'Another product of the shop has this SKU.',
  invalid_username: 'Check the consumer key.',
};

/** Turns an answer with an error status into our error. */
export function refusal(answer: IncomingAnswer, call: CallName): ConnectorError {
  const error = readError(answer);
  if (error === null) return withoutBody(answer, call);
  const details: ConnectorErrorDetails = {
    status: answer.status,
    code: error.code,
    bodyExcerpt: excerpt(answer.text),
    ...fieldOf(error),
    ...existingOf(error),
    ...remedyOf(error),
  };
  const message = redact(`${call.operation}: ${error.message || error.code}`);
  return new ConnectorError(kindOf(answer.status, error.code, call), message, details);
}

function kindOf(status: number, code: string, call: CallName): ConnectorErrorKind {
  const known = KIND_BY_CODE[code];
  if (known !== undefined) return known;
  if (status === 403 && REFUSED_CHANGES.has(code)) return 'Rejected';
  if (status === 401 || status === 403) return 'Unauthorized';
  if (status === 404 || status === 410) return 'NotFound';
  if (status === 408 || status >= 500) return call.effect ? 'OutcomeUnknown' : 'Unavailable';
  return 'Rejected';
}

/** An error page of something in front of the shop, or of WordPress itself. */
function withoutBody(answer: IncomingAnswer, call: CallName): ConnectorError {
  const { status } = answer;
  const details: ConnectorErrorDetails = { status, code: 'no_shop_answer', bodyExcerpt: excerpt(answer.text) };
  const what = `${call.operation}: status ${status} with ${looksLikeHtml(answer) ? 'an HTML page' : 'no readable body'}`;
  if (status === 404) {
    const remedy = 'Check the shop address, and switch on permalinks in WordPress → Settings → Permalinks.';
    return new ConnectorError('Rejected', what, { ...details, field: 'url', remedy });
  }
  if (status === 401) return new ConnectorError('Unauthorized', what, details);
  // A firewall's or security plugin's page: the key may be right, and the shop never saw the call.
  const remedy = 'Ask the shop’s host or security plugin to let calls of its REST interface through.';
  if (status === 403) return new ConnectorError('Unavailable', what, { ...details, remedy });
  if (status === 413) return new ConnectorError('Rejected', what, details);
  const isServerFault = status === 408 || status >= 500;
  return new ConnectorError(isServerFault && call.effect ? 'OutcomeUnknown' : 'Unavailable', what, details);
}

/** Refusals, too, come with PHP warnings before them where the site shows its warnings. */
function readError(answer: IncomingAnswer): ShopError | null {
  let body: unknown;
  try {
    const text = withoutTrailingHtml(answer.text);
    body = parseJsonAnswer({ ...answer, text }, { operation: 'refusal', effect: false });
  } catch (error) {
    if (error instanceof ConnectorError) return null;
    throw error;
  }
  const verdict = check(errorSchema, body);
  if (!verdict.ok) return null;
  const { code, message, data } = verdict.value;
  return { code: String(code), message: plain(message ?? ''), data: isRecord(data) ? data : {} };
}

function fieldOf(error: ShopError): { field: string } | Record<string, never> {
  const { params } = error.data;
  const names = Array.isArray(params) ? params.map(String) : isRecord(params) ? Object.keys(params) : [];
  return names.length > 0 ? { field: names.join(', ') } : {};
}

function existingOf(error: ShopError): { existingId: string } | Record<string, never> {
  const { resource_id: id } = error.data;
  return typeof id === 'number' && id > 0 ? { existingId: String(id) } : {};
}

function remedyOf(error: ShopError): { remedy: string } | Record<string, never> {
  const known = REMEDIES[error.code];
  if (known !== undefined) return { remedy: known };
  const { params } = error.data;
  if (!isRecord(params)) return {};
  const texts = Object.entries(params).map(([name, text]) => `${name}: ${plain(String(text))}`);
  return { remedy: redact(texts.join(' ')).slice(0, 300) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plain(text: string): string {
  return text.replace(/<[^>]*>/g, '').trim();
}
