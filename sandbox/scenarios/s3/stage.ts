import { defaultRule } from '../../../pricing/types.ts';
import { opsOf } from '../../demo/ops.ts';
import type { DemoWorld } from '../../demo/world.ts';
import { type Admin, adminOf } from '../admin.ts';
import { sellerSku } from '../s1/stage.ts';

export const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** SKUs that are on sale in this scenario. */
export const skus = ['KW-001', 'KW-002', 'KW-004'] as const;
/** How the demo brand's shop is called; the source that a conflict names. */
export const feed = 'Kauri Wool (WooCommerce)';
/** Rupiah for one dollar; prices of this scenario are easy to follow. */
const rupiah = '10000';

interface Amount {
  readonly amountMinor: number;
  readonly currency: string;
}

/** The call with which the connector writes a price; every other `write` is about content. */
const priceCall = 'jingdong.seller.product.sku.write.updateSkuList';

/** Parts of a row of `GET /api/tables/prices`. */
export interface PriceRow {
  readonly id: string;
  readonly entity: string;
  readonly version: number;
  readonly state: string;
  readonly cells: {
    readonly sku: string;
    readonly price: Amount | null;
    readonly rulePrice: Amount | null;
    readonly desired: Amount | null;
    readonly acknowledged: Amount | null;
    readonly note: string | null;
    readonly waiting: string | null;
    readonly blocked: string | null;
  };
}

export interface FieldOutcome {
  readonly key: string;
  readonly outcome: string;
  readonly base: Amount | null;
  readonly yours: Amount | null;
  readonly theirs: Amount | null;
  readonly by: string | null;
  readonly at: string | null;
  readonly why: string | null;
}

export interface EditAnswer {
  readonly editId: string | null;
  readonly rows: readonly {
    readonly outcome: string;
    readonly from: string;
    readonly to: string;
    readonly version: number;
    readonly fields: readonly FieldOutcome[];
  }[];
}

export interface Why {
  readonly listingId: string;
  readonly rulePriceMinor: number | null;
  readonly blocked: string | null;
  readonly waits: string | null;
  readonly sentences: readonly string[];
  readonly history: readonly { readonly cause: string; readonly actor: string; readonly source: string }[];
}

interface LogLine {
  readonly seq: number;
  readonly kind: string;
  readonly fact?: string;
  readonly operation?: string;
  readonly sku?: string;
  readonly amountMinor?: number;
}

/** What people and outside systems do in this scenario, and what the marketplace saw of it. */
export interface Stage {
  readonly demo: DemoWorld;
  readonly admin: Admin;
  /** The brand's shop changes a price; its feed is read a minute later. */
  brandPrice(sku: string, price: string): Promise<void>;
  row(sku: string): Promise<PriceRow>;
  why(sku: string): Promise<Why>;
  edit(
    row: { readonly id: string; readonly version: number },
    changes: Readonly<Record<string, unknown>>,
    more?: {
      readonly keep?: Readonly<Record<string, 'mine' | 'theirs'>>;
      readonly dryRun?: boolean;
      readonly asAdmin?: boolean;
    },
  ): Promise<EditAnswer['rows'][number]>;
  /** Prices that the marketplace was sent for a SKU since the mark, in order. */
  sentSince(mark: number, sku: string): Promise<string>;
  /** Calls that changed or submitted content since the mark. */
  contentCallsSince(mark: number): Promise<string>;
  /** The end of the marketplace's log now. */
  mark(): Promise<number>;
  /** What buyers pay there now. */
  there(sku: string): Promise<number | null>;
  listing(sku: string): Promise<{ id: string; state: string; version: number; remote: string }>;
}

export async function makeStage(demo: DemoWorld, say: (line: string) => void): Promise<Stage> {
  const admin = await adminOf(demo);
  const { api, marketplace, shop } = demo;
  const connectionId = await demo.connectionId('jd-id');
  const log = (after: number): Promise<LogLine[]> => marketplace.get<LogLine[]>(`log?after=${after}`);
  const stage: Stage = {
    demo,
    admin,
    async brandPrice(sku, price) {
      await demo.advance(minuteMs);
      await shop.post('price', { sku, regular_price: price });
      await demo.advance(minuteMs);
      await demo.sync('catalogue');
    },
    async row(sku) {
      const { rows } = await api.get<{ rows: PriceRow[] }>(`tables/prices?limit=100&q=${sellerSku(sku)}`);
      const found = rows.find(({ cells }) => cells.sku === sellerSku(sku));
      if (!found) throw new Error(`the table of prices has no ${sku}`);
      return found;
    },
    why: (sku) => api.get<Why>(`why/price?sku=${sku}&connection=jd-id`),
    async edit({ id, version }, changes, { keep, dryRun = false, asAdmin = false } = {}) {
      const body = { dryRun, rows: [{ id, version, changes, ...(keep ? { keep } : {}) }] };
      const answer = asAdmin
        ? await admin<EditAnswer>('tables/prices/edits', body)
        : await api.send<EditAnswer>('POST', 'tables/prices/edits', body);
      const [row] = answer.rows;
      if (!row) throw new Error('the edit was not answered');
      await demo.quiet();
      return row;
    },
    async mark() {
      const lines = await marketplace.get<LogLine[]>('log');
      return lines.at(-1)?.seq ?? 0;
    },
    async sentSince(mark, sku) {
      const sent = (await log(mark)).filter((line) => line.fact === 'price.set' && line.sku === sellerSku(sku));
      return sent.map(({ amountMinor }) => String(amountMinor)).join(' ') || 'none';
    },
    async contentCallsSince(mark) {
      const writes = (await log(mark)).filter(
        ({ kind, operation }) => kind === 'call' && operation?.includes('.write.'),
      );
      const calls = writes.filter(({ operation }) => operation !== priceCall);
      return calls.map(({ operation }) => operation).join(' ') || 'none';
    },
    async there(sku) {
      const products = await marketplace.get<{ skus: { sellerSkuId: string; jdPrice: number }[] }[]>('products');
      return (
        products.flatMap((product) => product.skus).find(({ sellerSkuId }) => sellerSkuId === sellerSku(sku))
          ?.jdPrice ?? null
      );
    },
    async listing(sku) {
      const { listingId } = await stage.why(sku);
      return api.get(`listings/${listingId}`);
    },
  };
  await setTheScene(stage, connectionId, say);
  return stage;
}

/** A rate, a rule with a margin floor, and three SKUs on sale for 100,000 rupiah each. */
async function setTheScene({ demo, admin }: Stage, connectionId: string, say: (line: string) => void): Promise<void> {
  const rule = {
    ...defaultRule,
    costPercent: '80',
    floorPercent: '10',
    rounding: { multipleMinor: 1000, endingMinor: 0, direction: 'up' },
  };
  await admin(`price-rules/${connectionId}`, { brand: null, rule, seenVersion: 0, reason: 'the scenario’s rule' });
  const rate = { from: 'AUD', to: 'IDR', rate: rupiah, source: 'the scenario', reason: 'easy to follow', sure: true };
  await admin('exchange-rates', rate);
  for (const sku of skus) await demo.shop.post('price', { sku, regular_price: '10.00' });
  await demo.sync('catalogue');
  const { rows } = await demo.api.get<{ rows: { id: string; version: number; skus: { sku: string }[] }[] }>(
    'products?limit=200',
  );
  const items = rows
    .filter((product) => product.skus.some(({ sku }) => skus.some((one) => one === sku)))
    .map(({ id, version }) => ({ id, version }));
  await demo.api.send('POST', 'products/bulk', { type: 'APPROVE', items });
  await demo.quiet();
  await demo.advance(1.1 * hourMs);
  await demo.sync('reviews', 'offers', 'live');
  const orders = await opsOf(demo).orders();
  say(`${items.length} products are on sale at ${demo.now().toISOString()}, ${orders.length} orders`);
}
