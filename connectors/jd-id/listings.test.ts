import { afterEach, describe, expect, it } from 'vitest';
import { draftOf, images, leafOf, openedFor, publish } from './bench.fixture.ts';

const open = openedFor(afterEach);

describe('listings', () => {
  it('go from draft to live, and every step may be repeated', async () => {
    const bench = await open();
    const { connector } = bench;
    const ref = await publish(bench, ['A-1', 'A-2']);
    await connector.putOnShelf(ref);
    expect(await connector.readReview(ref)).toMatchObject({ status: 'passed' });
    const seen = await connector.readLive([ref]);
    expect(seen.map((row) => [row.sellerSku, row.remote, row.price?.amountMinor, row.quantity])).toEqual([
      ['A-1', 'LIVE', 150_000, 5],
      ['A-2', 'LIVE', 150_001, 5],
    ]);
    await connector.takeOffShelf(ref);
    await connector.takeOffShelf(ref);
    expect((await connector.readLive([ref]))[0]?.remote).toBe('DELISTED');
    expect(await connector.findListing('A-2')).toEqual(ref);
    expect(await connector.findListing('A-3')).toBeNull();
  });

  it.each(['lose-answer', 'hold'])('are found again after a create whose answer was lost (%s)', async (kind) => {
    const bench = await open({}, {}, {}, { callMs: 3_000, firstByteMs: 3_000 });
    const draft = draftOf(await leafOf(bench.connector), ['A-1']);
    await bench.fault({ kind }, 'addProduct');
    await expect(bench.connector.createListing(draft)).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
    expect((await bench.connector.findListing('A-1'))?.skus).toHaveLength(1);
    expect(bench.calls('addProduct')).toBe(1);
  });

  it('are of unknown outcome, with their id, when the SKUs cannot be read back', async () => {
    const bench = await open();
    const draft = draftOf(await leafOf(bench.connector), ['A-1']);
    await bench.fault({ kind: 'html', status: 200 }, 'getSkuInfoBySpuId');
    const failure = await bench.connector.createListing(draft).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'OutcomeUnknown' });
    const found = await bench.connector.findListing('A-1');
    expect(failure).toMatchObject({ details: { existingId: found?.externalId } });
  });

  it('are refused with the field that is wrong', async () => {
    const bench = await open();
    const draft = draftOf(await leafOf(bench.connector), ['A-1'], { brandId: '1' });
    await expect(bench.connector.createListing(draft)).rejects.toMatchObject({
      kind: 'Rejected',
      details: { field: 'brandId' },
    });
  });

  it('come back from the review with reason and field', async () => {
    const bench = await open();
    await bench.control('POST', '/review-rules', { rejectSkus: { 'A-1': 'Gambar produk buram' } });
    const ref = await bench.connector.createListing(draftOf(await leafOf(bench.connector), ['A-1']));
    await bench.connector.uploadImages(ref, images);
    await bench.connector.submitForReview(ref);
    expect(await bench.connector.readReview(ref)).toMatchObject({
      status: 'rejected',
      reasons: [{ field: 'images', raw: 'Gambar produk buram' }],
    });
  });

  it('that were taken down or locked say so and why; a change under review leaves them live', async () => {
    const bench = await open({ reviewDelayMs: 0 });
    const ref = await publish(bench, ['A-1']);
    const seen = async () => (await bench.connector.readLive([ref]))[0];
    expect(await seen()).toMatchObject({ remote: 'LIVE', changeInReview: false });
    expect(await seen()).not.toHaveProperty('reasons');
    await bench.control('POST', '/review-rules', { rejectSkus: { 'A-1': { delayMs: 3_600_000 } } });
    const draft = draftOf(await leafOf(bench.connector), ['A-1'], { title: 'New title' });
    await bench.connector.updateListing(ref, draft);
    await bench.connector.submitForReview(ref);
    expect(await seen()).toMatchObject({ remote: 'LIVE', changeInReview: true });
    await bench.control('POST', `/products/${ref.externalId}/review`, { approve: true });
    await bench.control('POST', `/products/${ref.externalId}/take-down`, { reason: 'Merek tidak diizinkan' });
    const reasons = [{ field: 'brandId', raw: 'Merek tidak diizinkan' }];
    expect(await seen()).toMatchObject({ remote: 'DELISTED', reasons });
    await bench.control('POST', `/products/${ref.externalId}/lock`, { reason: 'QC 17' });
    expect(await seen()).toMatchObject({ remote: 'LOCKED', reasons: [{ field: null, raw: 'QC 17' }] });
    await expect(bench.connector.updateListing(ref, draft)).rejects.toMatchObject({ kind: 'Rejected' });
  });

  it('are not submitted again while they are under review', async () => {
    const bench = await open({ reviewDelayMs: 3_600_000 });
    const ref = await bench.connector.createListing(draftOf(await leafOf(bench.connector), ['A-1']));
    await bench.connector.uploadImages(ref, images);
    await bench.connector.submitForReview(ref);
    await bench.connector.submitForReview(ref);
    expect(bench.calls('submitAudit')).toBe(1);
    expect(await bench.connector.readReview(ref)).toMatchObject({ status: 'in_review' });
  });

  it('take new content and new SKUs, each once', async () => {
    const bench = await open();
    const ref = await publish(bench, ['A-1']);
    const draft = draftOf(await leafOf(bench.connector), ['A-1', 'A-2'], { title: 'New title' });
    await bench.connector.updateListing(ref, draft);
    await bench.connector.updateListing(ref, draft);
    expect((await bench.connector.findListing('A-2'))?.skus).toHaveLength(2);
    expect(bench.calls('addSkuInfo')).toBe(1);
  });

  it('are not searched for beyond the bound, and say so', async () => {
    const bench = await open({}, { findListingMaxProducts: 1 });
    const leaf = await leafOf(bench.connector);
    await bench.connector.createListing(draftOf(leaf, ['A-1']));
    await bench.connector.createListing(draftOf(leaf, ['A-2']));
    expect((await bench.connector.findListing('A-2'))?.skus[0]?.sellerSku).toBe('A-2');
    await expect(bench.connector.findListing('A-1')).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
  });

  it('that are gone are absent', async () => {
    const bench = await open();
    const ref = { externalId: '999', skus: [{ sellerSku: 'X', externalSkuId: '1' }] };
    expect((await bench.connector.readLive([ref]))[0]?.remote).toBe('ABSENT');
    await expect(bench.connector.readReview(ref)).rejects.toMatchObject({ kind: 'NotFound' });
  });
});
