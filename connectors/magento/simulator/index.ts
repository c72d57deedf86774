import { type RunningSimulator, startSimulator } from '../../simulator-kit/index.ts';
import { Access } from './auth.ts';
import { addProducts, shopControls, shopTruth } from './controls.ts';
import type { SavedShop } from './model.ts';
import type { MagentoSimulatorOptions } from './options.ts';
import { internalError, RestApi, throttledPage } from './rest.ts';
import { magentoRoutes } from './routes.ts';
import { Shop } from './shop.ts';

export { demoOptions } from './demo.ts';
export type { Dials, Integration, MagentoSimulatorOptions } from './options.ts';

/**
 * Starts a Magento shop (Open Source 2.4.7, REST V1) with the control surface.
 * @throws when the port is taken, a file can't be read, or a product of the options is refused
 */
export function startMagentoSimulator(options: MagentoSimulatorOptions): Promise<RunningSimulator> {
  return startSimulator('magento', options, (tools) => {
    const shop = new Shop(tools, options);
    const access = new Access(shop);
    const api = new RestApi(shop, access, magentoRoutes());
    let isLoaded = false;
    const seed = () => {
      if (options.products !== undefined) addProducts(shop, options.products, 'start');
    };
    return {
      operation: (request) => api.operation(request),
      handle: (request) => api.handle(request),
      throttled: (_request, throttle) => throttledPage(throttle.retryAfter === 'in-200'),
      failed: internalError,
      controls: shopControls(shop, access),
      pending: () =>
        [...shop.bulks.values()].filter(({ operations }) => operations.some(({ status }) => status === 4)).length,
      state: () => shopTruth(shop),
      reset: () => {
        shop.clear();
        access.clear();
        seed();
      },
      save: () => shop.save(),
      load: (state) => {
        isLoaded = true;
        shop.load(state as SavedShop);
      },
      started: () => {
        if (!isLoaded) seed();
      },
    };
  });
}
