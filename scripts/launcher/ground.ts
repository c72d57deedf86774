import type { Settings } from '../../config/load.ts';
import { SetupFault } from '../servers/fault.ts';
import { type PostgresServer, type StopMode, startPostgres } from '../servers/postgres.ts';
import { isRunning } from '../servers/process-info.ts';
import {
  deleteTemporalDatabase,
  type SearchAttributeType,
  startTemporal,
  type TemporalServer,
} from '../servers/temporal.ts';
import { placesOf } from './guard.ts';
import type { WorldPorts } from './ports.ts';

export interface GroundOptions {
  dataDir: string;
  settings: Settings;
  ports: WorldPorts;
  fsync: boolean;
  searchAttributes: Readonly<Record<string, SearchAttributeType>>;
  log: (line: string) => void;
}

const watchEveryMs = 1_000;

/** The two servers below everything: PostgreSQL and Temporal, each of our own or somebody else's. */
export class Ground {
  readonly #options: GroundOptions;
  #postgres: PostgresServer | null = null;
  #temporal: TemporalServer | null = null;
  #watch: NodeJS.Timeout | null = null;

  constructor(options: GroundOptions) {
    this.#options = options;
  }

  get ownerUrl(): string {
    return known(this.#options.settings.database.ownerUrl ?? this.#postgres?.ownerUrl, 'database');
  }

  get appUrl(): string {
    return known(this.#options.settings.database.appUrl ?? this.#postgres?.appUrl, 'database');
  }

  /** Null for somebody else's server. */
  get superuserUrl(): string | null {
    return this.#postgres?.superuserUrl ?? null;
  }

  get temporalAddress(): string {
    return known(this.#options.settings.temporal.address ?? this.#temporal?.address, 'Temporal server');
  }

  get temporalUiUrl(): string | null {
    return this.#options.settings.temporal.uiUrl ?? this.#temporal?.uiUrl ?? null;
  }

  get pids(): Record<string, number> {
    const pids: Record<string, number> = {};
    if (this.#postgres) pids.postgres = this.#postgres.pid;
    if (this.#temporal?.pid) pids.temporal = this.#temporal.pid;
    return pids;
  }

  /** Starts PostgreSQL on the data that are there, unless DATABASE_URL names a server. */
  async startPostgres(): Promise<void> {
    const { dataDir, settings, ports, fsync, log } = this.#options;
    if (settings.database.ownerUrl !== null) return;
    this.#postgres = await startPostgres({ folder: placesOf(dataDir).postgres, port: ports.postgres, fsync, log });
    this.#watch ??= setInterval(() => void this.#revive(), watchEveryMs).unref();
  }

  /** `immediate` is a crash on purpose; it stays down until `startPostgres`. */
  async stopPostgres(mode: StopMode): Promise<void> {
    const server = this.#postgres ?? refuse('PostgreSQL');
    this.#stopWatching();
    await server.stop(mode);
  }

  /** Starts Temporal on the file that is there, unless TEMPORAL_ADDRESS names a server. */
  async startTemporal(): Promise<void> {
    const { dataDir, settings, ports, searchAttributes, log } = this.#options;
    if (settings.temporal.address !== null) return;
    this.#temporal = await startTemporal({
      folder: placesOf(dataDir).temporal,
      port: ports.temporal,
      uiPort: ports.temporalUi,
      namespace: settings.temporal.namespace,
      searchAttributes,
      restart: true,
      log,
    });
  }

  /** Ends Temporal as a crash would; it stays down until `startTemporal`. */
  async killTemporal(options: { deleteDatabase: boolean }): Promise<void> {
    const server = this.#temporal ?? refuse('Temporal');
    await server.kill();
    if (options.deleteDatabase) deleteTemporalDatabase(server.dbFile);
  }

  /** Stops both, Temporal first. */
  async stop(): Promise<void> {
    this.#stopWatching();
    await this.#temporal?.stop();
    await this.#postgres?.stop('fast');
  }

  /** Ends both at once; for a second Ctrl-C. */
  async crash(): Promise<void> {
    this.#stopWatching();
    await Promise.all([this.#temporal?.kill(), this.#postgres?.stop('immediate')]);
  }

  #stopWatching(): void {
    if (this.#watch) clearInterval(this.#watch);
    this.#watch = null;
  }

  /** A postmaster that somebody killed is started again, as the other processes are. */
  async #revive(): Promise<void> {
    if (!this.#postgres || isRunning(this.#postgres.pid)) return;
    this.#stopWatching();
    this.#options.log('postgres has died; starting it again');
    try {
      await this.startPostgres();
      this.#options.log('postgres is running again');
    } catch (error) {
      this.#options.log(error instanceof Error ? error.message : String(error));
      this.#watch ??= setInterval(() => void this.#revive(), watchEveryMs).unref();
    }
  }
}

function known(value: string | null | undefined, what: string): string {
  if (!value) throw new Error(`the ${what} has not been started`);
  return value;
}

function refuse(what: string): never {
  throw new SetupFault(`This ${what} is not ours to stop.`, 'remove DATABASE_URL and TEMPORAL_ADDRESS.');
}
