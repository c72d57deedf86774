import { goneFinding, isGoneFinding } from '../cleaning/gone.ts';
import type { Tx } from './database.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import { storable } from './refining-origins.ts';
import type { Command, Row } from './steps.ts';
import { offerAgain } from './stock.ts';

/** More products than this, and more than this part of the shop's, are not believed to have vanished at once. */
const believedAtOnce = { products: 20, percent: 25 };

export const vanishedKey = (productId: string): string => `product/${productId}/vanished`;
const manyKey = (connectionId: string): string => `connection/${connectionId}/vanished-many`;

/** A product that a full reading of the shop did not see. */
export interface MissingProduct {
  readonly id: string;
  readonly externalId: string;
}

/**
 * Marks what one page of a full reading saw. A reading by cursor marks nothing: beside a full one it would take away its marks,
 * and what was changed meanwhile would look as if it were not there.
 */
export async function noteSeenBy(
  trx: Tx,
  connectionId: string,
  runId: string,
  externalIds: readonly string[],
): Promise<void> {
  const run = await trx('sync_runs').where({ id: runId }).first('stream');
  if (run.stream !== 'compare') return;
  await trx('source_records')
    .where({ connection_id: connectionId, resource: 'product' })
    .whereIn('external_id', [...externalIds])
    .update({ seen_run: runId });
}

/** Products that the shop had when the reading began, and that it did not see; those that are gone among them. */
async function unseen(trx: Tx, { connectionId, runId }: { connectionId: string; runId: string }) {
  const run = await trx('sync_runs').where({ id: runId }).first('started_at');
  const query = trx('products')
    .join('source_records', (join) =>
      join
        .on('source_records.connection_id', 'products.store_connection_id')
        .andOn('source_records.external_id', 'products.external_id')
        .andOnVal('source_records.resource', 'product'),
    )
    .where({ store_connection_id: connectionId })
    .where('products.created_at', '<=', run.started_at)
    .whereRaw('source_records.seen_run is distinct from ?', [runId]);
  return { query, startedAt: run.started_at as Date };
}

/** How many of them vanished since the reading began: counted from the rows, because the comparison may have been repeated. */
export async function vanishedSince(trx: Tx, input: { connectionId: string; runId: string }): Promise<number> {
  const { query, startedAt } = await unseen(trx, input);
  const row = await query.where('products.gone_at', '>=', startedAt).count({ n: '*' }).first();
  return Number(row?.n ?? 0);
}

/** Products of the shop that the reading did not see, by id; `after` pages on. Those that came meanwhile have been seen by nobody. */
export async function missingFrom(
  trx: Tx,
  input: { connectionId: string; runId: string; after: string | null; limit: number },
): Promise<MissingProduct[]> {
  const { query: products } = await unseen(trx, input);
  const rows = await products
    .whereNull('products.gone_at')
    .modify((query) => {
      if (input.after) query.where('products.id', '>', input.after);
    })
    .orderBy('products.id')
    .limit(input.limit)
    .select('products.id', 'products.external_id');
  return rows.map((row: { id: string; external_id: string }) => ({ id: row.id, externalId: row.external_id }));
}

/**
 * How many the shop had and how many of them were not seen; too many at once are left for a person to look at. The reading's
 * row keeps what was found: a comparison that is repeated goes on by it, though fewer are missing then.
 */
export async function isBelievable(
  trx: Tx,
  input: { connectionId: string; runId: string },
  command: Command,
): Promise<{ believable: boolean; missing: number }> {
  const { counts } = await trx('sync_runs').where({ id: input.runId }).forNoKeyUpdate().first('counts');
  if (typeof counts.believed === 'boolean') return { believable: counts.believed, missing: Number(counts.missing) };
  const missing = (await missingFrom(trx, { ...input, after: null, limit: 1_000_000 })).length;
  const row = await trx('products')
    .where({ store_connection_id: input.connectionId })
    .whereNull('gone_at')
    .count({ n: '*' })
    .first();
  const present = Number(row?.n ?? 0);
  const few = missing <= believedAtOnce.products || missing * 100 <= present * believedAtOnce.percent;
  const confirmed = !few && (await isConfirmed(trx, input.connectionId));
  if (!few) await reportMany(trx, input.connectionId, { missing, present }, command);
  // Confirmed once, believed once: the next time a person is asked anew.
  if (few || confirmed) await resolveProblem(trx, manyKey(input.connectionId), command);
  const believable = few || confirmed;
  await trx('sync_runs')
    .where({ id: input.runId })
    .update({ counts: JSON.stringify({ ...counts, missing, believed: believable }) });
  return { believable, missing };
}

/** A person resolved the problem by hand: they are gone on purpose. */
async function isConfirmed(trx: Tx, connectionId: string): Promise<boolean> {
  const problem = await trx('problems')
    .where({ cause_key: manyKey(connectionId), state: 'RESOLVED' })
    .first('id');
  if (!problem) return false;
  const last = await trx('transitions')
    .where({ machine: 'problem', entity_id: problem.id })
    .orderBy('version', 'desc')
    .first('event', 'role');
  return last?.event === 'RESOLVE' && ['ops', 'approver', 'admin'].includes(last.role);
}

async function reportMany(
  trx: Tx,
  connectionId: string,
  { missing, present }: { missing: number; present: number },
  command: Command,
): Promise<void> {
  const connection = await trx('connections').where({ id: connectionId }).first('name', 'brand_id');
  await reportProblem(
    trx,
    {
      causeKey: manyKey(connectionId),
      kind: 'catalogue-shrunk',
      severity: 'error',
      title: `${connection.name}: ${missing} of ${present} products are not there any more`,
      detail:
        'A full reading did not see them. So many at once may be a fault of the shop, so nothing was taken off sale.',
      remedy:
        'Look into the shop. If they are gone on purpose, resolve this problem: the next full reading takes them off sale. Else mend the shop.',
      brandId: connection.brand_id,
      connectionId,
    },
    command,
  );
}

/**
 * The shop does not have the product any more: its SKUs are offered nowhere, the finding says so, and taking it off the
 * marketplaces is proposed. Nothing is deleted: orders, books and listings stay, and a return brings it back.
 */
export async function productVanished(trx: Tx, productId: string, command: Command): Promise<boolean> {
  const row = (await trx('products').where({ id: productId }).forNoKeyUpdate().first()) as Row | undefined;
  if (!row || row.gone_at !== null) return false;
  const findings = [...(row.findings as object[]).filter((one) => !isGoneFinding(one)), goneFinding(command.at)];
  // No step: what people approved is as it was, it is only not to be had. The problem's history tells when.
  await trx('products')
    .where({ id: row.id })
    .update({ gone_at: command.at, findings: storable(findings) });
  const skus: string[] = (
    await trx('skus').where({ product_id: row.id, gone_at: null }).update({ gone_at: command.at }).returning('id')
  ).map(({ id }: { id: string }) => id);
  await offerAgain(trx, skus, command);
  const live = await trx('listings').where({ product_id: row.id, remote: 'LIVE' }).orderBy('id').select('id');
  await reportProblem(
    trx,
    {
      causeKey: vanishedKey(row.id),
      kind: 'product-vanished',
      severity: 'warning',
      title: `“${row.title}” is not in the shop any more`,
      detail: `A full reading of the shop did not see it, and asked for by its number it was not there. Nothing of it is offered any more; ${live.length} listings of it are still live with 0 units.`,
      remedy: 'Take its listings off sale, or put the product back in the shop: it comes back by itself then.',
      brandId: String(row.brand_id),
      entityKind: 'product',
      entityId: row.id,
      connectionId: String(row.store_connection_id),
    },
    command,
  );
  return true;
}

/** It is there again: its SKUs, which the import has brought back, are offered as before, and nothing is proposed any more. */
export async function productReturned(trx: Tx, productId: string, command: Command): Promise<void> {
  await trx('products').where({ id: productId }).update({ gone_at: null });
  await resolveProblem(trx, vanishedKey(productId), command);
}
