import { accountIsBack } from '../back.ts';
import { compare, type Row } from '../rows.ts';
import { until } from '../wait.ts';
import { copiesChange } from './copies.ts';
import {
  type Detail,
  detailOf,
  inShop,
  movementsOf,
  type SellerCall,
  sellerCallsSince,
  shelfOf,
  shopMark,
  wasProcessed,
} from './facts.ts';
import { approve, cancelThere, inState, type Played } from './played.ts';
import type { Stage } from './stage.ts';

interface Lost {
  readonly pending: Detail;
  readonly copies: string;
  readonly shopMeanwhile: string;
  /** The shop's log before the push. */
  readonly mark: number;
}

/** The call reaches the shop, `fault` befalls it, and look-ups fail until the cancellation is known. */
async function pushThatIsLost(stage: Stage, order: Played, fault: 'lose-answer' | 'drop' | 'hold'): Promise<Lost> {
  const { demo } = stage;
  const { creating, lookingUp, isCreate, isLookUp } = demo.shop.dialect;
  const mark = await shopMark(stage);
  await demo.shop.post('faults', { match: creating, times: 1, fault: { kind: fault } });
  const away = await demo.shop.post<{ id: string }>('faults', {
    match: lookingUp,
    times: 0,
    fault: { kind: 'status', status: 503 },
  });
  await approve(stage, order);
  await until('the push is under way', async () => {
    const calls = await sellerCallsSince(stage, mark);
    return calls.some(isCreate) && (fault === 'hold' || calls.some(isLookUp));
  });
  await cancelThere(stage, order);
  const pending = await inState(stage, order, 'CANCEL_PENDING');
  const copies = await copiesChange(stage, [order], { atRest: false });
  const shopMeanwhile = await inShop(stage, pending.number);
  await demo.shop.post('release');
  await demo.shop.delete(`faults/${away.id}`);
  await accountIsBack(demo, demo.shop.code);
  return { pending, copies, shopMeanwhile, mark };
}

const effectsOf = ({ effects }: Detail): string =>
  effects
    .map(({ kind, state, attempts }) => `${kind} ${state} after ${attempts}`)
    .sort()
    .join(', ');

/** The shop has taken the order, its answer is lost: found by our reference, cancelled there. */
export async function caseC1(stage: Stage, order: Played): Promise<Row> {
  const { pending, copies, shopMeanwhile, mark } = await pushThatIsLost(stage, order, 'lose-answer');
  return takenBack(stage, order, mark, 'c1. in flight, answer lost', {
    'while it is unknown': ['CANCEL_PENDING', pending.state],
    'shop meanwhile': [`1 ${stage.demo.shop.dialect.words.open}`, shopMeanwhile],
    'copies change': ['nothing', copies],
  });
}

/** The call never reached the shop: looked for twice, not found, never made again. */
export async function caseC2(stage: Stage, order: Played): Promise<Row> {
  const { pending, copies, shopMeanwhile, mark } = await pushThatIsLost(stage, order, 'drop');
  await inState(stage, order, 'CANCELLED', 'CANCEL_CONFLICT');
  await stage.demo.quiet();
  const detail = await detailOf(stage, order.externalId);
  const calls = await sellerCallsSince(stage, mark);
  const { isCancel, isLookUp } = stage.demo.shop.dialect;
  return compare('c2. in flight, dropped', {
    'while it is unknown': ['CANCEL_PENDING', pending.state],
    'shop meanwhile': ['none', shopMeanwhile],
    'copies change': ['nothing', copies],
    order: ['CANCELLED', detail.state],
    'create calls, acted upon': ['1, 0', createsOf(stage, calls)],
    'look-ups that were answered': ['2 or more', atLeast(2, calls.filter(isLookUp).filter(wasProcessed).length)],
    'cancel calls': [0, calls.filter(isCancel).length],
    'shop orders': ['none', await inShop(stage, detail.number)],
    ledger: ['push REFUSED after 1', effectsOf(detail)],
    'stock movements per line': ['RESERVE RELEASE', await movementsOf(stage, detail)],
    stock: [order.shelf, await shelfOf(stage, order.skus)],
  });
}

/** The shop has taken the order and is slow to say so; the cancellation comes meanwhile, then the answer. */
export async function caseC3(stage: Stage, order: Played): Promise<Row> {
  const { pending, copies, shopMeanwhile, mark } = await pushThatIsLost(stage, order, 'hold');
  return takenBack(stage, order, mark, 'c3. in flight, answer held', {
    'while it is unknown': ['CANCEL_PENDING', pending.state],
    'shop meanwhile': [`1 ${stage.demo.shop.dialect.words.open}`, shopMeanwhile],
    'copies change': ['nothing', copies],
  });
}

const createsOf = ({ demo }: Stage, calls: readonly SellerCall[]): string => {
  const creates = calls.filter(demo.shop.dialect.isCreate);
  return `${creates.length}, ${creates.filter(wasProcessed).length}`;
};
const atLeast = (count: number, found: number): string => (found >= count ? `${count} or more` : String(found));

/** The end of c1 and c3: one shop order, cancelled by one call, and the units back. */
async function takenBack(
  stage: Stage,
  order: Played,
  mark: number,
  name: string,
  meanwhile: Readonly<Record<string, readonly [string, string]>>,
): Promise<Row> {
  await inState(stage, order, 'CANCELLED', 'CANCEL_CONFLICT');
  await stage.demo.quiet();
  const detail = await detailOf(stage, order.externalId);
  const calls = await sellerCallsSince(stage, mark);
  const { isCancel, words } = stage.demo.shop.dialect;
  return compare(name, {
    ...meanwhile,
    order: ['CANCELLED', detail.state],
    path: ['NEW APPROVED QUEUE CANCEL_PENDING CANCELLED', detail.path.join(' ')],
    'create calls, acted upon': ['1, 1', createsOf(stage, calls)],
    'cancel calls': [1, calls.filter(isCancel).length],
    'shop orders': [`1 ${words.cancelled}`, await inShop(stage, detail.number)],
    ledger: ['cancel-in-shop DONE after 1, push DONE after 1', effectsOf(detail)],
    'stock movements per line': ['RESERVE CONSUME RESTOCK', await movementsOf(stage, detail)],
    stock: [order.shelf, await shelfOf(stage, order.skus)],
  });
}
