import { renderAudit } from '../../../audit/main.ts';
import { type Point, pointsNamed, wayPoints } from '../../chaos/points.ts';
import { differences } from '../../chaos/table.ts';
import type { Stagehand } from '../main.ts';
import { compare, type Row } from '../rows.ts';
import type { Size } from './job.ts';
import { type Ended, type Killed, runCalm, runKilled } from './runs.ts';

interface Kind {
  readonly size: Size;
  readonly points: readonly Point[];
}
const whole: Kind = { size: { moreGoods: 500, orders: [12, 9, 9] }, points: wayPoints };
const quick: Kind = {
  size: { moreGoods: 24, orders: [4, 3, 2] },
  points: pointsNamed(
    'catalogue:page-read',
    'create-listing:after-call',
    'push:after-call',
    'book:after-call',
    'mail:after-call',
  ),
};

/** What the world of a size has to be told. */
export const worldOf = ({ isQuick }: { isQuick: boolean }): Record<string, string> => ({
  SANDBOX_MORE_GOODS: String((isQuick ? quick : whole).size.moreGoods),
});

/** A worker is noticed as dead after its heartbeats stop (8 s), started again, its lease passes, and the work is tried again (20 s). */
const lostAtMostSeconds = 60;

/** Scenario S6: a catalogue is published and orders are pushed while the worker is killed again and again. */
export async function runS6({ demo, say, add }: Stagehand, { isQuick }: { isQuick: boolean }): Promise<void> {
  const { size, points } = isQuick ? quick : whole;
  // Side by side: both wait for others most of the time, and both begin at the same hour.
  const killing = runKilled(size, points, { env: worldOf({ isQuick }), kind: demo.shop.kind, say });
  // A run that fails is thrown when the other one has come to its end as well.
  const [calmly] = await Promise.allSettled([runCalm(demo, size, say), killing]);
  const killed = await killing;
  if (calmly.status === 'rejected') throw calmly.reason;
  const calm = calmly.value;
  add(undisturbed(calm, size));
  for (const row of pointRows(killed)) add(row);
  for (const line of differences(calm.state.lines, killed.state.lines)) say(`     ${line}`);
  if (!killed.audit.ok) say(renderAudit(killed.audit));
  add(same(calm, killed, size));
  add(
    compare('a mail server that cannot be asked', {
      'accepted by it': [1, killed.withoutLookup.accepted],
      'the outside call': ['AMBIGUOUS', killed.withoutLookup.effect],
      NEEDS_CHECK: [1, killed.withoutLookup.problems],
    }),
  );
}

const ordersOf = ({ orders }: Size): number => orders.reduce((sum, n) => sum + n, 0);

function undisturbed(calm: Ended, size: Size): Row {
  return compare('undisturbed', {
    'products published': [size.moreGoods, calm.listings],
    'orders in the shop': [ordersOf(size), calm.outside.counts.shopOrders],
    'label mails': [size.orders.length, calm.outside.counts.mails],
    'there twice': ['nothing', calm.outside.twice.join('; ') || 'nothing'],
    'open problems': ['none', calm.problems],
  });
}

function pointRows({ points }: Killed): Row[] {
  return points.map(({ point, hit, ok, seconds }) =>
    compare(point, {
      'killed there': [true, hit],
      'came to its end': [true, ok],
      [`within ${lostAtMostSeconds} s`]: [true, seconds !== null && seconds <= lostAtMostSeconds],
    }),
  );
}

function same(calm: Ended, killed: Killed, size: Size): Row {
  const slowest = Math.max(0, ...killed.points.map(({ seconds }) => seconds ?? 0));
  return compare(
    `killed ${killed.points.length} times (${calm.seconds} s, ${killed.seconds} s; slowest ${slowest} s)`,
    {
      'end state': [calm.state.hash, killed.state.hash],
      'products published': [size.moreGoods, killed.listings],
      'orders in the shop': [ordersOf(size), killed.outside.counts.shopOrders],
      'there twice': ['nothing', killed.outside.twice.join('; ') || 'nothing'],
      mails: [calm.outside.counts.mails, killed.outside.counts.mails],
      'mails without their batch': [0, killed.mailsWithoutBatch],
      'batches mailed twice': [0, killed.batchesTwice],
      'deaths that nobody asked for': [0, killed.otherDeaths.length],
      'people asked': ['none', killed.problems],
      auditor: [true, killed.audit.ok],
    },
  );
}
