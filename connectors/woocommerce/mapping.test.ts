import { describe, expect, it } from 'vitest';
import fc from '../../tests/properties.ts';
import { fromMinor, toMinor } from '../contract/minor-units.ts';
import { type ShopUnits, toStoreProduct } from './mapping.ts';
import { noRecordings, recorded } from './recorded.fixture.ts';
import { check, orderSchema } from './schema.ts';
import { nativeByStatus, statusByNative, statusOf } from './tags.ts';
import { decodeEntities, parseGmt, toGrams } from './text.ts';

const units: ShopUnits = {
  currency: 'AUD',
  weightUnit: 'kg',
  lengthUnit: 'cm',
  hsCodeMeta: 'hs',
  originMeta: 'origin',
};

describe('money', () => {
  it('is exact both ways for every amount and currency', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.constantFrom('AUD', 'IDR', 'KWD', 'USD'),
        (minor, currency) => {
          expect(toMinor(fromMinor(minor, currency), currency)).toBe(minor);
        },
      ),
    );
  });

  it('refuses what is no exact amount', () => {
    for (const text of ['', 'abc', '0.1+0.2', '1,5', '1.005', '1e3', 'NaN', '9007199254740993', '--1', '.5']) {
      expect([text, toMinor(text, 'AUD')]).toEqual([text, null]);
    }
    expect([toMinor('39.9', 'AUD'), toMinor('150000.00', 'IDR'), toMinor('150000.50', 'IDR')]).toEqual([
      3990,
      150_000,
      null,
    ]);
  });
});

describe('text', () => {
  it('decodes entities once', () => {
    expect(decodeEntities('A &amp; B &#8217; &#x2019; &amp;lt; &nonsense; &#99999999;')).toBe(
      'A & B ’ ’ &lt; &nonsense; &#99999999;',
    );
  });

  it('takes gmt dates for UTC and weights in the shop’s unit', () => {
    expect(parseGmt('2026-11-21T08:17:10')?.toISOString()).toBe('2026-11-21T08:17:10.000Z');
    expect([parseGmt(''), parseGmt(null), parseGmt('2026-13-45T00:00:00')]).toEqual([null, null, null]);
    expect([
      toGrams('0.15', 'kg'),
      toGrams('1', 'lbs'),
      toGrams('2', 'oz'),
      toGrams('', 'kg'),
      toGrams('-1', 'kg'),
    ]).toEqual([150, 454, 57, null, null]);
  });
});

describe('order statuses', () => {
  it('are translated both ways', () => {
    for (const [status, native] of Object.entries(nativeByStatus))
      if (native !== null) expect(statusByNative[native]).toBe(status);
    const words = new Set(Object.keys(nativeByStatus));
    for (const status of Object.values(statusByNative)) expect(words).toContain(status);
    expect(words.size).toBe(new Set(Object.values(statusByNative)).size + 1);
    expect(statusOf('wc-completed')).toBe('shipped');
    expect([statusOf('posted'), statusOf('constructor'), statusOf('posted', { posted: 'shipped' })]).toEqual([
      'unknown',
      'unknown',
      'shipped',
    ]);
  });
});

const simple = {
  id: 11,
  name: 'Tee',
  type: 'simple',
  status: 'publish',
  sku: 'TEE',
  regular_price: '39.95',
  sale_price: '',
  manage_stock: true,
  stock_quantity: 3,
  stock_status: 'instock',
  date_modified_gmt: '2026-11-21T08:00:00',
};
const variation = (id: number, more: object = {}) => ({
  ...simple,
  id,
  type: 'variation',
  parent_id: 11,
  attributes: [],
  ...more,
});
const product = (row: object, variations: object[] = []) => toStoreProduct({ id: 11, row, variations }, units);
const fieldsOf = (row: object, variations: object[] = []) =>
  product(row, variations).findings.map(({ field, blocking }) => `${field}${blocking ? '!' : ''}`);

describe('products', () => {
  it('never fail as a whole: what cannot be read is a finding with its path', () => {
    const broken = product({ ...simple, stock_quantity: 'many' });
    expect(broken.variants).toEqual([]);
    expect(broken.findings[0]).toMatchObject({ blocking: true, reason: expect.stringContaining('/stock_quantity') });
  });

  it('name each oddity', () => {
    expect(fieldsOf(simple)).toEqual([]);
    expect(fieldsOf({ ...simple, sku: null })).toEqual(['sku!']);
    expect(fieldsOf({ ...simple, regular_price: '39.955' })).toEqual(['price!']);
    expect(fieldsOf({ ...simple, sale_price: '39.95' })).toEqual(['salePrice']);
    expect(fieldsOf({ ...simple, manage_stock: false, stock_quantity: null })).toEqual(['stock!']);
    expect(fieldsOf({ ...simple, stock_quantity: -3 })).toEqual(['stock']);
    expect(fieldsOf({ ...simple, weight: '200 g' })).toEqual(['weight']);
    expect(fieldsOf({ ...simple, type: 'external' })).toEqual(['type!']);
    const variable = { ...simple, type: 'variable', variations: [21, 22, 23] };
    expect(fieldsOf(variable, [variation(21), variation(22), { id: 23, sku: 5 }])).toEqual([
      'variation!',
      'variation!',
      'sku!',
    ]);
    expect(
      fieldsOf({ ...variable, variations: [21] }, [variation(21, { manage_stock: 'parent', status: 'private' })]),
    ).toEqual(['stock!', 'status!']);
    const open = variation(21, { attributes: [{ name: 'Size', option: '' }] });
    expect(fieldsOf({ ...variable, variations: [21] }, [open])).toEqual(['option Size!']);
  });

  it('take weight and customs data of the product where a variation has none, and the newest date', () => {
    const row = {
      ...simple,
      type: 'variable',
      weight: '0.5',
      variations: [21],
      meta_data: [
        { key: 'hs', value: '610910' },
        { key: 'origin', value: 'id' },
      ],
    };
    const made = product(row, [variation(21, { weight: '', date_modified_gmt: '2026-11-21T09:00:00' })]);
    expect(made.variants[0]).toMatchObject({ weightGrams: 500, hsCode: '610910', originCountryCode: 'ID' });
    expect(made.modifiedAt.toISOString()).toBe('2026-11-21T09:00:00.000Z');
  });

  it('survive any damage to a row', () => {
    const damage = fc.constantFrom<unknown>(null, 'x', -1, Number.POSITIVE_INFINITY, [], {}, '0.1+0.2', 2 ** 53 + 2);
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(simple), 'images', 'attributes', 'categories', 'variations'),
        damage,
        (field, value) => {
          const made = product({ ...simple, [field]: value });
          expect(made.variants.length === 1 || made.findings.some(({ blocking }) => blocking)).toBe(true);
          for (const { price, stock } of made.variants) {
            expect(price === null || Number.isSafeInteger(price.amountMinor)).toBe(true);
            expect(stock.quantity === null || stock.quantity >= 0).toBe(true);
          }
        },
      ),
    );
  });
});

describe('a real shop’s records', () => {
  it.skipIf(noRecordings !== null)(
    `products and orders fit the schemas [${noRecordings ?? 'recordings there'}]`,
    () => {
      const row = recorded('022-product-create-simple').response.body;
      const made = toStoreProduct({ id: 11, row, variations: [] }, units);
      expect(made.variants[0]).toMatchObject({
        price: { amountMinor: 3995 },
        salePrice: { amountMinor: 2995 },
        weightGrams: 200,
        lengthMm: 300,
        stock: { managed: true, quantity: 12 },
      });
      const variable = recorded('030-variable-product-after-variations').response.body;
      const variations = recorded('029-variation-list').response.body;
      const shirt = toStoreProduct(
        { id: 13, row: variable, variations: Array.isArray(variations) ? variations : [] },
        units,
      );
      expect(shirt.variants.map(({ sku }) => sku)).toContain('SHIRT-L');
      for (const name of [
        '046-order-create',
        '049-order-unknown-product',
        '060-order-cancel',
        '066-order-get-trashed',
      ]) {
        expect([name, check(orderSchema, recorded(name).response.body).ok]).toEqual([name, true]);
      }
    },
  );
});
