import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { type Database, isDatabaseAway } from '../../db/database.ts';
import { type OutboxItem, relayOnce } from '../../db/outbox.ts';

export interface Relay {
  stop(): Promise<void>;
}

export interface RelayOptions {
  readonly db: Database;
  /** For LISTEN: a connection of its own, outside of the pool. */
  readonly listenUrl: string;
  readonly deliver: (item: OutboxItem) => Promise<void>;
  readonly checkpoint: (point: string) => Promise<void>;
  readonly log: Logger;
  /** How often to look without having been told; what a lost notification costs at most. */
  readonly pollMs?: number;
}

/**
 * Carries committed follow-up work to its processes: told by NOTIFY, with polling behind it. It survives a database or a
 * Temporal that goes away: what could not be delivered stays in the outbox and its age is a metric.
 */
export function startRelay(options: RelayOptions): Relay {
  const { log, pollMs = 2_000 } = options;
  const stopped = new AbortController();
  let told: () => void = () => undefined;
  let pending = true;
  const tell = (): void => {
    pending = true;
    told();
  };
  const listening = listen(options, tell, stopped.signal);
  const running = (async () => {
    while (!stopped.signal.aborted) {
      pending = false;
      try {
        const { delivered, failed } = await relayOnce(options.db, options.deliver, options.checkpoint);
        if (failed > 0) log.warn({ failed }, 'follow-up work could not be delivered; it is kept and tried again');
        if (delivered > 0) continue;
      } catch (error) {
        log.warn({ err: error, databaseAway: isDatabaseAway(error) }, 'the outbox could not be read; trying again');
        await sleep(500, undefined, { signal: stopped.signal }).catch(noteAbort);
      }
      if (pending) continue;
      await Promise.race([
        new Promise<void>((resolve) => {
          told = resolve;
        }),
        sleep(pollMs, undefined, { signal: stopped.signal }).catch(noteAbort),
      ]);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      tell();
      await running;
      await listening;
    },
  };
}

/** A timer that was ended by the stop is no failure; anything else is. */
function noteAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}

async function listen({ listenUrl, log }: RelayOptions, tell: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const client = new pg.Client({ connectionString: listenUrl, application_name: 'tradelane-relay', keepAlive: true });
    try {
      const ended = new Promise<void>((resolve) => {
        client.on('error', (error) => {
          log.warn({ err: error }, 'the listening connection broke; polling goes on');
          resolve();
        });
        client.on('end', resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await client.connect();
      client.on('notification', tell);
      await client.query('listen tradelane_outbox');
      tell();
      await ended;
    } catch (error) {
      log.warn({ err: error }, 'cannot listen for follow-up work; polling goes on');
    } finally {
      await client
        .end()
        .catch((error: unknown) => log.debug({ err: error }, 'the listening connection was already gone'));
    }
    if (!signal.aborted) await sleep(1_000, undefined, { signal }).catch(noteAbort);
  }
}
