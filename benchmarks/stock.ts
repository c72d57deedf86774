import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import type { Command } from '../db/steps.ts';
import { ledgerMark, offerAgain } from '../db/stock.ts';
import { takeLevels } from '../db/stock-levels.ts';
import { type Market, type StockEngine, startStockEngine } from './stock-engine.ts';
import type { BenchDatabase, Benchmark, Context, Measurement } from './types.ts';

/** What a new account begins with, and what the marketplaces permit. */
const permitted = { perSecond: 5, burst: 10 };
/** Rows that JD.id's connector puts into one call. */
const batchRows = 50;
const startStock = 500;

const sizes = {
  full: { skus: 10_000, steadySeconds: 180, burst: 5_000 },
  quick: { skus: 3_000, steadySeconds: 15, burst: 2_000 },
} as const;
const changesPerSecond = 50;
const ticksPerSecond = 5;

/**
 * Stock of 10,000 SKUs on two marketplaces: 50 changes a second for three minutes, 5,000 at once, then one SKU a hundred
 * times in a second. The divisor is what the marketplaces' permitted rate makes possible. A row that is lost, doubled or
 * different at the end voids the figures.
 */
export const stockBenchmark: Benchmark = {
  title: 'stock to two marketplaces: a steady stream, a burst, one SKU a hundred times',
  goals: {
    'burst-time': { fair: 3, good: 1.5, excellent: 1.15, lowerIsBetter: true },
    'throttled-calls': { fair: 0.01, good: 0.001, excellent: 0.001, lowerIsBetter: true },
    'rows-per-changed-pair': { fair: 1.5, good: 1.2, excellent: 1.05, lowerIsBetter: true },
    'steady-p95': { fair: 10, good: 3, excellent: 1.5, lowerIsBetter: true },
  },
  pairs: { full: 1, quick: 1 },
  warmUp: false,
  least: 'fair',
  async pair(context) {
    const database = await context.database();
    const { skus } = sizes[context.quick ? 'quick' : 'full'];
    const engine = await startStockEngine(database, { skus, permitted, stock: startStock });
    try {
      return await measured(context, database, engine);
    } finally {
      await engine.close();
      await database.close();
    }
  },
};

interface Change {
  readonly sellerSku: string;
  readonly quantity: number;
  readonly committedMs: number;
}

async function measured(context: Context, { db }: BenchDatabase, engine: StockEngine): Promise<Measurement[]> {
  const size = sizes[context.quick ? 'quick' : 'full'];
  const change = changer(db, engine);
  context.say(`${engine.skus.length} SKUs are on sale on ${engine.markets.length} marketplaces`);
  await change([0]);
  await engine.idle();
  const before = engine.markets.map(({ simulator }) => simulator.log.lines.at(-1)?.seq ?? 0);

  const steady = await steadyStream(engine, change, size.steadySeconds);
  await engine.idle();
  const latencies = latenciesOf(engine.markets, steady, before).sort((a, b) => a - b);
  const p95 = (latencies[Math.floor(latencies.length * 0.95)] ?? Number.NaN) / 1000;
  context.say(`steady: ${steady.length} changes, p95 ${p95.toFixed(2)} s`);

  // The buckets of both sides fill up again.
  await sleep((permitted.burst / permitted.perSecond) * 1000 + 500);
  const beforeBurst = engine.markets.map(({ simulator }) => simulator.log.lines.at(-1)?.seq ?? 0);
  const burst = await change(range(0, size.burst));
  await engine.idle();
  const burstSeconds = secondsUntilShown(engine.markets, burst, beforeBurst);
  const floorSeconds = Math.max(0, Math.ceil(size.burst / batchRows) - permitted.burst) / permitted.perSecond;
  context.say(`burst: ${burstSeconds.toFixed(1)} s of at least ${floorSeconds.toFixed(1)} s`);

  const beforeStorm = engine.markets.map(({ simulator }) => simulator.log.lines.at(-1)?.seq ?? 0);
  const one = size.burst;
  for (let n = 0; n < 100; n += 1) {
    const dueMs = performance.now() + 10;
    await change([one]);
    await sleep(Math.max(0, dueMs - performance.now()));
  }
  await engine.idle();
  const sentOfOne = rowsOf(engine.markets, beforeStorm).total;
  context.say(`one SKU a hundred times: ${sentOfOne} rows sent`);

  await demandEqual(db, engine);
  const rows = rowsOf(engine.markets, before).total;
  const pairs = (steady.length + size.burst + 1) * engine.markets.length;
  const calls = callsOf(engine.markets, before);
  const burstCalls = callsOf(engine.markets, beforeBurst);
  return [
    {
      ...{ metric: 'burst-time', peer: floorSeconds, engine: burstSeconds, ratio: burstSeconds / floorSeconds },
      ...{ unit: 's', details: { changes: size.burst, callsFromBurstOn: burstCalls.total } },
    },
    {
      ...{ metric: 'throttled-calls', peer: 0, engine: calls.throttled, ratio: calls.throttled / calls.total },
      ...{ unit: 'of all calls', details: { calls: calls.total, throttled: calls.throttled } },
    },
    {
      ...{ metric: 'rows-per-changed-pair', peer: pairs, engine: rows, ratio: rows / pairs },
      ...{ unit: 'rows', details: { rowsOfTheOneSku: sentOfOne } },
    },
    {
      ...{ metric: 'steady-p95', peer: 0, engine: p95, ratio: p95 },
      ...{ unit: 's from commit to marketplace', details: { changes: steady.length, perSecond: changesPerSecond } },
    },
  ];
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);

/** New levels of some SKUs, by their places, in one transaction as a reading of a shop writes them. */
function changer(db: Database, { skus }: StockEngine) {
  let serial = 0;
  return async (places: readonly number[]): Promise<Change[]> => {
    serial += 1;
    const command: Command = { commandId: `bench/${serial}`, actor: 'bench', role: 'system', at: new Date() };
    const levels = places.map((place) => {
      const sku = skus[place % skus.length];
      if (!sku) throw new Error('there are no SKUs');
      // Up and down, and never the same twice.
      return {
        skuId: sku.id,
        sellerSku: sku.sellerSku,
        quantity: startStock + (serial % 2 === 0 ? serial : -(serial % 400)),
      };
    });
    await db.tx('staff', async (trx) => {
      await takeLevels(trx, { levels, mark: await ledgerMark(trx), reason: 'bench' }, command);
      await offerAgain(
        trx,
        levels.map(({ skuId }) => skuId),
        command,
      );
    });
    const committedMs = performance.timeOrigin + performance.now();
    return levels.map(({ sellerSku, quantity }) => ({ sellerSku, quantity, committedMs }));
  };
}

async function steadyStream(
  engine: StockEngine,
  change: ReturnType<typeof changer>,
  seconds: number,
): Promise<Change[]> {
  const each = changesPerSecond / ticksPerSecond;
  const changes: Change[] = [];
  const begunMs = performance.now();
  for (let tick = 0; tick < seconds * ticksPerSecond; tick += 1) {
    changes.push(...(await change(range(1 + tick * each, each))));
    await sleep(Math.max(0, begunMs + ((tick + 1) * 1000) / ticksPerSecond - performance.now()));
  }
  return changes.slice(0, engine.skus.length - 1);
}

const keyOf = (sku: string, quantity: number): string => `${sku} ${quantity}`;

function offersOf({ simulator }: Market, after: number) {
  return simulator.log
    .after(after)
    .flatMap((line) => (line.kind === 'fact' && line.fact === 'offer.set' && line.cause === 'api' ? [line] : []));
}

/** Milliseconds from commit until each marketplace showed the value, or a newer one of the SKU. */
function latenciesOf(markets: readonly Market[], changes: readonly Change[], after: readonly number[]): number[] {
  return markets.flatMap((market, index) => {
    const shown = new Map(
      offersOf(market, after[index] ?? 0).map((line) => [keyOf(line.sku, line.quantity), line.wall]),
    );
    return changes.map(({ sellerSku, quantity, committedMs }) => {
      const wall = shown.get(keyOf(sellerSku, quantity));
      if (wall === undefined) throw new Error(`${sellerSku} never showed ${quantity}: the figure is void`);
      return wall - committedMs;
    });
  });
}

const secondsUntilShown = (markets: readonly Market[], changes: readonly Change[], after: readonly number[]): number =>
  Math.max(...latenciesOf(markets, changes, after)) / 1000;

function rowsOf(markets: readonly Market[], after: readonly number[]): { total: number } {
  return { total: markets.reduce((sum, market, index) => sum + offersOf(market, after[index] ?? 0).length, 0) };
}

function callsOf(markets: readonly Market[], after: readonly number[]): { total: number; throttled: number } {
  const calls = markets.flatMap(({ simulator }, index) =>
    simulator.log.after(after[index] ?? 0).flatMap((line) => (line.kind === 'call' ? [line] : [])),
  );
  return { total: calls.length, throttled: calls.filter(({ outcome }) => outcome === 'throttled').length };
}

/** Every SKU is wanted, acknowledged and shown at one value on both marketplaces. */
async function demandEqual(db: Database, { markets, skus }: StockEngine): Promise<void> {
  for (const market of markets) {
    const shown = new Map<string, number>();
    for (const line of market.simulator.log.lines)
      if (line.kind === 'fact' && line.fact === 'offer.set') shown.set(line.sku, line.quantity);
    const rows: { seller_sku: string; stock_desired: number; stock_acknowledged: number }[] = await db.tx(
      'staff',
      (trx) => trx('listing_skus').where({ connection_id: market.connectionId }),
    );
    const wrong = rows.filter(
      (row) => row.stock_desired !== row.stock_acknowledged || shown.get(row.seller_sku) !== row.stock_desired,
    );
    if (rows.length !== skus.length || wrong.length > 0)
      throw new Error(`${wrong.length} of ${rows.length} rows differ from the marketplace: the figures are void`);
  }
}
