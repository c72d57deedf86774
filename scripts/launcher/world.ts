import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings, type Settings } from '../../config/load.ts';
import { type LogIn, type RunFile, runFilePath, writePrivateFile } from '../../config/run-file.ts';
import { SetupFault } from '../servers/fault.ts';
import { endOrphans } from '../servers/pid-files.ts';
import type { StopMode } from '../servers/postgres.ts';
import { type ProcessEnd, SupervisedProcess } from '../servers/processes.ts';
import {
  apiUrlOf,
  environmentOf,
  masterKeyOf,
  type ProcessEnvironment,
  searchAttributesOfClient,
} from './environment.ts';
import { Ground } from './ground.ts';
import { claimFolder, deleteWorld, placesOf, prepareFolder } from './guard.ts';
import { demandFree, freePorts, portsFrom, type WorldPorts } from './ports.ts';
import { allOf, logInsOf, textMap } from './ready.ts';
import { node, root, runScript } from './run.ts';
import { buildWeb } from './web.ts';
import { type EntryPoints, entryPoints, type ProcessName, type WorldOptions, type WorldUrls } from './world-options.ts';

export { temporaryDataDir } from './guard.ts';
export type { ProcessName, WorldOptions, WorldUrls } from './world-options.ts';

const defaultReadyTimeoutMs = 90_000;
const graceMarginMs = 5_000;
const graceMs = 10_000;

/**
 * Brings up a whole local world in order: PostgreSQL, Temporal, migrations, dashboard, worker and API, sandbox.
 * Whatever was started is stopped again when a step fails.
 * @throws SetupFault or ConfigError with the remedy
 */
export async function startWorld(options: WorldOptions): Promise<World> {
  prepareFolder(options.dataDir, options.log);
  const release = claimFolder(options.dataDir);
  try {
    const world = await prepareWorld(options, release);
    options.onWorld?.(world);
    try {
      await world.start();
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  } catch (error) {
    release();
    throw error;
  }
}

async function prepareWorld(options: WorldOptions, release: () => void): Promise<World> {
  const { dataDir, log } = options;
  const places = placesOf(dataDir);
  await endOrphans(places.pids, log);
  await endOrphans(join(places.temporal, 'pids'), log);
  if (options.fresh) await deleteWorld(dataDir, log);
  const TRADELANE_CACHE_DIR = join(root, '.tradelane/cache');
  const settings = loadSettings({
    TRADELANE_CACHE_DIR,
    ...process.env,
    ...options.env,
    TRADELANE_DATA_DIR: dataDir,
  });
  const base = options.ports === 'default' ? settings.api.port || 'free' : options.ports;
  const ports = base === 'free' ? await freePorts() : portsFrom(base);
  await demandFree(ports, { temporal: settings.temporal.address === null, sandbox: options.sandbox });
  const searchAttributes = await searchAttributesOfClient();
  const ground = new Ground({ dataDir, settings, ports, fsync: options.fsync ?? true, searchAttributes, log });
  return new World(options, settings, ports, ground, release);
}

/** A running local world. Its parts can be stopped, killed and started again; ports and data stay. */
export class World {
  readonly ports: WorldPorts;
  readonly ground: Ground;
  readonly #options: WorldOptions;
  readonly #settings: Settings;
  readonly #release: () => void;
  readonly #processes = new Map<ProcessName, SupervisedProcess>();
  readonly #startedAt = new Date().toISOString();
  #environment: ProcessEnvironment = {};
  #starting: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | null = null;

  constructor(options: WorldOptions, settings: Settings, ports: WorldPorts, ground: Ground, release: () => void) {
    this.#options = options;
    this.#settings = settings;
    this.ports = ports;
    this.ground = ground;
    this.#release = release;
  }

  /** Variables with which the command-line tools reach this world. */
  get env(): Record<string, string> {
    return { ...this.#options.env, ...this.#environment, TRADELANE_MASTER_KEY: masterKeyOf(this.#settings) };
  }

  /** Where everything is. */
  get urls(): WorldUrls {
    const { ground } = this;
    const apiUrl = apiUrlOf(this.#settings, this.ports);
    const sandbox = this.#processes.get('sandbox')?.ready ?? null;
    return {
      databaseUrl: ground.ownerUrl,
      databaseAppUrl: ground.appUrl,
      superuserUrl: ground.superuserUrl,
      temporalAddress: ground.temporalAddress,
      temporalUiUrl: ground.temporalUiUrl,
      apiUrl,
      dashboardUrl: apiUrl,
      mailUrl: typeof sandbox?.mailUrl === 'string' ? sandbox.mailUrl : null,
      sandbox: textMap(sandbox?.controls, sandbox?.url ? { sandbox: sandbox.url } : {}),
    };
  }

  /** Log-ins that the processes named in their ready lines. */
  get logIns(): LogIn[] {
    return [...this.#processes.values()].flatMap((process) => logInsOf(process.ready));
  }

  /** Starts everything in order; called by `startWorld`. */
  async start(): Promise<void> {
    this.#starting = this.#startAll();
    await this.#starting;
  }

  async #startAll(): Promise<void> {
    const { log, sandbox } = this.#options;
    await this.#step('starting PostgreSQL', () => this.ground.startPostgres());
    await this.#step('starting Temporal', () => this.ground.startTemporal());
    const webDir = this.#options.web === false ? null : await buildWeb(log);
    this.#environment = environmentOf({
      settings: this.#settings,
      ports: this.ports,
      ground: this.ground,
      sandbox,
      webDir,
    });
    const migrate = () => runScript('The migration', [this.#entry('migrate')], this.#processEnv);
    await this.#step('bringing the database schema up to date', migrate);
    await this.#step('starting worker and API', () =>
      allOf([this.startWorker(), this.#launch('api', graceMs).start()]),
    );
    if (sandbox) await this.#step('starting the sandbox', () => this.#launch('sandbox', graceMs).start());
    this.writeRunFile();
  }

  async #step(title: string, work: () => Promise<unknown>): Promise<void> {
    if (this.#stopping !== null) throw new SetupFault('Stopped while starting.', 'start again.');
    this.#options.log(title);
    await work();
  }

  /** Starts the worker; `extraEnv` (a fault-injection point, say) holds for this run only. */
  async startWorker(extraEnv: Readonly<Record<string, string>> = {}): Promise<void> {
    const worker =
      this.#processes.get('worker') ?? this.#launch('worker', this.#settings.worker.shutdownGraceMs + graceMarginMs);
    await worker.start(extraEnv);
    this.#rewriteRunFile();
  }

  /** Ends the worker properly and starts it again. */
  async restartWorker(extraEnv: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#process('worker').stop();
    await this.startWorker(extraEnv);
  }

  /** Ends the worker with SIGKILL; it stays down until `startWorker`. */
  async killWorker(): Promise<void> {
    await this.#process('worker').kill();
  }

  /** Resolves when the present run of a process ends, for whatever reason. */
  async ended(name: ProcessName): Promise<void> {
    await this.#process(name).ended;
  }

  /** How the last run of a process that is over ended; null while none is. */
  lastEnd(name: ProcessName): ProcessEnd | null {
    return this.#process(name).lastEnd;
  }

  /** The process id, or null while it is down. */
  pid(name: ProcessName): number | null {
    return this.#processes.get(name)?.pid ?? null;
  }

  /** Ends Temporal with SIGKILL; it stays down until `restartTemporal`. */
  async killTemporal(options: { deleteDatabase: boolean }): Promise<void> {
    await this.ground.killTemporal(options);
  }

  /** Starts Temporal again on the same ports. */
  async restartTemporal(): Promise<void> {
    await this.ground.startTemporal();
    this.#rewriteRunFile();
  }

  /** Stops PostgreSQL; it stays down until `startPostgres`. */
  async stopPostgres(mode: StopMode = 'fast'): Promise<void> {
    await this.ground.stopPostgres(mode);
  }

  /** Starts PostgreSQL again on the same port and data. */
  async startPostgres(): Promise<void> {
    await this.ground.startPostgres();
    this.#rewriteRunFile();
  }

  /** Stops everything in order: sandbox, API, worker, Temporal, PostgreSQL. Harmless when repeated. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    await this.#stopping;
  }

  /** Ends everything at once, without waiting for work in flight. */
  async crash(): Promise<void> {
    this.#stopping ??= Promise.resolve();
    await Promise.all([...this.#processes.values()].map((process) => process.kill()));
    await this.ground.crash();
    this.#forget();
  }

  /** Writes `run.json`. */
  writeRunFile(): void {
    const { superuserUrl: _, ...urls } = this.urls;
    const environment = { ...this.#options.env, ...this.#environment };
    const key = this.#settings.masterKey ? { TRADELANE_MASTER_KEY: masterKeyOf(this.#settings) } : {};
    const pids: Record<string, number> = { launcher: process.pid, ...this.ground.pids };
    for (const [name, { pid }] of this.#processes) if (pid !== null) pids[name] = pid;
    const dataDir = this.#options.dataDir;
    const file: RunFile = {
      startedAt: this.#startedAt,
      dataDir,
      pids,
      ...urls,
      logIns: this.logIns,
      environment: { ...environment, ...key },
    };
    writePrivateFile(runFilePath(dataDir), `${JSON.stringify(file, null, 2)}\n`);
  }

  #rewriteRunFile(): void {
    if (this.#processes.get('api')?.ready && this.#stopping === null) this.writeRunFile();
  }

  async #stopAll(): Promise<void> {
    for (const name of ['sandbox', 'api', 'worker'] as const) await this.#processes.get(name)?.close();
    // A start that is under way notices at its next step; what it began meanwhile is stopped as well.
    await Promise.allSettled([this.#starting]);
    await allOf([...this.#processes.values()].map((process) => process.close()));
    await this.ground.stop();
    this.#forget();
  }

  #forget(): void {
    rmSync(runFilePath(this.#options.dataDir), { force: true });
    this.#release();
  }

  #process(name: ProcessName): SupervisedProcess {
    const process = this.#processes.get(name);
    if (process === undefined) throw new Error(`${name} is no part of this world`);
    return process;
  }

  /** Node keeps what it made of our sources and of the libraries: a start then takes two thirds of the time. */
  get #processEnv(): Record<string, string | undefined> {
    return { NODE_COMPILE_CACHE: join(this.#settings.cacheDir, 'node'), ...process.env, ...this.env };
  }

  #entry(name: keyof EntryPoints): string {
    return this.#options.entryPoints?.[name] ?? entryPoints[name];
  }

  #launch(name: ProcessName, stopGraceMs: number): SupervisedProcess {
    const { dataDir, log, onLine, restart = true, readyTimeoutMs = defaultReadyTimeoutMs } = this.#options;
    const started = new SupervisedProcess({
      name,
      command: node,
      args: [this.#entry(name)],
      env: this.#processEnv,
      cwd: root,
      folder: dataDir,
      restart,
      readyTimeoutMs,
      graceMs: stopGraceMs,
      log,
      ...(onLine ? { onLine } : {}),
    });
    this.#processes.set(name, started);
    return started;
  }
}
