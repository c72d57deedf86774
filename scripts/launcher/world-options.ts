import type { World } from './world.ts';

export type ProcessName = 'worker' | 'api' | 'sandbox';

/** Scripts that the world runs, relative to the repository or absolute. */
export interface EntryPoints {
  migrate: string;
  worker: string;
  api: string;
  sandbox: string;
}

export interface WorldOptions {
  /** Holds databases, logs, keys; made when missing. As root it should be passable for the user postgres. */
  dataDir: string;
  /** `free` beside other worlds; `default` the usual ones; a number: the first of 30 in a row. */
  ports: 'free' | 'default' | number;
  /** Start the simulated outside systems, too. */
  sandbox: boolean;
  /** Configuration for all processes, beside and before that of this process. */
  env?: Readonly<Record<string, string>>;
  /** What the launcher has to say. */
  log: (line: string) => void;
  /** Every line that a process writes; all of them are in `logs/` of the data folder as well. */
  onLine?: (line: string, name: string) => void;
  /** Delete what an earlier run left in the folder. */
  fresh?: boolean;
  /** Build and serve the dashboard. Default true. */
  web?: boolean;
  /** False: faster, survives everything but a power cut. Default true. */
  fsync?: boolean;
  /** Start dead processes again. Default true; chaos runs that count deaths switch it off. */
  restart?: boolean;
  readyTimeoutMs?: number;
  /** Called before anything is started, so that whoever waits can stop the world meanwhile. */
  onWorld?: (world: World) => void;
  entryPoints?: Partial<EntryPoints>;
}

/** What runs where. */
export interface WorldUrls {
  databaseUrl: string;
  databaseAppUrl: string;
  /** Null where DATABASE_URL names a server of somebody else. */
  superuserUrl: string | null;
  temporalAddress: string;
  temporalUiUrl: string | null;
  apiUrl: string;
  dashboardUrl: string;
  mailUrl: string | null;
  /** Control URLs of the simulated systems by name. */
  sandbox: Record<string, string>;
}

/** The scripts of this repository. */
export const entryPoints: EntryPoints = {
  migrate: 'db/migrate-main.ts',
  worker: 'worker.ts',
  api: 'client/api/main.ts',
  sandbox: 'sandbox/main.ts',
};
