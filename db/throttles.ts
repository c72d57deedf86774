import { factorAt } from '../budget/buckets.ts';
import { accountBudget } from '../budget/limits.ts';
import { type BudgetState, emptyBudget, priorities } from '../budget/types.ts';
import type { Tx } from './database.ts';
import { reportProblem, resolveProblem } from './problems.ts';
import type { Command } from './steps.ts';

export const throttledKey = (connectionId: string): string => `connection/${connectionId}/throttled`;

/** An account counts as well again when it is answered and so much of its rate is used; 0 to 1. */
const wellFrom = 0.5;

/** How an account's budget stands, for people and metrics. */
export interface BudgetStand {
  /** Milliseconds of silence that are left; 0: none. */
  readonly silentMs: number;
  /** Share of the permitted rate that is used at present, 0 to 1. */
  readonly share: number;
  /** The other side asked to slow down, and no call was answered since. */
  readonly isTrying: boolean;
  /** Calls that wait, by priority. */
  readonly waiting: Readonly<Record<string, number>>;
}

/** The account's worst bucket at `nowMs` of the database's clock. */
export function standOf(book: Partial<BudgetState>, nowMs: number): BudgetStand {
  const { buckets, waiting } = { ...emptyBudget, ...book };
  const all = Object.values(buckets);
  const counts: Record<string, number> = {};
  for (const { rank, count, untilMs } of waiting) {
    const name = priorities[rank];
    if (name !== undefined && untilMs > nowMs) counts[name] = (counts[name] ?? 0) + count;
  }
  return {
    silentMs: Math.max(0, ...all.map(({ silentUntilMs }) => silentUntilMs - nowMs)),
    share: Math.min(1, ...all.map((bucket) => factorAt(bucket, nowMs))),
    isTrying: all.some(({ pauses }) => pauses > 0),
    waiting: counts,
  };
}

interface AccountRow {
  id: string;
  name: string;
  brand_id: string | null;
  calls_per_second: number;
  call_burst: number;
  budget: unknown;
  book: Partial<BudgetState>;
  throttled: number;
  present_ms: number;
}

/**
 * One problem for each account that is throttled, with what waits and when it will be done; it ends by itself when calls are
 * answered again and at least half of the rate is used. Returns how many accounts are throttled.
 */
export async function watchThrottles(trx: Tx, command: Command): Promise<number> {
  const rows: AccountRow[] = await trx('budgets as b')
    .join('connections as c', 'c.id', 'b.connection_id')
    .where('b.throttled', '>', 0)
    .orderBy('c.id')
    .select(
      ...['c.id', 'c.name', 'c.brand_id', 'c.calls_per_second', 'c.call_burst', 'c.budget', 'b.book', 'b.throttled'],
      trx.raw('(extract(epoch from clock_timestamp()) * 1000)::double precision as present_ms'),
    );
  const open: string[] = await trx('problems')
    .where({ kind: 'channel-throttled' })
    .whereNot({ state: 'RESOLVED' })
    .pluck('cause_key');
  let count = 0;
  for (const row of rows) {
    const stand = standOf(row.book, row.present_ms);
    const known = open.includes(throttledKey(row.id));
    const isThrottled = stand.isTrying || stand.silentMs > 0 || (known && stand.share < wellFrom);
    const own = { ...command, commandId: `throttle/${row.id}/${row.throttled}/${command.at.getTime()}` };
    if (isThrottled) {
      count += 1;
      await reportProblem(trx, await problemOf(trx, row, stand, command.at), own);
    } else if (known) await resolveProblem(trx, throttledKey(row.id), own);
  }
  return count;
}

async function problemOf(trx: Tx, row: AccountRow, stand: BudgetStand, at: Date) {
  const backlog = await backlogOf(trx, row.id);
  const { limits } = accountBudget(row.calls_per_second, row.call_burst, row.budget);
  const perSecond = limits.account.callsPerSecond;
  const calls = backlog.prices + backlog.cuts + backlog.raises;
  const seconds = stand.silentMs / 1000 + calls / (perSecond * Math.max(stand.share, wellFrom));
  const finish = new Date(at.getTime() + seconds * 1000).toISOString();
  const waiting = Object.entries(stand.waiting).map(([name, n]) => `${n} ${name}`);
  return {
    causeKey: throttledKey(row.id),
    kind: 'channel-throttled',
    severity: 'warning',
    title: `${row.name}: channel throttled`,
    detail:
      `It asked ${row.throttled} times to slow down. Silent for ${Math.ceil(stand.silentMs / 1000)} s more; ` +
      `${Math.round(stand.share * 100)} % of ${perSecond} calls a second are used. ` +
      `Backlog: ${backlog.cuts} stock cuts, ${backlog.raises} other stock levels, ${backlog.prices} prices` +
      `${waiting.length > 0 ? `; calls that wait: ${waiting.join(', ')}` : ''}. ` +
      `Estimated finish ${finish}, with one call for each.`,
    remedy:
      'Nothing is lost: it goes on by itself, the most urgent first, and this ends by itself. If it comes often, lower the calls per second of this account, or ask its operator for more.',
    brandId: row.brand_id,
    connectionId: row.id,
  } as const;
}

/** What differs from what the marketplace shows. */
async function backlogOf(trx: Tx, connectionId: string): Promise<{ prices: number; cuts: number; raises: number }> {
  const live = () =>
    trx('listing_skus')
      .join('listings', 'listings.id', 'listing_skus.listing_id')
      .where({ 'listing_skus.connection_id': connectionId, 'listings.remote': 'LIVE' })
      .whereNotNull('external_sku_id');
  const prices = await live()
    .whereNotNull('price_desired_minor')
    .whereRaw('price_desired_minor is distinct from price_acknowledged_minor')
    .count({ n: '*' })
    .first();
  const stock = await live()
    .whereNotNull('stock_desired')
    .whereRaw('(not stock_confirmed or stock_desired is distinct from stock_low)')
    .first(
      trx.raw('count(*) filter (where stock_desired < stock_high) as cuts'),
      trx.raw('count(*) filter (where stock_desired >= stock_high) as raises'),
    );
  return { prices: Number(prices?.n ?? 0), cuts: Number(stock?.cuts ?? 0), raises: Number(stock?.raises ?? 0) };
}
