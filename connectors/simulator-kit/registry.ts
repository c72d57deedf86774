import type { RunningSimulator, SimulatorOptions } from './types.ts';

/** A simulator that can be started by name, with made-up credentials and data for a demonstration. */
export interface RegisteredSimulator {
  /** What `start` uses where its options say nothing; the credentials in it are made up. */
  demoOptions: object;
  start(options: SimulatorOptions): Promise<RunningSimulator>;
}

/** All simulators by name; each is loaded when it is asked for. */
export const simulators: Readonly<Record<string, () => Promise<RegisteredSimulator>>> = {
  woocommerce: async () => {
    const { demoOptions, startWooCommerceSimulator } = await import('../woocommerce/simulator/index.ts');
    return { demoOptions, start: (options) => startWooCommerceSimulator({ ...demoOptions, ...options }) };
  },
  magento: async () => {
    const { demoOptions, startMagentoSimulator } = await import('../magento/simulator/index.ts');
    return { demoOptions, start: (options) => startMagentoSimulator({ ...demoOptions, ...options }) };
  },
  shopify: async () => {
    const { demoOptions, startShopifySimulator } = await import('../shopify/simulator/index.ts');
    return { demoOptions, start: (options) => startShopifySimulator({ ...demoOptions, ...options }) };
  },
  'jd-id': async () => {
    const { demoOptions, startJdIdSimulator } = await import('../jd-id/simulator/index.ts');
    return { demoOptions, start: (options) => startJdIdSimulator({ ...demoOptions, ...options }) };
  },
  zilingo: async () => {
    const { demoOptions, startZilingoSimulator } = await import('../zilingo/simulator/index.ts');
    return { demoOptions, start: (options) => startZilingoSimulator({ ...demoOptions, ...options }) };
  },
  'dhl-express': async () => {
    const { demoOptions, startDhlExpressSimulator } = await import('../dhl-express/simulator/index.ts');
    return { demoOptions, start: (options) => startDhlExpressSimulator({ ...demoOptions, ...options }) };
  },
  'ninja-van': async () => {
    const { demoOptions, startNinjaVanSimulator } = await import('../ninja-van/simulator/index.ts');
    return { demoOptions, start: (options) => startNinjaVanSimulator({ ...demoOptions, ...options }) };
  },
};
