import type { BudgetState } from '../../budget/types.ts';
import type { Tx } from '../database.ts';
import { standOf } from '../throttles.ts';
import { iso } from './paging.ts';

async function byState(trx: Tx, table: string): Promise<Record<string, number>> {
  const rows: { state: string; n: number }[] = await trx(table).groupBy('state').select('state').count({ n: '*' });
  return Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)]));
}

/** Follow-up work that has not reached its process; nothing of it is visible inside a brand's wall. */
export async function readOutbox(trx: Tx, at: Date): Promise<{ waiting: number; oldestSeconds: number }> {
  const row = await trx('outbox')
    .whereNull('delivered_at')
    .select(trx.raw('count(*) as n, min(created_at) as oldest'))
    .first();
  const oldest: Date | null = row.oldest;
  return {
    waiting: Number(row.n),
    oldestSeconds: oldest === null ? 0 : Math.max(0, Math.round((at.getTime() - oldest.getTime()) / 1000)),
  };
}

/** The numbers of the first page, inside the caller's wall. */
export async function readOverview(trx: Tx, at: Date) {
  const open = await trx('problems').where({ state: 'OPEN' }).count({ n: '*' }).first();
  const ambiguous = await trx('effects').where({ state: 'AMBIGUOUS' }).count({ n: '*' }).first();
  const connections = await trx('connections').orderBy('code');
  const oversells: { cause: string; n: number }[] = await trx('stock_oversells')
    .groupBy('cause')
    .select('cause')
    .count({ n: '*' });
  return {
    oversells: Object.fromEntries(oversells.map(({ cause, n }) => [cause, Number(n)])),
    orders: await byState(trx, 'orders'),
    listings: await byState(trx, 'listings'),
    products: await byState(trx, 'products'),
    problemsOpen: Number(open?.n ?? 0),
    outbox: await readOutbox(trx, at),
    effects: { ambiguous: Number(ambiguous?.n ?? 0) },
    connections: connections.map((row) => ({
      id: row.id as string,
      code: row.code as string,
      name: row.name as string,
      kind: row.kind as string,
      state: row.state as string,
      lastSuccessAt: iso(row.last_success_at),
      lastFailureAt: iso(row.last_failure_at),
      lastFailure: row.last_failure as unknown,
    })),
  };
}

interface BudgetGauge {
  code: string;
  tokens: number;
  taken: number;
  throttled: number;
  book: Partial<BudgetState>;
  present_ms: number;
}

/** The same and more for the metrics page; read with the staff's eyes. */
export async function readGauges(trx: Tx, at: Date) {
  const problems: { severity: string; n: number }[] = await trx('problems')
    .where({ state: 'OPEN' })
    .groupBy('severity')
    .select('severity')
    .count({ n: '*' });
  const budgets: BudgetGauge[] = await trx('budgets as b')
    .join('connections as c', 'c.id', 'b.connection_id')
    .orderBy('c.code')
    .select('c.code', 'b.taken', 'b.throttled', 'b.book')
    .select(trx.raw('(extract(epoch from clock_timestamp()) * 1000)::double precision as present_ms'))
    .select(
      trx.raw(
        `least(c.call_burst, b.tokens + greatest(0, extract(epoch from clock_timestamp() - b.refilled_at)) * c.calls_per_second) as tokens`,
      ),
    );
  const refusals: { code: string; n: number }[] = await trx('webhook_refusals as w')
    .join('connections as c', 'c.id', 'w.connection_id')
    .groupBy('c.code')
    .select('c.code')
    .sum({ n: 'w.count' });
  const oversells: { cause: string; n: number }[] = await trx('stock_oversells')
    .groupBy('cause')
    .select('cause')
    .count({ n: '*' });
  return {
    oversells: Object.fromEntries(oversells.map(({ cause, n }) => [cause, Number(n)])),
    orders: await byState(trx, 'orders'),
    listings: await byState(trx, 'listings'),
    effects: await byState(trx, 'effects'),
    connections: await byState(trx, 'connections'),
    outbox: await readOutbox(trx, at),
    problems: Object.fromEntries(problems.map(({ severity, n }) => [severity, Number(n)])),
    budgets: budgets.map(({ code, tokens, taken, throttled, book, present_ms: presentMs }) => ({
      ...standOf(book, presentMs),
      code,
      tokens: Number(tokens),
      taken: Number(taken),
      throttled: Number(throttled),
    })),
    refusals: refusals.map(({ code, n }) => ({ code, count: Number(n) })),
  };
}
