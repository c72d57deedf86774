import { accountIsBack } from '../back.ts';
import { compare, type Row } from '../rows.ts';
import { until } from '../wait.ts';
import { copiesChange } from './copies.ts';
import {
  detailOf,
  inShop,
  marketplaceOrder,
  movementsOf,
  ordersOf,
  problemsOf,
  sellerCallsSince,
  shelfOf,
  shopMark,
  wasProcessed,
} from './facts.ts';
import { approve, cancelThere, inState, type Played } from './played.ts';
import { minuteMs, type Stage } from './stage.ts';

async function tombstoneOf({ demo }: Stage, externalId: string): Promise<string> {
  const rows = await demo.db.tx('staff', (trx) => trx('channel_orders').where({ external_id: externalId }));
  return rows
    .map((row) => `${row.state}, native ${row.native_state}, ${row.lines === null ? 'no content' : 'with content'}`)
    .join(' + ');
}

/** The cancellation is known before the order's content can be read. */
export async function caseA(stage: Stage): Promise<{ row: Row; played: Played }> {
  const { demo, people } = stage;
  const skus = stage.pair();
  const shelf = await shelfOf(stage, skus);
  const mark = await shopMark(stage);
  const externalId = await stage.buy(skus, { visible: false });
  const played: Played = { case: 'a', externalId, skus, shelf };
  await people.cancel(externalId);
  // Read state by state, the list of orders says "cancelled" although no content is shown yet.
  await stage.setMarketplace({ listOrdersByState: true });
  await demo.sync('orders');
  const tombstone = await tombstoneOf(stage, externalId);
  const before = (await ordersOf(stage, externalId)).length;
  const copy = await copiesOfTombstone(stage, externalId);
  await stage.setMarketplace({ listOrdersByState: false });
  await demo.marketplace.post(`orders/${externalId}/visible`);
  await stage.fetch(externalId);
  // What buyers took from the offer without our knowing comes back when the offers are read back.
  await demo.sync('live', 'offers');
  const detail = await detailOf(stage, externalId);
  const created = detail.timeline.filter(({ machine, to }) => machine === 'order' && to !== undefined);
  const row = compare('a. before its content', {
    tombstone: ['CANCELLED, native 5, no content', tombstone],
    'orders before the content': [0, before],
    'a second copy of the tombstone': ['changes nothing', copy],
    order: ['CANCELLED', detail.state],
    path: ['NEW CANCELLED', detail.path.join(' ')],
    'created and cancelled': [
      'at one instant',
      new Set(created.map(({ at }) => at)).size === 1 ? 'at one instant' : 'apart',
    ],
    'calls to the seller': [0, (await sellerCallsSince(stage, mark)).length],
    'shop orders': ['none', await inShop(stage, detail.number)],
    'stock movements': ['none', await movementsOf(stage, detail)],
    stock: [shelf, await shelfOf(stage, skus)],
  });
  return { row, played };
}

async function copiesOfTombstone(stage: Stage, externalId: string): Promise<string> {
  const read = () =>
    stage.demo.db.tx('staff', (trx) => trx('channel_orders').where({ external_id: externalId }).first('version'));
  const before = await read();
  await stage.demo.sync('orders');
  const after = await read();
  return before.version === after.version ? 'changes nothing' : `version ${before.version} → ${after.version}`;
}

/** Approved, and nobody can ship it: there is no consignment yet. `order` was bought and not approved yet. */
export async function caseB1(stage: Stage, order: Played): Promise<Row> {
  const { demo } = stage;
  const mark = await shopMark(stage);
  const carrier = `connections/${await demo.connectionId('dhl-express')}`;
  await stage.send(carrier, 'PAUSE');
  await demo.quiet();
  await approve(stage, order);
  const waiting = await until('it cannot be planned', async () => {
    const detail = await detailOf(stage, order.externalId);
    return problemsOf(detail, 'cannot-plan').length === 1 ? detail : null;
  });
  await demo.quiet();
  await cancelThere(stage, order);
  await demo.quiet();
  await stage.send(carrier, 'RESUME');
  await demo.quiet();
  const detail = await detailOf(stage, order.externalId);
  return compare('b1. approved', {
    before: ['APPROVED', waiting.state],
    'held before': [2, waiting.lines.reduce((sum, { reserved }) => sum + reserved, 0)],
    ...(await neverPushed(stage, order)),
    path: ['NEW APPROVED CANCELLED', detail.path.join(' ')],
    consignments: [0, detail.consignments.length],
    'calls to the seller': [0, (await sellerCallsSince(stage, mark)).length],
  });
}

/** In the queue, and the shop turns every call away before it looks at it. */
export async function caseB2(stage: Stage, order: Played): Promise<Row> {
  const { demo } = stage;
  const { isCreate } = demo.shop.dialect;
  const { id } = await demo.shop.post<{ id: string }>('faults', {
    match: demo.shop.dialect.creating,
    times: 0,
    fault: { kind: 'html', status: 403 },
  });
  const mark = await shopMark(stage);
  await approve(stage, order);
  // After the fourth refusal the next try is seconds away: the cancellation comes while no call is under way.
  await until(
    'the push was turned away four times',
    async () => (await sellerCallsSince(stage, mark)).filter(isCreate).length >= 4,
  );
  const waiting = await detailOf(stage, order.externalId);
  await cancelThere(stage, order);
  await inState(stage, order, 'CANCELLED', 'CANCEL_CONFLICT');
  await demo.shop.delete(`faults/${id}`);
  await accountIsBack(demo, demo.shop.code);
  await demo.advance(minuteMs);
  const detail = await detailOf(stage, order.externalId);
  const ledger = detail.effects.map(({ kind, state }) => `${kind} ${state}`).join(', ');
  const creates = (await sellerCallsSince(stage, mark)).filter(isCreate);
  return compare('b2. queued, not pushed', {
    before: ['QUEUE', waiting.state],
    'consignment before': ['OPEN', waiting.consignments.map(({ state }) => state).join(' ')],
    ...(await neverPushed(stage, order)),
    path: ['NEW APPROVED QUEUE CANCELLED', detail.path.join(' ')],
    consignment: ['CANCELLED without it', consignmentsOf(detail)],
    parcels: ['VOIDED', detail.consignments.flatMap(({ parcels }) => parcels.map(({ state }) => state)).join(' ')],
    'calls that the shop acted upon': [0, creates.filter(wasProcessed).length],
    'ledger after the next tick': ['push REFUSED', ledger],
  });
}

const consignmentsOf = ({ consignments }: Awaited<ReturnType<typeof detailOf>>): string =>
  consignments.map(({ state, leftAt }) => `${state} ${leftAt === null ? 'with it' : 'without it'}`).join(' + ');

/** What b1 and b2 have in common: cancelled, nothing in the shop, what was held is free again, once. */
async function neverPushed(stage: Stage, order: Played) {
  const detail = await detailOf(stage, order.externalId);
  const there = (await marketplaceOrder(stage, order.externalId)).snapshots.at(-1)?.vo.orderState;
  return {
    order: ['CANCELLED', detail.state],
    'native state, ours and theirs': ['5 5', `${detail.nativeState} ${there}`],
    'shop orders': ['none', await inShop(stage, detail.number)],
    'stock movements per line': ['RESERVE RELEASE', await movementsOf(stage, detail)],
    stock: [order.shelf, await shelfOf(stage, order.skus)],
    'open problems': [0, detail.openProblems.filter(({ state }) => state !== 'RESOLVED').length],
    'copies change': ['nothing', await copiesChange(stage, [order])],
  } as const;
}
