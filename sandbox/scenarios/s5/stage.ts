import { startStream } from '../../../client/temporal/deliver.ts';
import type { LogLine } from '../../../connectors/simulator-kit/index.ts';
import type { Command } from '../../../db/steps.ts';
import { ledgerMark, offerAgain } from '../../../db/stock.ts';
import { takeLevels } from '../../../db/stock-levels.ts';
import { wakeStock } from '../../../db/stock-offers.ts';
import type { Control } from '../../control.ts';
import { type DemoWorld, demoInstallation } from '../../demo/world.ts';
import { type BulkGoods, putOnSale } from './goods.ts';

export const minuteMs = 60_000;

/** How large the run is. The storm lasts 15 minutes of the simulated clock in both. */
export interface Size {
  readonly products: number;
  readonly skusEach: number;
  /** Updates of every price that wait: only the last of them is to be sent. */
  readonly waves: number;
  /** Wall time of a simulated minute; budgets run on wall time. */
  readonly minuteWallMs: number;
}

export type CallLine = LogLine & { readonly kind: 'call' };

export const stormCode = 'jd-id';
/** Who must not notice anything: another marketplace account and the brand's shop. */
export const calmCodes = ['jd-id-2', 'kauri-shop'] as const;
export const cuts = 40;
/** Calls a second and at once of the throttled account: what both sides are told. */
export const rate = { perSecond: 60, burst: 40 } as const;

export interface Stage {
  readonly demo: DemoWorld;
  readonly size: Size;
  readonly stormId: string;
  readonly skuIds: readonly string[];
  /** Updates all prices once; nothing is sent before `wake`. */
  updatePrices(wave: number): Promise<void>;
  cutStock(): Promise<void>;
  wake(): Promise<void>;
  /** The account's calls since a line of its log. */
  calls(control: Control, after: number): Promise<CallLine[]>;
  lastLine(control: Control): Promise<number>;
  controlOf(code: (typeof calmCodes)[number]): Control;
  /** What schedules do in every minute: orders of the other marketplace and stock of the shop are read. */
  askCalm(): Promise<void>;
}

const goodsOf = ({ products, skusEach }: Size): BulkGoods => ({
  products,
  skusEach,
  price: 100_000,
  stock: 200,
  prefix: 'BULK',
});

let commands = 0;
const commandOf = (demo: DemoWorld, what: string): Command => {
  commands += 1;
  return { commandId: `s5/${what}/${commands}`, actor: 's5', role: 'system', at: demo.now() };
};

export async function makeStage(demo: DemoWorld, size: Size, say: (line: string) => void): Promise<Stage> {
  const second = demo.secondMarketplace;
  if (!second) throw new Error('this world has no second marketplace');
  const stormId = await demo.connectionId(stormCode);
  await demo.marketplace.post('limits', { perSecond: rate.perSecond * 1.25, burst: rate.burst * 1.5 });
  const brand = await demo.db.tx('staff', async (trx) => {
    await trx('connections')
      .where({ id: stormId })
      .update({ calls_per_second: rate.perSecond, call_burst: rate.burst });
    return trx('brands').where({ code: 'manuka' }).first('id');
  });
  const skuIds = await putOnSale(demo.db, {
    brandId: brand.id,
    accounts: [{ connectionId: stormId, control: demo.marketplace }],
    goods: goodsOf(size),
    at: demo.now(),
  });
  say(`${skuIds.length} SKUs are on sale`);
  const staff = demo.db.tx.bind(null, 'staff');
  const controlOf = (code: (typeof calmCodes)[number]): Control => (code === 'jd-id-2' ? second : demo.shop);
  return {
    demo,
    size,
    stormId,
    skuIds,
    controlOf,
    async updatePrices(wave) {
      await staff(async (trx) => {
        await trx('listing_skus')
          .where({ connection_id: stormId })
          .whereIn('sku_id', [...skuIds])
          .update({ price_desired_minor: 100_000 + wave * 1_000 });
      });
    },
    async cutStock() {
      const levels = skuIds.slice(0, cuts).map((skuId, index) => ({ skuId, quantity: 20 + index }));
      const command = commandOf(demo, 'cuts');
      await staff(async (trx) => {
        await takeLevels(trx, { levels, mark: await ledgerMark(trx), reason: 'counted' }, command);
        await offerAgain(
          trx,
          levels.map(({ skuId }) => skuId),
          command,
        );
      });
    },
    async wake() {
      await staff((trx) => wakeStock(trx, [stormId], commandOf(demo, 'wake')));
    },
    async calls(control, after) {
      const lines = await control.get<LogLine[]>(`log?after=${after}`);
      return lines.filter((line): line is CallLine => line.kind === 'call');
    },
    async lastLine(control) {
      const lines = await control.get<LogLine[]>('log');
      return lines.at(-1)?.seq ?? 0;
    },
    async askCalm() {
      for (const [code, stream] of [
        ['jd-id-2', 'orders'],
        ['kauri-shop', 'store-stock'],
      ] as const) {
        const workflowId = await startStream(demo.client, demoInstallation, await demo.connectionId(code), stream);
        await demo.client.workflow.getHandle(workflowId).result();
      }
    },
  };
}
