import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { importActivities } from '../activities/imports.ts';
import { confirmImport, findImport, type ImportRow } from '../db/imports.ts';
import { uploadFile } from '../db/imports-upload.ts';
import { header, writeBrandFile } from './brand-files.ts';
import type { BenchDatabase, Benchmark, Context, Measurement } from './types.ts';

const at = new Date('2026-07-01T00:00:00.000Z');
const rowsOf = ({ quick }: Context): number => (quick ? 20_000 : 100_000);

/**
 * A brand's file of 12 columns, 2 % of it faulty: kept, read, cleaned, compared, shown, confirmed, written with history
 * and movements. Then the same file again, then one with 1 % changed. Peer: COPY of the same file into one keyed table.
 */
export const importBenchmark: Benchmark = {
  title: 'catalogue import against COPY of the same file',
  goals: {
    first: { fair: 0.01, good: 0.04, excellent: 0.1 },
    unchanged: { fair: 0.1, good: 0.25, excellent: 0.5 },
    'one-percent': { fair: 0.1, good: 0.25, excellent: 0.35 },
  },
  pairs: { full: 5, quick: 2 },
  async pair(context) {
    const rows = rowsOf(context);
    const plain = join(context.folder, `brand-${rows}.csv`);
    const changed = join(context.folder, `brand-${rows}-changed.csv`);
    if (!existsSync(changed)) {
      await writeBrandFile(plain, rows);
      await writeBrandFile(changed, rows, (index) => (index % 100 === 3 ? ' new' : ''));
    }
    const database = await context.database();
    try {
      const brandId = await makeBrand(database);
      const good = rows - Math.floor(rows / 50);
      const measurements: Measurement[] = [];
      for (const [metric, file, expected] of [
        ['first', plain, { new: good }],
        ['unchanged', plain, { unchanged: good }],
        ['one-percent', changed, { changed: rows / 100, unchanged: good - rows / 100 }],
      ] as const) {
        const peerSeconds = await copyFile(database, file);
        const engine = await importFile(database, brandId, file);
        await audit(database, { brandId, good, counts: engine.row.counts ?? {}, expected, rows });
        const [peer, own] = [rows / peerSeconds, rows / engine.seconds];
        measurements.push({ metric, peer, engine: own, ratio: own / peer, unit: 'rows/s', details: engine.details });
      }
      return measurements;
    } finally {
      await database.close();
    }
  },
};

async function makeBrand({ db }: BenchDatabase): Promise<string> {
  const id = randomUUID();
  await db.tx('staff', (trx) =>
    trx('brands').insert({
      id,
      code: 'bench',
      name: 'Bench',
      time_zone: 'Australia/Sydney',
      currency: 'AUD',
      mail_schedule: '{}',
      created_at: at,
    }),
  );
  return id;
}

/** Seconds that COPY takes for the file, into a fresh table with a key. */
async function copyFile({ ownerUrl }: BenchDatabase, file: string): Promise<number> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const columns = header.split(',');
    await client.query('drop table if exists peer');
    await client.query(`create table peer (${columns.map((name) => `${name} text`).join(', ')}, primary key (sku))`);
    const begun = performance.now();
    await pipeline(createReadStream(file), client.query(copyFrom('copy peer from stdin (format csv, header)')));
    return (performance.now() - begun) / 1000;
  } finally {
    await client.end();
  }
}

const walSql = "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as bytes";

async function importFile({ db }: BenchDatabase, brandId: string, file: string) {
  const command = { commandId: randomUUID(), actor: 'bench', role: 'ops' as const, at };
  const activities = importActivities({ db, clock: { now: async () => at } });
  const wal = async (): Promise<number> => (await db.knex.raw(walSql)).rows[0].bytes;
  const walBefore = await wal();
  const begun = performance.now();
  const id = randomUUID();
  await uploadFile(db, { id, brandId, fileName: 'brand.csv', body: createReadStream(file) }, command);
  const uploaded = performance.now();
  await untilIdle(activities, id);
  const read = performance.now();
  const preview = await db.tx('staff', (trx) => findImport(trx, id));
  if (preview?.phase !== 'preview')
    throw new Error(`the import is ${preview?.phase} instead of shown: ${preview?.error}`);
  await db.tx('staff', (trx) => confirmImport(trx, preview, command));
  await untilIdle(activities, id);
  const ended = performance.now();
  const row = (await db.tx('staff', (trx) => findImport(trx, id))) as ImportRow;
  if (row.phase !== 'done') throw new Error(`the import is ${row.phase}: ${row.error}`);
  const seconds = (ended - begun) / 1000;
  const details = {
    uploadSeconds: (uploaded - begun) / 1000,
    readSeconds: (read - uploaded) / 1000,
    applySeconds: (ended - read) / 1000,
    walBytesPerRow: ((await wal()) - walBefore) / row.read_rows,
  };
  return { seconds, row, details };
}

async function untilIdle(activities: ReturnType<typeof importActivities>, id: string): Promise<void> {
  for (let more = true; more; ) ({ more } = await activities.workOnImport(id));
}

/** Nothing lost, nothing doubled, and every product has its history. */
async function audit(
  { db }: BenchDatabase,
  input: {
    brandId: string;
    good: number;
    counts: Readonly<Record<string, number>>;
    expected: Readonly<Record<string, number>>;
    rows: number;
  },
): Promise<void> {
  const { rows } = await db.tx('staff', (trx) =>
    trx.raw(
      `select (select count(*)::int from skus where brand_id = b.id) as skus,
         (select count(*)::int from products where brand_id = b.id) as products,
         (select count(*)::int from transitions where brand_id = b.id and event = 'CREATE') as histories,
         (select count(*)::int from stock_movements where brand_id = b.id) as movements
       from brands b where b.id = ?`,
      [input.brandId],
    ),
  );
  for (const [what, count] of Object.entries(rows[0] as Record<string, number>))
    if (count !== input.good) throw new Error(`${count} ${what} instead of ${input.good}: the figure is void`);
  for (const [outcome, count] of Object.entries({ read: input.rows, ...input.expected }))
    if (input.counts[outcome] !== count) throw new Error(`${outcome}: ${input.counts[outcome]} instead of ${count}`);
}
