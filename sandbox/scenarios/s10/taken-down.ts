import { compare, type Row } from '../rows.ts';
import { cast, dayMs, hourMs, reasonsOf, type Stage } from './stage.ts';

const one = cast.locked;

async function toSell(stage: Stage): Promise<string> {
  const units = await Promise.all(
    (['jd-id', 'jd-id-2'] as const).map(async (account) => {
      const product = (await stage.shown(account)).get(one);
      return product?.listingState.startsWith('ON_SHELF') ? product.skus[0]?.stock : 'none';
    }),
  );
  return units.join(' and ');
}

/** A live listing is locked: its units go to the other marketplace, its brand is told, and nobody is offered to edit it. */
export async function lockedWhileLive(stage: Stage): Promise<Row[]> {
  const { demo } = stage;
  await demo.shop.setStock(one, 12, 'count');
  await demo.sync('store-stock', 'offers');
  await stage.approveAll([one], 'jd-id-2');
  await demo.advance(1.1 * hourMs);
  await demo.syncAccount('jd-id-2', 'reviews');
  await settle(stage);
  const before = await toSell(stage);
  const reason = 'Trademark complaint: product image';
  const { spuId } = (await stage.shown()).get(one) ?? { spuId: 0 };
  await demo.marketplace.post(`products/${spuId}/lock`, { reason });
  await demo.syncAccount('jd-id', 'live');
  await settle(stage);
  const locked = await stage.listing(one);
  const edit = locked.allowed.find(({ type }) => type === 'EDIT');
  const refusal = await stage.edit(one, { title: 'Another title' }).then(
    () => 'taken',
    (error: unknown) => (String(error).includes('appeal') ? 'refused: appeal first' : String(error)),
  );
  const rows = [
    compare('j. locked while it is live', {
      'units before': ['6 and 6', before],
      'our state': ['REJECTED, LOCKED', `${locked.state}, ${locked.remote}`],
      reason: [`images: ${reason}`, reasonsOf(locked)],
      'units now': ['none and 12', await toSell(stage)],
      'its brand is told': [1, await mails(stage)],
      tasks: ['listing-appeal, listing-taken-down', await stage.problems(one)],
      'edits offered': [false, edit?.ok ?? false],
      'an edit all the same': ['refused: appeal first', refusal],
    }),
  ];
  await demo.marketplace.post(`products/${spuId}/unlock`, {});
  await demo.syncAccount('jd-id', 'live');
  await settle(stage);
  const back = await stage.listing(one);
  rows.push(
    compare('j. … and the appeal is heard', {
      'our state': ['LIVE, LIVE', `${back.state}, ${back.remote}`],
      units: ['6 and 6', await toSell(stage)],
      tasks: ['none', await stage.problems(one)],
      'mails in all': [1, await mails(stage)],
    }),
  );
  return rows;
}

async function settle({ demo }: Stage): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    for (const account of ['jd-id', 'jd-id-2'] as const) await demo.syncAccount(account, 'orders', 'offers');
  }
}

/** Mails about it that the mail server took. */
async function mails({ demo }: Stage): Promise<number> {
  const lines = await demo.mail.get<{ fact?: string; subject?: string }[]>('log');
  return lines.filter(({ fact, subject }) => fact === 'mail.accepted' && subject?.includes(' locked ')).length;
}

/** Monday to Friday in Jakarta, counted day by day. */
function workingDaysLater(from: Date, days: number): Date {
  let at = from;
  for (let left = days; left > 0; ) {
    at = new Date(at.getTime() + dayMs);
    const day = new Date(at.getTime() + 7 * hourMs).getUTCDay();
    if (day !== 0 && day !== 6) left -= 1;
  }
  return at;
}

/** Reviewers say nothing for three working days. */
export async function silentReview(stage: Stage): Promise<Row> {
  const { demo } = stage;
  const silent = cast.silent;
  const submittedAt = demo.now();
  await stage.approve(silent);
  const due = workingDaysLater(submittedAt, 3);
  while (demo.now().getTime() + dayMs < due.getTime()) await demo.advance(dayMs);
  await demo.advance(due.getTime() - demo.now().getTime() - 60_000);
  const justBefore = await stage.problems(silent);
  await demo.advance(120_000);
  const after = await stage.problems(silent);
  const { reviewDueAt } = await stage.listing(silent);
  const reviews = await stage.reviewsBegun(silent);
  const { spuId } = (await stage.shown()).get(silent) ?? { spuId: 0 };
  await demo.marketplace.post(`products/${spuId}/review`, { approve: true });
  await demo.sync('reviews', 'offers');
  return compare('k. reviewers are silent', {
    'verdict due': [due.toISOString(), reviewDueAt],
    'a minute before': ['none', justBefore],
    'a minute after': ['review-overdue', after],
    'sent again meanwhile': [0, reviews - 1],
    'after the verdict': ['LIVE, none', `${(await stage.listing(silent)).state}, ${await stage.problems(silent)}`],
  });
}

/** The forty-four that nothing happened to: created once, reviewed once, live on both sides. */
export async function theOthers(stage: Stage): Promise<Row> {
  const special: readonly string[] = [...cast.withoutAttribute, cast.badTitle, cast.riddle, cast.locked];
  const others = cast.batch.filter((sku) => !special.includes(sku));
  const here = await stage.listings();
  const there = await stage.shown();
  const reviews = await Promise.all(others.map((sku) => stage.reviewsBegun(sku)));
  return compare('l. the forty-four others', {
    'live here': [44, others.filter((sku) => here.get(sku)?.state === 'LIVE').length],
    'on the shelf': [44, others.filter((sku) => there.get(sku)?.listingState === 'ON_SHELF').length],
    'reviewed once': [44, reviews.filter((n) => n === 1).length],
  });
}
