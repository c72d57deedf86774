import { type RunningSimulator, startSimulator } from '../../simulator-kit/index.ts';
import { addProducts, shopControls, shopTruth } from './controls.ts';
import { Deliveries } from './deliveries.ts';
import type { WooCommerceSimulatorOptions } from './options.ts';
import { criticalError, RestApi, throttledPage } from './rest.ts';
import { wooRoutes } from './routes.ts';
import { type SavedShop, Shop } from './shop.ts';

export { demoOptions } from './demo.ts';
export type { ApiKey, Dials, WooCommerceSimulatorOptions } from './options.ts';

/**
 * Starts a WooCommerce shop (REST API wc/v3 as of 11.0.1) with webhooks and the control surface.
 * @throws when the port is taken, a file can't be read, or a product of the options is refused
 */
export async function startWooCommerceSimulator(options: WooCommerceSimulatorOptions): Promise<RunningSimulator> {
  let seeded: Promise<unknown> = Promise.resolve();
  const simulator = await startSimulator('woocommerce', options, (tools) => {
    const shop = new Shop(tools, options);
    const deliveries = new Deliveries(shop);
    const api = new RestApi(shop, wooRoutes(deliveries));
    let isLoaded = false;
    const seed = () => (options.products ? addProducts(shop, options.products, 'start') : Promise.resolve());
    return {
      operation: (request) => api.operation(request),
      handle: (request) => api.handle(request),
      throttled: (_request, throttle) => throttledPage(throttle.retryAfter === 'in-200'),
      failed: criticalError,
      controls: shopControls(shop, deliveries),
      pending: () => deliveries.pending,
      state: () => shopTruth(shop),
      reset: async () => {
        shop.clear();
        await seed();
      },
      save: () => shop.save(),
      load: (state) => {
        isLoaded = true;
        shop.load(state as SavedShop);
      },
      started: () => {
        if (!isLoaded) seeded = seed();
        deliveries.wake();
      },
      closed: () => deliveries.close(),
    };
  });
  await seeded;
  return simulator;
}
