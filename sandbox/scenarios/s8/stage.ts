import { startStream } from '../../../client/temporal/deliver.ts';
import { instantOf } from '../../../schedule/slots.ts';
import type { Control } from '../../control.ts';
import { candleFile, importFile, picturesOf } from '../../demo/files.ts';
import { type DemoWorld, demoInstallation } from '../../demo/world.ts';
import { demoBuyer } from '../../goods.ts';
import { adminOf } from '../admin.ts';
import { sellerSku } from '../s1/stage.ts';
import { until } from '../wait.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
/** The two marketplaces that sell the shop's goods. */
export const accounts = ['jd-id', 'jd-id-2'] as const;
export type Account = (typeof accounts)[number];

/** Hours that a seller has on each of them; the second one is in a hurry, so that deadlines do not follow the orders. */
const shipWithinHours: Readonly<Record<Account, number>> = { 'jd-id': 24, 'jd-id-2': 7 };

/**
 * SKUs by what happens to them: units in the shop at nine o'clock, of which one is safety stock. `plenty` is shared while it
 * is halved, `few` is a quota, `last` has no more units than are "few" by the policy.
 */
export const goods = {
  plenty: { sku: 'KW-001', units: 120 },
  shared: { sku: 'KW-002', units: 61 },
  few: { sku: 'KW-004', units: 9 },
  last: { sku: 'KW-005', units: 5 },
  /** Sold over the shop's own counter meanwhile. */
  sold: { sku: 'KW-006', units: 40 },
  /** Has another price afterwards. */
  priced: { sku: 'KW-008', units: 30 },
  /** The shop's staff throws it away meanwhile. */
  thrown: { sku: 'KW-009', units: 20 },
} as const;

export interface Stage {
  readonly demo: DemoWorld;
  readonly say: (line: string) => void;
  readonly storeId: string;
  control(account: Account): Control;
  /** What buyers see of a SKU, on both marketplaces. */
  shown(sku: string): Promise<string>;
  /** A buyer orders one unit of each SKU. */
  buy(account: Account, skus: readonly string[]): Promise<string>;
  /** Orders are read on both accounts, and everything that may be approved is. */
  takeOrders(): Promise<number>;
  /** Offers of both accounts. */
  offer(): Promise<void>;
  /** Moves the clock to a wall time in the brand's zone on the day of the scenario. */
  at(time: string): Promise<void>;
  /** What a schedule does: it asks for a stream's reading. */
  schedule(stream: string): Promise<void>;
}

export async function makeStage(demo: DemoWorld, say: (line: string) => void, store: string): Promise<Stage> {
  const second = demo.secondMarketplace;
  if (!second) throw new Error('this world has no second marketplace');
  const control = (account: Account): Control => (account === 'jd-id' ? demo.marketplace : second);
  const storeId = await demo.connectionId(store);
  await setDeadlines(demo);
  await putOnSale(demo, store);
  const brand = await demo.db.tx('staff', (trx) => trx('brands').where({ code: 'kauri' }).first('time_zone'));
  const day = new Date(demo.now().getTime() + 30 * hourMs).toISOString().slice(0, 10);
  let buyers = 0;
  return {
    demo,
    say,
    storeId,
    control,
    async shown(sku) {
      const units = await Promise.all(
        accounts.map(async (account) => {
          const products =
            await control(account).get<{ listingState: string; skus: { sellerSkuId: string; stock: number }[] }[]>(
              'products',
            );
          return products
            .filter(({ listingState }) => listingState.startsWith('ON_SHELF'))
            .flatMap(({ skus }) => skus)
            .find(({ sellerSkuId }) => sellerSkuId === sellerSku(sku))?.stock;
        }),
      );
      return units.map((n) => n ?? 'none').join(' and ');
    },
    async buy(account, skus) {
      buyers += 1;
      const { externalId } = await control(account).post<{ externalId: string }>('orders', {
        lines: skus.map((sku) => ({ sellerSku: sku.startsWith('KW') ? sellerSku(sku) : sku, quantity: 1 })),
        buyer: demoBuyer(buyers),
      });
      return externalId;
    },
    async takeOrders() {
      for (const account of accounts) await demo.syncAccount(account, 'orders');
      const { rows } = await demo.api.get<{ rows: { id: string; version: number }[] }>('orders?limit=200&state=NEW');
      if (rows.length === 0) return 0;
      const items = rows.map(({ id, version }) => ({ id, version }));
      const { results } = await demo.api.send<{ results: { ok: boolean }[] }>('POST', 'orders/bulk', {
        type: 'APPROVE',
        items,
      });
      return results.filter(({ ok }) => ok).length;
    },
    async offer() {
      for (const account of accounts) await demo.syncAccount(account, 'offers');
    },
    async at(time) {
      const due = instantOf(day, time, brand.time_zone).getTime();
      await demo.advance(due - demo.now().getTime());
      say(`     it is ${time}`);
    },
    schedule: (stream) => scheduled(demo, storeId, stream),
  };
}

/** Starts what Temporal's schedule starts, and waits for its end. */
async function scheduled(demo: DemoWorld, connectionId: string, stream: string): Promise<void> {
  await demo.client.workflow.execute('scheduledWorkflow', {
    workflowId: `${demoInstallation}/scheduled/scenario/${stream}/${connectionId}/${demo.now().getTime()}`,
    taskQueue: 'tradelane',
    args: [connectionId, stream],
  });
  await demo.quiet();
}

/** Reads a stream without waiting for its end: its account does not answer. */
export async function ask(demo: DemoWorld, connectionId: string, stream: string): Promise<void> {
  await startStream(demo.client, demoInstallation, connectionId, stream);
}

async function setDeadlines(demo: DemoWorld): Promise<void> {
  const admin = await adminOf(demo);
  for (const account of accounts) {
    const id = await demo.connectionId(account);
    const row = await demo.db.tx('staff', (trx) => trx('connections').where({ id }).first('settings'));
    const { saved } = await admin<{ saved: boolean }>(`connections/${id}/test`, {
      settings: { ...row.settings, shipWithinHours: shipWithinHours[account] },
    });
    if (!saved) throw new Error(`the deadline of ${account} was not saved`);
  }
  await demo.quiet();
}

/** The shop's goods and the candles of a brand that has no shop, on sale on both marketplaces. */
async function putOnSale(demo: DemoWorld, store: string): Promise<void> {
  const wanted: readonly string[] = Object.values(goods).map(({ sku }) => sku);
  for (const { sku, units } of Object.values(goods)) await demo.shop.setStock(sku, units, 'count');
  await demo.syncAccount(store, 'catalogue', 'store-stock');
  await importFile(demo, 'manuka', candleFile(await picturesOf(demo)));
  await demo.quiet();
  const { rows } = await demo.api.get<{
    rows: { id: string; version: number; brand: { code: string }; skus: { sku: string }[] }[];
  }>('products?limit=200');
  const items = rows
    .filter(({ skus, brand }) => brand.code === 'manuka' || skus.some(({ sku }) => wanted.includes(sku)))
    .map(({ id, version }) => ({ id, version }));
  const { results } = await demo.api.send<{ results: { ok: boolean; why?: string }[] }>('POST', 'products/bulk', {
    type: 'APPROVE',
    items,
  });
  const failed = results.find(({ ok }) => !ok);
  if (failed) throw new Error(`a product could not be approved: ${failed.why}`);
  await demo.quiet();
  await demo.advance(1.1 * hourMs);
  for (const account of accounts) await demo.syncAccount(account, 'reviews', 'offers');
  await until('both marketplaces show the goods', async () => {
    const live = await demo.db.tx('staff', (trx) =>
      trx('listings').where({ remote: 'LIVE' }).count({ n: '*' }).first(),
    );
    return Number(live?.n) === items.length * accounts.length;
  });
}
