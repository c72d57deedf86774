import { ConnectorError } from '../../connectors/errors.ts';
import { nextOrderStep, type OrderView } from '../../orders/next-step.ts';
import { accounts, type Script } from './bench.ts';

/** One order's row as the activities see it, and activities that do to it what the real ones do. */
export class OrderRow {
  view: OrderView;

  constructor(columns: Partial<OrderView> = {}) {
    this.view = {
      number: 'TL-1',
      brand: 'kauri',
      marketplace: 'jd-id',
      marketplaceConnectionId: accounts.marketplace,
      storeConnectionId: accounts.store,
      state: 'NEW',
      version: 1,
      inShop: false,
      handedOver: false,
      marketplaceTold: false,
      shopTold: false,
      channelOrderState: 'OPEN',
      parcelStates: ['BOOKED'],
      hasTrackingNumber: true,
      ...columns,
    };
  }

  set(columns: Partial<OrderView>): void {
    this.view = { ...this.view, ...columns, version: this.view.version + 1 };
  }

  /** The obliging world: everything works at once. */
  script(overrides: Script = {}): Script {
    return {
      readOrder: async () => ({ view: this.view, next: nextOrderStep(this.view) }),
      planOrder: async () => {
        this.set({ state: 'QUEUE' });
        return { planned: true, why: null };
      },
      pushOrder: async () => {
        this.set({ state: 'SYNCED', inShop: true });
        return { outcome: 'done' };
      },
      confirmShipment: async () => this.set({ marketplaceTold: true }),
      fulfilInShop: async () => this.set({ shopTold: true }),
      completeOrder: async () => this.set({ state: 'SUCCESSFULLY_PROCESSED' }),
      settlePush: async () => ({ inShop: this.view.inShop }),
      cancelInShop: async () => ({
        outcome: 'cancelled',
        nativeStatus: 'cancelled',
        reason: null,
        stockReturned: true,
      }),
      endCancellation: async () => {
        if (this.view.state === 'CANCEL_PENDING') this.set({ state: 'CANCELLED' });
      },
      ...overrides,
    };
  }
}

/** A shop that is away and asks to be left alone for so long. */
export const away = (retryAfterMs: number): ConnectorError =>
  new ConnectorError('RateLimited', 'orders.create: asked to slow down', { retryAfterMs });
