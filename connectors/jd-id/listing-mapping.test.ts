import { describe, expect, it } from 'vitest';
import type { ListingDraft } from '../contract/marketplace.ts';
import { attributePairs, toListingRef, toReview, toSeen, toSkuInfo, toSpuInfo } from './listing-mapping.ts';
import { productDefaults } from './schema.ts';

const draft: ListingDraft = {
  listingId: 'l1',
  title: 'Shoe',
  descriptionHtml: '<p>Good</p>',
  categoryId: '75061418',
  brandId: '9007199254740993',
  attributes: { '20': '7', '10': '3' },
  images: [],
  weightGrams: 1250,
  lengthMm: 305,
  widthMm: 200,
  heightMm: 7,
  skus: [
    {
      sellerSku: 'SHOE-42',
      title: 'Shoe 42',
      price: { amountMinor: 130000, currency: 'IDR' },
      quantity: 3,
      barcode: null,
      variantAttributes: { '30': '42' },
    },
  ],
};

describe('what is sent', () => {
  it('gives measures as text in kilograms and centimetres, ids as numbers where they are exact', () => {
    expect(toSpuInfo(draft, { ...productDefaults, warrantyPeriod: 8 })).toMatchObject({
      spuName: 'Shoe',
      catId: 75061418,
      brandId: '9007199254740993',
      commonAttributeIds: '10:3;20:7',
      weight: '1.25',
      packLong: '30.5',
      packWide: '20',
      packHeight: '0.7',
      piece: 0,
      warrantyPeriod: 8,
      clearanceType: 2,
    });
    expect(toSpuInfo({ ...draft, weightGrams: 20_001 }, {})).toMatchObject({ weight: '20.001', piece: 1 });
  });

  it('gives SKUs with whole rupiah and no barcode where there is none', () => {
    expect(toSkuInfo(draft.skus[0] ?? expect.fail('no SKU'))).toEqual({
      skuName: 'Shoe 42',
      sellerSkuId: 'SHOE-42',
      saleAttributeIds: '30:42',
      jdPrice: 130000,
      costPrice: 130000,
      stock: 3,
    });
  });

  it('has no pairs without attributes', () => expect(attributePairs({})).toBe(''));
});

describe('what is read', () => {
  it('matches SKUs by the seller SKU and leaves strange ones out', () => {
    const skus = [{ skuId: 1, sellerSkuId: ' A ' }, { skuId: '2', sellerSkuId: null }, { skuId: 3 }];
    expect(toListingRef('9', skus)).toEqual({ externalId: '9', skus: [{ sellerSku: 'A', externalSkuId: '1' }] });
  });

  it.each([
    [{ auditStatus: 4, wareStatus: 1 }, 'in_review'],
    [{ auditStatus: '77', wareStatus: 1 }, 'in_review'],
    [{ wareStatus: 1 }, 'passed'],
    [{ wareStatus: 2 }, 'in_review'],
    [{ auditStatus: 2 }, 'passed'],
  ])('reads the review of %j as %s', (states, status) => {
    expect(toReview({ spuId: 1, ...states }, 'v2').status).toBe(status);
  });

  it('keeps the raw reason and maps its field where it can', () => {
    const ware = { spuId: 1, auditStatus: 3, auditReason: 'Gambar buram', rejectReason: 'Xyzzy' };
    expect(toReview(ware, 'v2')).toEqual({
      status: 'rejected',
      native: 'auditStatus=3',
      reasons: [
        { field: 'images', raw: 'Gambar buram' },
        { field: null, raw: 'Xyzzy' },
      ],
    });
  });

  it('lets settings name the meaning of a value', () => {
    expect(toReview({ spuId: 1, auditStatus: 9 }, 'v2', { '9': 'rejected' }).status).toBe('rejected');
  });

  it.each([
    [{ wareStatus: 1 }, { status: 1 }, 'LIVE'],
    [{ wareStatus: 1 }, {}, 'LIVE'],
    [{ wareStatus: 1 }, { status: 0 }, 'DELISTED'],
    [{ wareStatus: '2' }, { status: 1 }, 'DELISTED'],
    [{ wareStatus: 99 }, { status: 1 }, 'DELISTED'],
    [{ wareStatus: 3 }, { status: 1 }, 'DELISTED'],
    [{ wareStatus: '4' }, { status: 0 }, 'LOCKED'],
    [null, null, 'ABSENT'],
    [{ wareStatus: 1 }, null, 'ABSENT'],
  ])('sees product %j with SKU %j as %s', (ware, sku, remote) => {
    const seen = toSeen({
      ref: { externalId: '9', sellerSku: 'A', externalSkuId: '1' },
      ware: ware === null ? null : { spuId: 9, ...ware },
      sku: sku === null ? null : { skuId: 1, jdPrice: '5000', ...sku },
      quantity: 4,
      currency: 'IDR',
      version: 'v2',
    });
    expect(seen.remote).toBe(remote);
    expect(seen.price).toEqual(sku === null || ware === null ? null : { amountMinor: 5000, currency: 'IDR' });
  });
});
