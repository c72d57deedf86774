import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { csvMemoryBenchmark } from './csv-memory.ts';
import { importBenchmark } from './import.ts';
import { rounded, summarise } from './report.ts';
import { startBenchServer } from './servers.ts';
import { stockBenchmark } from './stock.ts';
import { storeImportBenchmark } from './store-import.ts';
import type { Benchmark, Measurement } from './types.ts';

const benchmarks: Readonly<Record<string, Benchmark>> = {
  import: importBenchmark,
  'csv-memory': csvMemoryBenchmark,
  'store-import': storeImportBenchmark,
  stock: stockBenchmark,
};

const usage = `npm run bench -- <name> [--quick] [--only <part>]     one JSON line for each pair, then one with the summary
${Object.entries(benchmarks)
  .map(([name, { title }]) => `  ${name.padEnd(12)} ${title}`)
  .join('\n')}
Exit code 0: every median is at least "good" (store-import, stock: "fair") and no peer varied by more than a quarter. 1: not so. 2: there is no such benchmark.`;

const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const shown = (measurement: Measurement): object => ({
  ...measurement,
  peer: rounded(measurement.peer),
  engine: rounded(measurement.engine),
  ratio: rounded(measurement.ratio),
  details: Object.fromEntries(
    Object.entries(measurement.details ?? {}).map(([name, value]) => [
      name,
      typeof value === 'number' ? rounded(value) : value,
    ]),
  ),
});

async function run(
  name: string,
  benchmark: Benchmark,
  { quick, only }: { quick: boolean; only: string | null },
): Promise<number> {
  const server = await startBenchServer();
  const machine = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    ...server.settings,
  };
  const count = quick ? benchmark.pairs.quick : benchmark.pairs.full;
  const pairs: Measurement[][] = [];
  try {
    // The first pair warms up both sides and is discarded.
    for (let pair = benchmark.warmUp === false ? 1 : 0; pair <= count; pair += 1) {
      const context = { quick, only, folder: server.folder, database: server.database, say };
      const measurements = await benchmark.pair(context);
      if (pair > 0) pairs.push(measurements);
      const loadAverage = loadavg().map(rounded);
      print({
        bench: name,
        pair,
        discarded: pair === 0,
        quick,
        measurements: measurements.map(shown),
        loadAverage,
        ...machine,
      });
    }
  } finally {
    await server.stop();
  }
  const summary = summarise(benchmark, pairs);
  const passing = benchmark.least === 'fair' ? ['fair', 'good', 'excellent'] : ['good', 'excellent'];
  const ok = summary.every((metric) => !metric.void && passing.includes(metric.grade));
  print({
    bench: name,
    summary: summary.map((metric) => ({
      ...metric,
      median: rounded(metric.median),
      range: metric.range.map(rounded),
      peerVariation: rounded(metric.peerVariation),
    })),
    pairs: pairs.length,
    ok,
  });
  return ok ? 0 : 1;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const [name = ''] = positionals;
const benchmark = benchmarks[name];
if (benchmark && !values.help)
  process.exitCode = await run(name, benchmark, { quick: values.quick, only: values.only ?? null });
else {
  say(usage);
  process.exitCode = values.help ? 0 : 2;
}
