import { setTimeout as sleep } from 'node:timers/promises';
import { nextSlot } from '../../../schedule/slots.ts';
import { opsOf } from '../../demo/ops.ts';
import { peopleOf } from '../../demo/people.ts';
import type { DemoWorld } from '../../demo/world.ts';
import { until } from '../wait.ts';
import { batchesOf } from './batches.ts';

/** What became of a mail whose answer was lost, at a mail server that nobody can ask. */
export interface WithoutLookup {
  readonly accepted: number;
  readonly effect: string;
  readonly problems: number;
}

const minuteMs = 60_000;
const waitMs = 90_000;
/** Long enough for a worker that would send it again to do so. */
const watchMs = 6_000;

/**
 * A worker without the mail server's log sends one more mail; it is killed while the answer is on its way. Nobody can say
 * whether the mail went, so it is not sent again: a person is asked. The world's worker must not be kept by anybody.
 */
export async function withoutLookup(demo: DemoWorld, say: (line: string) => void): Promise<WithoutLookup> {
  const { world } = demo;
  const restart = async (): Promise<void> => {
    await world.killWorker();
    await world.startWorker({ TRADELANE_HALT_AT: '', MAIL_LOOKUP_URL: '' });
  };
  await restart();
  const people = peopleOf(demo);
  const [good] = (await people.onShelf()).filter(({ sellerSku }) => sellerSku.startsWith('kauri-KX'));
  if (!good) throw new Error('nothing is on the shelf');
  await people.buy([{ sellerSku: good.sellerSku, quantity: 1 }]);
  await demo.sync('orders');
  const ops = opsOf(demo);
  await ops.approveOrders((await ops.orders()).filter(({ state }) => state === 'NEW'));
  await demo.quiet();
  const before = await heldOf(demo);
  await demo.mail.post('faults', { times: 1, fault: { kind: 'smtp-hold' } });
  const brand = await demo.db.tx('staff', (trx) =>
    trx('brands').where({ code: 'kauri' }).first('mail_schedule', 'time_zone'),
  );
  const slot = nextSlot(brand.mail_schedule, brand.time_zone, demo.now());
  await demo.advance(slot.at.getTime() + minuteMs - demo.now().getTime(), { whileBusy: true });
  await until('the mail server holds its answer', async () => (await heldOf(demo)) > before, waitMs);
  say('     the mail server has the mail; the worker is killed, and the next one can ask nobody');
  await restart();
  await demo.mail.post('release');
  await until('somebody is asked', async () => (await needsCheck(demo)) > 0, waitMs);
  await sleep(watchMs);
  const [effect, mail] = await demo.db.tx('staff', async (trx) => [
    await trx('effects').where({ kind: 'mail' }).orderBy('created_at', 'desc').first('state'),
    await trx('mails').orderBy('created_at', 'desc').first('key'),
  ]);
  return {
    accepted: (await batchesOf(demo)).filter((batch) => batch === mail?.key).length,
    effect: effect?.state ?? 'none',
    problems: await needsCheck(demo),
  };
}

async function heldOf(demo: DemoWorld): Promise<number> {
  const lines = await demo.mail.get<{ kind: string; outcome?: string }[]>('log?after=0');
  return lines.filter(({ kind, outcome }) => kind === 'call' && outcome === 'held').length;
}

/** As ops see them. */
async function needsCheck(demo: DemoWorld): Promise<number> {
  const { total } = await demo.api.get<{ total: number }>('problems?state=OPEN&kind=needs-check');
  return total;
}
