import { isDeepStrictEqual } from 'node:util';
import { Value } from '@sinclair/typebox/value';
import { type GivenBudget, givenBudget, storedBudget } from '../budget/given.ts';
import { BudgetSettings } from '../budget/limits.ts';
import type { Tx } from './database.ts';
import { isoOf } from './queries/paging.ts';
import { type Command, forDriver, type Row } from './steps.ts';

/** Changes that are shown with an account's limits. */
const changesShown = 20;

/** What an account's row permits; null where somebody wrote into it by hand what cannot be read. */
export function budgetIn(row: Row): GivenBudget | null {
  if (!Value.Check(BudgetSettings, row.budget)) return null;
  const { calls_per_second: callsPerSecond, call_burst: burst, budget: settings } = row;
  return givenBudget({ callsPerSecond: Number(callsPerSecond), burst: Number(burst), settings });
}

export interface BudgetChange {
  readonly at: string;
  readonly by: string;
  readonly why: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** An account's limits and who changed them, the newest change first. `budget` null: it cannot be read. */
export async function connectionBudget(
  trx: Tx,
  connectionId: string,
): Promise<{ readonly budget: GivenBudget | null; readonly changes: readonly BudgetChange[] } | null> {
  const row: Row | undefined = await trx('connections').where({ id: connectionId }).first();
  if (!row) return null;
  const changes: { changed: { budget: [unknown, unknown] }; actor: string; why: string; at: Date }[] = await trx(
    'connection_setting_changes',
  )
    .where({ connection_id: connectionId })
    .whereRaw(`jsonb_exists(changed, 'budget')`)
    .orderBy('id', 'desc')
    .limit(changesShown)
    .select('changed', 'actor', 'why', 'at');
  return {
    budget: budgetIn(row),
    changes: changes.map(({ changed: { budget }, actor, why, at }) => ({
      ...{ at: isoOf(at), by: actor, why },
      ...{ before: budget[0], after: budget[1] },
    })),
  };
}

/**
 * Replaces an account's limits and keeps who did it and why; the next call goes by them. Limits that are the same already
 * leave no trace. False: there is no such account.
 */
export async function setConnectionBudget(
  trx: Tx,
  connectionId: string,
  budget: GivenBudget,
  { actor, at, why }: Command & { readonly why: string },
): Promise<boolean> {
  const row: Row | undefined = await trx('connections').where({ id: connectionId }).forNoKeyUpdate().first();
  if (!row) return false;
  const stored = storedBudget(budget);
  const [before, after] = [budgetIn(row), givenBudget(stored)];
  if (isDeepStrictEqual(before, after)) return true;
  const { callsPerSecond, burst, settings } = stored;
  await trx('connections')
    .where({ id: connectionId })
    .update(forDriver({ calls_per_second: callsPerSecond, call_burst: burst, budget: settings }));
  await trx('connection_setting_changes').insert({
    connection_id: connectionId,
    changed: JSON.stringify({ budget: [before ?? row.budget, after] }),
    ...{ actor, why, at },
  });
  return true;
}
