import { compare, type Row } from '../rows.ts';
import { inShop } from '../s1/facts.ts';
import type { Stage as FirstStage } from '../s1/stage.ts';
import { until } from '../wait.ts';
import { type Account, accounts, type OrderRow, ordersOf, oversellsCounted, type Stage } from './stage.ts';

/** The problem must be there within this time of the reading, by the clock on the wall. */
const noticeMs = 5_000;

interface Sold {
  readonly orders: OrderRow[];
  readonly noticedMs: number;
}

/** Reads both accounts, in the given order, and waits until the one that is left over has its problem. */
async function read(stage: Stage, sku: string, inOrder: readonly Account[], losers: number): Promise<Sold> {
  for (const account of inOrder.slice(0, -1)) await stage.demo.syncAccount(account, 'orders');
  const begun = performance.now();
  const last = inOrder.at(-1) ?? 'jd-id';
  const reading = stage.demo.syncAccount(last, 'orders');
  await until('the order that is left over has its problem', async () => {
    const rows = await ordersOf(stage, sku);
    return rows.length === 2 && rows.filter(({ problem }) => problem !== null).length === losers;
  });
  const noticedMs = performance.now() - begun;
  await reading;
  return { orders: await ordersOf(stage, sku), noticedMs };
}

const pushed = async (stage: Stage, number: string): Promise<string> =>
  // The shop's orders are found the same way in every scenario.
  inShop({ demo: stage.demo } as FirstStage, number);

async function tryToApprove({ demo }: Stage, order: OrderRow | undefined): Promise<string> {
  try {
    await demo.api.send('POST', `orders/${order?.id}/events`, { type: 'APPROVE' });
    return 'allowed';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return / answered 4(09|22): /.test(error.message) ? 'refused' : error.message;
  }
}

/**
 * Both marketplaces show the one unit and both sell it within the same second. The earlier order by the marketplaces' own
 * time gets it, although the later one is read first.
 */
export async function sharedPolicy(stage: Stage, sku: string): Promise<Row[]> {
  const { demo } = stage;
  const shown = await stage.shown(sku);
  const counted = await oversellsCounted(stage);
  const early = await stage.buy('jd-id-2', sku);
  await demo.advance(400);
  const late = await stage.buy('jd-id', sku);
  const { orders, noticedMs } = await read(stage, sku, ['jd-id', 'jd-id-2'], 1);
  const winner = orders.find(({ externalId, account }) => externalId === early && account === 'jd-id-2');
  const loser = orders.find(({ externalId, account }) => externalId === late && account === 'jd-id');
  const refused = await tryToApprove(stage, loser);
  const approved = await tryToApprove(stage, winner);
  await demo.quiet();
  await demo.advance(60_000);
  await stage.settle();
  const { rows } = await demo.api.get<{ rows: { order: string; cause: string; trace: Record<string, unknown> }[] }>(
    'stock/oversells',
  );
  const oversell = rows.find(({ order }) => order === loser?.number);
  const table = compare('d. shared', {
    'shown before': ['1 and 1', accounts.map((account) => shown[account]).join(' and ')],
    'orders that marketplaces accepted': [2, orders.length],
    allocated: [1, orders.filter(({ reserved }) => reserved === 1).length],
    'allocated is the earlier one by marketplace time': [1, winner?.reserved ?? null],
    'the other one': ['NEW out-of-stock', `${loser?.state} ${loser?.problem}`],
    'noticed within 5 s': [true, noticedMs < noticeMs],
    'seller cancel': ['out_of_stock PLANNED', loser?.plan ?? null],
    'approval of the other one': ['refused', refused],
    'approval of the allocated one': ['allowed', approved],
    'its order in the shop': ['1 processing', await pushed(stage, winner?.number ?? '')],
    'the other one in the shop': ['none', await pushed(stage, loser?.number ?? '')],
    oversell_detected: [1, (await oversellsCounted(stage)) - counted],
    cause: ['shared-policy', oversell?.cause ?? null],
    'its trace names who has the unit': [
      true,
      JSON.stringify(oversell?.trace.holders ?? []).includes(winner?.number ?? '?'),
    ],
    'shown after': ['0 and 0', await shownText(stage, sku)],
  });
  return [table, await cancelled(stage, loser, late)];
}

const shownText = async (stage: Stage, sku: string): Promise<string> => {
  const shown = await stage.shown(sku);
  return accounts.map((account) => shown[account]).join(' and ');
};

/** A person approves the planned cancellation; JD.id has no call for it, so it is done in its seller portal. */
async function cancelled(stage: Stage, loser: OrderRow | undefined, externalId: string | null): Promise<Row> {
  const { demo } = stage;
  const plans = await demo.api.get<{ rows: { orderId: string; standing: string }[] }>('stock/cancel-plans');
  const planned = plans.rows.find(({ orderId }) => orderId === loser?.id);
  const decided = await demo.api.send<{ orderState: string }>('POST', `stock/cancel-plans/${loser?.id}/decision`, {
    decision: 'approve',
  });
  await demo.quiet();
  await demo.marketplace.post(`orders/${externalId}/cancel`);
  await demo.syncAccount('jd-id', 'orders');
  const { state } = await demo.api.get<{ state: string }>(`orders/${loser?.id}`);
  return compare('e. cancelled for want of stock', {
    'waits for a person': ['PLANNED', planned?.standing ?? null],
    'after the approval': ['CANCEL_REQUESTED', decided.orderState],
    'after the seller portal': ['CANCELLED', state],
    'in the shop': ['none', await pushed(stage, loser?.number ?? '')],
  });
}

/** Both sell at the very same millisecond: still exactly one is allocated. */
export async function sameInstant(stage: Stage, sku: string): Promise<Row> {
  const counted = await oversellsCounted(stage);
  const bought = await Promise.all(accounts.map((account) => stage.buy(account, sku)));
  const { orders } = await read(stage, sku, accounts, 1);
  const ids = bought.map((id) => id ?? '').sort();
  const served = orders.find(({ reserved }) => reserved === 1);
  const row = compare('f. shared, same instant', {
    'orders that marketplaces accepted': [2, orders.length],
    allocated: [1, orders.filter(({ reserved }) => reserved === 1).length],
    'by order id': [ids[0] ?? null, served?.externalId ?? null],
    oversell_detected: [1, (await oversellsCounted(stage)) - counted],
  });
  await clear(stage, orders);
  return row;
}

/** Buyers cancel, so that what one case left over is no other case's affair. */
export async function clear(stage: Stage, orders: readonly OrderRow[]): Promise<void> {
  for (const { account, externalId } of orders)
    await stage.control(account as Account).post(`orders/${externalId}/cancel`);
  await stage.settle();
}
