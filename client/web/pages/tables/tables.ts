import type { TableName, TableRow } from '../../api/types/tables.ts';
import { listingStates, orderStates, productStates } from '../../ui/states.ts';

export interface TablePlan {
  name: TableName;
  /** Where its page is. */
  path: '/products/table' | '/listings/table' | '/prices' | '/stock' | '/orders/table';
  title: string;
  /** What its rows stand for, in the plural. */
  things: string;
  states: readonly string[];
  placeholder: string;
  connections: 'marketplace' | null;
  /** How rows are approved: whose bulk route takes them, by the row's own id or the thing's; null where nothing is approved. */
  approval: { collection: 'products' | 'listings' | 'orders' | 'prices'; by: 'id' | 'entity' } | null;
  /** Page of a row. */
  hrefOf: (row: TableRow) => string | null;
  /** Where a hand price lies: kept against a newer one, it needs an expiry. */
  override: { price: string; until: string } | null;
  /** A change needs a reason (a price by hand): it is asked for beside the changes, before anything is checked. */
  asksReason: boolean;
  empty: string;
}

const listingPage = ({ entity, kind }: TableRow) => (kind === 'listing' ? `/listings/${entity}` : null);

export const tablePlans: Record<TableName, TablePlan> = {
  products: {
    name: 'products',
    path: '/products/table',
    title: 'Edit products',
    things: 'products',
    states: productStates,
    placeholder: 'Title or SKU …',
    connections: null,
    approval: { collection: 'products', by: 'entity' },
    hrefOf: ({ entity }) => `/products/${entity}`,
    override: null,
    asksReason: false,
    empty: "They come from a brand's connected shop or file, or the filters hide them.",
  },
  listings: {
    name: 'listings',
    path: '/listings/table',
    title: 'Edit listings',
    things: 'listings',
    states: listingStates,
    placeholder: 'Title or SKU …',
    connections: 'marketplace',
    approval: { collection: 'listings', by: 'entity' },
    hrefOf: ({ entity }) => `/listings/${entity}`,
    override: null,
    asksReason: false,
    empty: 'A product gets one per connected marketplace once it is approved, or the filters hide them.',
  },
  prices: {
    name: 'prices',
    path: '/prices',
    title: 'Prices',
    things: 'prices',
    states: listingStates,
    placeholder: 'SKU or title …',
    connections: 'marketplace',
    approval: { collection: 'prices', by: 'id' },
    hrefOf: () => null,
    override: { price: 'price', until: 'expiresAt' },
    asksReason: true,
    empty: 'Each SKU of a listing has one as soon as the listing exists, or the filters hide them.',
  },
  stock: {
    name: 'stock',
    path: '/stock',
    title: 'Stock',
    things: 'stocks',
    states: listingStates,
    placeholder: 'SKU or title …',
    connections: 'marketplace',
    approval: null,
    hrefOf: listingPage,
    override: null,
    asksReason: true,
    empty: 'Each SKU of a listing has one as soon as the listing exists, or the filters hide them.',
  },
  orders: {
    name: 'orders',
    path: '/orders/table',
    title: 'Edit orders',
    things: 'orders',
    states: orderStates,
    placeholder: 'Number, SKU, tracking number …',
    connections: 'marketplace',
    approval: { collection: 'orders', by: 'entity' },
    hrefOf: ({ entity }) => `/orders/${entity}`,
    override: null,
    asksReason: false,
    empty: 'They appear within seconds of being placed on a connected marketplace, or the filters hide them.',
  },
};
