import type { JsonObject } from './json.ts';

const stock = (qty: number) => ({ stock_item: { qty, is_in_stock: qty > 0 } });
const good = { price: 39.95, weight: 0.3, extension_attributes: stock(12) };

/**
 * A shop as years of imports leave one behind; bodies for `POST /__control/products`. Each product has one oddity, which
 * its SKU names; `SOUND` has none. Magento itself keeps SKUs from being missing or doubled.
 */
export const badShop: JsonObject[] = [
  { ...good, sku: 'SOUND', name: 'Sound' },
  { sku: 'NO-PRICE', name: 'Without price', weight: 0.3, extension_attributes: stock(3) },
  { ...good, sku: 'FREE', name: 'For nothing', price: 0 },
  { ...good, sku: 'BELOW-ZERO', name: 'Sold below nothing', extension_attributes: stock(-4) },
  { ...good, sku: 'MARKUP', name: '<b>Bold</b> & <script>alert(1)</script>brave' },
  { ...good, sku: 'ORPHAN', name: 'Hidden and nobody’s', visibility: 1 },
  {
    ...{ ...good, sku: 'LOST-PICTURE', name: 'Lost picture' },
    media_gallery_entries: [{ media_type: 'image', label: 'lost', position: 1, disabled: false, types: [], file: '' }],
  },
  {
    ...{ sku: 'MANY', name: 'Two thousand', option_name: 'Shade' },
    variants: Array.from({ length: 2_000 }, (_, index) => ({
      ...{ sku: `MANY-${index}`, name: `Shade ${index}`, weight: 0.1, option: `O${index}` },
      ...(index === 8 ? {} : { price: 5 }),
      extension_attributes: stock(1),
    })),
  },
];
