import {
  type RunningSimulator,
  startSimulator,
  type VendorAnswer,
  type VendorRequest,
} from '../../simulator-kit/index.ts';
import { admittedScopes, authorize, grantToken, notAdmitted } from './auth.ts';
import { serveFiles } from './bulk.ts';
import { shopControls, shopTruth } from './controls.ts';
import { PointBucket } from './cost.ts';
import { aboutCall, answerGraphql, operationName, SERVED_VERSIONS, throttledAnswer } from './graphql.ts';
import type { SavedShop } from './model.ts';
import type { ShopifySimulatorOptions } from './options.ts';
import { Shop } from './shop.ts';
import { Deliveries } from './webhooks.ts';

export type { Dials, ProductSeed, ShopifySimulatorOptions } from './options.ts';
export { demoOptions } from './options.ts';

const STALE_MS = 10 * 60 * 1000;

/** Starts a Shopify shop (Admin GraphQL 2026-07 and 2026-10, the parts of `schema.graphql`) with webhooks and controls. */
export function startShopifySimulator(options: ShopifySimulatorOptions): Promise<RunningSimulator> {
  return startSimulator('shopify', options, (tools) => {
    const shop = new Shop(tools, options);
    const deliveries = new Deliveries(shop);
    const bucket = new PointBucket();
    const seed = () => {
      for (const product of options.products ?? []) shop.addProduct(product);
    };
    let isLoaded = false;
    return {
      operation: (request) =>
        versionOf(request) === null ? `${request.method} ${request.path}` : operationName(request.body),
      about: (request) => (versionOf(request) === null ? request.path : aboutCall(request.body)),
      handle: (request) => handle(shop, bucket, request),
      throttled: (_request, { retryAfter, seconds }) =>
        retryAfter === 'in-200'
          ? throttledAnswer(shop, Math.ceil(seconds * shop.dials.restoredPerSecond), 0)
          : { status: 429, body: { errors: 'Too many requests' } },
      controls: shopControls(shop, deliveries, bucket),
      pending: () => deliveries.pending,
      state: () => shopTruth(shop),
      reset: () => {
        bucket.reset();
        shop.clear();
        seed();
      },
      save: () => shop.save(),
      load: (state) => {
        isLoaded = true;
        shop.load(state as SavedShop);
      },
      started: () => {
        if (!isLoaded) seed();
        deliveries.wake();
      },
      closed: () => deliveries.close(),
    };
  });
}

async function handle(shop: Shop, bucket: PointBucket, request: VendorRequest): Promise<VendorAnswer> {
  const requestId = `request-${shop.newId()}`;
  const answer = await answerOf(shop, bucket, request);
  const version = versionOf(request);
  return {
    ...answer,
    requestId,
    headers: {
      'X-Request-Id': requestId,
      ...(version === null ? {} : { 'X-Shopify-API-Version': version }),
      ...answer.headers,
    },
  };
}

async function answerOf(shop: Shop, bucket: PointBucket, request: VendorRequest): Promise<VendorAnswer> {
  const { method, path } = request;
  if (method === 'POST' && path === '/admin/oauth/access_token') return grantToken(shop, request);
  if (['GET', 'POST'].includes(method) && path === '/admin/oauth/authorize') return authorize(shop, request);
  const file = serveFiles(shop, request);
  if (file !== null) return file;
  const version = versionOf(request);
  if (method !== 'POST' || version === null || !SERVED_VERSIONS.includes(version)) {
    return { status: 404, body: { errors: 'Not Found' } };
  }
  const scopes = admittedScopes(shop, request);
  if (scopes === null) return notAdmitted;
  // A stale read: the index has not seen the last minutes.
  const lagMs = request.stale ? Math.max(STALE_MS, shop.dials.searchLagMs) : shop.dials.searchLagMs;
  return answerGraphql(shop, bucket, { body: request.body, origin: originOf(request), lagMs, scopes });
}

function originOf({ headers }: VendorRequest): string {
  return `http://${headers.host ?? '127.0.0.1'}`;
}

function versionOf({ path }: VendorRequest): string | null {
  return /^\/admin\/api\/([\w-]+)\/graphql\.json$/.exec(path)?.[1] ?? null;
}
