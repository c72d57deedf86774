import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListingDraft } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import { allActions, type Bench, draftOf, publish, startBench } from './bench.fixture.ts';

let bench: Bench;
/** The same without anything that nobody could confirm, and rows that do not name their orders. */
let bare: Bench;
beforeAll(async () => {
  bench = await startBench({}, { unconfirmed: allActions });
  bare = await startBench({ rowsNameOrders: false });
});
afterAll(async () => {
  await bench?.close();
  await bare?.close();
});

const failure = async (promise: Promise<unknown>): Promise<ConnectorError> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ConnectorError) return error;
  throw error ?? new Error('it worked');
};
const everything = { since: new Date(0), until: new Date('2999-01-01'), cursor: null };
const buy = (where: Bench, skus: readonly string[], more: Record<string, unknown> = {}) =>
  where.control<{ externalId: string; units: { shippableUnitId: string }[] }>('POST', '/orders', {
    lines: skus.map((sellerSku) => ({ sellerSku, quantity: 1 })),
    ...more,
  });

describe('drafts that cannot be sent', () => {
  const sku = draftOf(['X']).skus[0];
  const bad: [string, Partial<ListingDraft>, string][] = [
    ['an unknown sub-category', { categoryId: 'SC999' }, 'categoryId'],
    ['a missing mandatory attribute', { categoryId: 'SC103', skus: [] }, 'attributes'],
    ['a value that the attribute does not have', { attributes: { 'SC101-MAT': 'SC103-MAT-01' } }, 'attributes'],
    ['no image', { images: [] }, 'images'],
    ['another currency', { skus: sku ? [{ ...sku, price: { amountMinor: 1, currency: 'IDR' } }] : [] }, 'skus.price'],
    ['an unknown size', { skus: sku ? [{ ...sku, variantAttributes: { size: 'XL' } }] : [] }, 'skus.variantAttributes'],
  ];
  it.each(bad)('%s is refused before anything is sent, with its field', async (_what, more, field) => {
    const uploads = bench.calls('upload');
    const error = await failure(bench.connector.createListing(draftOf(['X'], more)));
    expect([error.kind, error.details.field, error.details.remedy]).toEqual(['Rejected', field, expect.any(String)]);
    expect(bench.calls('upload')).toBe(uploads);
  });

  it.each([
    [{ STATUS: 'FAILED', REASON: 'Blorp 17' }, 'Rejected', undefined],
    [{ status: 'failed', reason: 'sub-category is closed' }, 'Rejected', 'categoryId'],
    [{ STATUS: 'FAILED' }, 'Rejected', undefined],
    [{ STATUS: 'QUEUED' }, 'OutcomeUnknown', undefined],
    ['', 'OutcomeUnknown', undefined],
  ])('the answer %j to an upload is %s', async (body, kind, field) => {
    await bench.fault({ kind: 'status', status: 200, body }, 'upload');
    const error = await failure(bench.connector.createListing(draftOf(['X'])));
    expect([error.kind, error.details.field]).toEqual([kind, field]);
  });
});

describe('the quality check', () => {
  const read = (id: string) =>
    bench.connector.readReview({ externalId: id, skus: [{ sellerSku: 'Q', externalSkuId: '' }] });

  it.each([
    [
      { rejectSkus: { Q: 'Image is blurred' } },
      'rejected',
      'NEEDS_ACTION',
      [{ field: 'images', raw: 'Image is blurred' }],
    ],
    [{ failSkus: { Q: 'E-42' } }, 'rejected', 'FAILED', [{ field: null, raw: 'E-42' }]],
    [{}, 'passed', 'APPROVED', undefined],
  ])('%j is %s', async (rules, status, native, reasons) => {
    await bench.control('POST', '/review-rules', rules);
    const { externalId } = await bench.connector.createListing(draftOf(['Q']));
    expect(await read(externalId)).toMatchObject({ status, native, ...(reasons ? { reasons } : {}) });
  });

  it('is still open for a status that nobody has translated, and for one that is not answered', async () => {
    const { externalId } = await bench.connector.createListing(draftOf(['Q']));
    await bench.control('POST', `/products/${externalId}/status`, { status: 'SENT_TO_STUDIO' });
    expect(await read(externalId)).toEqual({ status: 'in_review', native: 'SENT_TO_STUDIO' });
    expect(await read('PCL-NONE')).toMatchObject({ status: 'in_review' });
  });

  it('shows what was taken down, with its reason', async () => {
    const ref = await publish(bench, ['DOWN'], 3);
    await bench.control('POST', `/products/${ref.externalId}/shelf`, { onShelf: false, reason: 'Image is a copy' });
    expect(await bench.connector.readLive([ref])).toMatchObject([
      { remote: 'DELISTED', nativeStatus: 'DELISTED', quantity: 3, reasons: [{ field: 'images' }] },
    ]);
  });
});

describe('offers', () => {
  it('takes a product off by selling it out, once and once more', async () => {
    const ref = await publish(bench, ['OUT-1', 'OUT-2'], 4);
    await bench.connector.takeOffShelf(ref);
    await bench.connector.takeOffShelf(ref);
    expect((await bench.connector.readLive([ref])).map(({ quantity, remote }) => [quantity, remote])).toEqual([
      [0, 'LIVE'],
      [0, 'LIVE'],
    ]);
  });

  it('refuses prices of another currency row by row', async () => {
    const ref = await publish(bench, ['PRICE-1', 'PRICE-2']);
    const rows = ref.skus.map((sku, index) => ({
      ...sku,
      externalId: ref.externalId,
      price: { amountMinor: 2_000, currency: index === 0 ? 'SGD' : 'KRW' },
    }));
    const outcomes = await bench.connector.writePrices(rows);
    expect(outcomes.filter(({ ok }) => !ok).map(({ key }) => key)).toEqual(['PRICE-2']);
    expect((await bench.connector.readLive([ref]))[0]?.price).toEqual({ amountMinor: 2_000, currency: 'SGD' });
  });
});

describe('orders', () => {
  it('are read without names of orders in the lists, and hidden ones are missing', async () => {
    await publish(bare, ['O-1', 'O-2'], 5);
    const { externalId } = await buy(bare, ['O-1', 'O-2'], { units: [[0], [1]] });
    const hidden = await buy(bare, ['O-1'], { visible: false });
    const { items } = await bare.connector.listOrders(everything);
    expect(items).toEqual([{ externalId, nativeState: 'awaitingPickupRequest', tag: 'OPEN' }]);
    const read = await bare.connector.readOrders([externalId, hidden.externalId]);
    expect(read.map((order) => [order.externalId, order.units?.length])).toEqual([[externalId, 2]]);
  });

  it('that ended are left out once a window begins after they were read', async () => {
    await publish(bench, ['E-1'], 5);
    const { externalId } = await buy(bench, ['E-1']);
    await bench.control('POST', `/orders/${externalId}/cancel`, {});
    const listed = async (since: Date) =>
      (await bench.connector.listOrders({ ...everything, since })).items.some((item) => item.externalId === externalId);
    const later = new Date(Date.now() + 60_000);
    expect(await listed(later)).toBe(true);
    expect(await bench.connector.readOrders([externalId])).toMatchObject([{ tag: 'CANCELLED' }]);
    expect([await listed(new Date(0)), await listed(later)]).toEqual([true, false]);
  });

  it('in a state that settings name and nobody has translated stay untranslated', async () => {
    await publish(bench, ['U-9'], 5);
    const { externalId } = await buy(bench, ['U-9']);
    await bench.fault(
      {
        kind: 'status',
        status: 200,
        body: { results: [{ shippableUnitId: 'SU9', createdAt: 1, orderId: externalId, status: 'returned' }] },
      },
      'orders byStatus',
      { skip: 7 },
    );
    const { items } = await bench.connector.listOrders(everything);
    expect(items.find((item) => item.externalId === externalId)).toMatchObject({ nativeState: 'returned', tag: null });
  });

  it('are shipped in the portal where no call is switched on', async () => {
    const error = await failure(bare.connector.confirmShipment({ externalId: 'x', carrier: 'c', trackingNumber: 't' }));
    expect(error).toMatchObject({
      kind: 'Rejected',
      details: { code: 'by_hand', remedy: expect.stringContaining('portal') },
    });
    expect(bare.connector.capabilities).toMatchObject({
      confirmsShipments: false,
      acceptsOrders: false,
      platformLabel: false,
    });
    expect([bare.connector.acceptOrder, bare.connector.arrangePickup, bare.connector.printLabel]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('of several parcels are shipped parcel by parcel, those that left already aside', async () => {
    await publish(bench, ['P-1', 'P-2'], 5);
    const { externalId } = await buy(bench, ['P-1', 'P-2'], { units: [[0], [1]], state: 'awaitingConfirmation' });
    const ship = { externalId, carrier: 'Ninja Van', trackingNumber: 'NV-1' };
    await bench.fault({ kind: 'drop' }, 'unconfirmed ship', { skip: 1 });
    expect((await failure(bench.connector.confirmShipment(ship))).kind).toBe('OutcomeUnknown');
    expect((await bench.connector.readOrders([externalId]))[0]).toMatchObject({ tag: 'OPEN', trackingNumber: null });
    await bench.connector.confirmShipment(ship);
    expect((await bench.connector.readOrders([externalId]))[0]).toMatchObject({
      tag: 'READY_TO_SHIP',
      trackingNumber: 'NV-1',
    });
    await bench.connector.confirmShipment(ship);
  });
});

describe('regions', () => {
  it.each([
    ['KRW', 15_900, 15_900],
    ['IDR', 125_000, 125_000],
    ['THB', 59_950, 599.5],
    ['INR', 129_900, 1_299],
    ['PHP', 99_975, 999.75],
  ])('prices, books and orders in %s mean the same', async (currency, amountMinor, amount) => {
    const own = await startBench({ currency }, { currency });
    try {
      const price = { amountMinor, currency };
      const draft = draftOf(['R-1']);
      const skus = draft.skus.map((sku) => ({ ...sku, price }));
      const { externalId, skus: queued } = await own.connector.createListing({ ...draft, skus });
      const verdict = await own.connector.readReview({ externalId, skus: queued });
      const ref = verdict.status === 'passed' ? verdict.ref : undefined;
      if (ref === undefined) throw new Error(verdict.native);
      const [product] = await own.control<{ skus: { price: unknown }[] }[]>('GET', '/products');
      expect(product?.skus[0]?.price).toEqual({ amount, currency });
      expect((await own.connector.readLive([ref]))[0]?.price).toEqual(price);
      await own.connector.writeStock(ref.skus.map((sku) => ({ ...sku, externalId, quantity: 2 })));
      const order = await buy(own, ['R-1']);
      const [read] = await own.connector.readOrders([order.externalId]);
      expect(read).toMatchObject({ currency, total: price, lines: [{ unitPrice: price }] });
    } finally {
      await own.close();
    }
  });
});
