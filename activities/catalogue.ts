import { randomUUID } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { StoreConnector } from '../connectors/contract/store.ts';
import { addCounts, type ImportCounts, importProducts, listEverywhere, noCounts } from '../db/catalogue.ts';
import {
  isBelievable,
  type MissingProduct,
  missingFrom,
  noteSeenBy,
  productVanished,
  vanishedSince,
} from '../db/catalogue-compare.ts';
import type { Tx } from '../db/database.ts';
import { forDriver, type Row } from '../db/steps.ts';
import { ledgerMark } from '../db/stock.ts';
import { takeLevel } from '../db/stock-levels.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

export interface ImportPage {
  readonly next: string | null;
  readonly counts: ImportCounts;
  readonly newestChange: string | null;
}

/** A shop's clock may differ from ours, and equal times are read again: the next reading begins this much earlier. */
const overlapMs = 5 * 60 * 1000;
const stockBatch = 50;
const missingBatch = 100;

type Deps = Pick<ActivityDeps, 'db' | 'clock' | 'checkpoint' | 'place'> & {
  readonly open: { store(connectionId: string): Promise<{ readonly connector: StoreConnector }> };
};

async function connectionOf(deps: Deps, connectionId: string): Promise<Row> {
  return (await deps.db.tx('staff', (trx) => trx('connections').where({ id: connectionId }).first())) as Row;
}

interface StockRow {
  id: string;
  sku: string;
  external_variant_id: string | null;
  external_id: string;
}

/**
 * Where the next reading by cursor begins. A full one is not read in the order of changes: what changed while it went on
 * may be on a page that it had passed, so the next one begins no later than it did itself.
 */
function nextSince(newest: string | null, since: string | null, startedAt: Date): string | null {
  if (newest === null || since !== null) return newest;
  return newest < startedAt.toISOString() ? newest : startedAt.toISOString();
}

const comparedTo = Type.Object({ runId: Type.String(), after: Type.String() });

/** The last product of a reading that was compared, by its id; null: none yet. */
const placeIn = (kept: unknown, runId: string): string | null =>
  Value.Check(comparedTo, kept) && kept.runId === runId ? kept.after : null;

export function catalogueActivities(deps: Deps) {
  const managedSkus = (trx: Tx, connectionId: string) =>
    trx('skus')
      .join('products', 'products.id', 'skus.product_id')
      .where({ store_connection_id: connectionId, 'skus.gone_at': null, stock_managed: true })
      .orderBy('skus.id')
      .select('skus.id', 'skus.sku', 'skus.external_variant_id', 'products.external_id');

  /** Reads the levels of these SKUs and takes them over; returns how many changed. */
  const readLevels = async (connectionId: string, rows: readonly StockRow[]): Promise<number> => {
    if (rows.length === 0) return 0;
    const mark = await deps.db.tx('staff', ledgerMark);
    const { connector } = await deps.open.store(connectionId);
    const levels = await connector.readStock(
      rows.map((row) => ({
        sku: row.sku,
        externalProductId: row.external_id,
        externalVariantId: row.external_variant_id === row.external_id ? null : row.external_variant_id,
      })),
    );
    const command = await commandOf(deps, `stock/${connectionId}/${mark}/${rows[0]?.id}`);
    let changed = 0;
    await deps.db.tx('staff', async (trx) => {
      for (const level of levels) {
        const row = rows.find(({ sku }) => sku === level.key);
        if (!row || !level.ok || !level.value.managed || level.value.quantity === null) continue;
        const outcome = await takeLevel(
          trx,
          { skuId: row.id, quantity: level.value.quantity, mark, reason: 'read from the shop' },
          { ...command, commandId: `${command.commandId}/${row.id}/${level.value.quantity}` },
        );
        if (outcome === 'changed') changed += 1;
      }
      await trx('connections')
        .where({ id: connectionId })
        .update(forDriver({ last_success_at: command.at }));
    });
    return changed;
  };

  return {
    /**
     * Begins or goes on with a reading of the shop's catalogue: where it stopped, and from when it reads. `full`: all of it, to
     * be compared with what we have.
     */
    async beginImport(
      connectionId: string,
      { full = false }: { full?: boolean } = {},
    ): Promise<{ runId: string; since: string | null; cursor: string | null }> {
      const at = await deps.clock.now();
      const stream = full ? 'compare' : 'catalogue';
      return deps.db.tx('staff', async (trx) => {
        const done = await trx('sync_cursors')
          .where({ connection_id: connectionId, stream: 'catalogue' })
          .first('cursor');
        const open = await trx('sync_runs')
          .where({ connection_id: connectionId, stream, finished_at: null })
          .orderBy('started_at', 'desc')
          .first();
        if (open) return { runId: open.id, since: open.counts.since ?? null, cursor: open.counts.cursor ?? null };
        const since: string | null = full ? null : (done?.cursor.modifiedAt ?? null);
        const runId = randomUUID();
        await trx('sync_runs').insert({
          id: runId,
          connection_id: connectionId,
          stream,
          started_at: at,
          counts: JSON.stringify({ since }),
        });
        return { runId, since, cursor: null };
      });
    },

    /** Reads one page and takes it over; the run's row carries the cursor, so that a killed import goes on there. */
    async importPage(input: {
      connectionId: string;
      runId: string;
      cursor: string | null;
      since: string | null;
    }): Promise<ImportPage> {
      const connection = await connectionOf(deps, input.connectionId);
      const mark = await deps.db.tx('staff', ledgerMark);
      const { connector } = await deps.open.store(input.connectionId);
      const page = await connector.readProducts({
        cursor: input.cursor,
        changedSince: input.since ? new Date(Date.parse(input.since) - overlapMs) : null,
      });
      await deps.checkpoint('catalogue:page-read');
      const command = await commandOf(deps, `import/${input.runId}/${input.cursor ?? 'first'}`);
      const brandId = String(connection.brand_id);
      const taken = await deps.db.tx('staff', async (trx) => {
        const brand = await trx('brands').where({ id: brandId }).first('currency');
        const counts = await importProducts(
          trx,
          {
            connectionId: input.connectionId,
            brandId,
            currency: brand.currency,
            products: page.items,
            ledgerMark: mark,
          },
          command,
        );
        await noteSeenBy(
          trx,
          input.connectionId,
          input.runId,
          page.items.map(({ externalId }) => externalId),
        );
        const run = await trx('sync_runs').where({ id: input.runId }).first('counts');
        const newest = page.items.reduce<Date | null>(
          (last, { modifiedAt }) => (last === null || modifiedAt > last ? modifiedAt : last),
          null,
        );
        const before: string | null = run.counts.newest ?? null;
        const newestChange =
          newest && (before === null || newest.toISOString() > before) ? newest.toISOString() : before;
        const total = addCounts(run.counts.total ?? noCounts(), counts);
        await trx('sync_runs')
          .where({ id: input.runId })
          .update({
            counts: JSON.stringify({
              ...run.counts,
              since: input.since,
              cursor: page.next,
              total,
              newest: newestChange,
            }),
          });
        return { next: page.next, counts, newestChange };
      });
      await deps.checkpoint('catalogue:page-taken');
      return taken;
    },

    /** Closes the run: the next reading begins at its newest change; new products get their listings. */
    async finishImport(input: { connectionId: string; runId: string }): Promise<ImportCounts & { listings: number }> {
      const connection = await connectionOf(deps, input.connectionId);
      const command = await commandOf(deps, `import/${input.runId}/finish`);
      return deps.db.tx('staff', async (trx) => {
        const run = await trx('sync_runs').where({ id: input.runId }).first('counts', 'started_at', 'stream');
        const { newest, since, total = noCounts() } = run.counts;
        const cursor = { modifiedAt: nextSince(newest ?? since, since, run.started_at) };
        // The comparison leaves the cursor alone: what it read early may have changed since.
        if (cursor.modifiedAt && run.stream === 'catalogue') {
          await trx('sync_cursors')
            .insert({
              connection_id: input.connectionId,
              stream: 'catalogue',
              cursor: JSON.stringify(cursor),
              updated_at: command.at,
            })
            .onConflict(['connection_id', 'stream'])
            .merge(['cursor', 'updated_at']);
        }
        await trx('sync_runs').where({ id: input.runId }).update({ finished_at: command.at });
        await trx('connections').where({ id: input.connectionId }).update({ last_success_at: command.at });
        const listings = await listEverywhere(trx, String(connection.brand_id), command);
        return { ...total, listings };
      });
    },

    /**
     * After a full reading: what it did not see is asked for by its number, and what is not there has vanished. Too many at
     * once are not believed until a person says so. Goes on after the last product that it had asked for when its worker was
     * killed or its time was over. Returns what was found.
     */
    async compareCatalogue(
      connectionId: string,
      runId: string,
    ): Promise<{ missing: number; vanished: number; believed: boolean }> {
      const command = await commandOf(deps, `import/${runId}/compare`);
      const { believable, missing } = await deps.db.tx('staff', (trx) =>
        isBelievable(trx, { connectionId, runId }, command),
      );
      const { connector } = await deps.open.store(connectionId);
      for (let after = placeIn(deps.place?.read(), runId); believable; ) {
        const input = { connectionId, runId, after, limit: missingBatch };
        const rows: MissingProduct[] = await deps.db.tx('staff', (trx) => missingFrom(trx, input));
        for (const { id, externalId } of rows) {
          // A page can slip past a product that moved while it was read; its own number cannot.
          const isThere = (await connector.readProduct(externalId)) !== null;
          if (!isThere) await deps.db.tx('staff', (trx) => productVanished(trx, id, command));
          deps.place?.keep({ runId, after: id });
        }
        after = rows.at(-1)?.id ?? null;
        if (rows.length < missingBatch) break;
      }
      return deps.db.tx('staff', async (trx) => {
        const vanished = await vanishedSince(trx, { connectionId, runId });
        await trx('sync_runs')
          .where({ id: runId })
          .update({ counts: trx.raw('counts || ?::jsonb', [JSON.stringify({ vanished })]) });
        return { missing, vanished, believed: believable };
      });
    },

    /** Reads the present stock of every SKU of a shop that it counts, in batches, and takes the levels over. */
    async readStoreStock(
      connectionId: string,
      after: string | null,
    ): Promise<{ next: string | null; changed: number }> {
      const rows: StockRow[] = await deps.db.tx('staff', (trx) =>
        managedSkus(trx, connectionId)
          .modify((query) => {
            if (after) query.where('skus.id', '>', after);
          })
          .limit(stockBatch),
      );
      const changed = await readLevels(connectionId, rows);
      return { next: rows.length < stockBatch ? null : (rows.at(-1)?.id ?? null), changed };
    },

    /** The same of one product of the shop. */
    async readProductStock(connectionId: string, externalId: string): Promise<{ changed: number }> {
      const rows: StockRow[] = await deps.db.tx('staff', (trx) =>
        managedSkus(trx, connectionId).where({ 'products.external_id': externalId }),
      );
      return { changed: await readLevels(connectionId, rows) };
    },
  };
}
