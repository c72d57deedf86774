import type { ProductSeed } from './options.ts';

const good = { price: '39.95', available: 12, weightGrams: 300 };

/**
 * A shop as years of apps and imports leave one behind; seeds for `POST /__control/products`. Each product has one oddity,
 * which its SKU names; `SOUND` has none. Shopify lets SKUs be missing and doubled; a price is always there.
 */
export const badShop: ProductSeed[] = [
  { title: 'Sound', variants: [{ ...good, sku: 'SOUND' }] },
  { title: 'First of two', variants: [{ ...good, sku: 'TWICE' }] },
  { title: 'Second of two', variants: [{ ...good, sku: 'TWICE' }] },
  { title: 'Without SKU', variants: [{ ...good, sku: null }] },
  { title: 'For nothing', variants: [{ ...good, sku: 'FREE', price: '0.00' }] },
  { title: 'Sold below nothing', variants: [{ ...good, sku: 'BELOW-ZERO', available: -4 }] },
  { title: '<b>Bold</b> & <script>alert(1)</script>brave', variants: [{ ...good, sku: 'MARKUP' }] },
  {
    title: 'Lost picture',
    images: [{ url: 'https://cdn.shopify.com/lost.jpg', failed: true }],
    variants: [{ ...good, sku: 'LOST-PICTURE' }],
  },
  { title: 'Not counted', variants: [{ ...good, sku: 'NOT-COUNTED', tracked: false }] },
  {
    title: 'Twins',
    variants: ['S', 'M'].map((value) => ({ ...good, sku: 'TWIN', options: [{ name: 'Size', value }] })),
  },
  {
    title: 'Two thousand',
    variants: Array.from({ length: 2_000 }, (_, index) => ({
      ...{ sku: index === 7 ? null : `MANY-${index}`, price: index === 8 ? '0.00' : '5.00' },
      ...{ available: index === 9 ? -3 : 1, options: [{ name: 'Shade', value: `O${index}` }] },
    })),
  },
];
