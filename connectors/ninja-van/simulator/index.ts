import {
  Router,
  type RunningSimulator,
  type SimulatorDefinition,
  type SimulatorOptions,
  type SimulatorTools,
  startSimulator,
  type VendorAnswer,
  type VendorRequest,
} from '../../simulator-kit/index.ts';
import { ninjaVanControls } from './controls.ts';
import { type Account, initialState, type NinjaVanOptions, type State, type World } from './model.ts';
import { callerOf, grant } from './oauth.ts';
import { cancelOrder, createOrder } from './orders.ts';
import { Problem, problemAnswer } from './problem.ts';
import { price } from './tariff.ts';
import { trackingEvents } from './tracking.ts';
import { waybill } from './waybill.ts';
import { Deliveries } from './webhooks.ts';

export type { Dials, NinjaVanOptions, Shipment } from './model.ts';

/** Made-up accounts for a demonstration: one per country, each with credentials and a prefix of its own. */
export const demoOptions: NinjaVanOptions = {
  accounts: ['SG', 'MY', 'TH', 'ID', 'VN', 'PH'].map((country) => ({
    country,
    clientId: `demo-client-${country.toLowerCase()}`,
    clientSecret: `demo-client-key-${country.toLowerCase()}`,
    trackingPrefix: `NV${country}`,
  })),
};

type Handler = (account: Account, request: VendorRequest, number: string) => VendorAnswer | Promise<VendorAnswer>;

/** Starts a simulator of Ninja Van's API; see the README beside this file. */
export function startNinjaVanSimulator(options: SimulatorOptions & NinjaVanOptions): Promise<RunningSimulator> {
  return startSimulator('ninja-van', options, (tools) => definitionOf(tools, options));
}

function definitionOf(tools: SimulatorTools, options: NinjaVanOptions): SimulatorDefinition {
  const world: World = { tools, options, state: initialState(options), wake: () => undefined };
  const deliveries = new Deliveries(world);
  const routes = routesOf(world);
  return {
    operation: ({ method, path }) => routes.find(method, split(path).inner)?.route.operation ?? `${method} ${path}`,
    handle: (request) => serve(world, routes, deliveries, request),
    throttled: () => problemAnswer(tools.random, new Problem(429, 'Too many requests')),
    failed: () => problemAnswer(tools.random, new Problem(500, 'Something went wrong')),
    controls: ninjaVanControls(world, deliveries),
    pending: () => deliveries.pending,
    state: () => ({
      ...world.state,
      // Who reads the ground truth needs no key to it.
      tokens: Object.values(world.state.tokens),
      shipments: Object.values(world.state.shipments),
    }),
    reset: () => {
      world.state = initialState(options);
    },
    save: () => world.state,
    load: (saved) => {
      world.state = saved as State;
    },
    started: () => deliveries.wake(),
    closed: () => deliveries.close(),
  };
}

const TOKEN_PATH = '/2.0/oauth/access_token';
const WAYBILL_PATHS = ['/2.0/reports/waybill', '/2.0/reports/international-waybills'];

function routesOf(world: World): Router<Handler> {
  const router = new Router<Handler>()
    .on('POST', TOKEN_PATH, 'access token', (account, request) => grant(world, account.country, jsonBody(request)))
    .on('POST', '/4.2/orders', 'create order', (account, request) => createOrder(world, account, jsonBody(request)))
    .on('DELETE', '/2.2/orders/:number', 'cancel order', (account, _, number) => cancelOrder(world, account, number))
    .on('GET', '/1.0/orders/tracking-events', 'tracking events', (account, request) =>
      trackingEvents(world, account, queryOf(request).getAll('tracking_number')),
    )
    .on('GET', '/1.0/orders/tracking-events/:number', 'tracking events of one', (account, _, number) =>
      trackingEvents(world, account, [number]),
    )
    .on('POST', '/1.0/public/price', 'price', (account, request) => price(world, account, jsonBody(request)));
  for (const path of WAYBILL_PATHS) {
    router.on('GET', path, 'waybill', (account, request) => waybill(world, account, queryOf(request)));
  }
  return router;
}

async function serve(
  world: World,
  routes: Router<Handler>,
  deliveries: Deliveries,
  request: VendorRequest,
): Promise<VendorAnswer> {
  try {
    const { country, inner } = split(request.path);
    const match = routes.find(request.method, inner);
    if (match === undefined) {
      const isKnown = routes.methodsAt(inner).length > 0;
      throw new Problem(isKnown ? 405 : 404, isKnown ? 'Method not allowed' : 'Resource not found');
    }
    const isToken = inner === TOKEN_PATH;
    const nobody = { country, clientId: '', clientSecret: '', trackingPrefix: '' };
    const account = isToken ? nobody : callerOf(world, country, request, WAYBILL_PATHS.includes(inner));
    const answer = await match.route.handler(account, request, match.params.number ?? '');
    if (match.route.operation === 'create order' && world.state.dials.webhookBeforeAnswer) await deliveries.run();
    return answer;
  } catch (error) {
    if (error instanceof Problem) return problemAnswer(world.tools.random, error);
    throw error;
  }
}

/** `/sg/4.2/orders` → the country and the path within it. */
function split(path: string): { country: string; inner: string } {
  const parts = /^\/([a-z]{2})(\/.*)$/.exec(path);
  return parts === null
    ? { country: '', inner: '//' }
    : { country: (parts[1] ?? '').toUpperCase(), inner: parts[2] ?? '' };
}

function jsonBody(request: VendorRequest): unknown {
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Problem(400, 'The request body is not valid JSON');
    throw error;
  }
}

function queryOf(request: VendorRequest): URLSearchParams {
  return new URLSearchParams(request.query.map(([name, value]) => [name, value]));
}
