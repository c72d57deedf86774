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
    // Of several wake-ups of one process the last carries all that the others say.
    const byKey = Map.groupBy(items, ({ topic, key }) => `${topic} ${key}`);
    let delivered = 0;
    let failed = 0;
    await Promise.all(
      [...byKey.values()].map(async (same) => {
        const ids = same.map(({ id }) => id);
        const last = same.at(-1);
        if (!last) return;
        try {
          await checkpoint('relay:before-signal');
          await deliver(last);
          await checkpoint('relay:after-signal');
          delivered += ids.length;
          await trx('outbox')
            .whereIn('id', ids)
            .update({ delivered_at: trx.raw('clock_timestamp()') });
        } catch (error) {
          failed += ids.length;
          const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** last.attempts);
          await trx('outbox')
            .whereIn('id', ids)
            .update({
              attempts: trx.raw('attempts + 1'),
              last_error: (error instanceof Error ? error.message : String(error)).slice(0, 500),
              not_before: trx.raw(`clock_timestamp() + ? * interval '1 millisecond'`, [waitMs]),
            });
        }
      }),
    );
    return { delivered, failed };
  });
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
