import { demoBuyer } from '../goods.ts';
import type { DemoWorld } from './world.ts';

interface JdProduct {
  listingState: string;
  skus: { sellerSkuId: string; stock: number }[];
}

/** What buyers, the shop's staff and the carrier's drivers do in the demo: they act on the outside systems only. */
export function peopleOf(demo: DemoWorld) {
  const { marketplace, carrier, shop } = demo;
  let buyers = 0;
  return {
    /** A buyer orders, the next one unless one is named; returns the marketplace's number. */
    async buy(
      lines: readonly { sellerSku: string; quantity: number }[],
      { buyer, ...options }: { visible?: boolean; buyer?: number; freight?: number } = {},
    ): Promise<string> {
      if (buyer === undefined) buyers += 1;
      const { externalId } = await marketplace.post<{ externalId: string }>('orders', {
        lines,
        buyer: demoBuyer(buyer ?? buyers),
        ...options,
      });
      return externalId;
    },
    /** Seller SKUs that can be bought, with what is offered of them. */
    async onShelf(): Promise<{ sellerSku: string; stock: number }[]> {
      const products = await marketplace.get<JdProduct[]>('products');
      return products
        .filter(({ listingState }) => listingState.startsWith('ON_SHELF'))
        .flatMap(({ skus }) => skus)
        .map(({ sellerSkuId, stock }) => ({ sellerSku: sellerSkuId, stock }))
        .sort((a, b) => (a.sellerSku < b.sellerSku ? -1 : 1));
    },
    askToCancel: (externalId: string) => marketplace.post(`orders/${externalId}/cancel-request`),
    withdrawCancel: (externalId: string) => marketplace.post(`orders/${externalId}/withdraw-cancel`),
    cancel: (externalId: string) => marketplace.post(`orders/${externalId}/cancel`),
    sellInShop: (sku: string, units: number) => shop.move(sku, -units, 'own-sale'),
    /** The driver comes: everything whose label was mailed is picked up, and the marketplace sees it. */
    async pickUp(): Promise<number> {
      const parcels = await booked(demo, ['BOOKED'], ['NOTIFIED']);
      for (const number of shipmentsOf(parcels)) await carrier.post(`shipments/${number}/events`, { typeCode: 'PU' });
      return parcels.length;
    },
    /** The marketplace's own view follows its courier scans. */
    async marketplaceSeesPickUp(): Promise<void> {
      const parcels = await booked(demo, ['HANDED_OVER', 'IN_TRANSIT'], ['HANDED_OVER']);
      // A basket of several brands has a parcel of each.
      const told = new Set(parcels.filter((parcel) => parcel.native_state === '7').map((parcel) => parcel.external_id));
      for (const externalId of told) await marketplace.post(`orders/${externalId}/pickup`);
    },
    async deliver(): Promise<number> {
      const parcels = await booked(demo, ['HANDED_OVER', 'IN_TRANSIT'], ['HANDED_OVER']);
      for (const number of shipmentsOf(parcels)) await carrier.post(`shipments/${number}/events`, { typeCode: 'OK' });
      return parcels.length;
    },
  };
}
export type People = ReturnType<typeof peopleOf>;

interface BookedParcel {
  tracking_number: string;
  external_id: string;
  native_state: string;
}

/** Parcels of several orders travel under one number. */
const shipmentsOf = (parcels: readonly BookedParcel[]): Set<string> =>
  new Set(parcels.map(({ tracking_number }) => tracking_number));

async function booked(
  demo: DemoWorld,
  parcelStates: readonly string[],
  consignmentStates: readonly string[],
): Promise<BookedParcel[]> {
  return demo.db.tx('staff', (trx) =>
    trx('parcels')
      .join('consignments', 'consignments.id', 'parcels.consignment_id')
      .join('orders', 'orders.id', 'parcels.order_id')
      .join('channel_orders', 'channel_orders.id', 'orders.channel_order_id')
      .whereIn('parcels.state', [...parcelStates])
      .whereIn('consignments.state', [...consignmentStates])
      .orderBy('channel_orders.external_id')
      .select('consignments.tracking_number', 'channel_orders.external_id', 'channel_orders.native_state'),
  );
}
