import { compare, type Row } from '../rows.ts';
import { cast, difficult, hourMs, type Stage } from './stage.ts';

const blocking = (findings: readonly { field: string; blocking: boolean; rule?: string }[]): string =>
  findings
    .filter((one) => one.blocking)
    .map(({ field, rule }) => `${field} (${rule?.split('.')[0] ?? 'no rule'})`)
    .join(', ') || 'none';

/** Nothing is sent again without a change; what was learned is asked for; what was mended is sent once. */
export async function mended(stage: Stage): Promise<Row[]> {
  const { demo } = stage;
  const [first = '', second = ''] = cast.withoutAttribute;
  const askedBefore = await stage.calls('addProduct');
  const unchanged = await stage.approve(first);
  await stage.edit(first, { title: 'Wool yarn no. 0001, mended' });
  const elsewhere = await stage.approve(first);
  const learned = (await stage.rules()).learned.filter(({ field }) => field === 'attributes.Material');
  const late = await stage.listing(cast.late);
  const lateAnswer = await stage.approve(cast.late);
  const rows = [
    compare('e. no second try without a change', {
      'approved as it was': [
        'refused: Nothing was changed since it was rejected, or findings are still open.',
        unchanged,
      ],
      'changed somewhere else': [
        'refused: Nothing was changed since it was rejected, or findings are still open.',
        elsewhere,
      ],
      'asked to create since': [0, (await stage.calls('addProduct')) - askedBefore],
    }),
    compare('e. the rule that was learned', {
      rules: [
        'needed in 111, said 3 times',
        learned.map(({ asks, categoryId, times }) => `${asks} in ${categoryId}, said ${times} times`).join('; '),
      ],
      'found at the refused one': ['attributes.Material (learned)', blocking((await stage.listing(first)).findings)],
      'found at one that was never sent': ['attributes.Material (learned)', blocking(late.findings)],
      'its approval': [true, lateAnswer.startsWith('refused: It has findings')],
    }),
  ];
  for (const one of [first, second, cast.late])
    await stage.edit(one, { attributes: { [difficult.attribute]: difficult.value } });
  const answers = [await stage.approve(first), await stage.approve(second), await stage.approve(cast.late)];
  await demo.advance(1.1 * hourMs);
  await demo.sync('reviews', 'offers');
  const states = await Promise.all([first, second, cast.late].map(async (one) => (await stage.listing(one)).state));
  rows.push(
    compare('f. mended, approved, sent once', {
      approvals: ['APPROVED APPROVED APPROVED', answers.join(' ')],
      'asked to create since': [3, (await stage.calls('addProduct')) - askedBefore],
      'reviews of the first': [1, await stage.reviewsBegun(first)],
      now: ['LIVE LIVE LIVE', states.join(' ')],
      'problems of the first': ['none', await stage.problems(first)],
    }),
  );
  return rows;
}

/** Edits while a review runs wait, and go out together; meanwhile buyers see the old content, with new prices and stock. */
export async function editedInReview(stage: Stage): Promise<Row[]> {
  const { demo } = stage;
  const one = cast.badTitle;
  await stage.edit(one, { title: 'Wool yarn, undyed' });
  const again = await stage.approve(one);
  const updates = await stage.calls('updateProduct');
  await stage.edit(one, { title: 'Wool yarn, undyed, 100 g' });
  await stage.edit(one, { descriptionHtml: '<p>Undyed wool yarn of 100 grams, spun in Tasmania.</p>' });
  const waiting = await stage.listing(one);
  const sent = await stage.shown();
  const rows = [
    compare('g. edited twice while its review runs', {
      'sent again': ['APPROVED', again],
      'state meanwhile': ['IN_REVIEW', waiting.state],
      'calls for the edits': [0, (await stage.calls('updateProduct')) - updates],
      'under review over there': ['Wool yarn, undyed', String(sent.get(one)?.content.fields.spuName)],
      'reviews so far': [2, await stage.reviewsBegun(one)],
    }),
  ];
  await demo.advance(1.1 * hourMs);
  await demo.sync('reviews', 'offers');
  const passed = (await stage.listing(one)).state;
  const approved = await stage.approve(one);
  const during = await stage.listing(one);
  const live = await pricedMeanwhile(stage, one);
  rows.push(
    compare('h. its change is under review', {
      'after the first review': ['UPDATE', passed],
      'approved once for both edits': ['APPROVED', approved],
      'our state': ['IN_REVIEW, LIVE, UPDATE_IN_REVIEW', `${during.state}, ${during.remote}, ${during.standing}`],
      'what buyers see': ['Wool yarn, undyed', live.title],
      'stock goes on': ['7 to sell', live.stock],
      'price goes on': [true, live.priceFollowed],
    }),
  );
  await demo.advance(1.1 * hourMs);
  await demo.sync('reviews', 'offers');
  const end = (await stage.shown()).get(one);
  rows.push(
    compare('h. … and passed', {
      'our state': ['LIVE', (await stage.listing(one)).state],
      'buyers see both edits': [
        'Wool yarn, undyed, 100 g; true',
        `${end?.content.fields.spuName}; ${String(end?.content.fields.description).includes('Tasmania')}`,
      ],
      'reviews in all': [3, await stage.reviewsBegun(one)],
    }),
  );
  return rows;
}

/** The shop has other units and another price while the change is under review. */
async function pricedMeanwhile(
  { demo, shown }: Stage,
  one: string,
): Promise<{ title: string; stock: string; priceFollowed: boolean }> {
  const before = (await shown()).get(one)?.skus[0]?.jdPrice ?? 0;
  await demo.shop.setStock(one, 8, 'count');
  await demo.shop.setPrice(one, '14.50');
  // Shops tell changes to the minute; what changed within this one is read in the next.
  await demo.advance(60_000);
  await demo.sync('catalogue', 'store-stock', 'offers');
  const now = (await shown()).get(one);
  return {
    title: String(now?.content.fields.spuName),
    stock: `${now?.skus[0]?.stock} to sell`,
    priceFollowed: before > 0 && now?.skus[0]?.jdPrice !== before,
  };
}

/** What reviewers refused in unknown words is mended at the field that ops named. */
export async function riddleSolved(stage: Stage): Promise<Row> {
  const { demo } = stage;
  const one = cast.riddle;
  await stage.edit(one, { title: 'Wool yarn no. 0005, mended' });
  const elsewhere = await stage.approve(one);
  await stage.edit(one, { descriptionHtml: '<p>Wool yarn that keeps every policy.</p>' });
  const answer = await stage.approve(one);
  await demo.advance(1.1 * hourMs);
  await demo.sync('reviews', 'offers');
  return compare('i. mended where ops said it is', {
    'changed somewhere else': [
      'refused: Nothing was changed since it was rejected, or findings are still open.',
      elsewhere,
    ],
    'changed there': ['APPROVED', answer],
    now: ['LIVE', (await stage.listing(one)).state],
    'reviews in all': [2, await stage.reviewsBegun(one)],
  });
}
