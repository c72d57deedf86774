import knexModule, { type Knex } from 'knex';
import pg from 'pg';
import { type Locks, openLocks } from './exclusive.ts';

// Amounts and counters are bigint columns; all of them stay below 2^53, which is checked where they are made.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text));
pg.types.setTypeParser(pg.types.builtins.NUMERIC, (text) => Number(text));
// A date without time stays the text that it is: no zone may move it.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

/** Whose rows a transaction may see: one brand's, or all of them for our own staff and processes. */
export type Scope = { readonly brandId: string } | 'staff';

export type Tx = Knex.Transaction;

/** The application's way to PostgreSQL. Row-level security hides everything outside of `tx`. */
export interface Database {
  readonly knex: Knex;
  /** Runs `work` in one transaction with the wall set for it; a thrown error rolls everything back. */
  tx<Result>(scope: Scope, work: (trx: Tx) => Promise<Result>): Promise<Result>;
  /** Keeps other processes out while something outside of the database is done. */
  readonly exclusively: Locks['exclusively'];
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly maxConnections?: number;
  readonly applicationName: string;
}

const ignore = (): void => undefined;

/** Opens a pool for the application role. Connections that died are replaced at the next use. */
export function openDatabase({ url, maxConnections = 10, applicationName }: DatabaseOptions): Database {
  const knex = knexModule({
    client: 'pg',
    connection: { connectionString: url, application_name: applicationName, keepAlive: true },
    pool: { min: 0, max: maxConnections, idleTimeoutMillis: 30_000, propagateCreateError: true },
    acquireConnectionTimeout: 10_000,
    // knex prints connection errors on stdout; they are thrown as well, and whoever asked logs them.
    log: { warn: ignore, error: ignore, deprecate: ignore, debug: ignore },
  });
  const locks = openLocks({ url, applicationName });
  return {
    knex,
    tx: (scope, work) =>
      knex.transaction(async (trx) => {
        const brand = scope === 'staff' ? '*' : scope.brandId;
        await trx.raw(`select set_config('tradelane.brand', ?, true)`, [brand]);
        return work(trx);
      }),
    exclusively: locks.exclusively,
    close: async () => {
      await Promise.all([knex.destroy(), locks.close()]);
    },
  };
}

const gone = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08003',
  '08001',
]);

/** True when the database is not there right now; the work is tried again, nothing is wrong with it. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    gone.has(code) ||
    error.name === 'KnexTimeoutError' ||
    /Connection terminated|terminating connection|connection error and is not queryable|the database system is/i.test(
      error.message,
    )
  );
}
