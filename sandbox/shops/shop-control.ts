import { type Control, controlOf } from '../control.ts';
import type { DemoShop } from './brands.ts';
import { dialects, type SellerCall, type ShopDialect } from './dialects.ts';

/** An order as every simulated shop lists it; amounts as the shop writes them. */
export interface ShopOrder {
  readonly id: number;
  readonly number: string;
  readonly status: string;
  readonly reference: string;
  readonly currency: string;
  readonly total: string | number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

interface LogLine extends SellerCall {
  readonly kind: string;
  readonly seq: number;
}

/** A shop of the demo world as its people and its machinery see it, and how it is spoken to. */
export interface ShopControl extends Control, DemoShop {
  readonly dialect: ShopDialect;
  orders(): Promise<ShopOrder[]>;
  /** Units of each SKU that can be sold now. */
  shelf(): Promise<ReadonlyMap<string, number>>;
  /** What the shop's staff does with an order, by its id as we keep it. */
  setStatus(shopOrderId: string, status: 'cancelled' | 'completed' | 'refunded'): Promise<void>;
  /** Units change by a sale over the counter, a delivery, goods that come back. */
  move(sku: string, delta: number, cause: string): Promise<void>;
  setStock(sku: string, quantity: number, cause: string): Promise<void>;
  /** The regular price, with decimals. */
  setPrice(sku: string, price: string): Promise<void>;
  /** Calls since `mark`, whatever became of them. */
  callsSince(mark: number): Promise<SellerCall[]>;
  /** The end of the shop's log now. */
  mark(): Promise<number>;
}

export function shopControl(shop: DemoShop, url: string): ShopControl {
  const control = controlOf(url);
  return {
    ...control,
    ...shop,
    dialect: dialects[shop.kind],
    orders: () => control.get('orders'),
    async shelf() {
      const rows = await control.get<{ sku: string | null; quantity: number }[]>('shelf');
      return new Map(rows.flatMap(({ sku, quantity }) => (sku ? [[sku, quantity] as const] : [])));
    },
    async setStatus(shopOrderId, status) {
      await control.post(`orders/${encodeURIComponent(shopOrderId)}/status`, { status });
    },
    async move(sku, delta, cause) {
      await control.post('stock', { sku, delta, cause });
    },
    async setStock(sku, quantity, cause) {
      await control.post('stock', { sku, quantity, cause });
    },
    async setPrice(sku, price) {
      await control.post('price', { sku, regular_price: price });
    },
    async callsSince(mark) {
      const lines = await control.get<LogLine[]>(`log?after=${mark}`);
      return lines.filter(({ kind }) => kind === 'call');
    },
    async mark() {
      const lines = await control.get<LogLine[]>('log');
      return lines.at(-1)?.seq ?? 0;
    },
  };
}
