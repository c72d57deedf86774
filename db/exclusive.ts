import pg from 'pg';
import { busy, createTurns, TURN_WAIT_MS } from '../connectors/contract/turns.ts';

/** So many keys are waited for and held by one process at once; further ones wait for a connection. */
const MOST_CONNECTIONS = 8;
/** A machine that vanished keeps its locks for a minute at most, not for the two hours that are usual. */
const LIVENESS = 'set tcp_keepalives_idle = 20; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 4';
/** Longest wait for a connection, when all are in use. */
const CONNECT_MS = 5_000;
const LOCK_NOT_AVAILABLE = '55P03';

export interface LocksOptions {
  readonly url: string;
  readonly applicationName: string;
}

export interface LockOptions {
  /** Longest wait for the turn, in all. */
  readonly waitMs?: number;
  /** The connection broke while the work ran: others may be at it before it ends. */
  readonly onLost?: (error: Error) => void;
}

/** Locks that all processes on one database share, held for as long as work outside of the database takes. */
export interface Locks {
  /**
   * Runs work while nobody else holds the key. A session's advisory lock on a connection of its own: neither a transaction
   * nor a place in the application's pool is held meanwhile. Its end releases it, also the process's. Not to be nested.
   *
   * @throws ConnectorError Unavailable `busy` when the turn does not come; errors of the database as they are
   */
  exclusively<Value>(key: string, work: () => Promise<Value>, options?: LockOptions): Promise<Value>;
  close(): Promise<void>;
}

/** Needs sessions: a pooler between us and PostgreSQL that hands out a connection per transaction would lose the lock. */
export function openLocks({ url, applicationName }: LocksOptions): Locks {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `${applicationName} locks`,
    max: MOST_CONNECTIONS,
    idleTimeoutMillis: 10_000,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    allowExitOnIdle: true,
  });
  // Of an idle connection: the pool has replaced it, and no lock was on it.
  pool.on('error', () => undefined);
  // One connection for each key of this process, however many want it.
  const turns = createTurns();
  return {
    exclusively: (key, work, { waitMs = TURN_WAIT_MS, onLost } = {}) => {
      const until = performance.now() + waitMs;
      const locked = async () => {
        const client = await connect(pool, key);
        let lost: Error | undefined;
        const notice = (error: Error): void => {
          lost = error;
          onLost?.(error);
        };
        client.on('error', notice);
        try {
          await lock(client, key, Math.max(1, until - performance.now()));
          return await work();
        } finally {
          // A connection that cannot unlock is closed, which unlocks as well.
          const broken = lost ?? (await unlocked(client, key));
          client.off('error', notice);
          client.release(broken);
        }
      };
      return turns(key, locked, waitMs);
    },
    close: () => pool.end(),
  };
}

async function connect(pool: pg.Pool, key: string): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    if (error instanceof Error && /^timeout exceeded/.test(error.message)) throw busy(key, CONNECT_MS, error);
    throw error;
  }
}

async function lock(client: pg.PoolClient, key: string, waitMs: number): Promise<void> {
  await client.query(`${LIVENESS}; set lock_timeout = ${Math.ceil(waitMs)}`);
  try {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`exclusive/${key}`]);
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE)
      throw busy(key, Math.round(waitMs), error);
    throw error;
  }
}

/** The error that says that it could not be unlocked. */
async function unlocked(client: pg.PoolClient, key: string): Promise<Error | undefined> {
  try {
    await client.query('select pg_advisory_unlock_all()');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(`${key}: ${String(error)}`);
  }
}
