import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { MarketplaceConnector } from '../connectors/contract/marketplace.ts';
import { type Bench, startBench } from '../connectors/zilingo/bench.fixture.ts';
import { EffectPending, NeedsCheck } from '../db/effects.ts';
import { refreshListing } from '../db/listings.ts';
import { mustStep, type Row } from '../db/steps.ts';
import { command, makeBrand, makeConnection, makeListing, makeProduct, makeSku } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { ScriptedSystems } from '../tests/scripted-systems.ts';
import { listingReviewActivities } from './listing-reviews.ts';
import { listingActivities } from './listings.ts';

describe('a marketplace that names SKUs with the approval, changes nothing by call and finds nothing by our SKU', () => {
  let database: TestDatabase;
  let bench: Bench;
  let connectionId: string;
  let listingId: string;
  let sellerSku: string;
  let systems: ScriptedSystems;

  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);
  const now = (): Promise<Row> => staff((trx) => trx('listings').where({ id: listingId }).first());
  const skuNow = (): Promise<Row> => staff((trx) => trx('listing_skus').where({ listing_id: listingId }).first());
  const approve = () =>
    staff(async (trx) => {
      const { contentHash } = await refreshListing(trx, listingId);
      const changes = { approved_hash: contentHash, approved_by: 'somebody' };
      await mustStep(
        trx,
        { machine: 'listing', id: listingId, event: 'APPROVE', changes },
        command({ role: 'approver' }),
      );
    });
  const deps = () => {
    const usual = systems.deps(database.db);
    const connector: MarketplaceConnector = {
      ...bench.connector,
      // What the product's pictures are like is not what is looked at here.
      createListing: (draft) =>
        bench.connector.createListing({ ...draft, images: [{ url: 'https://images.example/a.jpg' }] }),
    };
    const marketplace = async (id: string) => ({ id, code: id, name: id, brandId: null, connector });
    return { ...usual, open: { ...usual.open, marketplace } };
  };
  const submit = () => listingActivities(deps()).submitListing(listingId);
  const review = () => listingReviewActivities(deps()).readReviews(connectionId, [listingId]);

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_anew' });
    bench = await startBench();
  });
  afterAll(async () => {
    await bench?.close();
    await database?.close();
  });
  beforeEach(async () => {
    systems = new ScriptedSystems();
    await staff(async (trx) => {
      const brandId = await makeBrand(trx);
      connectionId = await makeConnection(trx, 'marketplace', { listing_defaults: { brandId: '1', currency: 'SGD' } });
      const productId = await makeProduct(trx, brandId);
      const skuId = await makeSku(trx, { brandId, productId });
      const columns = { category_id: 'SC101', title: 'Wool tee', description_html: '<p>Warm.</p>', remote: 'ABSENT' };
      listingId = await makeListing(trx, { brandId, productId, connectionId, skuIds: [skuId] }, columns);
      await trx('listing_skus')
        .where({ listing_id: listingId })
        .update({ price_desired_minor: 2_590, currency: 'SGD', external_sku_id: null });
    });
    sellerSku = String((await skuNow()).seller_sku);
    await approve();
  });

  it('takes the ids of SKUs over with the approval', async () => {
    expect(await submit()).toEqual({ outcome: 'submitted' });
    expect(await now()).toMatchObject({ state: 'IN_REVIEW', external_id: expect.stringMatching(/^PCL/) });
    expect((await skuNow()).external_sku_id).toBeNull();
    expect(await review()).toMatchObject({ passed: 1 });
    expect(await now()).toMatchObject({ remote: 'LIVE', native_status: 'APPROVED' });
    expect((await skuNow()).external_sku_id).toMatch(/^ZSKU/);
  });

  it('makes what was refused anew once it was mended', async () => {
    await bench.control('POST', '/review-rules', { rejectSkus: { [sellerSku]: 'Product name is misleading' } });
    await submit();
    const first = (await now()).external_id;
    expect(await review()).toMatchObject({ rejected: 1 });
    const refused = await now();
    expect(refused).toMatchObject({ state: 'REJECTED', external_id: null });
    expect(refused.rejection_reasons).toMatchObject([{ field: 'title', raw: 'Product name is misleading' }]);
    await bench.control('POST', '/review-rules', {});
    await staff((trx) => trx('listings').where({ id: listingId }).update({ title: 'Wool tee, mended' }));
    await approve();
    expect(await submit()).toEqual({ outcome: 'submitted' });
    expect((await now()).external_id).not.toBe(first);
    expect(await review()).toMatchObject({ passed: 1 });
  });

  it('makes what was refused for its price anew at another price, its content unchanged', async () => {
    await bench.control('POST', '/review-rules', { rejectSkus: { [sellerSku]: 'Price is too low' } });
    await submit();
    await review();
    expect((await now()).rejection_reasons).toMatchObject([{ field: 'price' }]);
    await expect(approve()).rejects.toThrow('Nothing was changed since it was rejected');
    await bench.control('POST', '/review-rules', {});
    await staff((trx) => trx('listing_skus').where({ listing_id: listingId }).update({ price_desired_minor: 3_590 }));
    await approve();
    expect(await submit()).toEqual({ outcome: 'submitted' });
    expect(await review()).toMatchObject({ passed: 1 });
    expect((await now()).content_hash).toBe((await now()).live_hash);
  });

  it('leaves a lost answer to a person and never sends it again', async () => {
    const uploads = bench.calls('upload');
    await bench.fault({ kind: 'lose-answer' }, 'upload');
    await expect(submit()).rejects.toThrow(EffectPending);
    systems.passWall(600_000);
    await expect(submit()).rejects.toThrow(NeedsCheck);
    await expect(submit()).rejects.toThrow(NeedsCheck);
    expect(bench.calls('upload') - uploads).toBe(1);
    const problem = await staff((trx) => trx('problems').where({ entity_id: listingId, kind: 'needs-check' }).first());
    expect(problem).toMatchObject({ state: 'OPEN' });

    // The person looks into the portal and says under which number it is there.
    const there = await bench.control<{ externalId: string; skus: { sellerSkuId: string }[] }[]>('GET', '/products');
    const uploaded = there.find(({ skus }) => skus.some(({ sellerSkuId }) => sellerSkuId === sellerSku))?.externalId;
    expect(uploaded).toMatch(/^PCL/);
    await staff(async (trx) => {
      const { id } = await trx('effects').where({ entity_id: listingId, kind: 'create-listing' }).first('id');
      const changes = { found_as: uploaded, reason: 'in the portal' };
      await mustStep(trx, { machine: 'effect', id, event: 'FOUND', changes }, command({ role: 'ops' }));
    });
    expect(await submit()).toEqual({ outcome: 'submitted' });
    expect(await now()).toMatchObject({ state: 'IN_REVIEW', external_id: uploaded });
    expect(bench.calls('upload') - uploads).toBe(1);
    expect(await review()).toMatchObject({ passed: 1 });
    expect((await skuNow()).external_sku_id).toMatch(/^ZSKU/);
    const settled = await staff((trx) => trx('problems').where({ entity_id: listingId, kind: 'needs-check' }).first());
    expect(settled).toMatchObject({ state: 'RESOLVED' });
  });
});
