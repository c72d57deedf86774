import { compare, type Row } from '../rows.ts';
import { cast, dayMs, hourMs, reasonsOf, type Stage, statesOf } from './stage.ts';

const ofBatch = async (stage: Stage) => {
  const all = await stage.listings();
  return cast.batch.flatMap((one) => all.get(one) ?? []);
};

/** Fifty are approved with one call: three are refused at once, the others go into review and live. */
export async function fiftyAtOnce(stage: Stage): Promise<Row[]> {
  const { demo } = stage;
  const approved = await stage.approveAll(cast.batch);
  const atOnce = await ofBatch(stage);
  const refused = atOnce.filter(({ state }) => state === 'REJECTED');
  const taken = await stage.shown();
  const rows = [
    compare('a. one batch of fifty', {
      approved: [50, approved],
      'here at once': ['47 IN_REVIEW, 3 REJECTED', statesOf(atOnce)],
      'products over there': [47, taken.size],
      'asked to create': [50, await stage.calls('addProduct')],
      'created twice': [0, cast.batch.length - 3 - taken.size],
    }),
    compare('a. refused at once', {
      which: [
        cast.withoutAttribute.join(' '),
        refused
          .map(({ skus }) => skus[0]?.sku)
          .sort()
          .join(' '),
      ],
      field: [
        'attributes.Material',
        [...new Set(refused.map(({ rejectionReasons }) => rejectionReasons[0]?.field))].join(' '),
      ],
      'raw text kept': [3, refused.filter((one) => reasonsOf(one).includes('Required attribute Material')).length],
      'problems of the first': ['listing-rejected', await stage.problems(cast.withoutAttribute[0] ?? '')],
    }),
  ];
  await demo.advance(1.1 * hourMs);
  await demo.sync('reviews', 'offers');
  const live = await ofBatch(stage);
  const shelf = [...(await stage.shown()).values()].filter(({ listingState }) => listingState === 'ON_SHELF');
  rows.push(
    compare('b. the others are not held back', {
      'here after an hour': ['2 IN_REVIEW, 45 LIVE, 3 REJECTED', statesOf(live)],
      'on the shelf over there': [45, shelf.length],
      'with stock': [45, shelf.filter(({ skus }) => skus.every(({ stock }) => stock > 0)).length],
    }),
  );
  return rows;
}

/** The next day reviewers refuse two: one for a field that is known, one in words that nobody has mapped. */
export async function nextDay(stage: Stage): Promise<Row[]> {
  const { demo } = stage;
  await demo.advance(dayMs);
  await demo.sync('reviews', 'offers');
  const [known, riddle] = [await stage.listing(cast.badTitle), await stage.listing(cast.riddle)];
  const queue = await stage.reasons();
  const rows = [
    compare('c. refused by reviewers the next day', {
      'the batch': ['45 LIVE, 5 REJECTED', statesOf(await ofBatch(stage))],
      'a known reason': ['title: Product title is misleading', reasonsOf(known)],
      'an unknown one': ['unmapped: Kebijakan 17-B: tidak sesuai', reasonsOf(riddle)],
      'in the queue': [
        'Kebijakan 17-B: tidak sesuai × 1',
        queue.map(({ raw, listings }) => `${raw} × ${listings}`).join('; '),
      ],
      'its problems': ['listing-rejected, unmapped-reason', await stage.problems(cast.riddle)],
    }),
  ];
  const connectionId = await demo.connectionId('jd-id');
  const { mapped } = await demo.api.send<{ mapped: number }>('POST', 'listing-reasons', {
    connectionId,
    pattern: 'Kebijakan 17-B',
    field: 'descriptionHtml',
  });
  await demo.quiet();
  rows.push(
    compare('d. ops say which field it is about', {
      'listings that waited': [1, mapped],
      'the reason now': ['descriptionHtml: Kebijakan 17-B: tidak sesuai', reasonsOf(await stage.listing(cast.riddle))],
      'in the queue': [0, (await stage.reasons()).length],
      remembered: [
        'Kebijakan 17-B → descriptionHtml',
        (await stage.rules()).patterns.map((one) => `${one.pattern} → ${one.field}`).join(),
      ],
      'its problems': ['listing-rejected', await stage.problems(cast.riddle)],
    }),
  );
  return rows;
}
