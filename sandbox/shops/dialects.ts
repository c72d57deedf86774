import type { Fault, FaultMatch } from '../../connectors/simulator-kit/index.ts';
import type { StoreKind } from './kinds.ts';

/** A call that reached a shop, from the shop's own log. */
export interface SellerCall {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
  readonly outcome: string;
  readonly status: number;
  readonly fault?: string;
  readonly summary?: string;
}

/** A way in which a shop refuses to cancel an order. */
export interface Refusal {
  readonly title: string;
  readonly fault: Fault;
  /** What ops are told of it, among other things. */
  readonly says: string;
}

/**
 * How one kind of shop is spoken to, as its protocol has it: by this the world finds our calls in the shop's log and aims
 * its faults at them. Everything that people do in a shop is the same for all kinds (`/__control`).
 */
export interface ShopDialect {
  readonly creating: FaultMatch;
  readonly lookingUp: FaultMatch;
  /** The call that cancels this order, so far as the protocol tells orders apart. */
  cancelling(shopOrderId: string): FaultMatch;
  /** About an order or about orders at all. */
  isAboutOrders(call: SellerCall): boolean;
  isAbout(call: SellerCall, shopOrderId: string): boolean;
  isCreate(call: SellerCall): boolean;
  isLookUp(call: SellerCall): boolean;
  isCancel(call: SellerCall): boolean;
  /** Reads the one order. */
  isRead(call: SellerCall): boolean;
  /** The shop's own words in its list of orders. */
  readonly words: Readonly<Record<'open' | 'cancelled' | 'sent' | 'refunded', string>>;
  /** The word for an open order as our side shows it. */
  readonly shownOpen: string;
  readonly refusals: readonly [Refusal, Refusal];
  /**
   * What the shop's staff makes of an order that was sent when its goods come back, which puts the units on the shelf:
   * where nothing that was sent can be cancelled, it is refunded.
   */
  readonly comeBack: 'cancelled' | 'refunded';
  /**
   * Of an order that the shop's staff cancelled by hand: whether the shop says that it gave the units back. Where it does not
   * say so, our side gives none back and learns of them with the next count.
   */
  readonly tellsRestock: boolean;
}

const rest = (path: RegExp, method: string) => (call: SellerCall) => call.method === method && path.test(call.path);
const changed = 'This order can no longer be changed.';

const woocommerce: ShopDialect = {
  creating: { method: 'POST', path: '/orders$' },
  lookingUp: { method: 'GET', path: '/orders$' },
  cancelling: (id) => ({ method: 'PUT', path: `/orders/${id}$` }),
  isAboutOrders: ({ path }) => /\/orders(\/|$)/.test(path),
  isAbout: ({ path }, id) => new RegExp(`/orders/${id}(/|$)`).test(path),
  isCreate: rest(/\/orders$/, 'POST'),
  isLookUp: rest(/\/orders$/, 'GET'),
  isCancel: rest(/\/orders\/\d+$/, 'PUT'),
  isRead: rest(/\/orders\/\d+$/, 'GET'),
  words: { open: 'processing', cancelled: 'cancelled', sent: 'completed', refunded: 'refunded' },
  shownOpen: 'processing',
  refusals: [
    {
      title: 'refused with 400',
      fault: { kind: 'status', status: 400, body: wordPress('rest_invalid_param', 400) },
      says: 'This order can no longer be changed',
    },
    {
      title: 'refused with 403',
      fault: { kind: 'status', status: 403, body: wordPress('woocommerce_rest_cannot_edit', 403) },
      says: 'This order can no longer be changed',
    },
  ],
  comeBack: 'cancelled',
  tellsRestock: true,
};

function wordPress(code: string, status: number): object {
  return { code, message: changed, data: { status } };
}

const magento: ShopDialect = {
  creating: { method: 'POST', path: '/orders$' },
  lookingUp: { method: 'GET', path: '/orders$' },
  cancelling: (id) => ({ method: 'POST', path: `/orders/${id}/cancel$` }),
  isAboutOrders: ({ path }) => /\/orders?(\/|$)/.test(path),
  isAbout: ({ path }, id) => new RegExp(`/orders?/${id}(/|$)`).test(path),
  isCreate: rest(/\/orders$/, 'POST'),
  isLookUp: rest(/\/orders$/, 'GET'),
  isCancel: rest(/\/orders\/\d+\/cancel$/, 'POST'),
  isRead: rest(/\/orders\/\d+$/, 'GET'),
  words: { open: 'pending', cancelled: 'canceled', sent: 'complete', refunded: 'closed' },
  shownOpen: 'pending',
  refusals: [
    {
      // It says no with a success: 200 and `false`.
      title: 'refused with 200 false',
      fault: { kind: 'status', status: 200, body: 'false', contentType: 'application/json; charset=utf-8' },
      says: 'The shop answered that it does not cancel it',
    },
    {
      title: 'refused with 400',
      fault: { kind: 'status', status: 400, body: { message: changed } },
      says: 'This order can no longer be changed',
    },
  ],
  comeBack: 'refunded',
  tellsRestock: true,
};

const named = (names: RegExp) => (call: SellerCall) => names.test(call.operation);

const shopify: ShopDialect = {
  creating: { operation: '^TradelaneCreateOrder$' },
  lookingUp: { operation: '^Tradelane(FindOrder|RecentOrders)$' },
  cancelling: () => ({ operation: '^TradelaneCancelOrder$' }),
  isAboutOrders: named(/^Tradelane(CreateOrder|FindOrder|RecentOrders|Order|CancelOrder|Job|Parcels|Fulfil|Retrack)$/),
  isAbout: ({ summary }, id) => summary?.endsWith(` ${id}`) ?? false,
  isCreate: named(/^TradelaneCreateOrder$/),
  isLookUp: named(/^TradelaneFindOrder$/),
  isCancel: named(/^TradelaneCancelOrder$/),
  isRead: named(/^TradelaneOrder$/),
  words: { open: 'UNFULFILLED', cancelled: 'CANCELLED', sent: 'FULFILLED', refunded: 'REFUNDED' },
  shownOpen: 'PAID/UNFULFILLED',
  refusals: [
    {
      // It says no with a success: 200 and a user error.
      title: 'refused with a user error',
      fault: {
        kind: 'status',
        status: 200,
        body: {
          data: {
            orderCancel: {
              job: null,
              orderCancelUserErrors: [{ field: ['orderId'], message: changed, code: 'INVALID' }],
              userErrors: [{ field: ['orderId'], message: changed }],
            },
          },
        },
      },
      says: 'This order can no longer be changed',
    },
    {
      title: 'refused with a top-level error',
      fault: {
        kind: 'status',
        status: 200,
        body: {
          errors: [{ message: changed, path: ['orderCancel'] }],
          data: { orderCancel: null },
        },
      },
      says: 'This order can no longer be changed',
    },
  ],
  comeBack: 'refunded',
  tellsRestock: false,
};

export const dialects: Readonly<Record<StoreKind, ShopDialect>> = { woocommerce, magento, shopify };
