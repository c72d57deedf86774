import type { WhyStock } from '../../../client/api/schemas/stock.ts';
import { type Account, accounts, type Stage } from './stage.ts';

export interface IncidentSeen {
  readonly id: string;
  readonly number: string;
  readonly state: string;
  readonly stage: string;
  readonly probes: number;
  readonly callsSaved: number;
  readonly since: string;
}

/** Incidents of the shop as ops see them. */
export async function incidentsOf({ demo, storeId }: Stage): Promise<IncidentSeen[]> {
  const { rows } = await demo.api.get<{ rows: IncidentSeen[] }>(`incidents?connection=${storeId}`);
  return rows;
}

/** Kinds of the problems that are open, other than those named. */
export async function openKinds({ demo }: Stage, but: readonly string[] = []): Promise<string> {
  const rows = await demo.db.tx('staff', (trx) =>
    trx('problems')
      .whereNot({ state: 'RESOLVED' })
      .whereNotIn('kind', [...but])
      .orderBy('kind')
      .pluck('kind'),
  );
  return rows.length === 0 ? 'none' : rows.join(' ');
}

/** Calls that came to the shop, by what they were. */
export async function callsToShop({ demo }: Stage): Promise<number> {
  const lines = await demo.shop.get<{ kind: string }[]>('log?after=0');
  return lines.filter(({ kind }) => kind === 'call').length;
}

/** What both marketplaces are to be offered of a SKU. */
export async function wanted({ demo }: Stage, sku: string): Promise<string> {
  const units: number[] = await demo.db.tx('staff', (trx) =>
    trx('listing_skus')
      .join('skus', 'skus.id', 'listing_skus.sku_id')
      .join('connections', 'connections.id', 'listing_skus.connection_id')
      .where({ sku })
      .orderBy('connections.code')
      .pluck('stock_desired'),
  );
  return units.join(' and ');
}

export const whyOf = ({ demo }: Stage, sku: string, account: Account = accounts[0]): Promise<WhyStock> =>
  demo.api.get<WhyStock>(`why/stock?sku=${sku}&connection=${account}`);

export const stateOf = async ({ demo }: Stage, code: string): Promise<string> =>
  (await demo.db.tx('staff', (trx) => trx('connections').where({ code }).first('state')))?.state;

export interface WaitingOrder {
  readonly id: string;
  readonly number: string;
  readonly state: string;
  readonly shipBy: string | null;
  readonly sellerOffline: { readonly number: string } | null;
  readonly brand: { readonly code: string };
}

export async function ordersOf({ demo }: Stage, brand = 'kauri'): Promise<WaitingOrder[]> {
  const { rows } = await demo.api.get<{ rows: WaitingOrder[] }>('orders?limit=200');
  return rows.filter((row) => row.brand.code === brand);
}

/** Orders in the shop by our reference: how many, and how many references are there more than once. */
export async function shopOrders({ demo }: Stage): Promise<{ count: number; twice: number }> {
  const orders = await demo.shop.orders();
  const ours = orders.map(({ reference }) => reference).filter((reference) => reference !== '');
  return { count: ours.length, twice: ours.length - new Set(ours).size };
}
