import { parseArgs } from 'node:util';
import { renderAudit } from '../audit/main.ts';
import { carrierLabels, type FarSide, marketplaceLabels, parseFarSide } from './channels/kinds.ts';
import { farSideHolds, farSideOf, renderFarSide } from './demo/far-side.ts';
import { mainJob } from './demo/main-job.ts';
import { renderStores, storesHold, storesOf } from './demo/stores.ts';
import { auditDemo, countsOf, endState } from './demo/summary.ts';
import { startDemoWorld } from './demo/world.ts';
import { parseStores, type StoreKind, storeLabels } from './shops/kinds.ts';

const usage = `npm run demo                          the main job once, from end to end, with the auditor at its end
npm run demo -- --json                the same; the last line is one JSON document
npm run demo -- --stores woocommerce,magento,shopify
                                      the main job with a shop of each kind and a brand of its own in it
npm run demo -- --marketplaces jd-id,zilingo --carriers dhl-express,ninja-van
                                      the main job with one catalogue on both marketplaces and two carriers
npm run demo -- --store magento       everything below and above with the main brand's shop being a Magento (or shopify)
npm run demo -- --scenario S1         a scenario as a table of expected and observed
npm run demo -- --chaos               the main job with kills, a lost Temporal database and a stopped PostgreSQL`;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    scenario: { type: 'string' },
    store: { type: 'string' },
    stores: { type: 'string' },
    marketplaces: { type: 'string' },
    carriers: { type: 'string' },
    chaos: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

interface Wish {
  readonly stores: readonly [StoreKind, ...StoreKind[]];
  readonly farSide: FarSide;
}

/** The world that was asked for; null after saying what is wrong with the wish. */
function wantedWorld(): Wish | null {
  try {
    if (values.store !== undefined && values.stores !== undefined)
      throw new Error('give --store or --stores, not both');
    const stores = parseStores(values.store ?? values.stores ?? 'woocommerce');
    if (values.store !== undefined && stores.length > 1) throw new Error('--store takes one; --stores takes several');
    const farSide = parseFarSide(values.marketplaces ?? 'jd-id', values.carriers ?? 'dhl-express');
    return { stores, farSide };
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return null;
  }
}

const wish = wantedWorld();
if (wish === null) process.exitCode = 2;
else if (values.help) process.stdout.write(`${usage}\n`);
else if (values.scenario !== undefined) {
  const { runScenario } = await import('./scenarios/main.ts');
  process.exitCode = await runScenario(values.scenario, { json: values.json, ...wish, say });
} else if (values.chaos) {
  const { runChaos } = await import('./chaos/main.ts');
  process.exitCode = await runChaos({ json: values.json, stores: wish.stores, say });
} else process.exitCode = await runMainJob(wish);

async function runMainJob({ stores, farSide }: Wish): Promise<number> {
  const seconds: Record<string, number> = {};
  const begun = performance.now();
  const timed = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const from = performance.now();
    try {
      return await work();
    } finally {
      seconds[name] = Math.round((performance.now() - from) / 10) / 100;
    }
  };
  const outside = [
    ...stores.map((kind) => storeLabels[kind]),
    ...farSide.marketplaces.map((kind) => marketplaceLabels[kind]),
    ...farSide.carriers.map((kind) => carrierLabels[kind]),
  ];
  say(`Starting the demo world: PostgreSQL, Temporal, worker, API, ${outside.join(', ')}, mail`);
  const demo = await timed('start', () => startDemoWorld({ say, stores, farSide }));
  try {
    for (const [index, step] of mainJob(demo).entries()) {
      const result = await timed(step.name, step.run);
      say(
        `${demo.now().toISOString().slice(0, 16).replace('T', ' ')}  ${String(index + 1).padStart(2)}. ${step.name}: ${result}`,
      );
    }
    const report = await timed('audit', () => auditDemo(demo));
    const counts = await countsOf(demo);
    const perStore = await storesOf(demo);
    const farSideNow = await farSideOf(demo);
    const { hash } = await endState(demo);
    say(renderAudit(report));
    if (stores.length > 1) for (const line of renderStores(perStore)) say(line);
    for (const line of renderFarSide(farSideNow)) say(line);
    const ok = report.ok && holds(counts) && storesHold(perStore) && farSideHolds(farSideNow);
    seconds.total = Math.round((performance.now() - begun) / 10) / 100;
    const audit = Object.fromEntries(Object.entries(report.checks).map(([name, check]) => [name, check.ok]));
    if (values.json)
      process.stdout.write(
        `${JSON.stringify({ ok, ...counts, ...perStore, ...farSideNow, audit, endState: hash, seconds })}\n`,
      );
    else say(`${ok ? 'All of it holds.' : 'Something does not hold.'} End state ${hash}, ${seconds.total} s.`);
    return ok ? 0 : 1;
  } finally {
    await demo.close();
  }
}

/** What the main job must have led to, whatever the audit says. */
function holds(counts: Awaited<ReturnType<typeof countsOf>>): boolean {
  return (
    counts.products.imported >= 30 &&
    counts.listings.live >= 20 &&
    counts.listings.rejected >= 1 &&
    counts.listings.fixed >= 1 &&
    counts.orders.completed >= 15 &&
    counts.orders.cancelled >= 1 &&
    counts.effects.ambiguous === 0 &&
    counts.freight.cost < counts.freight.alone &&
    counts.freight.lowerBound <= counts.freight.cost &&
    counts.mailSlots >= 2
  );
}
