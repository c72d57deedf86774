import { runCommand } from '../../../scripts/launcher/run.ts';
import { compare, type Row } from '../rows.ts';
import { allOrders, shownNow } from './away.ts';
import { incidentsOf, openKinds, ordersOf, shopOrders, stateOf } from './look.ts';
import { goods, minuteMs, type Stage } from './stage.ts';

/** Orders that the policy sends to the shop at once: so far one may come before its turn. */
const atOnce = 3;
const atRiskMs = 120 * minuteMs;

interface Sent {
  readonly number: string;
  readonly ship_by: Date | null;
  readonly ordered_at: Date;
}

/** Orders in the order in which their push began, after the shop was back. */
async function sentSince({ demo }: Stage, at: Date): Promise<Sent[]> {
  const { rows } = await demo.db.tx('staff', (trx) =>
    trx.raw(
      `select o.number, o.ship_by, o.ordered_at from transitions t
       join effects e on e.id = t.entity_id and t.machine = 'effect' and t.event = 'ATTEMPT'
       join orders o on o.id = e.entity_id where e.kind = 'push' and t.at >= ? order by t.id`,
      [at],
    ),
  );
  return rows;
}

const due = (order: Sent): number => order.ship_by?.getTime() ?? Number.MAX_SAFE_INTEGER;

/** How many places an order came before its turn at the most. */
function outOfTurn(sent: readonly Sent[]): number {
  const turns = [...sent].sort((a, b) => due(a) - due(b) || a.ordered_at.getTime() - b.ordered_at.getTime());
  const placeOf = new Map(turns.map((order, place) => [due(order), place] as const).toReversed());
  return Math.max(0, ...sent.map((order, place) => (placeOf.get(due(order)) ?? 0) - place));
}

/** Three o'clock: the first probe is answered, and everything is made up for. */
export async function comesBack(stage: Stage): Promise<Row[]> {
  const { demo } = stage;
  const before = await shopOrders(stage);
  await demo.shop.delete('faults');
  await stage.at('15:00');
  await demo.quiet();
  const answeredAt = demo.now();
  const sent = await sentSince(stage, answeredAt);
  const orders = await ordersOf(stage);
  const after = await shopOrders(stage);
  const { rows: tries } = await demo.db.tx('staff', (trx) =>
    trx.raw(`select count(*)::int as n from effects where kind = 'push' and attempts > 1`),
  );
  return [
    compare('h. 15:00, orders by deadline', {
      'orders in the shop before': [1, before.count],
      'orders in the shop now': [allOrders, after.count],
      'more than once': [0, after.twice],
      'sent now (one was found there)': [allOrders - 1, sent.length],
      'attempted twice': [0, tries[0].n],
      'before its turn, at most': [
        `less than ${atOnce} places`,
        outOfTurn(sent) < atOnce ? `less than ${atOnce} places` : `${outOfTurn(sent)} places`,
      ],
      'deadlines do not follow the orders': [
        true,
        sent.some((order, n) => n > 0 && order.ordered_at < (sent[n - 1] as Sent).ordered_at),
      ],
      states: ['SYNCED', [...new Set(orders.map(({ state }) => state))].join(' ')],
      'seller offline': [0, orders.filter(({ sellerOffline }) => sellerOffline !== null).length],
    }),
    await compared(stage, answeredAt),
    await closed(
      stage,
      orders.map(({ shipBy }) => shipBy),
      answeredAt,
    ),
  ];
}

/** Catalogue by cursor and as a whole; what changed, what vanished; the quotas are as before. */
async function compared(stage: Stage, since: Date): Promise<Row> {
  const { demo } = stage;
  const runs: string[] = await demo.db.tx('staff', (trx) =>
    trx('sync_runs')
      .where({ connection_id: stage.storeId })
      .where('started_at', '>=', since)
      .whereNotNull('finished_at')
      .distinct('stream')
      .orderBy('stream')
      .pluck('stream'),
  );
  const of = (sku: string) =>
    demo.db.tx('staff', (trx) =>
      trx('skus')
        .join('products', 'products.id', 'skus.product_id')
        .where({ sku })
        .first('skus.*', 'products.gone_at as product_gone_at', 'products.findings'),
    );
  const [sold, priced, thrown] = await Promise.all([goods.sold, goods.priced, goods.thrown].map(({ sku }) => of(sku)));
  await stage.offer();
  const shown = await shownNow(stage);
  return compare('i. catalogue and stock compared', {
    readings: ['catalogue compare', runs.join(' ')],
    'level of what was sold there': [goods.sold.units - 3, sold?.on_hand],
    'price that changed': [3150, Number(priced?.price_minor)],
    'thrown away: kept here': [true, thrown !== undefined],
    'its finding': [
      true,
      thrown?.product_gone_at !== null && JSON.stringify(thrown?.findings).includes('does not have it'),
    ],
    'its offers': ['0 and 0', await stage.shown(goods.thrown.sku)],
    'a person is told': ['product-vanished', await openKinds(stage)],
    'few, as before': ['4 and 4', shown.few],
    'last, as before': ['2 and 2', shown.last],
    'sold there, all of it again': ['36 and 36', shown.sold],
  });
}

/** The incident is closed with a report that says what happened, to whoever asks. */
async function closed(stage: Stage, deadlines: readonly (string | null)[], at: Date): Promise<Row> {
  const { demo } = stage;
  const [seen, ...more] = await incidentsOf(stage);
  const { report } = await demo.api.get<{ report: Report }>(`incidents/${seen?.number}`);
  const spare = deadlines.filter((one) => one !== null).map((one) => new Date(one).getTime() - at.getTime());
  const { code } = await demo.db.tx('staff', (trx) => trx('connections').where({ id: stage.storeId }).first('code'));
  demo.world.writeRunFile();
  const args = ['incidents', 'show', String(seen?.number), '--data-dir', demo.dataDir];
  const stdout = await runCommand(args, demo.world.env);
  return compare('k. closed, with a report', {
    incident: ['1 CLOSED', `${1 + more.length} ${seen?.state}`],
    'its account': ['CONNECTED', await stateOf(stage, code)],
    'from, minutes': ['360', String(report.minutes)],
    'orders delayed': [allOrders, report.orders.delayed],
    'of them in the shop': [allOrders, report.orders.pushed],
    'deadlines at risk': [spare.filter((ms) => ms >= 0 && ms < atRiskMs).length, report.deadlines.atRisk],
    'some are': [true, report.deadlines.atRisk > 0],
    'deadlines missed': [0, report.deadlines.missed],
    oversells: [0, report.oversells],
    'levels found to be others': [1, report.stock.levelsChanged],
    'products found to be others': [1, report.catalogue.changed],
    'products that vanished': [1, report.catalogue.vanished],
    'calls saved': [true, report.callsSaved > 0],
    'the command line shows it': [true, stdout.includes(`${allOrders} delayed`) && stdout.includes('0 missed')],
  });
}

interface Report {
  readonly minutes: number;
  readonly callsSaved: number;
  readonly orders: { readonly delayed: number; readonly pushed: number };
  readonly deadlines: { readonly atRisk: number; readonly missed: number };
  readonly oversells: number;
  readonly stock: { readonly levelsChanged: number };
  readonly catalogue: { readonly changed: number; readonly vanished: number };
}

/** The mail of four o'clock holds what came after eleven, and nothing twice. */
export async function lastMail(stage: Stage): Promise<Row> {
  await stage.at('16:05');
  const { rows } = await stage.demo.db.tx('staff', (trx) =>
    trx.raw(
      `select count(distinct m.order_id)::int as orders, count(*)::int as places
       from consignment_orders m join consignments c on c.id = m.consignment_id and c.state = 'NOTIFIED'
       join orders o on o.id = m.order_id join brands b on b.id = o.brand_id
       where b.code = 'kauri' and m.left_at is null`,
    ),
  );
  return compare('l. 16:00, the second mail', {
    'orders in both mails': [allOrders, rows[0].orders],
    'in more than one': [0, rows[0].places - rows[0].orders],
  });
}
