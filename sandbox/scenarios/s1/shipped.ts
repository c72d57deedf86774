import { ControlRefused } from '../../control.ts';
import { compare, type Row } from '../rows.ts';
import { copiesChange } from './copies.ts';
import {
  type Detail,
  detailOf,
  inShop,
  marketplaceOrder,
  movementsOf,
  problemsOf,
  sellerCallsOf,
  shelfOf,
  shopMark,
} from './facts.ts';
import { cancelThere, type Played } from './played.ts';
import type { Stage } from './stage.ts';

const left = 'A return is open: scan the parcel in';

/** Case e: the goods have left, by the carrier's scan or by the word of the shop's staff, when the cancellation comes. */
export async function shippedAlready(stage: Stage, order: Played, by: 'carrier' | 'shop'): Promise<Row> {
  const { demo } = stage;
  const before = await detailOf(stage, order.externalId);
  if (by === 'carrier') {
    const [tracking] = before.consignments.map(({ trackingNumber }) => trackingNumber);
    await demo.carrier.post(`shipments/${tracking}/events`, { typeCode: 'PU' });
    await demo.sync('tracking');
  } else await demo.shop.setStatus(String(before.shopOrderId), 'completed');
  await demo.quiet();
  const shipped = await detailOf(stage, order.externalId);
  const shelf = await shelfOf(stage, order.skus);
  const mark = await shopMark(stage);
  await cancelThere(stage, order);
  await demo.quiet();
  const detail = await detailOf(stage, order.externalId);
  const early = await tryToClose(stage, detail);
  const problems = problemsOf(detail, 'cancel-conflict');
  const calls = await sellerCallsOf(stage, detail, mark);
  const { snapshots } = await marketplaceOrder(stage, order.externalId);
  const told = snapshots.filter(({ cause }) => cause === 'sendGoodsOpenApi').length;
  const { isCancel, words } = demo.shop.dialect;
  const pending = by === 'shop' ? 'CANCEL_PENDING ' : '';
  return compare(by === 'carrier' ? 'e1. parcel handed over' : 'e2. sent by the shop', {
    before: ['SYNCED', shipped.state],
    order: ['CANCEL_CONFLICT', detail.state],
    path: [`NEW APPROVED QUEUE SYNCED ${pending}CANCEL_CONFLICT`, detail.path.join(' ')],
    'marketplace was told "shipped"': [by === 'carrier' ? 1 : 0, told],
    'shop orders': [`1 ${words.sent}`, await inShop(stage, detail.number)],
    'cancel calls': [0, calls.filter(isCancel).length],
    problems: [1, problems.length],
    'what it says': [left, problems.map(({ remedy }) => remedy.slice(0, left.length)).join(' ')],
    returns: ['EXPECTED', detail.returns.map(({ state }) => state).join(' ')],
    'units shipped': [2, detail.lines.reduce((sum, line) => sum + line.shipped, 0)],
    'stock movements per line': ['RESERVE CONSUME', await movementsOf(stage, detail)],
    stock: [shelf, await shelfOf(stage, order.skus)],
    'close as cancelled': ['refused', early],
    'copies change': ['nothing', await copiesChange(stage, [order])],
  });
}

async function tryToClose(stage: Stage, { id }: Detail): Promise<string> {
  try {
    await stage.send(`orders/${id}`, 'RESOLVE_AS_CANCELLED');
    return 'allowed';
  } catch (error) {
    if (error instanceof ControlRefused || !(error instanceof Error)) throw error;
    return / answered 4(09|22): /.test(error.message) ? 'refused' : error.message;
  }
}

/**
 * The parcels come back: the warehouse books the goods in (the shop's order is cancelled or refunded there, which gives the
 * units back), scans them in here and finds them fit for sale; ops close the orders as cancelled.
 */
export async function theGoodsComeBack(stage: Stage, orders: readonly Played[]): Promise<Row[]> {
  const { demo } = stage;
  const rows: Row[] = [];
  for (const order of orders) {
    const { returns, shopOrderId, id } = await detailOf(stage, order.externalId);
    const [expected] = returns;
    if (!expected) throw new Error(`no return is open for case ${order.case}`);
    await stage.send(`returns/${expected.id}`, 'SCAN_IN');
    await demo.quiet();
    const scanned = await movementsOf(stage, await detailOf(stage, order.externalId));
    const { comeBack, words } = demo.shop.dialect;
    await demo.shop.setStatus(String(shopOrderId), comeBack);
    await stage.send(`returns/${expected.id}`, 'RESTOCK');
    await stage.send(`orders/${id}`, 'RESOLVE_AS_CANCELLED');
    await demo.sync('store-stock', 'live', 'offers');
    const detail = await detailOf(stage, order.externalId);
    rows.push(
      compare(`${order.case}. goods are back`, {
        'movements after the scan': ['RESERVE CONSUME', scanned],
        order: ['CANCELLED', detail.state],
        returns: ['RESTOCKED', detail.returns.map(({ state }) => state).join(' ')],
        'units returned': [2, detail.lines.reduce((sum, line) => sum + line.returned, 0)],
        'stock movements per line': ['RESERVE CONSUME RESTOCK', await movementsOf(stage, detail)],
        // Where nothing that was sent can be cancelled, the shop's order is refunded.
        'shop orders': [`1 ${words[comeBack]}`, await inShop(stage, detail.number)],
        stock: [order.shelf, await shelfOf(stage, order.skus)],
        'open problems': [0, detail.openProblems.filter(({ state }) => state !== 'RESOLVED').length],
      }),
    );
  }
  return rows;
}
