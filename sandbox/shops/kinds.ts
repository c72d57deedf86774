import { parseNames } from '../names.ts';

/** The kinds of shops that the demo world can bring. */
export const storeKinds = ['woocommerce', 'magento', 'shopify'] as const;
export type StoreKind = (typeof storeKinds)[number];

export const storeLabels: Readonly<Record<StoreKind, string>> = {
  woocommerce: 'WooCommerce',
  magento: 'Magento',
  shopify: 'Shopify',
};

/**
 * Reads a list like `woocommerce,magento`; doubles are dropped. The first one is the shop of the main brand, with
 * WooCommerce before the others wherever it stands; each of the others comes with a brand of its own.
 * @throws Error naming what is no kind of shop
 */
export function parseStores(text: string): readonly [StoreKind, ...StoreKind[]] {
  const names = parseNames(text, storeKinds, 'store');
  if (!names.includes('woocommerce')) return names;
  return ['woocommerce', ...names.filter((name) => name !== 'woocommerce')];
}
