import { type GivenBudget, type GivenLimit, type RateUnit, secondsOf, shownRate } from '../../../budget/given.ts';
import type { BudgetAnswer } from '../../api/schemas/budgets.ts';
import type { Context, Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { loggedIn } from '../session.ts';
import { table, time } from '../text.ts';
import { idOfCode } from './orders.ts';

export interface BudgetOptions {
  /** `account=5/second,burst=10`, `stock=20/minute,burst=4,for=stock.*` */
  readonly set: readonly string[];
  readonly remove: readonly string[];
  readonly why?: string;
}

const isUnit = (word: string): word is RateUnit => word in secondsOf;
const wrong = (text: string, why: string) =>
  new CliFault('usage', `${text}: ${why}`, {
    remedy: 'Write it like stock=20/minute,burst=4,concurrent=2,for=stock.*+prices.write',
  });

function whole(text: string, name: string, value: string): number {
  if (!/^[1-9]\d{0,4}$/.test(value)) throw wrong(text, `${name} takes a whole number from 1 to 99999.`);
  return Number(value);
}

/** One `--set`: what it changes, and the limit that it states. @throws CliFault usage */
export function limitOf(text: string): { name: string; limit: GivenLimit; operations: string[] } {
  const [, name = '', rate = '', rest = ''] = /^([a-z][a-z0-9-]*)=([^,]+)((?:,[^,]+)*)$/.exec(text) ?? [];
  if (name === '') throw wrong(text, 'it takes a name and a rate.');
  const [, calls = '', per = ''] = /^(\d+(?:\.\d+)?)\/([a-z]+)$/.exec(rate) ?? [];
  if (!isUnit(per) || Number(calls) <= 0) throw wrong(text, 'the rate is a number above 0 per second, minute or day.');
  let limit: GivenLimit = { calls: Number(calls), per };
  let operations: string[] = [];
  for (const part of rest.split(',').filter((one) => one !== '')) {
    const [key, value = ''] = part.split('=', 2);
    if (key === 'burst') limit = { ...limit, burst: whole(text, 'burst', value) };
    else if (key === 'concurrent') limit = { ...limit, concurrent: whole(text, 'concurrent', value) };
    else if (key === 'for') operations = value.split('+').filter((one) => one !== '');
    else throw wrong(text, `there is no ${key}; it takes burst, concurrent and for.`);
  }
  return { name, limit, operations };
}

/** The limits after the changes; a group that has its calls already keeps them where no `for` is given. */
export function changed(before: GivenBudget, { set, remove }: BudgetOptions): GivenBudget {
  const groups = { ...before.groups };
  let { account } = before;
  for (const name of remove) {
    if (!groups[name]) throw new CliFault('notFound', `There is no group ${name}.`);
    delete groups[name];
  }
  for (const text of set) {
    const { name, limit, operations } = limitOf(text);
    const points = name === 'account' ? account.points : groups[name]?.points;
    const kept = points === undefined ? limit : { ...limit, points };
    if (name === 'account') {
      if (operations.length > 0) throw wrong(text, 'the whole account has no for.');
      account = kept;
      continue;
    }
    const meant = operations.length > 0 ? operations : (groups[name]?.operations ?? []);
    if (meant.length === 0) throw wrong(text, 'a new group needs for=…, the calls that belong to it.');
    groups[name] = { ...kept, operations: meant };
  }
  return { account, groups };
}

function shown({ budget, changes }: BudgetAnswer): string {
  if (!budget) return 'The limits cannot be read, so nothing is sent. Give an account limit with --set account=…';
  const rows = [
    { name: 'account', operations: ['all'], ...budget.account },
    ...Object.entries(budget.groups).map(([name, group]) => ({ name, ...group })),
  ].map((limit) => [
    limit.name,
    shownRate(limit),
    limit.burst,
    limit.concurrent ?? 'no limit',
    limit.points ? `${limit.points.perSecond} a second, ${limit.points.capacity} at most` : '-',
    limit.operations.join(', '),
  ]);
  const [last] = changes;
  return [
    table(['GROUP', 'CALLS', 'AT ONCE', 'UNDER WAY', 'POINTS', 'WHICH'], rows),
    ...(last ? ['', `Changed ${time(last.at)} by ${last.by}: ${last.why}`] : []),
  ].join('\n');
}

/** Shows or changes how many calls an account permits. */
export async function budget(context: Context, code: string, options: BudgetOptions): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const path = `/api/connections/${await idOfCode(context, 'connections', code)}/budget`;
  const before = await client.get<BudgetAnswer>(path);
  const { set, remove, why } = options;
  if (set.length + remove.length === 0) return { json: before, text: shown(before) };
  if (why === undefined) throw new CliFault('usage', 'Say with --why why it is changed; it is kept.');
  const start = before.budget ?? { account: limitOf('account=5/second,burst=10').limit, groups: {} };
  const after = await client.put<BudgetAnswer>(path, { ...changed(start, options), why });
  return { json: after, text: shown(after) };
}
