import type { JsonObject } from './json.ts';
import type { MagentoSimulatorOptions } from './options.ts';

const stock = (qty: number): JsonObject => ({ stock_item: { qty, is_in_stock: qty > 0 } });

const shirt = (option: string, qty: number): JsonObject => ({
  sku: `MAG-SHIRT-${option}`,
  name: `Linen Shirt ${option}`,
  price: 59,
  weight: 0.3,
  option,
  extension_attributes: stock(qty),
});

/** A small shop to try things out with; keys and goods are made up. */
export const demoOptions = {
  username: 'demo-admin',
  password: 'demo-password-1',
  integration: {
    consumerKey: 'democonsumerkey',
    consumerSecret: 'democonsumersecret',
    accessToken: 'demoaccesstoken',
    accessTokenSecret: 'demoaccesstokensecret',
  },
  currency: 'AUD',
  weightUnit: 'kgs',
  products: [
    {
      sku: 'MAG-SHIRT',
      name: 'Linen Shirt',
      option_name: 'Size',
      category_names: ['Shirts'],
      variants: [shirt('S', 4), shirt('M', 9), shirt('L', 6)],
    },
    {
      sku: 'MAG-BELT',
      name: 'Leather belt',
      price: 34.5,
      weight: 0.2,
      category_names: ['Accessories'],
      extension_attributes: stock(8),
    },
  ],
} satisfies MagentoSimulatorOptions;
