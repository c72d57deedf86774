import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type DocumentNode,
  execute,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLResolveInfo,
  getDirectiveValues,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import type { VendorAnswer } from '../../simulator-kit/index.ts';
import {
  idNumber,
  itemView,
  locationList,
  locationView,
  productList,
  productView,
  variantList,
  variantView,
} from './catalogue.ts';
import { type PointBucket, requestedPoints } from './cost.ts';
import { setQuantities } from './inventory.ts';
import { ALL_SCOPES } from './options.ts';
import {
  askJob,
  type CancelArguments,
  cancelOrder,
  createFulfillment,
  type FulfillmentInput,
  updateTracking,
} from './order-changes.ts';
import { orderList, orderView } from './order-view.ts';
import { createOrder, type OrderInput } from './orders.ts';
import { validationProblem, variableProblem, type WireError } from './problems.ts';
import type { Shop } from './shop.ts';
import { createWebhook, deleteWebhook, updateWebhook, webhookList } from './webhooks.ts';

export const schema = buildSchema(readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'));
export const SERVED_VERSIONS = ['2026-07', '2026-10'];
const MAX_POINTS = 1000;

/** Answers one call of the GraphQL endpoint: check, cost, run. Refusals are 200, as the real one's are. */
export async function answerGraphql(shop: Shop, bucket: PointBucket, body: Buffer): Promise<VendorAnswer> {
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
      body: { errors: coerced.errors.map((one) => variableProblem(one, operation, request.variables)) },
    };
  }
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
    rootValue: roots(shop),
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

/** Fields of the two roots; whatever has arguments below is a function in the view. */
function roots(shop: Shop) {
  const product = (id: string) => shop.products.get(idNumber('Product', id));
  const nodeOf = (id: string) => {
    const variant = shop.variants.get(idNumber('ProductVariant', id));
    if (variant !== undefined) return variantView(shop, variant);
    const ofItem = shop.variantOfItem(idNumber('InventoryItem', id));
    if (ofItem !== undefined) return itemView(shop, ofItem);
    const found = product(id);
    return found === undefined ? null : productView(shop, found);
  };
  return {
    shop: {
      name: shop.options.shopName ?? 'Bench shop',
      myshopifyDomain: shop.domain,
      currencyCode: shop.currency,
      ianaTimezone: 'Australia/Melbourne',
      plan: { publicDisplayName: 'Development' },
    },
    currentAppInstallation: { accessScopes: (shop.options.scopes ?? ALL_SCOPES).map((handle) => ({ handle })) },
    publicApiVersions: SERVED_VERSIONS.map((handle) => ({ handle, supported: true })),
    locations: (args: object) => locationList(shop, args),
    location: ({ id }: { id?: string | null }) => {
      const found = shop.locations.find((one) => one.id === idNumber('Location', id ?? '')) ?? null;
      return found === null ? null : locationView(found);
    },
    products: (args: object) => productList(shop, args),
    product: ({ id }: { id: string }) => nodeOfType('Product', id, nodeOf),
    productVariants: (args: object) => variantList(shop, args),
    nodes: ({ ids }: { ids: string[] }) => ids.map(nodeOf),
    inventoryItem: ({ id }: { id: string }) => nodeOfType('InventoryItem', id, nodeOf),
    orders: (args: object) => orderList(shop, args),
    order: ({ id }: { id: string }) => {
      const found = shop.orders.get(idNumber('Order', id));
      return found === undefined ? null : orderView(shop, found);
    },
    job: ({ id }: { id: string }) => askJob(shop, id),
    webhookSubscriptions: (args: object) => webhookList(shop, args),
    orderCreate: ({ order, options }: { order: OrderInput; options?: { inventoryBehaviour: 'BYPASS' } | null }) =>
      createOrder(shop, order, options?.inventoryBehaviour ?? 'BYPASS'),
    orderCancel: (args: CancelArguments) => cancelOrder(shop, args),
    fulfillmentCreate: ({ fulfillment }: { fulfillment: FulfillmentInput }) => createFulfillment(shop, fulfillment),
    fulfillmentTrackingInfoUpdate: (args: { fulfillmentId: string; trackingInfoInput: object }) =>
      updateTracking(shop, args.fulfillmentId, args.trackingInfoInput),
    inventorySetQuantities: (
      { input }: { input: Parameters<typeof setQuantities>[1] },
      _context: unknown,
      info: GraphQLResolveInfo,
    ) => setQuantities(shop, input, idempotencyKey(info)),
    webhookSubscriptionCreate: (args: { topic: string; webhookSubscription: object }) =>
      createWebhook(shop, args.topic, args.webhookSubscription),
    webhookSubscriptionUpdate: (args: { id: string; webhookSubscription: object }) =>
      updateWebhook(shop, args.id, args.webhookSubscription),
    webhookSubscriptionDelete: ({ id }: { id: string }) => deleteWebhook(shop, id),
  };
}

function nodeOfType<N>(type: string, id: string, nodeOf: (id: string) => N): N | null {
  return Number.isNaN(idNumber(type, id)) ? null : nodeOf(id);
}

function idempotencyKey({ schema: own, fieldNodes, variableValues }: GraphQLResolveInfo): string | null {
  const directive = own.getDirective('idempotent');
  const [node] = fieldNodes;
  if (!directive || node === undefined) return null;
  const key = getDirectiveValues(directive, node, variableValues)?.key;
  return typeof key === 'string' && key.trim() !== '' ? key : null;
}

function runtimeProblem(error: GraphQLError): WireError {
  const { code } = error.extensions;
  const isOurs = code !== undefined;
  // A bug of the simulator must not look like an answer of Shopify's rules.
  return {
    message: isOurs ? error.message : `Internal error: ${error.message}`,
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
    extensions: { code: code ?? 'INTERNAL_SERVER_ERROR' },
  };
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
