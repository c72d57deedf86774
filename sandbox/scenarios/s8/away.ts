import { compare, type Row } from '../rows.ts';
import { until } from '../wait.ts';
import { callsToShop, incidentsOf, openKinds, ordersOf, stateOf, wanted, whyOf } from './look.ts';
import { accounts, ask, goods, type Stage } from './stage.ts';

/** A round of buying: the wall time, and how many orders; every other one on the second marketplace. */
export const rounds = [
  ['09:10', 4],
  ['09:25', 3],
  ['09:35', 4],
  ['10:05', 5],
  ['10:45', 8],
  ['13:00', 6],
  ['14:50', 6],
] as const;
/** One more goes to the shop in the very moment in which it stops answering. */
export const allOrders = 1 + rounds.reduce((sum, [, orders]) => sum + orders, 0);

const everywhere = async (stage: Stage): Promise<string> =>
  (await Promise.all([...accounts, 'dhl-express'].map((code) => stateOf(stage, code)))).join(' ');

/** Nine o'clock: the shop takes an order whose answer is lost, and from then on nothing gets through. */
export async function breaksDown(stage: Stage, store: string): Promise<Row> {
  const { demo, storeId } = stage;
  await stage.at('09:00');
  await stage.buy('jd-id', [goods.plenty.sku]);
  for (const account of accounts) await demo.syncAccount(account, 'orders');
  await demo.shop.post('faults', {
    match: demo.shop.dialect.creating,
    times: 1,
    fault: { kind: 'lose-answer' },
  });
  const [order] = await ordersOf(stage);
  await demo.api.send('POST', `orders/${order?.id}/events`, { type: 'APPROVE' });
  await until('the shop has the order', async () => (await demo.shop.orders()).length > 0);
  await demo.shop.post('faults', { times: 0, fault: { kind: 'drop' } });
  for (const stream of ['catalogue', 'store-stock']) await ask(demo, storeId, stream);
  await until('the incident is open', async () => (await incidentsOf(stage)).length > 0);
  await demo.quiet();
  const incidents = await incidentsOf(stage);
  const push = await demo.db.tx('staff', (trx) => trx('effects').where({ kind: 'push' }).first('state'));
  return compare('a. 09:00, the shop is away', {
    incidents: ['1 OPEN', `${incidents.length} ${incidents.map(({ state }) => state).join(' ')}`],
    problems: ['account-away', await openKinds(stage)],
    'its account': ['DEGRADED', await stateOf(stage, store)],
    'the other accounts': ['CONNECTED CONNECTED CONNECTED', await everywhere(stage)],
    'the push without an answer': ['AMBIGUOUS', push?.state ?? null],
  });
}

/** Buyers order at a time of day; ops approve, with what others have ordered before. */
async function sell(stage: Stage, index: number, others = 0): Promise<void> {
  const [time, orders] = rounds[index] ?? ['', 0];
  await stage.at(time);
  for (let n = 0; n < orders; n += 1) {
    const account = accounts[n % 2] ?? 'jd-id';
    await stage.buy(account, n % 3 === 0 ? [goods.plenty.sku, goods.shared.sku] : [goods.plenty.sku]);
  }
  const approved = await stage.takeOrders();
  if (approved !== orders + others)
    throw new Error(`${approved} of ${orders + others} orders were approved at ${time}`);
}

interface Shown {
  readonly few: string;
  readonly last: string;
  readonly sold: string;
  readonly candle: string;
}
/** A candle of the other brand, as the marketplaces know it. */
const candle = 'MC-003';

export async function shownNow(stage: Stage): Promise<Shown> {
  const [few, last, sold] = await Promise.all([goods.few, goods.last, goods.sold].map(({ sku }) => stage.shown(sku)));
  return { few: few ?? '', last: last ?? '', sold: sold ?? '', candle: await wanted(stage, candle) };
}

/** The first half hour: offered as last known; then half; after an hour nothing of what there are few of. */
export async function shrinks(stage: Stage, before: Shown): Promise<Row[]> {
  await sell(stage, 0);
  await sell(stage, 1);
  await stage.offer();
  const frozen = await shownNow(stage);
  const why = await whyOf(stage, goods.few.sku);
  await sell(stage, 2);
  await stage.offer();
  const half = await shownNow(stage);
  const whyHalf = await whyOf(stage, goods.few.sku);
  const { rows: cells } = await stage.demo.api.get<{ rows: { cells: { degraded: string | null } }[] }>(
    `tables/stock?limit=10&q=${goods.few.sku}`,
  );
  await sell(stage, 3);
  await stage.offer();
  const zero = await shownNow(stage);
  const whyZero = await whyOf(stage, goods.last.sku);
  return [
    compare('b. 09:25, frozen', {
      'units shown': [`${before.few}, ${before.last}, ${before.sold}`, `${frozen.few}, ${frozen.last}, ${frozen.sold}`],
      'why says that it is degraded': [true, why.explain.some((line) => line.startsWith('degraded:'))],
    }),
    compare('c. 09:35, half', {
      'few (9 − 1 safety, half)': ['2 and 2', half.few],
      'last (5 − 1 safety, half)': ['1 and 1', half.last],
      'shared (40 − 1 safety, half)': ['19 and 19', half.sold],
      why: [true, whyHalf.explain.some((line) => line.includes('50 % of 8'))],
      'the stock table marks it': [true, cells.length > 0 && cells.every((row) => row.cells.degraded !== null)],
      'the other brand': [before.candle, half.candle],
    }),
    compare('d. 10:05, few units: nothing', {
      few: ['2 and 2', zero.few],
      last: ['0 and 0', zero.last],
      why: [true, whyZero.explain.some((line) => line.includes('not above 5'))],
      'the other brand': [before.candle, zero.candle],
    }),
  ];
}

/** The noon: the mail of eleven o'clock goes, the worker is killed, orders keep coming. */
export async function goesOn(stage: Stage): Promise<Row[]> {
  const { demo } = stage;
  await stage.buy('jd-id', [`manuka-${candle}`]);
  await sell(stage, 4, 1);
  await stage.at('11:05');
  const queued = (await ordersOf(stage)).filter(({ state }) => state === 'QUEUE').length;
  const mails = await demo.db.tx('staff', (trx) =>
    trx('mails')
      .join('brands', 'brands.id', 'mails.brand_id')
      .where({ kind: 'labels', slot_time: '11:00', code: 'kauri' })
      .whereNotNull('sent_at')
      .select('mails.id'),
  );
  const mailed = await demo.db.tx('staff', (trx) =>
    trx('consignment_orders')
      .join('consignments', 'consignments.id', 'consignment_orders.consignment_id')
      .where({ slot_time: '11:00', 'consignments.state': 'NOTIFIED' })
      .whereIn('order_id', trx('orders').where({ state: 'QUEUE' }).select('id'))
      .countDistinct({ n: 'order_id' })
      .first(),
  );
  const candles = await ordersOf(stage, 'manuka');
  const row = compare('e. 11:00, the mail of the day', {
    'label mails to the brand': [1, mails.length],
    'orders in it that are not in the shop': [queued, Number(mailed?.n ?? 0)],
    'the other brand’s order': ['SYNCED', candles.map(({ state }) => state).join(' ')],
  });
  return [row, await killed(stage), await waits(stage)];
}

/** kill −9: the incident is rows, so nothing of it is lost and nothing begins anew. */
async function killed(stage: Stage): Promise<Row> {
  const { demo } = stage;
  const [before] = await incidentsOf(stage);
  const pid = demo.world.pid('worker');
  if (pid === null) throw new Error('there is no worker');
  process.kill(pid, 'SIGKILL');
  await until('another worker runs', async () => {
    const now = demo.world.pid('worker');
    return now !== null && now !== pid;
  });
  await sell(stage, 5);
  for (const stream of ['store-stock', 'catalogue']) await stage.schedule(stream);
  const [after, ...more] = await incidentsOf(stage);
  return compare('f. the worker is killed meanwhile', {
    incidents: [`${before?.number} OPEN`, [after, ...more].map((one) => `${one?.number} ${one?.state}`).join(', ')],
    'probes go on': [true, (after?.probes ?? 0) > (before?.probes ?? 0)],
    'readings that were not tried': [true, (after?.callsSaved ?? 0) >= (before?.callsSaved ?? 0) + 2],
  });
}

/** Ten to three: everything waits, says so, and nobody has called the shop but the probes. */
async function waits(stage: Stage): Promise<Row> {
  const { demo } = stage;
  const [before, callsBefore] = [(await incidentsOf(stage))[0], await callsToShop(stage)];
  await sell(stage, 6);
  await demo.quiet();
  // What the shop's people do meanwhile reaches nobody: the shop sends no webhooks.
  await demo.shop.move(goods.sold.sku, -3, 'own-sale');
  await demo.shop.setPrice(goods.priced.sku, '31.50');
  const thrown = await demo.db.tx('staff', (trx) =>
    trx('products')
      .join('skus', 'skus.product_id', 'products.id')
      .where({ sku: goods.thrown.sku })
      .first('external_id'),
  );
  await demo.shop.post(`products/${String(thrown?.external_id).split('/').at(-1)}/delete`);
  const orders = await ordersOf(stage);
  const [incident] = await incidentsOf(stage);
  const probes = (incident?.probes ?? 0) - (before?.probes ?? 0);
  const waiting = orders.filter(({ state }) => state === 'QUEUE');
  return compare('g. 14:50, everything waits', {
    orders: [`${allOrders} QUEUE`, `${orders.length} ${[...new Set(orders.map(({ state }) => state))].join(' ')}`],
    'seller offline': [
      allOrders,
      waiting.filter(({ sellerOffline }) => sellerOffline?.number === incident?.number).length,
    ],
    'with their deadline': [allOrders, waiting.filter(({ shipBy }) => shipBy !== null).length],
    incidents: ['1 OPEN', `${(await incidentsOf(stage)).length} ${incident?.state}`],
    problems: ['account-away', await openKinds(stage)],
    'calls since the round before': [probes, (await callsToShop(stage)) - callsBefore],
    'the other accounts': ['CONNECTED CONNECTED CONNECTED', await everywhere(stage)],
  });
}
