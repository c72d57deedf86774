import type { BasketLine, MarketControl } from '../channels/market-control.ts';
import type { DemoWorld } from './world.ts';

/** What buyers, the shop's staff and the carrier's drivers do in the demo: they act on the outside systems only. */
export function peopleOf(demo: DemoWorld) {
  const { marketplace, shop } = demo;
  let buyers = 0;
  const carrierOf = (code: string) => {
    const carrier = demo.carriers.find((one) => one.code === code);
    if (carrier === undefined) throw new Error(`nobody drives for ${code}`);
    return carrier;
  };
  const scanAll = async (parcels: readonly BookedParcel[], what: 'picked-up' | 'delivered'): Promise<void> => {
    // Parcels of several orders may travel under one number.
    const shipments = new Map(parcels.map(({ tracking_number, carrier }) => [tracking_number, carrier]));
    for (const [number, carrier] of shipments) await carrierOf(carrier).scan(number, what);
  };
  return {
    /** A buyer orders, the next one unless one is named; returns the marketplace's number. */
    async buy(
      lines: readonly BasketLine[],
      {
        buyer,
        market = marketplace,
        ...options
      }: { visible?: boolean; buyer?: number; freight?: number; apart?: boolean; market?: MarketControl } = {},
    ): Promise<string> {
      if (buyer === undefined) buyers += 1;
      return market.buy({ lines, buyer: buyer ?? buyers, ...options });
    },
    /** Seller SKUs that can be bought, with what is offered of them. */
    onShelf: (market: MarketControl = marketplace) => market.onShelf(),
    askToCancel: (externalId: string) => marketplace.askToCancel(externalId),
    withdrawCancel: (externalId: string) => marketplace.withdrawCancel(externalId),
    cancel: (externalId: string, market: MarketControl = marketplace) => market.cancel(externalId),
    sellInShop: (sku: string, units: number) => shop.move(sku, -units, 'own-sale'),
    /** The driver comes: everything whose label was mailed is picked up, and the marketplace sees it. */
    async pickUp(): Promise<number> {
      const parcels = await booked(demo, ['BOOKED'], ['NOTIFIED']);
      await scanAll(parcels, 'picked-up');
      return parcels.length;
    },
    /** Each marketplace's own view follows its courier's scans. */
    async marketplaceSeesPickUp(): Promise<void> {
      const parcels = await booked(demo, ['HANDED_OVER', 'IN_TRANSIT'], ['HANDED_OVER']);
      for (const market of demo.marketplaces) {
        const waiting = parcels.filter(
          (parcel) => parcel.market === market.code && parcel.native_state === market.readyState,
        );
        // A basket of several brands has a parcel of each.
        for (const externalId of new Set(waiting.map((parcel) => parcel.external_id)))
          await market.seesPickUp(externalId);
      }
    },
    async deliver(): Promise<number> {
      const parcels = await booked(demo, ['HANDED_OVER', 'IN_TRANSIT'], ['HANDED_OVER']);
      await scanAll(parcels, 'delivered');
      return parcels.length;
    },
  };
}
export type People = ReturnType<typeof peopleOf>;

interface BookedParcel {
  tracking_number: string;
  external_id: string;
  native_state: string;
  /** Codes of the accounts. */
  carrier: string;
  market: string;
}

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
      .join('connections as carriers', 'carriers.id', 'consignments.carrier_connection_id')
      .join('connections as markets', 'markets.id', 'channel_orders.connection_id')
      .whereIn('parcels.state', [...parcelStates])
      .whereIn('consignments.state', [...consignmentStates])
      .orderBy('channel_orders.external_id')
      .select(
        'consignments.tracking_number',
        'channel_orders.external_id',
        'channel_orders.native_state',
        'carriers.code as carrier',
        'markets.code as market',
      ),
  );
}
