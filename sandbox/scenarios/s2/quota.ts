import { races } from '../../../stock/proof/simulate.ts';
import { accountIsBack } from '../back.ts';
import { compare, type Row } from '../rows.ts';
import { accounts, ordersOf, oversellsCounted, type Stage } from './stage.ts';

const text = (shown: Record<string, number>): string => accounts.map((account) => shown[account]).join(' and ');
const runs = 10_000;

/** Only one marketplace ever shows the unit; who sells it sells it once. */
export async function quota(stage: Stage, sku: string): Promise<Row> {
  const before = await stage.shown(sku);
  const counted = await oversellsCounted(stage);
  const bought = await Promise.all(accounts.map((account) => stage.buy(account, sku)));
  await stage.settle();
  const orders = await ordersOf(stage, sku);
  const why = await stage.why('jd-id', sku);
  return compare('a. quota', {
    'shown before, together': [1, before['jd-id'] + before['jd-id-2']],
    'marketplaces that sold it': [1, bought.filter((externalId) => externalId !== null).length],
    'shown after': ['0 and 0', text(await stage.shown(sku))],
    orders: [1, orders.length],
    allocated: [1, orders.filter(({ reserved }) => reserved === 1).length],
    policy: ['quota', why.policy],
    'oversells counted': [0, (await oversellsCounted(stage)) - counted],
  });
}

/** The unit goes to the other marketplace: the raise is sent only after the cut is acknowledged. */
export async function moved(stage: Stage, sku: string): Promise<Row> {
  const { demo } = stage;
  const before = await stage.shown(sku);
  const [from, to] = before['jd-id'] === 1 ? (['jd-id', 'jd-id-2'] as const) : (['jd-id-2', 'jd-id'] as const);
  const why = await stage.why(from, sku);
  const offer = why.offers.find(({ connection }) => connection.code === from);
  const other = why.offers.find(({ connection }) => connection.code === to);
  // The marketplace that has the unit does not answer: its cut cannot be acknowledged.
  await stage.control(from).post('faults', {
    match: { operation: 'updateEpiMerchantWareStock' },
    times: 0,
    fault: { kind: 'status', status: 503 },
  });
  await demo.api.send('POST', `stock/offers/${offer?.listingSkuId}/adjustments`, {
    kind: 'cap',
    quantity: 0,
    reason: 'the promotion is on the other marketplace',
  });
  await demo.syncAccount(to, 'offers');
  const during = await stage.shown(sku);
  const waiting = (await stage.why(to, sku)).offers.find(({ listingSkuId }) => listingSkuId === other?.listingSkuId);
  await stage.control(from).delete('faults');
  // Refused several times in a row, it counts as away until a probe finds it well again.
  await accountIsBack(demo, from);
  await stage.settle();
  const after = await stage.shown(sku);
  return compare('b. quota moves', {
    'shown before': ['1 and 0', `${before[from]} and ${before[to]}`],
    'wanted while the cut is not acknowledged': [1, waiting?.desired ?? null],
    'shown meanwhile': ['1 and 0', `${during[from]} and ${during[to]}`],
    'why it waits': [true, waiting?.waiting?.includes('until their cuts are acknowledged') ?? false],
    'shown after': ['0 and 1', `${after[from]} and ${after[to]}`],
  });
}

/** The same race many times, by the same rules, without any I/O. */
export function simulated(): Row {
  const quotaOnly = races(runs, { policy: 'quota', withShop: false });
  const sharedOnly = races(runs, { policy: 'shared', withShop: false });
  return compare('c. simulated', {
    'seeded runs by quota': [runs, quotaOnly.runs],
    'oversells by quota': [0, quotaOnly.oversells],
    'shared runs in which both sold have one order allocated': [sharedOnly.soldTwice, sharedOnly.oneAllocated],
    'there were such runs': [true, sharedOnly.soldTwice > 0],
  });
}
