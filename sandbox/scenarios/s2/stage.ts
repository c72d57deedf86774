import type { WhyStock } from '../../../client/api/schemas/stock.ts';
import type { Control } from '../../control.ts';
import { ControlRefused } from '../../control.ts';
import type { DemoWorld } from '../../demo/world.ts';
import { demoBuyer } from '../../goods.ts';
import { sellerSku } from '../s1/stage.ts';

export const hourMs = 3_600_000;
/** The two marketplaces, as the accounts are called. */
export const accounts = ['jd-id', 'jd-id-2'] as const;
export type Account = (typeof accounts)[number];

/** Two marketplaces that sell the same SKUs, one unit of each, and the brand's own shop. */
export interface Stage {
  readonly demo: DemoWorld;
  readonly say: (line: string) => void;
  control(account: Account): Control;
  /** What buyers see of a SKU on both marketplaces. */
  shown(sku: string): Promise<Record<Account, number>>;
  /** A buyer orders one unit; null = the marketplace had none to sell. */
  buy(account: Account, sku: string): Promise<string | null>;
  /** Orders and then offers of both accounts, again and again until nothing differs. */
  settle(): Promise<void>;
  /** "Why" as ops ask for it. */
  why(account: Account, sku: string): Promise<WhyStock>;
  skuId(sku: string): Promise<string>;
}

/** One unit of each SKU in the shop, none kept back, listed and on sale on both marketplaces under its policy. */
export async function makeStage(
  demo: DemoWorld,
  say: (line: string) => void,
  policies: Readonly<Record<string, 'shared' | 'quota'>>,
): Promise<Stage> {
  const second = demo.secondMarketplace;
  if (!second) throw new Error('this world has no second marketplace');
  const control = (account: Account): Control => (account === 'jd-id' ? demo.marketplace : second);
  let buyers = 0;
  const stage: Stage = {
    demo,
    say,
    control,
    async shown(sku) {
      const of = async (account: Account): Promise<number> => {
        const products =
          await control(account).get<{ listingState: string; skus: { sellerSkuId: string; stock: number }[] }[]>(
            'products',
          );
        const found = products
          .filter(({ listingState }) => listingState.startsWith('ON_SHELF'))
          .flatMap(({ skus }) => skus)
          .find(({ sellerSkuId }) => sellerSkuId === sellerSku(sku));
        return found?.stock ?? 0;
      };
      return { 'jd-id': await of('jd-id'), 'jd-id-2': await of('jd-id-2') };
    },
    async buy(account, sku) {
      buyers += 1;
      try {
        const { externalId } = await control(account).post<{ externalId: string }>('orders', {
          lines: [{ sellerSku: sellerSku(sku), quantity: 1 }],
          buyer: demoBuyer(buyers),
        });
        return externalId;
      } catch (error) {
        if (error instanceof ControlRefused && error.status >= 400 && error.status < 500) return null;
        throw error;
      }
    },
    async settle() {
      for (let round = 0; round < 2; round += 1) {
        for (const account of accounts) await demo.syncAccount(account, 'orders', 'offers');
      }
    },
    why: (account, sku) => demo.api.get<WhyStock>(`why/stock?sku=${sku}&connection=${account}`),
    async skuId(sku) {
      const row = await demo.db.tx('staff', (trx) => trx('skus').where({ sku }).first('id'));
      if (!row) throw new Error(`there is no SKU ${sku}`);
      return row.id;
    },
  };
  await putOnSale(stage, policies);
  return stage;
}

async function putOnSale(stage: Stage, policies: Readonly<Record<string, 'shared' | 'quota'>>): Promise<void> {
  const { demo } = stage;
  const skus = Object.keys(policies);
  for (const sku of skus) await demo.shop.post('stock', { sku, quantity: 1, cause: 'control' });
  await demo.sync('catalogue', 'store-stock');
  for (const [sku, policy] of Object.entries(policies))
    await demo.api.send('POST', `stock/skus/${await stage.skuId(sku)}`, { policy, safetyStock: 0 });
  const { rows } = await demo.api.get<{ rows: { id: string; version: number; skus: { sku: string }[] }[] }>(
    'products?limit=200',
  );
  const items = rows
    .filter(({ skus: own }) => own.some(({ sku }) => skus.includes(sku)))
    .map(({ id, version }) => ({ id, version }));
  const { results } = await demo.api.send<{ results: { ok: boolean; why?: string }[] }>('POST', 'products/bulk', {
    type: 'APPROVE',
    items,
  });
  const failed = results.find(({ ok }) => !ok);
  if (failed) throw new Error(`a product could not be approved: ${failed.why}`);
  await demo.quiet();
  await demo.advance(1.1 * hourMs);
  for (const account of accounts) await demo.syncAccount(account, 'reviews');
  await stage.settle();
  const live = await demo.db.tx('staff', (trx) => trx('listings').where({ remote: 'LIVE' }).count({ n: '*' }).first());
  if (Number(live?.n) !== skus.length * 2)
    throw new Error(`${live?.n} listings are live instead of ${skus.length * 2}`);
}

export interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly state: string;
  readonly account: string;
  readonly externalId: string;
  readonly reserved: number;
  readonly taken: number;
  readonly problem: string | null;
  readonly plan: string | null;
  readonly cause: string | null;
}

/** The orders of a SKU here, in the order in which buyers bought. */
export async function ordersOf({ demo }: Stage, sku: string): Promise<OrderRow[]> {
  return demo.db.tx('staff', async (trx) => {
    const { rows } = await trx.raw(
      `select o.id, o.number, o.state, k.code as account, c.external_id as "externalId",
         l.reserved_quantity as reserved, l.taken_quantity as taken,
         (select p.kind from problems p where p.entity_id = o.id and p.kind = 'out-of-stock' and p.state <> 'RESOLVED') as problem,
         (select x.reason || ' ' || x.standing from cancel_plans x where x.order_id = o.id) as plan,
         (select x.cause from stock_oversells x where x.order_id = o.id and x.sku_id = s.id) as cause
       from orders o join order_lines l on l.order_id = o.id join skus s on s.id = l.sku_id
       join channel_orders c on c.id = o.channel_order_id join connections k on k.id = o.connection_id
       where s.sku = ? order by o.ordered_at, c.external_id, o.id`,
      [sku],
    );
    return rows;
  });
}

/** The counter as Prometheus reads it: all causes together. */
export async function oversellsCounted({ demo }: Stage): Promise<number> {
  const { total } = await demo.api.get<{ total: number }>('stock/oversells');
  return total;
}
