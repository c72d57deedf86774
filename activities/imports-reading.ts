import { setImmediate } from 'node:timers/promises';
import type { Tx } from '../db/database.ts';
import { type ImportRow, lockImport, readChunk } from '../db/imports.ts';
import { finishReading } from '../db/imports-preview.ts';
import { hasKnownRecords, knownRecords, storeBatch } from '../db/imports-reading.ts';
import { planUndo } from '../db/imports-undo.ts';
import { rulesFor } from '../db/refining-rules.ts';
import { batchLines, type KnownRecord } from '../imports/batch.ts';
import { FileReader, type ReadingState } from '../imports/file-reader.ts';
import { hashOf, type Reading, readingOf } from '../imports/rows.ts';
import type { Dialect, RawRecord } from '../imports/types.ts';
import type { ActivityDeps } from './deps.ts';

/** Records that are read in one go, about 10 ms. */
const sliceRecords = 200;

interface Session {
  readonly deps: Pick<ActivityDeps, 'db'>;
  readonly row: ImportRow;
  readonly reading: Reading;
  readonly dialect: Dialect;
  /** Some record of the brand was applied under this reading: records are looked up before they are read. */
  readonly mayKnow: boolean;
}

/**
 * Reads on where the import's row says, batch by batch, until the file ends or `isTimeUp`. While one batch is stored the next
 * one is read. Returns whether there is more to read.
 */
export async function readOn(
  deps: Pick<ActivityDeps, 'db'>,
  importId: string,
  isTimeUp: () => boolean,
): Promise<{ more: boolean }> {
  const begun = await deps.db.tx('staff', (trx) => begin(trx, deps, importId));
  if (!begun) return { more: false };
  const { row } = begun;
  const { probe } = row;
  let committed = row.reading_state as ReadingState;
  if (!probe) throw new Error(`import ${importId} has no header`);
  const header = { columns: probe.headers.length, text: probe.headerText };
  const reader = new FileReader(probe.dialect, header, committed);
  let storing: Promise<void> = Promise.resolve();
  let position = committed.offset;
  try {
    while (position < row.bytes) {
      const chunk = await deps.db.tx('staff', (trx) => readChunk(trx, importId, position));
      if (!chunk) throw new Error(`import ${importId}: the file ends at ${position} instead of ${row.bytes}`);
      position += chunk.length;
      const records = reader.push(chunk);
      const isLast = position >= row.bytes;
      if (isLast) records.push(...reader.end());
      const last = records.at(-1);
      if (!last && !isLast) continue;
      const after = last ? reader.stateAfter(last) : committed;
      const to = isLast ? { ...after, offset: row.bytes, segments: [...reader.segments] } : after;
      const lines = await linesOf(begun, records);
      await storing;
      const from = committed;
      committed = to;
      storing = store(begun, { from, to, lines, rows: records.length });
      // A failure is thrown where it is waited for, and counts as handled until then.
      storing.catch(() => undefined);
      if (isTimeUp()) break;
    }
  } finally {
    await storing;
  }
  if (committed.offset < row.bytes) return { more: true };
  await deps.db.tx('staff', async (trx) => {
    const now = await lockImport(trx, importId);
    if (now?.phase === 'reading' && now.reading_hash === begun.reading.hash)
      await finishReading(trx, importId, now.read_rows);
  });
  return { more: false };
}

/** What is needed to read on; null where nothing is to be read. An undo's rows are made at once. */
async function begin(trx: Tx, deps: Pick<ActivityDeps, 'db'>, importId: string): Promise<Session | null> {
  const row = await lockImport(trx, importId);
  if (row?.phase !== 'reading') return null;
  if (row.kind === 'undo') {
    await planUndo(trx, row);
    await finishReading(trx, importId, null);
    return null;
  }
  if (!row.probe) throw new Error(`import ${importId} has no header`);
  const { currency } = await trx('brands').where({ id: row.brand_id }).first('currency');
  const rules = await rulesFor(trx, row.brand_id);
  const reading = readingOf({ mapping: row.mapping, answers: row.answers, currency, rules });
  const mayKnow = await hasKnownRecords(trx, row.brand_id, reading.hash);
  const session = { deps, reading, dialect: row.probe.dialect, mayKnow };
  if (row.reading_state && row.reading_hash === reading.hash) return { ...session, row };
  // First time, or the rules have changed in the middle of it: rows that were read under other ones do not count.
  const fresh = { reading_state: row.probe.state, reading_hash: reading.hash, read_rows: 0 };
  await trx('import_rows').where({ import_id: importId }).delete();
  await trx('imports')
    .where({ id: importId })
    .update({ ...fresh, reading_state: JSON.stringify(fresh.reading_state) });
  return { ...session, row: { ...row, ...fresh } };
}

async function linesOf(session: Session, records: readonly RawRecord[]): Promise<string[]> {
  const { deps, row, reading, mayKnow } = session;
  const hashes = records.map(({ text }) => hashOf(text));
  const known = mayKnow
    ? await deps.db.tx('staff', (trx) =>
        knownRecords(trx, { brandId: row.brand_id, readingHash: reading.hash, rowHashes: hashes }),
      )
    : new Map<string, { sku: string; parent: string | null }>();
  const marked: KnownRecord[] = records.map((record, index) => {
    const rowHash = hashes[index] ?? '';
    return { record, rowHash, known: record.isBroken ? null : (known.get(rowHash) ?? null) };
  });
  const lines: string[] = [];
  for (let from = 0; from < marked.length; from += sliceRecords) {
    lines.push(batchLines(marked.slice(from, from + sliceRecords), session.dialect, reading).join(''));
    // Reading is work for the processor alone: the worker's other activities get their turn between two slices.
    await setImmediate();
  }
  return lines;
}

async function store(
  { deps, row, reading }: Session,
  batch: { from: ReadingState; to: ReadingState; lines: readonly string[]; rows: number },
): Promise<void> {
  const answer = row.answers['price-jump'] ?? null;
  const input = { importId: row.id, brandId: row.brand_id, readingHash: reading.hash, priceJumpAnswer: answer };
  await deps.db.tx('staff', (trx) => storeBatch(trx, { ...input, ...batch }));
}
