import { startMagentoSimulator } from '../connectors/magento/simulator/index.ts';
import { startShopifySimulator } from '../connectors/shopify/simulator/index.ts';
import type { RunningSimulator } from '../connectors/simulator-kit/index.ts';
import { startWooCommerceSimulator } from '../connectors/woocommerce/simulator/index.ts';

export type ShopName = 'woocommerce' | 'magento' | 'shopify';
export const shopNames: readonly ShopName[] = ['woocommerce', 'magento', 'shopify'];

/** Variants of each product. */
export const variantsEach = 3;
/** The shop's products were made so long ago; what changes, changes now. */
const ageMs = 2 * 24 * 60 * 60 * 1_000;

export const credentialsOf = {
  woocommerce: { consumerKey: 'ck_bench', consumerSecret: 'cs_bench' },
  magento: {
    consumerKey: 'benchconsumerkey',
    consumerSecret: 'benchconsumersecret',
    accessToken: 'benchaccesstoken',
    accessTokenSecret: 'benchaccesssecret',
  },
  shopify: { accessToken: 'shpat_bench', clientSecret: 'bench-client-secret' },
} as const;

export interface ShopOptions {
  readonly name: ShopName;
  readonly products: number;
  /** How long each answer takes at least. */
  readonly latencyMs: number;
  /** What the shop turns away with 429 beyond it. */
  readonly permitted: { readonly perSecond: number; readonly burst: number } | null;
}

/** A simulated shop that is full of products, and the ways to look at it from outside. */
export interface FilledShop {
  readonly url: string;
  /** Calls since the last look, by the vendor's names of them. */
  calls(): { total: number; throttled: number; byOperation: Record<string, number> };
  /** The price of one variant of every hundredth product changes. */
  changeOnePercent(): Promise<number>;
  close(): Promise<void>;
}

const sizes = ['S', 'M', 'L'].slice(0, variantsEach);
const skuOf = (index: number, size: string): string => `BENCH-${index}-${size}`;
const text = 'Woven from long-staple cotton, washed once, cut for warm weather. '.repeat(6);

/** Bodies as each shop's control surface takes them; made one by one, so that they need not all be in memory. */
const bodyOf: Readonly<Record<ShopName, (index: number) => object>> = {
  woocommerce: (index) => ({
    name: `Shirt ${index}`,
    type: 'variable',
    sku: `BENCH-${index}`,
    description: text,
    category_names: [`Category ${index % 40}`],
    attributes: [{ name: 'Size', variation: true, visible: true, options: sizes }],
    variations: sizes.map((size) => ({
      sku: skuOf(index, size),
      regular_price: '59.00',
      manage_stock: true,
      stock_quantity: index % 50,
      weight: '0.3',
      attributes: [{ name: 'Size', option: size }],
    })),
  }),
  magento: (index) => ({
    sku: `BENCH-${index}`,
    name: `Shirt ${index}`,
    option_name: 'Size',
    category_names: [`Category ${index % 40}`],
    custom_attributes: [{ attribute_code: 'description', value: text }],
    variants: sizes.map((option) => ({
      sku: skuOf(index, option),
      name: `Shirt ${index} ${option}`,
      price: 59,
      weight: 0.3,
      option,
      extension_attributes: { stock_item: { qty: index % 50, is_in_stock: index % 50 > 0 } },
    })),
  }),
  shopify: (index) => ({
    title: `Shirt ${index}`,
    descriptionHtml: text,
    collections: [`Category ${index % 40}`],
    variants: sizes.map((size) => ({
      sku: skuOf(index, size),
      price: '59.00',
      available: index % 50,
      weightGrams: 300,
      options: [{ name: 'Size', value: size }],
    })),
  }),
};

function start(name: ShopName, now: () => Date): Promise<RunningSimulator> {
  if (name === 'woocommerce') return startWooCommerceSimulator({ ...credentialsOf.woocommerce, now });
  if (name === 'magento')
    return startMagentoSimulator({ username: 'bench', password: 'bench', integration: credentialsOf.magento, now });
  return startShopifySimulator({ clientId: 'bench', ...credentialsOf.shopify, now });
}

const perCall = 500;

export async function fillShop({ name, products, latencyMs, permitted }: ShopOptions): Promise<FilledShop> {
  let behindMs = ageMs;
  const simulator = await start(name, () => new Date(Date.now() - behindMs));
  const control = async (path: string, body: unknown): Promise<void> => {
    const answer = await fetch(`${simulator.url}/__control${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${name} ${path}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  };
  for (let from = 0; from < products; from += perCall) {
    const count = Math.min(perCall, products - from);
    await control(
      '/products',
      Array.from({ length: count }, (_, offset) => bodyOf[name](from + offset)),
    );
  }
  behindMs = 0;
  if (latencyMs > 0) await control('/faults', { times: 0, fault: { kind: 'latency', ms: latencyMs } });
  if (permitted !== null) await control('/limits', permitted);
  let seen = simulator.log.lines.at(-1)?.seq ?? 0;
  return {
    url: simulator.url,
    calls() {
      const lines = simulator.log.after(seen).filter((line) => line.kind === 'call');
      seen = simulator.log.lines.at(-1)?.seq ?? seen;
      const byOperation: Record<string, number> = {};
      for (const { operation } of lines) byOperation[operation] = (byOperation[operation] ?? 0) + 1;
      const throttled = lines.filter(({ outcome }) => outcome === 'throttled').length;
      return { total: lines.length, throttled, byOperation };
    },
    async changeOnePercent() {
      let changed = 0;
      for (let index = 50; index < products; index += 100) {
        await control('/price', { sku: skuOf(index, 'M'), regular_price: '61.50' });
        changed += 1;
      }
      return changed;
    },
    close: () => simulator.close(),
  };
}

/** After the products were made and before the changes. */
export const changesSince = (): Date => new Date(Date.now() - ageMs / 2);
