import type { StoreTestBed, TestProduct } from './store-subject.ts';

/** What a run made, or may have made. */
export interface MadeThings {
  readonly references: Set<string>;
  /** Orders without a reference of ours. */
  readonly orders: Set<string>;
  readonly products: Map<string, TestProduct>;
}

/** Something that stays in the shop, and why. */
export interface Leftover {
  readonly what: string;
  readonly why: string;
}

/** Orders first, then what they were of. One thing that cannot be removed does not keep the others. */
export async function cleanUp(bed: StoreTestBed, made: MadeThings): Promise<Leftover[]> {
  const left: Leftover[] = [];
  const attempt = async (what: string, act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      left.push({ what, why: error instanceof Error ? error.message : String(error) });
    }
  };
  for (const reference of made.references) {
    await attempt(`orders ${reference}`, async () => {
      for (const { externalId } of await bed.orderBooks(reference)) made.orders.add(externalId);
    });
  }
  for (const externalId of made.orders) {
    await attempt(`order ${externalId}`, async () => {
      const outcome = await bed.removeOrder(externalId);
      if (outcome === 'cancelled') left.push({ what: `order ${externalId}`, why: 'cancelled: orders stay there' });
      if (outcome === 'kept') left.push({ what: `order ${externalId}`, why: 'it is closed: orders stay there' });
    });
  }
  for (const [id, product] of made.products) {
    await attempt(`product ${id} (${product.variants[0]?.sku ?? ''})`, () => bed.deleteProduct(product));
  }
  await attempt('what belongs to the test goods', async () => bed.close?.());
  made.references.clear();
  made.orders.clear();
  made.products.clear();
  return left;
}
