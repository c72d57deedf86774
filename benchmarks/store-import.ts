import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type FilledShop, fillShop, type ShopName, shopNames, variantsEach } from './shops.ts';
import type { Answer, Task } from './store-import-child.ts';
import type { Benchmark, Context, Measurement } from './types.ts';

const productsOf = ({ quick }: Context): number => (quick ? 6_000 : 20_000);
const fewProducts = ({ quick }: Context): number => (quick ? 2_500 : 10_000);
const manyProducts = ({ quick }: Context): number => (quick ? 10_000 : 40_000);
/** A shop on a usual server answers after a third of a second; the budget is what an account begins with. */
const latencyMs = 300;
const permitted = { perSecond: 5, burst: 10 };

/** Rows of a page: the most that WooCommerce gives; what Magento shops bear for products and, lighter, for stock. */
const largestPage = { woocommerce: 100, magento: 100, magentoStock: 300 } as const;

const goalsOf = (name: ShopName) => ({
  [`${name}-requests`]: { fair: 2, good: 1.3, excellent: 1.1, lowerIsBetter: true },
  [`${name}-rate`]: { fair: 0.3, good: 0.5, excellent: 0.8 },
  [`${name}-memory`]: { fair: 2, good: 1.5, excellent: 1.25, lowerIsBetter: true },
  [`${name}-changed-records`]: { fair: 0.03, good: 0.02, excellent: 0.0101, lowerIsBetter: true },
  ...(name === 'shopify'
    ? {}
    : { [`${name}-changed-requests`]: { fair: 0.03, good: 0.025, excellent: 0.02, lowerIsBetter: true } }),
});

/**
 * Shops of 20,000 products with 60,000 variants are read over real sockets by a process of its own: requests against the
 * least that the platform's pages allow, the rate against the account's budget, peak memory at 40,000 products against
 * 10,000, and what a reading of 1 % changes costs. Products that are lost or doubled void the figures.
 */
export const storeImportBenchmark: Benchmark = {
  title: 'requests, rate and memory of reading a shop’s catalogue',
  goals: Object.assign({}, ...shopNames.map(goalsOf)),
  pairs: { full: 1, quick: 1 },
  warmUp: false,
  least: 'fair',
  async pair(context) {
    const measurements: Measurement[] = [];
    for (const name of shopNames.filter((one) => context.only === null || one === context.only)) {
      measurements.push(...(await readings(context, name)));
      measurements.push(await memory(context, name));
    }
    return measurements;
  },
};

async function readings(context: Context, name: ShopName): Promise<Measurement[]> {
  const products = productsOf(context);
  const shop = await fillShop({ name, products, latencyMs, permitted });
  const reader = new Reader({ name, url: shop.url, permitted });
  try {
    const full = await reader.answer();
    const calls = shop.calls();
    demandAll(name, full, products);
    const changed = await shop.changeOnePercent();
    shop.calls();
    reader.say('changes');
    const later = await reader.answer();
    const laterCalls = shop.calls();
    if (later.products < changed) throw new Error(`${name}: ${later.products} of ${changed} changes: void`);
    const least = leastOf(name, products, calls);
    const used = calls.total / full.seconds;
    context.say(`${name}: ${calls.total} calls in ${full.seconds.toFixed(0)} s; changes ${laterCalls.total} calls`);
    return [
      {
        metric: `${name}-requests`,
        peer: least,
        engine: calls.total,
        ratio: calls.total / least,
        unit: 'calls',
        details: calls.byOperation,
      },
      {
        metric: `${name}-rate`,
        peer: permitted.perSecond,
        engine: used,
        // Whoever is turned away uses more than is permitted.
        ratio: calls.throttled > 0 ? 0 : ratedShare(name, used),
        unit: 'calls/s',
        details: { throttled: calls.throttled, seconds: full.seconds },
      },
      {
        metric: `${name}-changed-records`,
        peer: products,
        engine: later.products,
        ratio: later.products / products,
        unit: 'products',
        details: { changed },
      },
      ...(name === 'shopify'
        ? []
        : [
            {
              metric: `${name}-changed-requests`,
              peer: calls.total,
              engine: laterCalls.total,
              ratio: laterCalls.total / calls.total,
              unit: 'calls',
              details: laterCalls.byOperation,
            },
          ]),
    ];
  } finally {
    reader.end();
    await shop.close();
  }
}

/** Work in bulk waits for the shop, not for the budget: staying below it is all that is asked. */
const ratedShare = (name: ShopName, used: number): number =>
  name === 'shopify' && used <= permitted.perSecond ? 1 : used / permitted.perSecond;

/** As many calls as nobody can do without, were nothing but products, variants and their stock asked for. */
function leastOf(name: ShopName, products: number, calls: ReturnType<FilledShop['calls']>): number {
  const variants = products * variantsEach;
  const pages = (rows: number, page: number): number => Math.ceil(rows / page);
  if (name === 'woocommerce')
    return pages(products, largestPage.woocommerce) + pages(variants, largestPage.woocommerce);
  if (name === 'magento') {
    // Products and variants are rows of one list; salable stock is a list of its own.
    return pages(products + variants, largestPage.magento) + pages(variants, largestPage.magentoStock);
  }
  // To begin, to ask once, and the file in its parts.
  const downloads = Object.entries(calls.byOperation).find(([operation]) => operation.includes('GET'))?.[1] ?? 1;
  return 2 + downloads;
}

async function memory(context: Context, name: ShopName): Promise<Measurement> {
  const peaks: number[] = [];
  const [fewest, many] = [fewProducts(context), manyProducts(context)];
  for (const products of [fewest, many]) {
    const shop = await fillShop({ name, products, latencyMs: 0, permitted: null });
    const reader = new Reader({ name, url: shop.url, permitted: null });
    try {
      const full = await reader.answer();
      demandAll(name, full, products);
      peaks.push(full.peakBytes);
    } finally {
      reader.end();
      await shop.close();
    }
  }
  const [few = 1, most = 1] = peaks;
  const megabytes = (bytes: number): number => bytes / 1024 / 1024;
  context.say(`${name}: ${megabytes(few).toFixed(0)} MiB at ${fewest}, ${megabytes(most).toFixed(0)} at ${many}`);
  return {
    metric: `${name}-memory`,
    peer: megabytes(few),
    engine: megabytes(most),
    ratio: most / few,
    unit: 'MiB',
    details: { fewProducts: fewest, manyProducts: many },
  };
}

function demandAll(name: ShopName, { products, variants }: Answer, expected: number): void {
  if (products === expected && variants === expected * variantsEach) return;
  throw new Error(`${name}: ${products} products, ${variants} variants instead of ${expected}: the figure is void`);
}

/** The reading process; nothing else is in its memory. */
class Reader {
  readonly #child;
  readonly #lines: AsyncIterator<string>;

  constructor(task: Task) {
    const script = fileURLToPath(new URL('./store-import-child.ts', import.meta.url));
    this.#child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.say(JSON.stringify(task));
  }

  say(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  async answer(): Promise<Answer> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the reading process ended too early');
    return JSON.parse(value);
  }

  end(): void {
    this.#child.stdin.end();
    this.#child.kill();
  }
}
