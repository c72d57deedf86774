import type { JsonObject } from './json.ts';

const size = (options: readonly string[]) => [{ name: 'Size', variation: true, visible: true, options: [...options] }];
const manyOptions = Array.from({ length: 2_000 }, (_, index) => `O${index}`);
const good = { type: 'simple', regular_price: '39.95', manage_stock: true, stock_quantity: 12 };

/**
 * A shop as years of plugins, imports and work on the database leave one behind; bodies for `POST /__control/products`.
 * Each product has one oddity, which its SKU names; `SOUND` has none.
 */
export const badShop: JsonObject[] = [
  { ...good, name: 'Sound', sku: 'SOUND' },
  { ...good, name: 'First of two', sku: 'TWICE' },
  { ...good, name: 'Second of two', sku: 'TWICE-2', damage: { sku: 'TWICE' } },
  { ...good, name: 'Without SKU', sku: '' },
  { ...good, name: 'Without price', sku: 'NO-PRICE', regular_price: '' },
  { ...good, name: 'Sold below nothing', sku: 'BELOW-ZERO', stock_quantity: -4 },
  { ...good, name: '<b>Bold</b> &amp; <script>alert(1)</script>brave', sku: 'MARKUP' },
  { ...good, name: 'Lost picture', sku: 'LOST-PICTURE', damage: { image: 'C:\\shop\\shirt.jpg' } },
  { ...good, name: 'Not counted', sku: 'NOT-COUNTED', manage_stock: false },
  {
    ...{ name: 'Twins', type: 'variable', sku: 'TWINS', attributes: size(['S', 'M']) },
    variations: [
      {
        sku: 'TWIN',
        regular_price: '9.00',
        manage_stock: true,
        stock_quantity: 1,
        attributes: [{ name: 'Size', option: 'S' }],
      },
      {
        ...{ sku: 'TWIN-2', regular_price: '9.00', manage_stock: true, stock_quantity: 2, damage: { sku: 'TWIN' } },
        attributes: [{ name: 'Size', option: 'M' }],
      },
    ],
  },
  {
    ...{ name: 'Two thousand', type: 'variable', sku: 'MANY', attributes: size(manyOptions) },
    variations: manyOptions.map((option, index) => ({
      sku: index === 7 ? '' : `MANY-${index}`,
      regular_price: index === 8 ? '' : '5.00',
      manage_stock: true,
      stock_quantity: index === 9 ? -3 : 1,
      attributes: [{ name: 'Size', option }],
    })),
  },
];

/** A variation whose product is gone; for `POST /__control/orphans`. */
export const orphan: JsonObject = { sku: 'ORPHAN', regular_price: '1.00', manage_stock: true, stock_quantity: 1 };
