import { compare, type Row } from '../rows.ts';
import { type Detail, detailOf, marketplaceOrder, ordersOf } from './facts.ts';
import type { Played } from './played.ts';
import { minuteMs, type Stage } from './stage.ts';

interface Step {
  version: number;
  from_state: string;
  to_state: string;
  command_id: string;
}

/** Case h: for every order one row, one timeline with both clocks, and a history without a gap. */
export async function always(stage: Stage, orders: readonly Played[]): Promise<Row[]> {
  const faults = { rows: [] as string[], clocks: [] as string[], order: [] as string[], history: [] as string[] };
  for (const played of orders) {
    const { case: name, externalId } = played;
    if ((await ordersOf(stage, externalId)).length !== 1) {
      faults.rows.push(name);
      continue;
    }
    const detail = await detailOf(stage, externalId);
    if (!(await showsBothClocks(stage, externalId, detail))) faults.clocks.push(name);
    const times = detail.timeline.map(({ at }) => at);
    if (times.some((at, index) => at < (times[index - 1] ?? ''))) faults.order.push(name);
    if (!(await isUnbroken(stage, detail))) faults.history.push(name);
  }
  const said = (names: readonly string[]): string => (names.length === 0 ? 'every order' : `not ${names.join(' ')}`);
  return [
    compare('h. always', {
      orders: [orders.length, orders.length],
      'one row': ['every order', said(faults.rows)],
      'cancellation shown with both clocks': ['every order', said(faults.clocks)],
      'one timeline in order of time': ['every order', said(faults.order)],
      'history from NEW to its state, step by step': ['every order', said(faults.history)],
    }),
  ];
}

/** The timeline has the reading of the cancellation: our time of it, and the marketplace's own as its server tells it. */
async function showsBothClocks(stage: Stage, externalId: string, { timeline }: Detail): Promise<boolean> {
  const { snapshots } = await marketplaceOrder(stage, externalId);
  const cancelled = snapshots.find(({ vo }) => vo.orderState === 5);
  if (!cancelled) return false;
  const theirs = new Date(cancelled.vo.modifyTime).toISOString();
  return timeline.some(
    ({ kind, at, otherClock }) => kind === 'sighting' && otherClock === theirs && at >= cancelled.at,
  );
}

async function isUnbroken({ demo }: Stage, { id, state, version }: Detail): Promise<boolean> {
  const steps: Step[] = await demo.db.tx('staff', (trx) =>
    trx('transitions').where({ machine: 'order', entity_id: id }).orderBy('version'),
  );
  const [first] = steps;
  const last = steps.at(-1);
  return (
    first?.from_state === '' &&
    first.to_state === 'NEW' &&
    last?.to_state === state &&
    last.version === version &&
    new Set(steps.map(({ command_id }) => command_id)).size === steps.length &&
    steps.every(
      (step, index) =>
        index === 0 ||
        (step.from_state === steps[index - 1]?.to_state && step.version === (steps[index - 1]?.version ?? 0) + 1),
    )
  );
}

/** The effects ledger at the end: every call that was begun has a known outcome, and none waits to be made. */
export async function ledger({ demo }: Stage): Promise<Row> {
  await demo.advance(minuteMs);
  const rows: { state: string; n: string }[] = await demo.db.tx('staff', (trx) =>
    trx('effects').groupBy('state').orderBy('state').select('state', trx.raw('count(*) as n')),
  );
  const open = rows.filter(({ state }) => state !== 'DONE' && state !== 'REFUSED');
  return compare('ledger', {
    'calls without a known outcome': ['none', open.map(({ state, n }) => `${n} ${state}`).join(', ') || 'none'],
  });
}
