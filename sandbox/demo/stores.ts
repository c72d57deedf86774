import { storeLabels } from '../shops/kinds.ts';
import type { ShopControl } from '../shops/shop-control.ts';
import type { DemoWorld } from './world.ts';

/** What a run did with one shop, from our books and, where it says "there", from the shop's own. */
export interface StoreCounts {
  readonly brand: string;
  readonly currency: string;
  readonly imported: number;
  readonly skus: number;
  readonly live: number;
  readonly pushed: number;
  readonly completed: number;
  readonly cancelled: number;
  readonly mails: number;
  readonly told: number;
  readonly there: {
    readonly orders: number;
    readonly references: number;
    readonly open: number;
    readonly sent: number;
    readonly cancelled: number;
    readonly foreignMoney: number;
  };
}

export interface PerStore {
  readonly stores: Readonly<Record<string, StoreCounts>>;
  /** Orders of the marketplace that became an order for each of several brands. */
  readonly basketsSplit: number;
}

/** The counts of each shop, by its kind. */
export async function storesOf(demo: DemoWorld): Promise<PerStore> {
  const stores: Record<string, StoreCounts> = {};
  for (const shop of demo.shops) stores[shop.kind] = await countsOf(demo, shop);
  const basketsSplit = await demo.db.tx('staff', async (trx) => {
    const { rows } = await trx.raw(
      'select count(*)::int as n from (select 1 from orders group by channel_order_id having count(distinct brand_id) > 1) s',
    );
    return Number(rows[0].n);
  });
  return { stores, basketsSplit };
}

async function countsOf(demo: DemoWorld, shop: ShopControl): Promise<StoreCounts> {
  const ours = await demo.db.tx('staff', async (trx) => {
    const { rows } = await trx.raw(
      `with b as (select id, currency from brands where code = ?)
       select b.currency,
         (select count(*) from products where brand_id = b.id)::int as imported,
         (select count(*) from skus where brand_id = b.id)::int as skus,
         (select count(*) from listings where brand_id = b.id and remote = 'LIVE')::int as live,
         (select count(*) from orders where brand_id = b.id and in_shop_at is not null)::int as pushed,
         (select count(*) from orders where brand_id = b.id and state = 'SUCCESSFULLY_PROCESSED')::int as completed,
         (select count(*) from orders where brand_id = b.id and state = 'CANCELLED')::int as cancelled,
         (select count(*) from orders where brand_id = b.id and shop_told_at is not null)::int as told,
         (select count(*) from mails where brand_id = b.id and kind = 'labels' and sent_at is not null)::int as mails
       from b`,
      [shop.brand.code],
    );
    return rows[0];
  });
  const own = (await shop.orders()).filter(({ reference }) => /^TL-\d+/.test(reference));
  const { words } = shop.dialect;
  const inState = (word: string): number => own.filter(({ status }) => status === word).length;
  const { currency, ...counted } = ours;
  return {
    brand: shop.brand.name,
    currency,
    ...counted,
    there: {
      orders: own.length,
      references: new Set(own.map(({ reference }) => reference)).size,
      open: inState(words.open),
      sent: inState(words.sent),
      cancelled: inState(words.cancelled),
      foreignMoney: own.filter((order) => order.currency !== currency).length,
    },
  };
}

/** Every shop got its orders, each once and in its own money, and was told of every parcel; with several, baskets were split. */
export function storesHold({ stores, basketsSplit }: PerStore): boolean {
  const all = Object.values(stores);
  return (
    all.every(
      ({ imported, live, pushed, completed, mails, told, there }) =>
        imported > 0 &&
        live > 0 &&
        pushed > 0 &&
        completed > 0 &&
        mails > 0 &&
        there.orders === pushed &&
        there.references === there.orders &&
        there.open === 0 &&
        there.sent === told &&
        there.sent + there.cancelled === there.orders &&
        there.foreignMoney === 0,
    ) &&
    (all.length === 1 || basketsSplit > 0)
  );
}

/** For people: one line for each shop. */
export function renderStores({ stores, basketsSplit }: PerStore): string[] {
  const lines = Object.entries(stores).map(([kind, { brand, currency, imported, pushed, told, there }]) => {
    const label = Object.entries(storeLabels).find(([name]) => name === kind)?.[1] ?? kind;
    return `${label.padEnd(12)} ${brand} (${currency}): ${imported} products, ${pushed} orders in the shop, ${told} sent, ${there.cancelled} cancelled`;
  });
  return [...lines, `${basketsSplit} baskets were split over several brands`];
}
