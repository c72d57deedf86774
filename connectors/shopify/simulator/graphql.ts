import {
  type DocumentNode,
  execute,
  type FragmentDefinitionNode,
  type GraphQLError,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import type { VendorAnswer } from '../../simulator-kit/index.ts';
import { type PointBucket, requestedPoints } from './cost.ts';
import { MAX_PAGE } from './paging.ts';
import { validationProblem, variableProblems, type WireError } from './problems.ts';
import { type CallFacts, rootsOf, schema } from './roots.ts';
import type { Shop } from './shop.ts';

export { SERVED_VERSIONS, schema } from './roots.ts';

const MAX_POINTS = 1000;
/** The one list that may be longer than the others. */
const LONG_LISTS = new Set(['input.variants']);

/** Answers one call of the GraphQL endpoint: check, cost, run. Refusals are 200, as the real one's are. */
export async function answerGraphql(
  shop: Shop,
  bucket: PointBucket,
  { body, ...facts }: CallFacts & { readonly body: Buffer },
): Promise<VendorAnswer> {
  const request = readRequest(body);
  if (request === null) return { status: 400, body: { errors: { query: 'Required parameter missing or invalid' } } };
  let document: DocumentNode;
  try {
    document = parse(request.query);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { status: 200, body: { errors: [{ message: error.message }] } };
  }
  const invalid = validate(schema, document);
  if (invalid.length > 0)
    return { status: 200, body: { errors: invalid.map((one) => validationProblem(one, document)) } };
  const operation = operationOf(document, request.operationName);
  if (operation === undefined) return { status: 200, body: { errors: [{ message: 'No operation of that name' }] } };
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables);
  if (coerced.errors !== undefined) {
    return {
      status: 200,
      body: { errors: variableProblems(coerced.errors, operation, request.variables) },
    };
  }
  const tooLong = longestList(request.variables, '');
  if (tooLong > MAX_PAGE) return listTooLong(tooLong);
  const fragments = new Map(
    document.definitions
      .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one]),
  );
  const points = requestedPoints(operation, { schema, fragments, variables: coerced.coerced });
  if (points > MAX_POINTS) return tooDear(points);
  const { bucketPoints, restoredPerSecond } = shop.dials;
  const taken = bucket.take(points, bucketPoints, restoredPerSecond);
  if (!taken.ok) return throttledAnswer(shop, points, taken.available);
  const result = await execute({
    schema,
    document,
    operationName: operation.name?.value ?? null,
    variableValues: request.variables,
    rootValue: rootsOf(shop, facts),
  });
  const errors = result.errors?.map(runtimeProblem);
  return {
    status: 200,
    body: {
      ...(errors === undefined ? {} : { errors }),
      data: result.data ?? null,
      extensions: { cost: costOf(shop, points, points, taken.available) },
    },
    summary: summaryOf(operation.name?.value ?? 'unnamed', request.variables),
  };
}

/** The operation, and the order that it is about where it names one, of a call that was not served. */
export function aboutCall(body: Buffer): string {
  return summaryOf(operationName(body), readRequest(body)?.variables ?? {});
}

/** The operation, and the order that it is about where it names one. */
function summaryOf(name: string, { id }: Record<string, unknown>): string {
  return typeof id === 'string' && id.startsWith('gid://shopify/Order/') ? `${name} ${id}` : name;
}

/** The operation's name, for the log and for faults, e.g. `TradelaneProducts`. */
export function operationName(body: Buffer): string {
  return /\b(?:query|mutation)\s+(\w+)/.exec(readRequest(body)?.query ?? '')?.[1] ?? 'unnamed';
}

/** The vendor's own "slow down" inside a 200. */
export function throttledAnswer(shop: Shop, points: number, available: number): VendorAnswer {
  const documentation = 'https://shopify.dev/api/usage/rate-limits';
  return {
    status: 200,
    body: {
      errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED', documentation } }],
      extensions: { cost: costOf(shop, points, null, available) },
    },
  };
}

function runtimeProblem(error: GraphQLError): WireError {
  const { code, ...more } = error.extensions;
  const isOurs = code !== undefined;
  // A bug of the simulator must not look like an answer of Shopify's rules.
  return {
    message: isOurs ? error.message : `Internal error: ${error.message}`,
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
    extensions: { code: code ?? 'INTERNAL_SERVER_ERROR', ...more },
  };
}

/** The size of the longest list of an input. */
function longestList(value: unknown, path: string): number {
  if (Array.isArray(value)) {
    const own = LONG_LISTS.has(path) ? 0 : value.length;
    return value.reduce<number>((most, one) => Math.max(most, longestList(one, path)), own);
  }
  if (!isRecord(value)) return 0;
  const inner = Object.entries(value).map(([key, one]) => longestList(one, path === '' ? key : `${path}.${key}`));
  return Math.max(0, ...inner);
}

function listTooLong(size: number): VendorAnswer {
  const message = `The input array size of ${size} is greater than the maximum allowed of ${MAX_PAGE}.`;
  return { status: 200, body: { errors: [{ message, extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' } }] } };
}

function tooDear(points: number): VendorAnswer {
  const message = `Query cost is ${points}, which exceeds the single query max cost limit (${MAX_POINTS}).`;
  const extensions = { code: 'MAX_COST_EXCEEDED', cost: points, maxCost: MAX_POINTS };
  return { status: 200, body: { errors: [{ message, extensions }] } };
}

function costOf({ dials }: Shop, requested: number, actual: number | null, currentlyAvailable: number) {
  const throttleStatus = {
    maximumAvailable: dials.bucketPoints,
    currentlyAvailable,
    restoreRate: dials.restoredPerSecond,
  };
  return { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus };
}

function operationOf(document: DocumentNode, name: string | null): OperationDefinitionNode | undefined {
  const all = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  return name === null ? all[0] : all.find((one) => one.name?.value === name);
}

function readRequest(
  body: Buffer,
): { query: string; variables: Record<string, unknown>; operationName: string | null } | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value !== 'object' || value === null || !('query' in value) || typeof value.query !== 'string')
      return null;
    const variables = 'variables' in value && isRecord(value.variables) ? value.variables : {};
    const named = 'operationName' in value && typeof value.operationName === 'string' ? value.operationName : null;
    return { query: value.query, variables, operationName: named };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
