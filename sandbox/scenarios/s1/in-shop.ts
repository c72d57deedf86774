import { accountIsBack } from '../back.ts';
import { compare, type Row } from '../rows.ts';
import { until } from '../wait.ts';
import { copiesChange } from './copies.ts';
import {
  type Detail,
  detailOf,
  inShop,
  mailsOf,
  movementsOf,
  problemsOf,
  sellerCallsOf,
  shelfOf,
  shopOrdersOf,
} from './facts.ts';
import { approve, cancelThere, inState, type Played, the } from './played.ts';
import { shippedAlready, theGoodsComeBack } from './shipped.ts';
import { hourMs, minuteMs, type Stage } from './stage.ts';

type Step = (title: string, work: () => Promise<Row | readonly Row[]>) => Promise<void>;

const has = (text: string, ...parts: string[]): string =>
  parts.every((part) => text.includes(part)) ? parts.join(' + ') : text;

/** Cases d and e: the order is in the shop, with everything that may have happened to it since. */
export async function inTheShop(stage: Stage, played: ReadonlyMap<string, Played>, step: Step): Promise<void> {
  const names = ['d1', 'd2', 'd2b', 'd3', 'd4', 'e1', 'e2'].filter((name) => played.has(name));
  const isPlayed = (name: string): boolean => played.has(name);
  for (const name of names) await approve(stage, the(played, name));
  await stage.demo.quiet();
  if (isPlayed('d1')) await step('d1', () => caseD1(stage, the(played, 'd1')));
  const refused = ['d2', 'd2b'].filter(isPlayed).map((name) => the(played, name));
  if (refused.length > 0) await step('d2', () => casesRefused(stage, refused));
  if (isPlayed('d3')) await step('d3', () => caseSilent(stage, the(played, 'd3')));
  // The next cut-off: labels are booked and mailed.
  await stage.demo.advance(1.1 * hourMs);
  if (isPlayed('d4')) await step('d4', () => caseD4(stage, the(played, 'd4')));
  await step('e1', () => shippedAlready(stage, the(played, 'e1'), 'carrier'));
  if (isPlayed('e2')) await step('e2', () => shippedAlready(stage, the(played, 'e2'), 'shop'));
  await step('e, returned', () =>
    theGoodsComeBack(
      stage,
      ['e1', 'e2'].filter(isPlayed).map((name) => the(played, name)),
    ),
  );
  if (isPlayed('d4')) await step('d4, next slot', () => nextSlot(stage, the(played, 'd4')));
}

const cancelsOf = async (stage: Stage, detail: Detail): Promise<number> =>
  (await sellerCallsOf(stage, detail)).filter(stage.demo.shop.dialect.isCancel).length;

/** Not shipped: one call, read back, the units are ours and on offer again. */
async function caseD1(stage: Stage, order: Played): Promise<Row> {
  const before = await detailOf(stage, order.externalId);
  await cancelThere(stage, order);
  await stage.demo.quiet();
  const detail = await detailOf(stage, order.externalId);
  const calls = await sellerCallsOf(stage, detail);
  const { isCancel, isRead, words } = stage.demo.shop.dialect;
  const cancel = calls.findIndex(isCancel);
  const readBack = calls.slice(cancel + 1).some(isRead);
  return compare('d1. in the shop', {
    before: ['SYNCED', before.state],
    order: ['CANCELLED', detail.state],
    path: ['NEW APPROVED QUEUE SYNCED CANCEL_PENDING CANCELLED', detail.path.join(' ')],
    'cancel calls': [1, calls.filter(isCancel).length],
    'read back after it': [true, readBack],
    'shop orders': [`1 ${words.cancelled}`, await inShop(stage, detail.number)],
    effects: ['cancel-in-shop DONE, push DONE', effectsOf(detail)],
    'stock movements per line': ['RESERVE CONSUME RESTOCK', await movementsOf(stage, detail)],
    stock: [order.shelf, await shelfOf(stage, order.skus)],
    mails: [0, (await mailsOf(stage, detail.number)).length],
  });
}

/** Makes the shop answer every change of this one order in the given way, until the fault is removed. */
async function spoil(stage: Stage, order: Played, fault: object): Promise<() => Promise<void>> {
  const { shopOrderId } = await detailOf(stage, order.externalId);
  const { id } = await stage.demo.shop.post<{ id: string }>('faults', {
    match: stage.demo.shop.dialect.cancelling(String(shopOrderId)),
    times: 0,
    fault,
  });
  return () => stage.demo.shop.delete(`faults/${id}`);
}

/** The conflict as ops see it: both sides' facts, one problem with its remedy, nothing overwritten. */
async function conflictOf(stage: Stage, order: Played, says: string) {
  const detail = await detailOf(stage, order.externalId);
  const problems = problemsOf(detail, 'cancel-conflict');
  const [problem] = problems;
  const [there] = await shopOrdersOf(stage, detail.number);
  const { shownOpen, words } = stage.demo.shop.dialect;
  const shop = `Shop: ${shownOpen} (order ${there?.number})`;
  return {
    order: ['CANCEL_CONFLICT', detail.state],
    problems: [1, problems.length],
    'both sides’ facts in it': [
      `Marketplace: cancelled + ${shop} + ${says}`,
      has(problem?.detail ?? '', 'Marketplace: cancelled', shop, says),
    ],
    'remedy named': [true, (problem?.remedy ?? '').length > 20],
    'shop orders': [`1 ${words.open}`, await inShop(stage, detail.number)],
    'units given back': ['none yet', (await movementsOf(stage, detail)).replace('RESERVE CONSUME', 'none yet')],
    'copies change': ['nothing', await copiesChange(stage, [order])],
  } as const;
}

/** Ops try once more after the shop can be changed again. */
async function retried(stage: Stage, order: Played): Promise<void> {
  await accountIsBack(stage.demo, stage.demo.shop.code);
  const { id } = await detailOf(stage, order.externalId);
  await stage.send(`orders/${id}`, 'RETRY_CANCEL');
  await stage.demo.quiet();
  // The last of the earlier failures may have come after the look above.
  await accountIsBack(stage.demo, stage.demo.shop.code);
  await stage.demo.quiet();
}

async function afterwards(stage: Stage, order: Played, { byStaff = false } = {}) {
  const detail = await detailOf(stage, order.externalId);
  // Cancelled by the shop's people: where the shop does not say what became of the units, they come with the next count.
  const isTold = !byStaff || stage.demo.shop.dialect.tellsRestock;
  if (!isTold) await stage.demo.sync('store-stock', 'live', 'offers');
  return {
    'after a retry': ['CANCELLED', detail.state],
    'shop orders then': [`1 ${stage.demo.shop.dialect.words.cancelled}`, await inShop(stage, detail.number)],
    'stock movements per line': [
      isTold ? 'RESERVE CONSUME RESTOCK' : 'RESERVE CONSUME',
      await movementsOf(stage, detail),
    ],
    [isTold ? 'stock' : 'stock, counted again']: [order.shelf, await shelfOf(stage, order.skus)],
    'open problems': [0, detail.openProblems.filter(({ state }) => state !== 'RESOLVED').length],
  } as const;
}

/** The shop refuses: a conflict at once. The shop's staff cancels by hand, ops try again. */
async function casesRefused(stage: Stage, orders: readonly Played[]): Promise<Row[]> {
  const { demo } = stage;
  const rows: Row[] = [];
  for (const order of orders) {
    const { title, fault, says } = demo.shop.dialect.refusals[order.case === 'd2' ? 0 : 1];
    const mend = await spoil(stage, order, fault);
    await cancelThere(stage, order);
    await inState(stage, order, 'CANCEL_CONFLICT', 'CANCELLED');
    await demo.quiet();
    const conflict = await conflictOf(stage, order, says);
    const detail = await detailOf(stage, order.externalId);
    const tried = await cancelsOf(stage, detail);
    await mend();
    await demo.shop.setStatus(String(detail.shopOrderId), 'cancelled');
    await demo.advance(minuteMs);
    await retried(stage, order);
    const shop = await demo.db.tx('staff', (trx) => trx('connections').where({ code: demo.shop.code }).first('state'));
    rows.push(
      compare(`${order.case}. ${title}`, {
        ...conflict,
        'cancel calls until then': [1, tried],
        'the shop’s account': ['CONNECTED', shop?.state],
        ...(await afterwards(stage, order, { byStaff: true })),
      }),
    );
  }
  return rows;
}

/** The shop does not answer the cancellation at all: a conflict after 30 minutes, and not before. */
async function caseSilent(stage: Stage, order: Played): Promise<Row> {
  const { demo } = stage;
  const mend = await spoil(stage, order, { kind: 'drop' });
  const begunMs = demo.now().getTime();
  await cancelThere(stage, order);
  const asked = await inState(stage, order, 'CANCEL_PENDING');
  await until('the shop was asked', async () => (await cancelsOf(stage, asked)) > 0);
  const pendingCopies = await copiesChange(stage, [order], { atRest: false });
  await demo.advance(29 * minuteMs, { whileBusy: true });
  const early = await detailOf(stage, order.externalId);
  await demo.advance(2 * minuteMs, { whileBusy: true });
  await inState(stage, order, 'CANCEL_CONFLICT');
  await demo.quiet();
  const minutes = Math.round((demo.now().getTime() - begunMs) / minuteMs);
  const conflict = await conflictOf(stage, order, 'silent');
  await mend();
  await retried(stage, order);
  return compare('d3. silent', {
    'after 29 minutes': ['CANCEL_PENDING', early.state],
    'copies change then': ['nothing', pendingCopies],
    [`after ${minutes} minutes`]: conflict.order,
    ...conflict,
    ...(await afterwards(stage, order)),
  });
}

/** The brand has its label already: the label is not used, and the brand is told at once. */
async function caseD4(stage: Stage, order: Played): Promise<Row> {
  const { demo } = stage;
  const before = await detailOf(stage, order.externalId);
  const labelMails = await mailsOf(stage, before.number);
  await demo.advance(7 * minuteMs);
  await cancelThere(stage, order);
  await demo.quiet();
  const detail = await detailOf(stage, order.externalId);
  const [tracking] = before.consignments.map(({ trackingNumber }) => trackingNumber);
  const shipment = await demo.carrier.get<{ events: { typeCode: string }[] }>(`shipments/${tracking}`);
  const later = (await mailsOf(stage, detail.number)).slice(labelMails.length);
  return compare('d4. its label was mailed', {
    before: ['SYNCED', before.state],
    'label mails before': [1, labelMails.length],
    'parcel before': ['BOOKED', parcelsOf(before)],
    order: ['CANCELLED', detail.state],
    parcel: ['VOIDED', parcelsOf(detail)],
    consignment: ['CANCELLED', detail.consignments.map(({ state }) => state).join(' ')],
    'pick-ups at the carrier': [0, shipment.events.filter(({ typeCode }) => typeCode === 'PU').length],
    '"do not ship" mails': [1, later.filter(({ subject }) => subject.startsWith('DO NOT SHIP')).length],
    'other mails': [0, later.filter(({ subject }) => !subject.startsWith('DO NOT SHIP')).length],
    'accepted at': [demo.now().toISOString(), later.map(({ at }) => at).join(' ')],
    'cancel calls': [1, await cancelsOf(stage, detail)],
    'shop orders': [`1 ${demo.shop.dialect.words.cancelled}`, await inShop(stage, detail.number)],
    'stock movements per line': ['RESERVE CONSUME RESTOCK', await movementsOf(stage, detail)],
    stock: [order.shelf, await shelfOf(stage, order.skus)],
  });
}

const effectsOf = ({ effects }: Detail): string =>
  effects
    .map(({ kind, state }) => `${kind} ${state}`)
    .sort()
    .join(', ');

const parcelsOf = ({ consignments }: Detail): string =>
  consignments.flatMap(({ parcels }) => parcels.map(({ state }) => state)).join(' ');

/** The next batch says nothing more about it, and the shop's own count agrees with ours. */
async function nextSlot(stage: Stage, order: Played): Promise<Row> {
  const { number } = await detailOf(stage, order.externalId);
  const before = (await mailsOf(stage, number)).length;
  await stage.demo.advance(5 * hourMs);
  await stage.demo.sync('store-stock', 'live', 'offers');
  return compare('d4. after the next slot', {
    'mails about it': [before, (await mailsOf(stage, number)).length],
    'stock, counted again': [order.shelf, await shelfOf(stage, order.skus)],
  });
}
