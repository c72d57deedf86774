import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, loadSettings } from '../config/load.ts';
import { carrierKinds, marketplaceKinds } from '../sandbox/channels/kinds.ts';
import { storeKinds } from '../sandbox/shops/kinds.ts';
import { renderReport } from './launcher/report.ts';
import { startWorld, type World } from './launcher/world.ts';
import { SetupFault } from './servers/fault.ts';

const help = `npm start -- [options]

  --fresh         start over: deletes the local world's data first
  --no-sandbox    without the simulated outside systems, for your own shops
  --port <port>   first of 30 ports in a row (default: TRADELANE_API_PORT, 4400)
  --verbose       print every line of the processes, not only warnings
  --help          this text

Configuration: docs/configuration.md. Data: TRADELANE_DATA_DIR (.tradelane).`;

const warningLevel = 40;
const interrupted = 130;
const samePressMs = 800;

interface Arguments {
  fresh: boolean;
  sandbox: boolean;
  port: number | null;
  verbose: boolean;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      fresh: { type: 'boolean', default: false },
      'no-sandbox': { type: 'boolean', default: false },
      port: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && !(Number.isInteger(port) && port >= 1_024 && port <= 65_500))
    throw new SetupFault(`--port ${values.port} is no port between 1024 and 65500.`, 'give for example --port 4500');
  return { fresh: values.fresh, sandbox: !values['no-sandbox'], port, verbose: values.verbose };
}

/** Prints warnings and errors of the processes; everything is in their log files. */
function printLine(verbose: boolean, line: string, name: string): void {
  const entry = verbose ? null : parseLogLine(line);
  if (entry === null) console.log(`${name} | ${line}`);
  else if (entry.level >= warningLevel) console.log(`${name} | ${entry.msg}`);
}

/** Reads one of pino's lines; null for anything else. */
function parseLogLine(line: string): { level: number; msg: string } | null {
  if (!line.startsWith('{')) return null;
  try {
    const { level, msg } = JSON.parse(line);
    return typeof level === 'number' ? { level, msg: String(msg) } : null;
  } catch {
    return null; // cut, or not JSON after all
  }
}

/** The first signal stops everything in order, the second ends it at once. Resolves when it is done. */
function listen(current: () => World | null): { asked: () => boolean; stopped: Promise<void> } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let asked = false;
  let askedAt = 0;
  const onSignal = (): void => {
    const world = current();
    // One Ctrl-C arrives twice: from the terminal, and once more from npm, which hands it on.
    if (asked && Date.now() - askedAt < samePressMs) return;
    // Nothing has been started yet.
    if (world === null) process.exit(interrupted);
    console.log(asked ? '\nending everything at once' : '\nstopping (once more ends it at once) …');
    const ending = asked ? world.crash() : world.stop();
    asked = true;
    askedAt = Date.now();
    ending.then(resolve, reject);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return { asked: () => asked, stopped: promise };
}

async function main(): Promise<void> {
  const { fresh, sandbox, port, verbose } = readArguments();
  const settings = loadSettings();
  const dataDir = resolve(settings.dataDir);
  const startedAt = Date.now();
  if (fresh && settings.database.ownerUrl)
    console.log('--fresh leaves the database alone that DATABASE_URL names; empty it by hand.');
  let world: World | null = null;
  const { asked, stopped } = listen(() => world);
  const running = startWorld({
    dataDir,
    ports: port ?? 'default',
    sandbox,
    fresh,
    // A person who looks around sees every kind of outside system.
    env: {
      SANDBOX_STORES: process.env.SANDBOX_STORES ?? storeKinds.join(','),
      SANDBOX_MARKETPLACES: process.env.SANDBOX_MARKETPLACES ?? marketplaceKinds.join(','),
      SANDBOX_CARRIERS: process.env.SANDBOX_CARRIERS ?? carrierKinds.join(','),
    },
    log: (line) => console.log(`[start] ${line}`),
    onLine: (line, name) => printLine(verbose, line, name),
    onWorld: (begun) => {
      world = begun;
    },
  });
  const ready = await running.catch((error: unknown) => {
    // Being stopped half-way is no failure.
    if (asked()) return null;
    throw error;
  });
  if (ready !== null) {
    const seconds = Math.round((Date.now() - startedAt) / 100) / 10;
    console.log(`\n${renderReport(ready, { sandbox, publicUrl: settings.api.publicUrl })}\n`);
    console.log(
      `Ready in ${seconds} s. The same is in ${dataDir}/run.json; logs are in ${dataDir}/logs. Ctrl-C stops it.`,
    );
  }
  await stopped;
  console.log('stopped');
  process.exit();
}

try {
  await main();
} catch (error) {
  const expected = error instanceof SetupFault || error instanceof ConfigError;
  console.error(expected ? error.message : error);
  process.exit(1);
}
