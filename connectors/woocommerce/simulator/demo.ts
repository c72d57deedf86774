import type { JsonObject } from './json.ts';
import type { WooCommerceSimulatorOptions } from './options.ts';

const tee = (size: string, stock: number): JsonObject => ({
  sku: `DEMO-TEE-${size}`,
  regular_price: '39.95',
  manage_stock: true,
  stock_quantity: stock,
  weight: '0.2',
  attributes: [{ name: 'Size', option: size }],
});

/** A small shop to try things out with; keys and goods are made up. */
export const demoOptions = {
  consumerKey: 'ck_demo',
  consumerSecret: 'cs_demo',
  siteName: 'Demo shop',
  currency: 'AUD',
  siteTimeZone: 'Australia/Sydney',
  treatAsHttps: true,
  dials: { autoDeliver: true, insecureCallback: true },
  products: [
    {
      name: 'Merino Tee',
      type: 'variable',
      sku: 'DEMO-TEE',
      description: '<p>Fine <b>merino</b> wool &amp; soft</p>',
      category_names: ['T-Shirts'],
      attributes: [{ name: 'Size', variation: true, visible: true, options: ['S', 'M', 'L'] }],
      images: [{ src: 'https://img.example/tee.jpg' }],
      variations: [tee('S', 4), tee('M', 12), tee('L', 7)],
    },
    {
      name: 'Wool scarf',
      sku: 'DEMO-SCARF',
      regular_price: '24.50',
      manage_stock: true,
      stock_quantity: 8,
      weight: '0.15',
      category_names: ['Accessories'],
      images: [{ src: 'https://img.example/scarf.jpg' }],
    },
  ],
} satisfies WooCommerceSimulatorOptions;
