import type { DemoWorld } from '../demo/world.ts';

/** How much of each kind there is on the other side, and what is there more than once. */
export interface Outside {
  readonly counts: Readonly<Record<'shopOrders' | 'listings' | 'bookings' | 'unusedBookings' | 'mails', number>>;
  readonly twice: readonly string[];
}

/**
 * Asks the outside systems themselves: shop orders by our reference, listings by seller SKU, bookings by reference, mails by
 * Message-ID. A booking whose answer was lost lost its label with it and is made anew under the next reference; the first
 * waybill is never used, and every consignment has exactly one that is.
 */
export async function askOutside(demo: DemoWorld): Promise<Outside> {
  const [orders, products, shipments, mails] = await Promise.all([
    Promise.all(demo.shops.map((shop) => shop.orders())).then((all) => all.flat()),
    demo.marketplace.get<{ skus: { sellerSkuId: string }[] }[]>('products'),
    demo.carrier.get<{ number: string; reference: string; events: unknown[] }[]>('shipments'),
    demo.mail.get<{ messages: { messageId: string }[] }>('messages'),
  ]);
  const used: string[] = await demo.db.tx('staff', (trx) =>
    trx('consignments').whereNotNull('tracking_number').pluck('tracking_number'),
  );
  const unused = shipments.filter(({ number }) => !used.includes(number));
  const moved = unused.filter(({ events }) => events.length > 0);
  const shopReferences = orders.map(({ reference }) => reference).filter((reference) => reference !== '');
  return {
    counts: {
      shopOrders: shopReferences.length,
      listings: products.length,
      bookings: shipments.length,
      unusedBookings: unused.length,
      mails: mails.messages.length,
    },
    twice: [
      ...repeated('shop order', shopReferences),
      ...repeated(
        'listing of',
        products.flatMap(({ skus }) => skus.map(({ sellerSkuId }) => sellerSkuId)),
      ),
      ...repeated(
        'booking',
        shipments.map(({ reference }) => reference),
      ),
      ...repeated('used waybill', used),
      ...moved.map(({ number, reference }) => `unused waybill ${number} (${reference}) has moved`),
      ...repeated(
        'mail',
        mails.messages.map(({ messageId }) => messageId),
      ),
    ],
  };
}

function repeated(what: string, keys: readonly string[]): string[] {
  return [...Map.groupBy(keys, (key) => key)]
    .filter(([, same]) => same.length > 1)
    .map(([key, same]) => `${what} ${key}: ${same.length} times`);
}
