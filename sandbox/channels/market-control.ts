import { type Control, controlOf } from '../control.ts';
import { demoBuyer, demoIslander } from '../goods.ts';
import type { MarketplaceKind } from './kinds.ts';

export interface BasketLine {
  readonly sellerSku: string;
  readonly quantity: number;
}

export interface Purchase {
  readonly lines: readonly BasketLine[];
  /** The number of a made-up buyer: the same one orders from the same place. */
  readonly buyer: number;
  /** Shown by the marketplace only later on, where it can do that. */
  readonly visible?: boolean;
  /** What the buyer pays for the way, in the marketplace's money. */
  readonly freight?: number;
  /** Every line ships by itself, where the marketplace makes several parcels of an order. */
  readonly apart?: boolean;
}

/** A marketplace of the demo world as its buyers and its own people see it. */
export interface MarketControl extends Control {
  readonly kind: MarketplaceKind;
  /** Of its account here. */
  readonly code: string;
  /** Returns the marketplace's number. */
  buy(purchase: Purchase): Promise<string>;
  /** Seller SKUs that can be bought, with what is offered of them, in their order. */
  onShelf(): Promise<{ sellerSku: string; stock: number }[]>;
  /** Where buyers cannot ask, nothing happens: they cancel. */
  askToCancel(externalId: string): Promise<void>;
  withdrawCancel(externalId: string): Promise<void>;
  cancel(externalId: string): Promise<void>;
  /** Numbers of orders that are paid and not on their way. */
  openOrders(): Promise<string[]>;
  /** The native state in which it waits for its courier's scan. */
  readonly readyState: string;
  /** Its own view follows the courier's scan. */
  seesPickUp(externalId: string): Promise<void>;
}

/** As both simulators show what they list. */
interface ShownProduct {
  listingState: string;
  skus: { sellerSkuId: string; stock: number }[];
}

/** What can be bought of products in the states that begin so. */
const shelfOf = (products: readonly ShownProduct[], state: string): { sellerSku: string; stock: number }[] =>
  products
    .filter(({ listingState }) => listingState.startsWith(state))
    .flatMap(({ skus }) => skus)
    .map(({ sellerSkuId, stock }) => ({ sellerSku: sellerSkuId, stock }))
    .sort(bySku);

const bySku = (a: { sellerSku: string }, b: { sellerSku: string }): number => (a.sellerSku < b.sellerSku ? -1 : 1);

function jdIdControl(code: string, url: string): MarketControl {
  const control = controlOf(url);
  const post = async (path: string): Promise<void> => {
    await control.post(path);
  };
  return {
    ...control,
    kind: 'jd-id',
    code,
    async buy({ buyer, apart, ...purchase }) {
      if (apart) throw new Error('JD.id ships an order as one');
      const { externalId } = await control.post<{ externalId: string }>('orders', {
        ...purchase,
        buyer: demoBuyer(buyer),
      });
      return externalId;
    },
    onShelf: async () => shelfOf(await control.get<ShownProduct[]>('products'), 'ON_SHELF'),
    askToCancel: (externalId) => post(`orders/${externalId}/cancel-request`),
    withdrawCancel: (externalId) => post(`orders/${externalId}/withdraw-cancel`),
    cancel: (externalId) => post(`orders/${externalId}/cancel`),
    async openOrders() {
      const orders = await control.get<{ externalId: string; state: number }[]>('orders');
      return orders.filter(({ state }) => state === 1).map(({ externalId }) => externalId);
    },
    readyState: '7',
    seesPickUp: (externalId) => post(`orders/${externalId}/pickup`),
  };
}

function zilingoControl(code: string, url: string): MarketControl {
  const control = controlOf(url);
  const post = async (path: string): Promise<void> => {
    await control.post(path);
  };
  return {
    ...control,
    kind: 'zilingo',
    code,
    async buy({ buyer, apart, ...purchase }) {
      const units = apart ? { units: purchase.lines.map((_line, index) => [index]) } : {};
      const wanted = { ...purchase, ...units, buyer: demoIslander(buyer) };
      const { externalId } = await control.post<{ externalId: string }>('orders', wanted);
      return externalId;
    },
    onShelf: async () => shelfOf(await control.get<ShownProduct[]>('products'), 'ON_SHELF'),
    askToCancel: async () => undefined,
    withdrawCancel: async () => undefined,
    cancel: (externalId) => post(`orders/${externalId}/cancel`),
    async openOrders() {
      const orders = await control.get<{ externalId: string; state: string }[]>('orders');
      return orders.filter(({ state }) => state === 'awaitingPickupRequest').map(({ externalId }) => externalId);
    },
    readyState: 'pickupScheduled',
    seesPickUp: (externalId) => post(`orders/${externalId}/pickup`),
  };
}

const controls: Readonly<Record<MarketplaceKind, (code: string, url: string) => MarketControl>> = {
  'jd-id': jdIdControl,
  zilingo: zilingoControl,
};

export function marketControl(kind: MarketplaceKind, url: string, code: string = kind): MarketControl {
  return controls[kind](code, url);
}
