import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Connection } from '@temporalio/client';
import { findTemporal } from '../bootstrap/temporal.mjs';
import { SetupFault, sleep } from './fault.ts';
import { freePort, isPortFree } from './ports.ts';
import { SupervisedProcess } from './processes.ts';

/** Types that Temporal knows for search attributes, as its command line spells them. */
export type SearchAttributeType = 'Keyword' | 'KeywordList' | 'Text' | 'Int' | 'Double' | 'Bool' | 'Datetime';

export interface TemporalOptions {
  /** Holds the database `temporal.db`, `logs/` and `pids/`. */
  folder: string;
  /** Missing or 0: any free port. */
  port?: number;
  /** Missing or 0: any free port; null: no UI. */
  uiPort?: number | null;
  /** Beside `default`, which is always there. */
  namespace?: string;
  searchAttributes?: Readonly<Record<string, SearchAttributeType>>;
  /** Extra server settings, such as `limit.historyCount.suggestContinueAsNew`. */
  dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
  /** Path of the binary; looked for when missing. */
  binary?: string;
  /** Start it again when it dies by itself. Default false. */
  restart?: boolean;
  log?: (line: string) => void;
}

export interface TemporalServer {
  /** host:port */
  address: string;
  uiUrl: string | null;
  dbFile: string;
  port: number;
  uiPort: number | null;
  readonly pid: number | null;
  /** Ends it properly. Harmless when repeated. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

const host = '127.0.0.1';
const readyTimeoutMs = 60_000;
const stopGraceMs = 10_000;
const pollMs = 60;
const portTries = 3;

/** Measured on two cores: one partition +30 % workflows, eager activities 350 → 200 ms for three in a row. */
const fasterHere = {
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'system.enableActivityEagerExecution': true,
};

/**
 * Starts Temporal's development server on a SQLite file and waits until the namespace and the search attributes are there.
 * @throws SetupFault with the remedy: no binary, taken port, damaged file
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const binary = options.binary ?? findTemporal();
  if (binary === null)
    throw new SetupFault(
      'There is no Temporal server on this machine.',
      'run `node scripts/bootstrap.mjs`, which gets it.',
    );
  const chosen = Boolean(options.port) || Boolean(options.uiPort);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch(binary, options);
    } catch (error) {
      // A free port may be taken by somebody else before the server opens it.
      const taken = error instanceof Error && error.message.includes('address already in use');
      if (!taken || chosen || attempt === portTries) throw error;
    }
  }
}

/** Deletes the server's database; only for a server that does not run. */
export function deleteTemporalDatabase(dbFile: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${dbFile}${suffix}`, { force: true });
}

async function launch(binary: string, options: TemporalOptions): Promise<TemporalServer> {
  const port = await pickPort(options.port, 'Temporal');
  const uiPort = options.uiPort === null ? null : await pickPort(options.uiPort, "Temporal's UI");
  const dbFile = join(options.folder, 'temporal.db');
  mkdirSync(dirname(dbFile), { recursive: true });
  const server = new SupervisedProcess({
    name: 'temporal',
    command: binary,
    args: argumentsOf(options, { port, uiPort, dbFile }),
    env: process.env,
    cwd: options.folder,
    folder: options.folder,
    restart: options.restart ?? false,
    readyTimeoutMs: null,
    graceMs: stopGraceMs,
    log: options.log ?? (() => undefined),
  });
  await server.start();
  const address = `${host}:${port}`;
  try {
    await untilReady(server, address, options);
  } catch (error) {
    await server.kill();
    await server.close();
    throw error;
  }
  return {
    address,
    uiUrl: uiPort === null ? null : `http://${host}:${uiPort}`,
    dbFile,
    port,
    uiPort,
    get pid() {
      return server.pid;
    },
    stop: () => server.close(),
    kill: async () => {
      await server.kill();
      await server.close();
    },
  };
}

async function pickPort(wanted: number | undefined, purpose: string): Promise<number> {
  if (!wanted) return await freePort();
  if (await isPortFree(wanted)) return wanted;
  throw new SetupFault(
    `Port ${wanted}, wanted for ${purpose}, is taken.`,
    'choose another port, or stop what uses it.',
  );
}

function argumentsOf(
  options: TemporalOptions,
  place: { port: number; uiPort: number | null; dbFile: string },
): readonly string[] {
  const dynamic = Object.entries({ ...fasterHere, ...options.dynamicConfig });
  return [
    ...['server', 'start-dev', '--ip', host, '--port', String(place.port), '--log-level', 'error'],
    ...(place.uiPort === null ? ['--headless'] : ['--ui-port', String(place.uiPort)]),
    ...['--db-filename', place.dbFile, '--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    ...(options.namespace && options.namespace !== 'default' ? ['--namespace', options.namespace] : []),
    ...dynamic.flatMap(([name, value]) => ['--dynamic-config-value', `${name}=${JSON.stringify(value)}`]),
    ...Object.entries(options.searchAttributes ?? {}).flatMap(([name, type]) => [
      '--search-attribute',
      `${name}=${type}`,
    ]),
  ];
}

async function untilReady(server: SupervisedProcess, address: string, options: TemporalOptions): Promise<void> {
  const deadline = Date.now() + readyTimeoutMs;
  let last: unknown = null;
  while (Date.now() < deadline) {
    if (server.pid === null)
      throw new SetupFault(`Temporal did not start: ${server.lastLines}`, portsOrFile(server, options));
    try {
      if (await serves(address, options)) return;
    } catch (error) {
      last = error; // told below, when the time is over
    }
    await sleep(pollMs);
  }
  const reason = last instanceof Error ? `: ${last.message}` : '';
  throw new SetupFault(
    `Temporal was not ready within ${readyTimeoutMs / 1_000} s${reason}`,
    portsOrFile(server, options),
  );
}

function portsOrFile(server: SupervisedProcess, { folder }: TemporalOptions): string {
  if (/no space left/i.test(server.lastLines)) return 'the disk is full; free some space.';
  if (server.lastLines.includes('address already in use')) return 'choose another port, or stop what uses it.';
  return `read ${join(folder, 'logs/temporal.log')}; a damaged ${join(folder, 'temporal.db')} may be deleted: \`tradelane resume\` brings every open process back.`;
}

async function serves(address: string, options: TemporalOptions): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    const namespace = options.namespace ?? 'default';
    await connection.workflowService.describeNamespace({ namespace });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return Object.keys(options.searchAttributes ?? {}).every((name) => name in customAttributes);
  } finally {
    await connection.close();
  }
}
