import {
  type RunningSimulator,
  type SimulatorDefinition,
  type SimulatorOptions,
  type SimulatorTools,
  startSimulator,
} from '../../simulator-kit/index.ts';
import { routesOf, serve } from './api.ts';
import { zilingoControls } from './controls.ts';
import { initialState, resolveOptions, type State, type World, type ZilingoOptions } from './model.ts';
import { dueReviews, endDueReviews } from './review.ts';

export { PRODUCT_STATUS, UNIT_STATES, type ZilingoOptions } from './model.ts';
export { UNCONFIRMED_PREFIX } from './unconfirmed.ts';

/** How often checks that became due on the real clock are looked for. */
const REVIEW_LOOK_EVERY_MS = 100;

/** Made-up credentials for a demonstration. */
export const demoOptions: ZilingoOptions = {
  sellerId: 'SEL0000000001',
  apiKey: 'SAK-demo-0000-key',
  reviewDelayMs: 3_600_000,
};

/**
 * Starts a simulator of Zilingo's seller API. Zilingo closed in 2023: the protocol is reconstructed from public client
 * code; see the README beside this file for what is UNCONFIRMED.
 */
export function startZilingoSimulator(options: SimulatorOptions & ZilingoOptions): Promise<RunningSimulator> {
  return startSimulator('zilingo', options, (tools) => definitionOf(tools, options));
}

function definitionOf(tools: SimulatorTools, options: ZilingoOptions): SimulatorDefinition {
  const world: World = { tools, options: resolveOptions(options), state: initialState() };
  const routes = routesOf(world);
  let timer: NodeJS.Timeout | undefined;
  return {
    operation: ({ method, path }) => routes.find(method, path)?.route.operation ?? `${method} ${path}`,
    handle: (request) => {
      endDueReviews(world);
      return serve(world, routes, request);
    },
    throttled: (_request, { retryAfter }) => ({
      status: retryAfter === 'in-200' ? 200 : 429,
      body: { STATUS: 'FAILED', REASON: 'Too many requests' },
    }),
    controls: zilingoControls(world),
    pending: () => dueReviews(world).length,
    onClock: () => endDueReviews(world),
    state: () => ({
      products: Object.values(world.state.products),
      orders: Object.values(world.state.orders),
      rejectSkus: world.state.rejectSkus,
    }),
    reset: () => {
      world.state = initialState();
    },
    save: () => world.state,
    load: (saved) => {
      world.state = saved as State;
    },
    started: () => {
      timer = setInterval(() => endDueReviews(world), REVIEW_LOOK_EVERY_MS);
      timer.unref();
    },
    closed: () => clearInterval(timer),
  };
}
