import {
  type RunningSimulator,
  type SimulatorDefinition,
  type SimulatorOptions,
  type SimulatorTools,
  startSimulator,
  type VendorAnswer,
  type VendorRequest,
} from '../../simulator-kit/index.ts';
import { jdIdControls } from './controls.ts';
import { gatewayError, serveGateway } from './gateway.ts';
import { gatewayErrorV1, serveGatewayV1, UPLOAD_PATH } from './gateway-v1.ts';
import { initialState, type JdIdOptions, nowMs, resolveOptions, type State, type World } from './model.ts';
import { serveOAuth } from './oauth.ts';
import { dueReviews, endDueReviews, productView } from './review.ts';
import { methodNameOf } from './verify.ts';

export type { Brand } from './catalogue.ts';
export { AUDIT_STATUS, type JdIdOptions, MINOR_UNITS_PER_RUPIAH, ORDER_STATE, WARE_STATUS } from './model.ts';
export { signatureOf } from './signature.ts';

const V2_PATH = '/routerjson';
const gateways: Readonly<Record<string, typeof serveGateway>> = {
  [V2_PATH]: serveGateway,
  '/api': serveGatewayV1,
  [UPLOAD_PATH]: serveGatewayV1,
};

/** How often reviews that became due on the real clock are looked for. */
const REVIEW_LOOK_EVERY_MS = 100;

/** Made-up credentials for a demonstration. */
export const demoOptions: JdIdOptions = {
  appKey: '0123456789abcdef0123456789abcdef',
  appSecret: 'demo-app-secret',
  accessToken: 'demo-access-token',
  refreshToken: 'demo-refresh-token',
  reviewDelayMs: 3_600_000,
};

/**
 * Starts a simulator of JD.id's gateways, v1 (`/api`, `/api_bigdata`) and v2 (`/routerjson`), and of v2's OAuth server
 * (`/oauth2/…`). The platform closed in
 * 2023: the protocol is reconstructed from public client code; see the README beside this file for what is UNCONFIRMED.
 */
export function startJdIdSimulator(options: SimulatorOptions & JdIdOptions): Promise<RunningSimulator> {
  return startSimulator('jd-id', options, (tools) => definitionOf(tools, options));
}

function definitionOf(tools: SimulatorTools, options: JdIdOptions): SimulatorDefinition {
  const resolved = resolveOptions(options);
  const world: World = { tools, options: resolved, state: initialState(resolved, tools.clock.now().getTime()) };
  let timer: NodeJS.Timeout | undefined;
  return {
    operation: (request) => (isGateway(request) ? methodNameOf(request) : request.path),
    handle: (request) => {
      endDueReviews(world);
      const serve = gateways[request.path];
      return serve === undefined ? (serveOAuth(world, request) ?? notFound()) : serve(world, request);
    },
    throttled: (request, { retryAfter }) => {
      const say = request.path === V2_PATH ? gatewayError : gatewayErrorV1;
      return say('quota', retryAfter === 'in-200' ? 200 : 429);
    },
    controls: jdIdControls(world),
    pending: () => dueReviews(world).length,
    onClock: () => {
      endDueReviews(world);
    },
    state: () => groundTruth(world),
    reset: () => {
      world.state = initialState(resolved, nowMs(world));
    },
    save: () => world.state,
    load: (saved) => {
      world.state = { ...initialState(resolved, nowMs(world)), ...(saved as State) };
    },
    started: () => {
      timer = setInterval(() => endDueReviews(world), REVIEW_LOOK_EVERY_MS);
      timer.unref();
    },
    closed: () => clearInterval(timer),
  };
}

function isGateway(request: VendorRequest): boolean {
  return request.path in gateways;
}

function groundTruth(world: World) {
  const { orders, spus, rejectSkus } = world.state;
  const products = Object.values(spus).map((spu) => productView(world, spu));
  return { products, orders: Object.values(orders), rejectSkus };
}

function notFound(): VendorAnswer {
  return {
    status: 404,
    headers: { 'content-type': 'text/html; charset=UTF-8' },
    body: '<html><body>404 Not Found</body></html>',
  };
}
