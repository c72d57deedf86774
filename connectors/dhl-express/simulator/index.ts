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
import { dhlExpressControls } from './controls.ts';
import { serveIdentifiers } from './identifiers.ts';
import { type DhlExpressOptions, initialState, restoredState, type State, type World } from './model.ts';
import { cancelPickup, servePickup } from './pickups.ts';
import { Problem, problemAnswer } from './problem.ts';
import { serveRates } from './rates.ts';
import { serveBooking } from './shipments.ts';
import { trackMany, trackOne } from './tracking.ts';

export type { DhlExpressOptions, Dials, Shipment } from './model.ts';

/** Made-up credentials for a demonstration. */
export const demoOptions: DhlExpressOptions = {
  username: 'demo-user',
  password: 'demo-password',
  accountNumber: '123456789',
  billingCurrency: 'AUD',
};

type Handler = (request: VendorRequest, params: Record<string, string>) => VendorAnswer | Promise<VendorAnswer>;

/** Where the API begins; the test environment shares everything with the other one here. */
const BASE = '/mydhlapi';
const MESSAGE_REFERENCE_MAX = 36;

/** Starts a simulator of DHL Express' MyDHL API 3.1.1; see the README beside this file. */
export function startDhlExpressSimulator(options: SimulatorOptions & DhlExpressOptions): Promise<RunningSimulator> {
  return startSimulator('dhl-express', options, (tools) => definitionOf(tools, options));
}

function definitionOf(tools: SimulatorTools, options: DhlExpressOptions): SimulatorDefinition {
  const world: World = { tools, options, state: initialState(options) };
  const routes = routesOf(world);
  return {
    operation: ({ method, path }) => routes.find(method, innerPath(path))?.route.operation ?? `${method} ${path}`,
    handle: async (request) => withHeaders(world, request, await serve(world, routes, request)),
    throttled: (request) => problemAnswer(request.path, new Problem(429, 'API calls quota exceeded')),
    failed: (request) => {
      const detail = `999: Process failure occurred. Process ID associated for that transaction (${tools.random.text(10, '0123456789')})`;
      return withHeaders(world, request, problemAnswer(request.path, new Problem(500, detail)));
    },
    controls: dhlExpressControls(world),
    state: () => ({ ...world.state, shipments: Object.values(world.state.shipments) }),
    reset: () => {
      world.state = initialState(options);
    },
    save: () => world.state,
    load: (saved) => {
      world.state = restoredState(saved as Partial<State>, options);
    },
  };
}

function routesOf(world: World): Router<Handler> {
  return new Router<Handler>()
    .on('POST', '/rates', 'rates', (request) => serveRates(world, jsonBody(request)))
    .on('POST', '/shipments', 'shipments', (request) => {
      return serveBooking(world, jsonBody(request), queryOf(request), basePath(request.path));
    })
    .on('GET', '/shipments/:number/tracking', 'shipment tracking', (request, { number = '' }) => {
      return trackOne(world, number, queryOf(request));
    })
    .on('GET', '/tracking', 'tracking', (request) => trackMany(world, queryOf(request)))
    .on('POST', '/pickups', 'pickups', (request) => servePickup(world, jsonBody(request)))
    .on('DELETE', '/pickups/:number', 'cancel pickup', (request, { number = '' }) => {
      return cancelPickup(world, number, queryOf(request));
    })
    .on('GET', '/identifiers', 'identifiers', (request) => serveIdentifiers(world, queryOf(request)));
}

async function serve(world: World, routes: Router<Handler>, request: VendorRequest): Promise<VendorAnswer> {
  try {
    checkCaller(world, request);
    const path = innerPath(request.path);
    const match = routes.find(request.method, path);
    if (match !== undefined) return await match.route.handler(request, match.params);
    const isKnown = routes.methodsAt(path).length > 0;
    throw new Problem(isKnown ? 405 : 404, isKnown ? 'Method not allowed' : 'Resource not found', {
      title: isKnown ? 'Method Not Allowed' : 'Not Found',
    });
  } catch (error) {
    if (error instanceof Problem) return problemAnswer(request.rawUrl, error);
    throw error;
  }
}

function checkCaller(world: World, { headers }: VendorRequest): void {
  const { username, password } = world.options;
  const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  if (headers.authorization !== wanted) throw new Problem(401, 'Invalid Credentials');
  if (!headers['x-version'])
    throw new Problem(400, 'Missing mandatory parameters: x-version', { title: 'Missing parameters' });
  const reference = headers['message-reference'];
  if (reference !== undefined && (reference.length === 0 || reference.length > MESSAGE_REFERENCE_MAX)) {
    throw new Problem(
      400,
      `Parameters not having correct format: Message-Reference (maxLength=${MESSAGE_REFERENCE_MAX})`,
    );
  }
}

/** Every answer names its transaction and repeats the caller's reference (or makes one up). */
function withHeaders(world: World, request: VendorRequest, answer: VendorAnswer): VendorAnswer {
  const { random } = world.tools;
  const invocation = `${random.text(8, HEX)}-${random.text(4, HEX)}-${random.text(12, HEX)}`;
  const reference = request.headers['message-reference'] ?? `${random.text(8, HEX)}-${random.text(12, HEX)}`;
  const headers = { 'invocation-id': invocation, 'message-reference': reference, ...answer.headers };
  return { ...answer, headers, requestId: invocation };
}

const HEX = '0123456789abcdef';

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

function basePath(path: string): string {
  return path.startsWith(`${BASE}/test/`) ? `${BASE}/test` : BASE;
}

/** The path inside the API; other paths match no route. */
function innerPath(path: string): string {
  const base = basePath(path);
  return path.startsWith(`${base}/`) ? path.slice(base.length) : `//${path}`;
}
