import type { Database } from './database.ts';

export interface OutboxItem {
  readonly id: number;
  readonly topic: string;
  readonly key: string;
  readonly payload: Readonly<Record<string, string | number>>;
  readonly attempts: number;
  readonly correlationId: string | null;
}

const batchSize = 50;
const firstRetryMs = 500;
const longestRetryMs = 30_000;

/**
 * Hands waiting work to `deliver`, oldest first, several relays side by side. Work whose delivery fails stays and is tried
 * again later; nothing is lost by a crash in between: it is then delivered twice, which is harmless.
 *
 * @returns how many rows were delivered and how many failed
 */
export async function relayOnce(
  db: Database,
  deliver: (item: OutboxItem) => Promise<void>,
  checkpoint: (point: string) => Promise<void>,
): Promise<{ delivered: number; failed: number }> {
  return db.tx('staff', async (trx) => {
    const { rows } = await trx.raw(
      `select id, topic, business_key as key, payload, attempts, correlation_id as "correlationId" from outbox
       where delivered_at is null and (not_before is null or not_before <= clock_timestamp())
       order by id limit ${batchSize} for update skip locked`,
    );
    const items = rows as OutboxItem[];
    const byKey = Map.groupBy(items, ({ topic, key }) => `${topic} ${key}`);
    const attempts = await Promise.all([...byKey.values()].map((same) => attempt(same, deliver, checkpoint)));
    const delivered = attempts.flatMap(({ ids, error }) => (error === null ? ids : []));
    if (delivered.length > 0) {
      await trx('outbox')
        .whereIn('id', delivered)
        .update({ delivered_at: trx.raw('clock_timestamp()') });
    }
    let failed = 0;
    for (const { ids, error, made } of attempts) {
      if (error === null) continue;
      failed += ids.length;
      const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** made);
      await trx('outbox')
        .whereIn('id', ids)
        .update({
          attempts: trx.raw('attempts + 1'),
          last_error: error.slice(0, 500),
          not_before: trx.raw(`clock_timestamp() + ? * interval '1 millisecond'`, [waitMs]),
        });
    }
    return { delivered: delivered.length, failed };
  });
}

interface Attempt {
  readonly ids: readonly number[];
  /** What went wrong; null when it was delivered. */
  readonly error: string | null;
  /** Attempts made before this one. */
  readonly made: number;
}

/** Delivers the last of several wake-ups of one process, which carries all that the others say. */
async function attempt(
  same: readonly OutboxItem[],
  deliver: (item: OutboxItem) => Promise<void>,
  checkpoint: (point: string) => Promise<void>,
): Promise<Attempt> {
  const ids = same.map(({ id }) => id);
  const last = same.at(-1);
  if (!last) return { ids, error: null, made: 0 };
  try {
    await checkpoint('relay:before-signal');
    await deliver(last);
    await checkpoint('relay:after-signal');
    return { ids, error: null, made: last.attempts };
  } catch (error) {
    return { ids, error: error instanceof Error ? error.message : String(error), made: last.attempts };
  }
}

/** What waits, and how old the oldest of it is by the database's wall clock. */
export async function outboxAge(db: Database): Promise<{ waiting: number; oldestSeconds: number }> {
  return db.tx('staff', async (trx) => {
    const row = await trx('outbox').whereNull('delivered_at').count({ n: '*' }).min({ oldest: 'id' }).first();
    return { waiting: Number(row?.n ?? 0), oldestSeconds: row?.oldest ? await ageOf(trx, Number(row.oldest)) : 0 };
  });

  async function ageOf(trx: Parameters<Parameters<Database['tx']>[1]>[0], id: number): Promise<number> {
    const row = await trx('outbox').where({ id }).first('created_at');
    return Math.max(0, (Date.now() - row.created_at.getTime()) / 1000);
  }
}
