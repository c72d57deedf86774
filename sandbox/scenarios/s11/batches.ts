import { wakeProcess } from '../../../client/temporal/deliver.ts';
import { labelsKey } from '../../../db/follow-ups.ts';
import { demoInstallation } from '../../demo/world.ts';
import { compare, type Row } from '../rows.ts';
import { detailOf } from '../s1/facts.ts';
import type { Stage } from '../s1/stage.ts';
import { approve, type SixOrders, until } from './orders.ts';

interface Accepted {
  readonly fact?: string;
  readonly subject: string;
  readonly orderNumbers?: readonly string[];
  readonly attachments: readonly { readonly fileName: string }[];
}

/** Label mails that the mail server took, in order; the "do not ship" ones are others. */
async function labelMails({ demo }: Stage): Promise<Accepted[]> {
  const lines = await demo.mail.get<Accepted[]>('log');
  const labels = (mail: Accepted): boolean => mail.attachments?.some(({ fileName }) => fileName.endsWith('.pdf'));
  return lines.filter((line) => line.fact === 'mail.accepted' && labels(line));
}

const numberOf = async (stage: Stage, externalId: string): Promise<string> =>
  (await detailOf(stage, externalId)).number;
const sorted = (texts: readonly string[]): string => [...texts].sort().join(' ') || 'none';
const pdfs = (mail: Accepted | undefined): number =>
  mail?.attachments.filter(({ fileName }) => fileName.endsWith('.pdf')).length ?? 0;

interface Plan {
  readonly cost_minor: string;
  readonly alone_minor: string;
  readonly lower_bound_minor: string;
  readonly currency: string;
}

/** Consignments that were mailed for a slot, each as the orders that share it. */
async function groupsOf({ demo }: Stage, slotTime: string, names: ReadonlyMap<string, string>): Promise<string> {
  const rows: { consignment_id: string; number: string }[] = await demo.db.tx('staff', (trx) =>
    trx('consignment_orders')
      .join('consignments', 'consignments.id', 'consignment_orders.consignment_id')
      .join('orders', 'orders.id', 'consignment_orders.order_id')
      .where({ slot_time: slotTime, left_at: null })
      .whereIn('consignments.state', ['BOOKED', 'NOTIFIED', 'HANDED_OVER'])
      .select('consignment_id', 'orders.number'),
  );
  const groups = new Map<string, string[]>();
  for (const { consignment_id, number } of rows) {
    groups.set(consignment_id, [...(groups.get(consignment_id) ?? []), names.get(number) ?? number]);
  }
  return [...groups.values()]
    .map((group) => group.sort().join('+'))
    .sort()
    .join(', ');
}

async function namesOf(stage: Stage, orders: SixOrders): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const [name, externalId] of Object.entries(orders)) names.set(await numberOf(stage, externalId), name);
  return names;
}

/** Just before the cut-off one order is cancelled, just after it another one is corrected. */
export async function atElevenOClock(stage: Stage, orders: SixOrders): Promise<Row> {
  const { demo } = stage;
  await until(stage, '10:59:59');
  await stage.people.askToCancel(orders.cancelled);
  await stage.people.cancel(orders.cancelled);
  await demo.sync('orders');
  // The answer to one booking is lost on its way.
  await demo.carrier.post('faults', {
    match: { method: 'POST', path: '/shipments$' },
    times: 1,
    fault: { kind: 'lose-answer' },
  });
  await until(stage, '11:00:00');
  const [mail, ...more] = await labelMails(stage);
  const names = await namesOf(stage, orders);
  const plan: Plan | undefined = await demo.db.tx('staff', (trx) =>
    trx('freight_plans').where({ slot_time: '11:00' }).orderBy('created_at', 'desc').first(),
  );
  const cost = Number(plan?.cost_minor);
  const saving = Number(plan?.alone_minor) - cost;
  stage.say(
    `   freight ${cost / 100} ${plan?.currency}, alone ${Number(plan?.alone_minor) / 100}, saved ${saving / 100}, lower bound ${Number(plan?.lower_bound_minor) / 100}`,
  );
  await until(stage, '11:00:01');
  await correct(stage, orders.edited);
  return compare('a. the cut-off at 11:00', {
    mails: [1, mail ? more.length + 1 : 0],
    'PDFs in it': [1, pdfs(mail)],
    'orders in it': [
      'first heavy plain second',
      sorted((mail?.orderNumbers ?? []).map((number) => names.get(number) ?? number)),
    ],
    consignments: ['first+second, heavy, plain', await groupsOf(stage, '11:00', names)],
    'the cancelled one': ['CANCELLED', (await detailOf(stage, orders.cancelled)).state],
    'cost at most that of every order alone': ['yes', plan && saving >= 0 ? 'yes' : 'no'],
    'something is saved': ['yes', saving > 0 ? 'yes' : 'no'],
    'not below what nobody can go below': ['yes', plan && Number(plan.lower_bound_minor) <= cost ? 'yes' : 'no'],
  });
}

/** Ops correct the order that waited for them, and approve it. */
async function correct(stage: Stage, externalId: string): Promise<void> {
  const { id, version } = await detailOf(stage, externalId);
  await stage.demo.api.send('PATCH', `orders/${id}`, { version, note: 'gate code 4711' });
  await approve(stage, externalId);
  await stage.demo.quiet();
}

/** The batch is run again, and somebody presses "send now": everything is in a mail already, or waits for the next slot. */
export async function once(stage: Stage): Promise<Row> {
  const { demo } = stage;
  const before = (await labelMails(stage)).length;
  await demo.advance(1_000);
  await demo.advance(1_000);
  const brand = await demo.db.tx('staff', (trx) => trx('brands').where({ code: 'kauri' }).first('id'));
  const slotDate = demo.now().toISOString().slice(0, 10);
  await wakeProcess(demo.client, demoInstallation, 'labels', labelsKey(brand.id, slotDate, '11:00'));
  const sentNow = await demo.api.send<{ waitingLabels: number }>('POST', `brands/${brand.id}/label-mails`, {});
  await demo.quiet();
  return compare('b. the batch once more', {
    'labels that "send now" finds waiting': [0, sentNow.waitingLabels],
    'further mails': [0, (await labelMails(stage)).length - before],
  });
}

export async function atFourOClock(stage: Stage, orders: SixOrders): Promise<Row> {
  const before = (await labelMails(stage)).length;
  await until(stage, '16:00:00');
  const mails = (await labelMails(stage)).slice(before);
  const names = await namesOf(stage, orders);
  const numbers = mails.flatMap(({ orderNumbers }) => orderNumbers ?? []);
  return compare('c. the cut-off at 16:00', {
    mails: [1, mails.length],
    'orders in it': ['edited', sorted(numbers.map((number) => names.get(number) ?? number))],
  });
}

interface Shipment {
  readonly number: string;
}

/** What the carrier has on its books against what we use: a second waybill, if there is one, is never handed over. */
export async function noSecondLabel(stage: Stage, orders: SixOrders): Promise<Row> {
  const { demo } = stage;
  await stage.people.pickUp();
  await demo.sync('tracking');
  const lost = (await demo.carrier.get<{ fault?: string }[]>('log')).filter(({ fault }) =>
    fault?.includes('lose-answer'),
  );
  const used: { shipment_identifier: string; number: string }[] = await demo.db.tx('staff', (trx) =>
    trx('consignments').whereNotNull('shipment_identifier').select('shipment_identifier', 'number'),
  );
  const shipments = await demo.carrier.get<Shipment[]>('shipments');
  const moved = await demo.carrier.get<{ fact?: string; externalId?: string; code?: string }[]>('log');
  const pickedUp = new Set(
    moved.filter(({ fact, code }) => fact === 'shipment.event' && code === 'PU').map(({ externalId }) => externalId),
  );
  const labels = await demo.db.tx('staff', (trx) =>
    trx('documents').where({ kind: 'label' }).count({ n: '*' }).first(),
  );
  const unused = shipments.filter(({ number }) => !used.some((one) => one.shipment_identifier === number));
  return compare('d. a booking without answer', {
    'answers lost': [1, lost.length],
    'consignments with a label': [4, used.length],
    'labels kept': [4, Number(labels?.n)],
    'waybills that nobody uses': ['at most 1', unused.length <= 1 ? 'at most 1' : unused.length],
    'of them handed over, and so paid': [0, unused.filter(({ number }) => pickedUp.has(number)).length],
    'all of ours are at the carrier': [
      'yes',
      used.every((one) => shipments.some(({ number }) => number === one.shipment_identifier)) ? 'yes' : 'no',
    ],
    'the edited one': ['SYNCED', (await detailOf(stage, orders.edited)).state],
  });
}
