import { marketplaceLabels } from '../channels/kinds.ts';
import { basketsAbroad, basketsOf } from './baskets.ts';
import { candleFile, importFile, picturesOf } from './files.ts';
import { opsOf } from './ops.ts';
import { peopleOf } from './people.ts';
import { storesOf } from './stores.ts';
import { tablesOf } from './tables.ts';
import type { DemoWorld } from './world.ts';

const minuteMs = 60 * 1000;
const hourMs = 60 * minuteMs;

/** A step of the main job; chaos runs do something nasty between or during them. */
export interface JobStep {
  readonly name: string;
  readonly run: () => Promise<string>;
}

/** What the run remembers between its steps. */
interface Memory {
  imported: number;
  approvedProducts: number;
  rejected: number;
  fixed: number;
  early: string[];
  late: string[];
  /** The basket of several brands that is cancelled after all its parts reached their shops. */
  doomedBasket: string | null;
}

/**
 * The main job from end to end, as steps: catalogue in, approval, live, orders back, approval, shop, labels, mail, way,
 * completion; some orders are cancelled on the way. Deterministic: the same steps lead to the same end state.
 */
export function mainJob(demo: DemoWorld): JobStep[] {
  const ops = opsOf(demo);
  const people = peopleOf(demo);
  const tables = tablesOf(demo);
  const memory: Memory = {
    imported: 0,
    approvedProducts: 0,
    rejected: 0,
    fixed: 0,
    early: [],
    late: [],
    doomedBasket: null,
  };
  const count = async (table: string, where: Record<string, unknown>): Promise<number> => {
    const row = await demo.db.tx('staff', (trx) => trx(table).where(where).count({ n: '*' }).first());
    return Number(row?.n ?? 0);
  };
  const buySome = async (count_: number, from: number): Promise<string[]> => {
    const shelf = await people.onShelf();
    const bought: string[] = [];
    for (let index = 0; index < count_; index += 1) {
      const first = shelf[(from + index * 3) % shelf.length];
      const second = shelf[(from + index * 3 + 7) % shelf.length];
      if (!first || !second) throw new Error('nothing is on the shelf');
      const lines =
        index % 3 === 0
          ? [
              { sellerSku: first.sellerSku, quantity: 1 },
              { sellerSku: second.sellerSku, quantity: 1 },
            ]
          : [{ sellerSku: first.sellerSku, quantity: 1 + (index % 2) }];
      bought.push(await people.buy(lines));
    }
    return bought;
  };
  const approveAll = async (): Promise<number> => {
    const rows = (await ops.orders()).filter(({ state }) => state === 'NEW' || state === 'EDITED');
    const approved = await ops.approveOrders(rows);
    await demo.quiet();
    return approved;
  };

  return [
    {
      name: demo.shops.length > 1 ? 'the shops’ catalogues are imported' : 'the shop’s catalogue is imported',
      run: async () => {
        await demo.sync('catalogue');
        memory.imported = await count('products', {});
        return `${memory.imported} products`;
      },
    },
    {
      name: 'a brand without a shop sends a file, and the same once more',
      run: async () => {
        const file = candleFile(await picturesOf(demo));
        const first = await importFile(demo, 'manuka', file);
        const again = await importFile(demo, 'manuka', file);
        await demo.quiet();
        return `${first.new} new; again: ${again.new} new, ${again.unchanged} unchanged`;
      },
    },
    {
      name: 'ops edit in the tables and take one edit back',
      run: async () => {
        const rows = (await tables.rows('products', 'limit=5&sort=title')).filter(({ cells }) => 'title' in cells);
        const titled = await tables.save(
          'products',
          rows.map(({ id, version, cells }) => ({ id, version, changes: { title: `${cells.title}, from Australia` } })),
        );
        const [first] = await tables.rows('products', `ids=${rows[0]?.entity}`);
        if (!first) throw new Error('there is no product');
        const mistake = await tables.save('products', [
          { id: first.id, version: first.version, changes: { title: 'A slip of the hand' } },
        ]);
        const undone = await tables.undo(String(mistake.editId));
        await demo.quiet();
        return `${titled.counts.saved} saved, ${undone.counts.saved} taken back`;
      },
    },
    ...(demo.shops.length > 1
      ? [
          {
            name: 'ops say what the brands’ sizes are called on the marketplace',
            run: async () => {
              const sizes = await ops.mapSizes();
              await demo.quiet();
              return `${sizes} sizes`;
            },
          },
        ]
      : []),
    {
      name: 'ops approve the products with their listings',
      run: async () => {
        await ops.letOneBeRefused();
        memory.approvedProducts = await ops.approveAllProducts();
        await demo.quiet();
        return `${memory.approvedProducts} approved, ${await count('listings', { state: 'IN_REVIEW' })} listings in review`;
      },
    },
    {
      name: 'the marketplace reviews them',
      run: async () => {
        await demo.advance(1.1 * hourMs);
        await demo.sync('reviews', 'offers');
        memory.rejected = await count('listings', { state: 'REJECTED' });
        return `${await count('listings', { state: 'LIVE' })} live, ${memory.rejected} rejected`;
      },
    },
    {
      name: 'ops mend what was rejected, or not even sent, and submit it',
      run: async () => {
        memory.fixed = await ops.mendListings();
        await demo.quiet();
        await demo.advance(1.1 * hourMs);
        await demo.sync('reviews', 'offers');
        return `${memory.fixed} mended, ${await count('listings', { state: 'LIVE' })} live`;
      },
    },
    {
      name: 'buyers order, two change their mind',
      run: async () => {
        memory.early = await buySome(12, 0);
        await demo.sync('orders');
        const [first, second] = memory.early;
        if (!first || !second) throw new Error('no orders');
        await people.askToCancel(first);
        await people.askToCancel(second);
        await demo.sync('orders');
        await people.cancel(first);
        await people.withdrawCancel(second);
        await demo.sync('orders', 'offers');
        return `${memory.early.length} orders, 1 cancelled before approval, 1 request withdrawn`;
      },
    },
    ...(demo.shops.length > 1
      ? [
          {
            name: 'buyers put goods of several brands into one basket',
            run: async () => {
              const baskets = await basketsOf(demo);
              for (const lines of baskets) memory.early.push(await people.buy(lines, { freight: 25_000 }));
              memory.doomedBasket = memory.early.at(-1) ?? null;
              await demo.sync('orders', 'offers');
              const { basketsSplit } = await storesOf(demo);
              return `${baskets.length} baskets, ${basketsSplit} split over the brands`;
            },
          },
        ]
      : []),
    ...demo.marketplaces.slice(1).map((market) => ({
      name: `buyers order on ${marketplaceLabels[market.kind]}, in another country and another currency`,
      run: async () => {
        const baskets = await basketsAbroad(demo, market);
        const bought: string[] = [];
        for (const lines of baskets) bought.push(await people.buy(lines, { market, apart: lines.length > 1 }));
        const [last] = bought.slice(-1);
        if (last === undefined) throw new Error(`nothing was bought on ${market.code}`);
        await demo.sync('orders', 'offers');
        await people.cancel(last, market);
        await demo.sync('orders', 'offers');
        return `${bought.length} orders, 1 cancelled before approval`;
      },
    })),
    {
      name: 'ops approve; orders go into the shop and into consignments',
      run: async () => {
        const approved = await approveAll();
        return `${approved} approved, ${await count('orders', { state: 'SYNCED' })} in the shop`;
      },
    },
    {
      name: 'one is cancelled after it reached the shop',
      run: async () => {
        const victim = memory.early[4];
        if (!victim) throw new Error('no order to cancel');
        for (const one of [victim, memory.doomedBasket]) {
          if (one === null) continue;
          await people.askToCancel(one);
          await people.cancel(one);
        }
        await demo.sync('orders', 'store-stock', 'offers');
        return `${await count('orders', { state: 'CANCELLED' })} cancelled`;
      },
    },
    {
      name: 'the shop sells over its own counter',
      run: async () => {
        for (const sku of ['KW-001', 'KW-004', 'KW-010']) await people.sellInShop(sku, 2);
        for (const shop of demo.shops.slice(1)) {
          const [sku] = [...(await shop.shelf())].find(([, quantity]) => quantity > 3) ?? [];
          if (sku) await shop.move(sku, -1, 'own-sale');
        }
        await demo.sync('store-stock', 'offers');
        return 'the marketplace is offered less';
      },
    },
    {
      name: 'prices change on both sides: by the brands, and by hand',
      run: async () => {
        await demo.shop.setPrice('KW-005', '21.95');
        await importFile(demo, 'manuka', candleFile(await picturesOf(demo), '39.90'));
        await demo.advance(minuteMs);
        await demo.sync('catalogue');
        const inRupiah = async () =>
          (await tables.rows('prices', 'limit=10&q=KW-006')).filter(
            ({ cells }) => (cells.desired as { currency: string } | null)?.currency === 'IDR',
          );
        const [byHand] = await inRupiah();
        if (!byHand) throw new Error('KW-006 has no price in rupiah');
        const desired = byHand.cells.desired as { amountMinor: number; currency: string };
        const price = { ...desired, amountMinor: desired.amountMinor + 50_000 };
        const why = 'a gift box comes with it';
        await tables.save('prices', [{ id: byHand.id, version: byHand.version, changes: { price, reason: why } }], why);
        const decided = await tables.approvePrices(await inRupiah());
        await demo.quiet();
        await demo.sync('offers');
        const waiting = await demo.db.tx('staff', (trx) =>
          trx('listing_skus')
            .whereRaw('price_desired_minor is distinct from price_acknowledged_minor')
            .count({ n: '*' })
            .first(),
        );
        return `${decided} approved by hand; ${waiting?.n} prices not acknowledged yet`;
      },
    },
    {
      name: 'the cut-off comes: labels are booked and mailed',
      run: async () => {
        await demo.advance(5 * hourMs);
        return `${await count('consignments', { state: 'NOTIFIED' })} consignments notified, ${await count('mails', { kind: 'labels' })} label mails`;
      },
    },
    {
      name: 'more orders for the next slot',
      run: async () => {
        memory.late = await buySome(8, 5);
        // One household orders candles three times: they can travel together.
        for (const [sku, quantity] of [
          ['manuka-MC-001', 1],
          ['manuka-MC-002', 2],
          ['manuka-MC-004', 1],
        ] as const)
          memory.late.push(await people.buy([{ sellerSku: sku, quantity }], { buyer: 3 }));
        await demo.sync('orders', 'offers');
        const approved = await approveAll();
        await demo.advance(19 * hourMs);
        return `${approved} approved, ${await count('mails', { kind: 'labels' })} label mails`;
      },
    },
    {
      name: 'the carrier picks up; marketplace and shop are told',
      run: async () => {
        await demo.advance(3 * hourMs);
        const picked = await people.pickUp();
        await demo.sync('tracking');
        await people.marketplaceSeesPickUp();
        await demo.sync('orders');
        return `${picked} parcels`;
      },
    },
    {
      name: 'the parcels arrive; orders are complete',
      run: async () => {
        await demo.advance(72 * hourMs);
        const delivered = await people.deliver();
        await demo.sync('tracking', 'catalogue', 'store-stock', 'offers', 'live');
        return `${delivered} delivered, ${await count('orders', { state: 'SUCCESSFULLY_PROCESSED' })} orders complete`;
      },
    },
  ];
}
