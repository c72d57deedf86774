import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  command,
  levelsOf,
  makeBrand,
  makeConnection,
  makeListing,
  makeProduct,
  makeSku,
  startAt,
} from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { lookAgain, removeLearnedRule, setReasonPattern } from './listing-learning.ts';
import { noteRefused, noteRejected, noteSubmitted, reportOverdueReviews } from './listing-outcomes.ts';
import { noteRemote, type RemoteStand, standOf } from './listing-remote.ts';
import { refreshListing } from './listings.ts';
import { type Row, step } from './steps.ts';

const live: RemoteStand = { remote: 'LIVE', native: 'on shelf', reasons: [] };
const locked: RemoteStand = {
  remote: 'LOCKED',
  native: 'locked',
  reasons: [{ field: 'images', raw: 'Picture of a weapon' }],
};

describe('what a marketplace makes of a listing', () => {
  let database: TestDatabase;
  let accountId: string;
  let otherId: string;
  let skuId: string;
  let listingId: string;

  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);
  const now = (id = listingId): Promise<Row> => staff((trx) => trx('listings').where({ id }).first());
  const send = (event: 'EDIT' | 'APPROVE', changes = {}) =>
    staff(async (trx) => {
      const { contentHash } = await refreshListing(trx, listingId);
      const approved = event === 'APPROVE' ? { approved_hash: contentHash } : changes;
      const result = await step(
        trx,
        { machine: 'listing', id: listingId, event, changes: approved },
        command({ role: 'approver' }),
      );
      await refreshListing(trx, listingId);
      return result.ok ? result.state : result.why;
    });
  const submit = async (at = startAt) => {
    await send('APPROVE');
    const row = await now();
    await staff((trx) => noteSubmitted(trx, row, String(row.content_hash), command({ at })));
  };
  const problems = () =>
    staff((trx) =>
      trx('problems').where({ entity_id: listingId }).whereNot({ state: 'RESOLVED' }).orderBy('kind').pluck('kind'),
    );
  const seen = (stand: RemoteStand) => staff((trx) => noteRemote(trx, listingId, stand, command()));

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'remote' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    await staff(async (trx) => {
      // What another test left in review is no business of this one's.
      await trx('listings').update({ review_due_at: null });
      const brandId = await makeBrand(trx);
      const defaults = { listing_defaults: { brandId: '1' } };
      accountId = await makeConnection(trx, 'marketplace', { ...defaults, connector: 'jd-id' });
      otherId = await makeConnection(trx, 'marketplace', { ...defaults, connector: 'jd-id' });
      const pictured = { images: JSON.stringify([{ url: 'https://shop.test/1.png' }]) };
      const productId = await makeProduct(trx, brandId, { ...pictured, description_html: 'Warm.' });
      skuId = await makeSku(trx, { brandId, productId, onHand: 5 }, { hs_code: '611030', origin_country_code: 'AU' });
      const columns = { category_id: '122', external_id: '4711', description_html: 'Warm.' };
      const skuIds = [skuId];
      listingId = await makeListing(trx, { brandId, productId, connectionId: accountId, skuIds }, columns);
      await makeListing(trx, { brandId, productId, connectionId: otherId, skuIds }, columns);
      await trx('listing_skus').update({ price_desired_minor: 100 });
      await refreshListing(trx, listingId);
    });
  });

  it('locked while live: its units go elsewhere, nothing may be edited, its brand is told once, an appeal is due', async () => {
    await submit();
    await staff((trx) =>
      step(trx, { machine: 'listing', id: listingId, event: 'REVIEW_PASSED' }, command({ role: 'connector' })),
    );
    expect((await levelsOf(database.db, skuId)).offered).toEqual([3, 2]);
    await seen(locked);
    await seen(locked);
    const row = await now();
    expect(row).toMatchObject({ state: 'REJECTED', remote: 'LOCKED' });
    expect(row.rejection_reasons).toEqual([{ field: 'images', raw: 'Picture of a weapon', by: 'connector' }]);
    expect([...(await levelsOf(database.db, skuId)).offered].sort()).toEqual([0, 5]);
    expect(await problems()).toEqual(['listing-appeal', 'listing-taken-down']);
    expect(await send('EDIT', { title: 'x' })).toContain('appeal');
    expect(await staff((trx) => trx('mails').where({ kind: 'notice' }).count({ n: '*' }).first())).toMatchObject({
      n: 1,
    });
    await seen(live);
    expect(await now()).toMatchObject({ state: 'LIVE', remote: 'LIVE' });
    expect(await problems()).toEqual([]);
    expect((await levelsOf(database.db, skuId)).offered).toEqual([3, 2]);
  });

  it('taken down while a change of it is under review: it may be mended, and is not without a change', async () => {
    await submit();
    await seen({ ...locked, remote: 'DELISTED' });
    expect(await now()).toMatchObject({ state: 'REJECTED', remote: 'DELISTED', review_due_at: null });
    expect(await send('APPROVE')).toContain('Nothing was changed');
    expect(await send('EDIT', { title: 'Another' })).toBe('REJECTED');
  });

  it('off the shelf without a reason is no rejection', async () => {
    await submit();
    await seen({ remote: 'DELISTED', native: 'off shelf', reasons: [] });
    expect(await now()).toMatchObject({ state: 'IN_REVIEW', remote: 'DELISTED' });
  });

  it('a listing of several SKUs stands as its strongest one', () => {
    const one = (remote: RemoteStand['remote']) => ({
      remote,
      nativeStatus: remote,
      externalId: '1',
      externalSkuId: '1',
      sellerSku: 'a',
      price: null,
      quantity: null,
    });
    expect(standOf([one('DELISTED'), one('LIVE')])?.remote).toBe('LIVE');
    expect(standOf([one('LIVE'), one('LOCKED')])?.remote).toBe('LOCKED');
    expect(standOf([])).toBeNull();
  });

  it('refused for a missing attribute: the rule is learned, forbids it from then on, and can be taken out', async () => {
    await send('APPROVE');
    // Nobody has read the category's attributes yet: only the id can be found at a listing.
    const reason = { field: 'attributes', raw: 'Required attribute Material (503) is missing' };
    await staff(async (trx) => noteRefused(trx, await now(), [reason], command()));
    const row = await now();
    expect(row.rejection_reasons).toMatchObject([{ field: 'attributes.503', by: 'connector' }]);
    expect(row.findings).toEqual(
      expect.arrayContaining([expect.objectContaining({ field: 'attributes.503', blocking: true })]),
    );
    expect(await send('EDIT', { title: 'Another' })).toBe('REJECTED');
    expect(await send('APPROVE')).toContain('findings');
    const [learned] = await staff((trx) => trx('listing_learned_rules').where({ connection_id: accountId }));
    expect(learned).toMatchObject({ field: 'attributes.503', category_id: '122', listing_id: null });
    expect(await staff((trx) => removeLearnedRule(trx, learned.id, 'was a mistake', command()))).toBe(accountId);
    expect(await staff((trx) => lookAgain(trx, accountId, command()))).toBe(1);
    expect(await send('APPROVE')).toBe('APPROVED');
  });

  it('a reason that nobody knows waits in the queue until ops say what it is about', async () => {
    await submit();
    const verdict = { native: '3', isDead: false, reasons: [{ field: null, raw: 'Kebijakan 17-B' }] };
    await staff(async (trx) => noteRejected(trx, await now(), verdict, command()));
    expect(await problems()).toEqual(['listing-rejected', 'unmapped-reason']);
    const change = { connectionId: accountId, pattern: 'kebijakan  17-b', field: 'title' };
    expect(await staff((trx) => setReasonPattern(trx, change, command()))).toMatchObject({ mapped: 1 });
    expect((await now()).rejection_reasons).toEqual([{ field: 'title', raw: 'Kebijakan 17-B', by: 'ops' }]);
    expect(await problems()).toEqual(['listing-rejected']);
    // The refused title may not go out again; another one may.
    await send('EDIT', { description_html: 'Warmer.' });
    expect(await send('APPROVE')).toContain('findings');
    await send('EDIT', { title: 'Another' });
    expect(await send('APPROVE')).toBe('APPROVED');
  });

  it('a silent review is an alert after three working days, once, until its verdict comes', async () => {
    await submit();
    const days = (n: number) => command({ at: new Date(startAt.getTime() + n * 86_400_000) });
    expect(await staff((trx) => reportOverdueReviews(trx, days(2)))).toBe(0);
    expect(await staff((trx) => reportOverdueReviews(trx, days(6)))).toBe(1);
    expect(await staff((trx) => reportOverdueReviews(trx, days(7)))).toBe(0);
    expect(await problems()).toEqual(['review-overdue']);
    const verdict = { native: '3', isDead: false, reasons: [{ field: 'title', raw: 'Bad title' }] };
    await staff(async (trx) => noteRejected(trx, await now(), verdict, command()));
    expect(await problems()).toEqual(['listing-rejected']);
  });
});
