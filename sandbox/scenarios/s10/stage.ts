import type { ListingRules, Reasons } from '../../../client/api/schemas/listing-rules.ts';
import type { Control } from '../../control.ts';
import type { DemoWorld } from '../../demo/world.ts';
import { adminOf } from '../admin.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** The marketplace that all of it is about, and another one that sells the same goods. */
export type Account = 'jd-id' | 'jd-id-2';

/** Goods beside the usual ones: fifty of the batch, one of the difficult category, one about which reviewers are silent. */
export const moreGoods = 52;

const sku = (number: number): string => `KX-${String(number).padStart(4, '0')}`;
const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => sku(from + index));

/** Who is what in the batch of fifty. */
export const cast = {
  batch: range(1, 50),
  /** In a category that demands an attribute, which the marketplace's lists do not say. */
  withoutAttribute: range(1, 3),
  /** Refused by reviewers the next day, for its title. */
  badTitle: sku(4),
  /** Refused by reviewers the next day, in words that nobody knows. */
  riddle: sku(5),
  /** Locked later on, while it is live. */
  locked: sku(6),
  /** In the same category, listed later. */
  late: sku(51),
  silent: sku(52),
} as const;

/** The marketplace's category that demands an attribute, and one of the attribute's values. */
export const difficult = { categoryId: '111', attribute: '503', value: '50301' } as const;

export interface Listing {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly state: string;
  readonly remote: string;
  readonly standing: string | null;
  readonly externalId: string | null;
  readonly reviewDueAt: string | null;
  readonly connection: { readonly code: string };
  readonly rejectionReasons: readonly { readonly field: string | null; readonly raw: string }[];
  readonly findings: readonly { readonly field: string; readonly blocking: boolean; readonly rule?: string }[];
  readonly allowed: readonly { readonly type: string; readonly ok: boolean; readonly why: string | null }[];
  readonly skus: readonly { readonly sku: string; readonly skuId: string }[];
}

/** A product as the simulated marketplace has it. */
export interface Shown {
  readonly spuId: number;
  readonly listingState: string;
  readonly content: { readonly fields: Readonly<Record<string, unknown>> };
  readonly skus: readonly { readonly sellerSkuId: string; readonly stock: number; readonly jdPrice: number }[];
}

export interface Stage {
  readonly demo: DemoWorld;
  readonly say: (line: string) => void;
  control(account: Account): Control;
  /** Every listing of an account, by SKU. */
  listings(account?: Account): Promise<Map<string, Listing>>;
  listing(sku: string, account?: Account): Promise<Listing>;
  /** The marketplace's own view, by SKU. */
  shown(account?: Account): Promise<Map<string, Shown>>;
  /** Edits a listing and waits until nothing is left to do. */
  edit(sku: string, change: Readonly<Record<string, unknown>>): Promise<void>;
  /** Asks for an approval; what the API says: `APPROVED …`, or why not. */
  approve(sku: string): Promise<string>;
  approveAll(skus: readonly string[], account?: Account): Promise<number>;
  rules(): Promise<ListingRules>;
  reasons(): Promise<Reasons['rows']>;
  admin: Awaited<ReturnType<typeof adminOf>>;
  /** How often the marketplace took a product into review. */
  reviewsBegun(sku: string): Promise<number>;
  /** Calls of a method that the marketplace saw. */
  calls(method: string): Promise<number>;
  /** Kinds of open problems of a listing. */
  problems(sku: string, account?: Account): Promise<string>;
}

const sellerSku = (plain: string): string => `kauri-${plain}`;
const plainSku = (seller: string): string => seller.replace(/^kauri-/, '');

export async function makeStage(demo: DemoWorld, say: (line: string) => void): Promise<Stage> {
  const second = demo.secondMarketplace;
  if (!second) throw new Error('this world has no second marketplace');
  const control = (account: Account): Control => (account === 'jd-id' ? demo.marketplace : second);
  const stage: Stage = {
    demo,
    say,
    control,
    admin: await adminOf(demo),
    async listings(account = 'jd-id') {
      const connection = await demo.connectionId(account);
      const { rows } = await demo.api.get<{ rows: Listing[] }>(`listings?limit=200&q=KX-&connection=${connection}`);
      return new Map(rows.flatMap((row) => row.skus.map((one) => [one.sku, row] as const)));
    },
    async listing(wanted, account) {
      const found = (await stage.listings(account)).get(wanted);
      if (!found) throw new Error(`there is no listing of ${wanted}`);
      return found;
    },
    async shown(account = 'jd-id') {
      const products = await control(account).get<Shown[]>('products');
      return new Map(products.flatMap((one) => one.skus.map((own) => [plainSku(own.sellerSkuId), one] as const)));
    },
    async edit(wanted, change) {
      const { id, version } = await stage.listing(wanted);
      await demo.api.send('PATCH', `listings/${id}`, { version, ...change });
      await demo.quiet();
    },
    async approve(wanted) {
      const { id, version } = await stage.listing(wanted);
      try {
        const { state } = await demo.api.send<{ state: string }>('POST', `listings/${id}/events`, {
          type: 'APPROVE',
          version,
        });
        await demo.quiet();
        return state;
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return `refused: ${/"message":"([^"]*)"/.exec(text)?.[1] ?? text}`;
      }
    },
    async approveAll(skus, account) {
      const all = await stage.listings(account);
      const items = skus.flatMap((one) => {
        const found = all.get(one);
        return found ? [{ id: found.id, version: found.version }] : [];
      });
      const { results } = await demo.api.send<{ results: { ok: boolean }[] }>('POST', 'listings/bulk', {
        type: 'APPROVE',
        items,
      });
      await demo.quiet();
      return results.filter(({ ok }) => ok).length;
    },
    async rules() {
      return demo.api.get<ListingRules>(`listing-rules?connection=${await demo.connectionId('jd-id')}`);
    },
    async reasons() {
      const connection = await demo.connectionId('jd-id');
      return (await demo.api.get<Reasons>(`listing-reasons?connection=${connection}`)).rows;
    },
    async reviewsBegun(wanted) {
      const product = (await stage.shown()).get(wanted);
      const lines = await demo.marketplace.get<{ fact?: string; externalId?: string; to?: string }[]>('log');
      return lines.filter(
        ({ fact, externalId, to }) =>
          fact === 'listing.state' && externalId === String(product?.spuId) && to?.endsWith('IN_REVIEW'),
      ).length;
    },
    async calls(method) {
      const lines = await demo.marketplace.get<{ kind: string; operation?: string }[]>('log');
      return lines.filter(({ kind, operation }) => kind === 'call' && operation?.endsWith(method)).length;
    },
    async problems(wanted, account) {
      const { id } = await stage.listing(wanted, account);
      const kinds: string[] = await demo.db.tx('staff', (trx) =>
        trx('problems').where({ entity_id: id }).whereNot({ state: 'RESOLVED' }).orderBy('kind').pluck('kind'),
      );
      return kinds.join(', ') || 'none';
    },
  };
  await prepare(stage);
  return stage;
}

/** The goods are imported; three of the batch, and a later one, are put into the difficult category by ops. */
async function prepare(stage: Stage): Promise<void> {
  const { demo } = stage;
  await demo.sync('catalogue', 'store-stock');
  for (const one of [...cast.withoutAttribute, cast.late]) await stage.edit(one, { categoryId: difficult.categoryId });
  // The category's attributes are read, as they are every day; which of them are required JD.id's lists do not say.
  await demo.api.send('POST', `connections/${await demo.connectionId('jd-id')}/sync`, { stream: 'terms' });
  await demo.quiet();
  await demo.marketplace.post('review-rules', {
    requiredAttributes: { [difficult.categoryId]: [Number(difficult.attribute)] },
    rejectSkus: {
      [sellerSku(cast.badTitle)]: { reason: 'Product title is misleading', delayMs: 20 * hourMs, times: 1 },
      [sellerSku(cast.riddle)]: { reason: 'Kebijakan 17-B: tidak sesuai', delayMs: 20 * hourMs, times: 1 },
      [sellerSku(cast.silent)]: { delayMs: 30 * dayMs },
    },
  });
  const { skuId } = (await stage.listing(cast.locked)).skus[0] ?? { skuId: '' };
  await demo.api.send('POST', `stock/skus/${skuId}`, { policy: 'quota', safetyStock: 0 });
  await demo.quiet();
}

/** How many listings are in each state, as one text. */
export function statesOf(listings: Iterable<Listing>): string {
  const counts = new Map<string, number>();
  for (const { state } of listings) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([state, n]) => `${n} ${state}`)
    .join(', ');
}

/** What the reasons of a listing say, with their fields. */
export const reasonsOf = ({ rejectionReasons }: Listing): string =>
  rejectionReasons.map(({ field, raw }) => `${field ?? 'unmapped'}: ${raw}`).join('; ');
