import type { StoreTestBed } from '../conformance/store-subject.ts';
import type { MagentoContext } from './client.ts';
import { amountOf, toNumber } from './money.ts';
import { mailOf, referenceOf } from './order-mapping.ts';
import { orderSchema } from './schema.ts';
import { TestGoods } from './test-bed-goods.ts';
import { RawShop } from './test-bed-shop.ts';

/** Test data in any Magento shop, by calls as a merchant's own tools make them. */
export function createTestBed(ctx: MagentoContext, mark: string): StoreTestBed {
  const raw = new RawShop(ctx, mark);
  const goods = new TestGoods(raw, mark);
  const skus = new Map<string, string>();
  return {
    currency: async () => (await raw.place()).currency,
    createProduct: async (wish) => {
      const { product, sku } = await goods.create(wish);
      skus.set(product.externalId, sku);
      return product;
    },
    changeProduct: async (product, { title, price }) => {
      const [variant] = product.variants;
      if (title !== undefined) await raw.save({ sku: skus.get(product.externalId), name: title });
      if (price !== undefined && variant !== undefined) {
        await raw.save({ sku: variant.sku, price: toNumber(price.amountMinor, price.currency) });
      }
    },
    deleteProduct: async (product) => {
      const own = skus.get(product.externalId);
      for (const sku of new Set([...(own === undefined ? [] : [own]), ...product.variants.map((one) => one.sku)])) {
        await raw.removeProduct(sku);
      }
    },
    readStock: ({ sku }) => raw.stockOf(sku),
    isSettled: async ({ variants }, stocks) => {
      for (const [index, { sku }] of variants.entries()) {
        if ((await raw.stockOf(sku)).salable !== stocks[index]) return false;
      }
      return true;
    },
    readTitle: async (product) => (await raw.productOf(skus.get(product.externalId) ?? '')).name ?? '',
    readPrice: async ({ sku }) => {
      const { currency } = await raw.place();
      const product = await raw.productOf(sku);
      const special = product.custom_attributes?.find(({ attribute_code: code }) => code === 'special_price')?.value;
      const money = (value: unknown) => {
        const minor = typeof value === 'string' || typeof value === 'number' ? amountOf(value, currency) : null;
        return minor === null ? null : { amountMinor: minor, currency };
      };
      return { regular: money(product.price), sale: money(special) };
    },
    orderBooks: async (reference) => {
      const found = await raw.list('orders', [{ field: 'ext_order_id', value: reference }], orderSchema);
      for (const isRepriced of [false, true]) {
        const mail = mailOf(reference, ctx.settings, isRepriced);
        if (mail === null) continue;
        const carts = await raw.list('orders', [{ field: 'customer_email', value: mail }], orderSchema);
        // One that was taken back half-way never was the order.
        found.push(...carts.filter((order) => order.state !== 'canceled' || referenceOf(order) === reference));
      }
      const byId = new Map(found.map((order) => [order.entity_id, order]));
      return Promise.all([...byId.values()].map((order) => raw.bookOf(order)));
    },
    removeOrder: (externalId) => raw.removeOrder(externalId),
    placeOrder: (lines) => raw.placeOrder(lines.map(({ variant, quantity }) => ({ sku: variant.sku, quantity }))),
    close: () => goods.close(),
  };
}
