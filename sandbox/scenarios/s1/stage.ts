import { type People, peopleOf } from '../../demo/people.ts';
import type { DemoWorld } from '../../demo/world.ts';
import { adminOf } from '../admin.ts';
import { inParallel, until } from '../wait.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

/** SKUs of the demo catalogue that the marketplace's review refuses as they are. */
const refused = new Set(['KW-003', 'KW-007', 'KW-011']);
/** How the demo brand's SKUs are called on the marketplace. */
export const sellerSku = (sku: string): string => `kauri-${sku}`;
/** Units of the SKUs that many orders share. */
const plenty = 150;

/** The world with everything on sale, and what people do in it in this scenario. */
export interface Stage {
  readonly demo: DemoWorld;
  readonly people: People;
  readonly say: (line: string) => void;
  readonly marketplaceId: string;
  /** Two SKUs that nobody else buys. */
  pair(): readonly [string, string];
  /** Two SKUs with plenty of units, for orders that share them. */
  readonly shared: readonly [string, string];
  /** A buyer orders, one unit of each SKU or as many as given. */
  buy(skus: readonly string[], options?: { visible?: boolean; quantities?: readonly number[] }): Promise<string>;
  /** "Fetch this order now" by an ops person, for several at once; resolves when our side has noted every reading. */
  fetch(...externalIds: string[]): Promise<void>;
  /** An event to an order, a connection or a return by an ops person. */
  send(path: string, type: string): Promise<void>;
  /** Settings of the marketplace's account, changed by an admin. */
  setMarketplace(settings: Readonly<Record<string, unknown>>): Promise<void>;
}

export async function makeStage(demo: DemoWorld, say: (line: string) => void, pairs: number): Promise<Stage> {
  const numbers = Array.from({ length: 36 }, (_, index) => `KW-${String(index + 1).padStart(3, '0')}`);
  const usable = numbers.filter((sku) => !refused.has(sku));
  const wanted = usable.slice(0, 2 + pairs * 2);
  const [first, second, ...rest] = wanted;
  if (!first || !second) throw new Error('the demo catalogue is empty');
  await putOnSale(demo, [first, second], wanted);
  say(`${wanted.length} SKUs are on sale at ${demo.now().toISOString()}`);

  const people = peopleOf(demo);
  const marketplaceId = await demo.connectionId('jd-id');
  const stage: Stage = {
    demo,
    people,
    say,
    marketplaceId,
    shared: [first, second],
    pair() {
      const [one, other] = rest.splice(0, 2);
      if (!one || !other) throw new Error('no SKUs are left');
      return [one, other];
    },
    buy: (skus, { quantities = [], visible = true } = {}) =>
      people.buy(
        skus.map((sku, index) => ({ sellerSku: sellerSku(sku), quantity: quantities[index] ?? 1 })),
        { visible },
      ),
    async fetch(...externalIds) {
      const before = await fetchesOf(demo, externalIds);
      await inParallel(externalIds, (externalId) =>
        demo.api.send('POST', `connections/${marketplaceId}/fetch`, { externalId }),
      );
      const missing = async (): Promise<string[]> => {
        const now = await fetchesOf(demo, externalIds);
        return externalIds.filter((id) => (now.get(id) ?? 0) <= (before.get(id) ?? 0));
      };
      await until(`orders ${externalIds.join(' ')} were fetched again`, async () => (await missing()).length === 0);
    },
    async send(path, type) {
      await demo.api.send('POST', `${path}/events`, { type });
    },
    setMarketplace: (settings) => changeSettings(demo, marketplaceId, settings),
  };
  return stage;
}

/** Imports the catalogue, approves the wanted products, waits for the marketplace's review. */
async function putOnSale(demo: DemoWorld, shared: readonly string[], wanted: readonly string[]): Promise<void> {
  for (const sku of shared) await demo.shop.setStock(sku, plenty, 'delivery');
  await demo.sync('catalogue');
  const { rows } = await demo.api.get<{ rows: { id: string; version: number; skus: { sku: string }[] }[] }>(
    'products?limit=200',
  );
  const items = rows
    .filter(({ skus }) => skus.some(({ sku }) => wanted.includes(sku)))
    .map(({ id, version }) => ({ id, version }));
  const { results } = await demo.api.send<{ results: { ok: boolean; why?: string }[] }>('POST', 'products/bulk', {
    type: 'APPROVE',
    items,
  });
  const failed = results.find(({ ok }) => !ok);
  if (failed) throw new Error(`a product could not be approved: ${failed.why}`);
  await demo.quiet();
  await demo.advance(1.1 * hourMs);
  await demo.sync('reviews', 'offers');
  const live = await demo.db.tx('staff', (trx) => trx('listings').where({ remote: 'LIVE' }).count({ n: '*' }).first());
  if (Number(live?.n) !== wanted.length) throw new Error(`${live?.n} listings are live instead of ${wanted.length}`);
}

async function fetchesOf(demo: DemoWorld, externalIds: readonly string[]): Promise<Map<string, number>> {
  const rows: { external_id: string; n: string }[] = await demo.db.tx('staff', (trx) =>
    trx('sightings')
      .where({ source: 'fetch' })
      .whereIn('external_id', [...externalIds])
      .groupBy('external_id')
      .select('external_id', trx.raw('count(*) as n')),
  );
  return new Map(rows.map(({ external_id, n }) => [external_id, Number(n)]));
}

async function changeSettings(
  demo: DemoWorld,
  connectionId: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const admin = await adminOf(demo);
  const row = await demo.db.tx('staff', (trx) => trx('connections').where({ id: connectionId }).first('settings'));
  const report = await admin<{ saved: boolean }>(`connections/${connectionId}/test`, {
    settings: { ...row.settings, ...settings },
  });
  if (!report.saved) throw new Error(`the settings were not saved: ${JSON.stringify(report)}`);
  await demo.quiet();
}
