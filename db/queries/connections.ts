import { budgetIn } from '../connection-budget.ts';
import type { Tx } from '../database.ts';
import { outagePolicyOf } from '../outage-policy.ts';
import type { Row } from '../steps.ts';
import { type IncidentRef, openIncidentsOf } from './incidents.ts';
import { anywhere, iso, isoOf, type ListFilter, openProblems, type PageOf, readPage, states } from './paging.ts';

export interface ConnectionItem {
  readonly row: Row;
  readonly summary: ReturnType<typeof connectionView> & { problems: number; incident: IncidentRef | null };
}

/** Accounts with outside systems by code. Settings hold no secrets; credentials are never read here. */
export async function listConnections(
  trx: Tx,
  filter: ListFilter & { kind?: string | undefined },
): Promise<PageOf<ConnectionItem>> {
  const query = trx('connections as c').select('c.*');
  const wanted = states(filter);
  if (wanted) query.whereIn('c.state', wanted);
  if (filter.brand !== undefined) query.where('c.brand_id', filter.brand);
  if (filter.kind !== undefined) query.where('c.kind', filter.kind);
  if (filter.q !== undefined) {
    const pattern = anywhere(filter.q);
    query.where((any) => any.whereILike('c.code', pattern).orWhereILike('c.name', pattern));
  }
  const sorting = { table: 'connections', alias: 'c', column: 'code', direction: 'asc' } as const;
  const { items, next, total } = await readPage<Row>(query, sorting, filter);
  const problems = await openProblems(
    trx,
    items.map(({ id }) => id),
  );
  const incidents = await openIncidentsOf(
    trx,
    items.map(({ id }) => id),
  );
  return {
    items: items.map((row) => ({
      row,
      summary: {
        ...connectionView(row),
        problems: problems.get(row.id) ?? 0,
        incident: incidents.get(row.id) ?? null,
      },
    })),
    next,
    total,
  };
}

export async function findConnection(trx: Tx, id: string): Promise<ConnectionItem | null> {
  const row: Row | undefined = await trx('connections').where({ id }).first();
  if (!row) return null;
  const problems = await openProblems(trx, [id]);
  const incident = (await openIncidentsOf(trx, [id])).get(id) ?? null;
  return { row, summary: { ...connectionView(row), problems: problems.get(id) ?? 0, incident } };
}

export function connectionView(row: Row) {
  return {
    id: row.id,
    code: String(row.code),
    name: String(row.name),
    kind: String(row.kind),
    connector: String(row.connector),
    brandId: (row.brand_id as string | null) ?? null,
    state: row.state,
    version: row.version,
    credentialsStored: row.credentials_sealed !== null,
    credentialsProved: row.credentials_proved === true,
    lastSuccessAt: iso(row.last_success_at as Date | null),
    lastFailureAt: iso(row.last_failure_at as Date | null),
    lastFailure: row.last_failure ?? null,
  };
}

/** Name under which the test of an account stands among its runs. */
export const testStream = 'connection-test';

/** What only the page of one account shows: its budget, how far each stream has been read, and its last runs. */
export async function readConnectionParts(trx: Tx, row: Row) {
  const budget = await trx('budgets').where({ connection_id: row.id }).first();
  const cursors = await trx('sync_cursors').where({ connection_id: row.id }).orderBy('stream');
  const runs = await trx('sync_runs')
    .where({ connection_id: row.id })
    .whereNot({ stream: testStream })
    .orderBy('started_at', 'desc')
    .limit(20);
  const test = await trx('sync_runs')
    .where({ connection_id: row.id, stream: testStream })
    .orderBy('started_at', 'desc')
    .first();
  const refusals = await trx('webhook_refusals').where({ connection_id: row.id }).sum({ n: 'count' }).first();
  return {
    settings: row.settings as Record<string, unknown>,
    listingDefaults: row.listing_defaults as Record<string, unknown>,
    intervals: row.intervals as Record<string, unknown>,
    outage: outagePolicyOf(row.outage),
    keyId: (row.credentials_key_id as string | null) ?? null,
    budget: {
      callsPerSecond: Number(row.calls_per_second),
      burst: Number(row.call_burst),
      tokens: budget ? Number(budget.tokens) : null,
      silentUntil: iso(budget?.silent_until),
      taken: Number(budget?.taken ?? 0),
      throttled: Number(budget?.throttled ?? 0),
      limits: budgetIn(row),
    },
    cursors: cursors.map((cursor) => ({
      stream: cursor.stream as string,
      cursor: cursor.cursor as unknown,
      updatedAt: isoOf(cursor.updated_at),
    })),
    runs: runs.map((run) => ({
      id: run.id as string,
      stream: run.stream as string,
      startedAt: isoOf(run.started_at),
      finishedAt: iso(run.finished_at),
      counts: run.counts as unknown,
      error: (run.error as string | null) ?? null,
    })),
    lastTest: test ? { at: isoOf(test.started_at), report: test.counts as unknown } : null,
    webhookRefusals: Number(refusals?.n ?? 0),
  };
}
