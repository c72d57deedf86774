import { type Control, controlOf } from '../control.ts';
import { demoBuyer } from '../goods.ts';
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

interface JdProduct {
  listingState: string;
  skus: { sellerSkuId: string; stock: number }[];
}

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
    async buy({ buyer, ...purchase }) {
      const { externalId } = await control.post<{ externalId: string }>('orders', {
        ...purchase,
        buyer: demoBuyer(buyer),
      });
      return externalId;
    },
    async onShelf() {
      const products = await control.get<JdProduct[]>('products');
      return products
        .filter(({ listingState }) => listingState.startsWith('ON_SHELF'))
        .flatMap(({ skus }) => skus)
        .map(({ sellerSkuId, stock }) => ({ sellerSku: sellerSkuId, stock }))
        .sort(bySku);
    },
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

const controls: Readonly<Partial<Record<MarketplaceKind, (code: string, url: string) => MarketControl>>> = {
  'jd-id': jdIdControl,
};

/** @throws Error for a kind that nobody can speak to */
export function marketControl(kind: MarketplaceKind, url: string, code: string = kind): MarketControl {
  const make = controls[kind];
  if (make === undefined) throw new Error(`nobody knows the controls of ${kind}`);
  return make(code, url);
}
