/** The kinds of shops that the demo world can bring. */
export const storeKinds = ['woocommerce', 'magento', 'shopify'] as const;
export type StoreKind = (typeof storeKinds)[number];

export const storeLabels: Readonly<Record<StoreKind, string>> = {
  woocommerce: 'WooCommerce',
  magento: 'Magento',
  shopify: 'Shopify',
};

const isStoreKind = (name: string): name is StoreKind => (storeKinds as readonly string[]).includes(name);

/**
 * Reads a list like `woocommerce,magento`; doubles are dropped. The first one is the shop of the main brand, with
 * WooCommerce before the others wherever it stands; each of the others comes with a brand of its own.
 * @throws Error naming what is no kind of shop
 */
export function parseStores(text: string): [StoreKind, ...StoreKind[]] {
  const names = text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const stranger = names.find((name) => !isStoreKind(name));
  if (stranger !== undefined) throw new Error(`${stranger} is no store; there are ${storeKinds.join(', ')}`);
  const [first, ...others] = [...new Set(names.filter(isStoreKind))].toSorted(
    (a, b) => Number(b === 'woocommerce') - Number(a === 'woocommerce'),
  );
  if (first === undefined) throw new Error(`name at least one store of ${storeKinds.join(', ')}`);
  return [first, ...others];
}
