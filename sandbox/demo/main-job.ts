import { opsOf } from './ops.ts';
import { peopleOf } from './people.ts';
import type { DemoWorld } from './world.ts';

const hourMs = 60 * 60 * 1000;

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
}

/**
 * The main job from end to end, as steps: catalogue in, approval, live, orders back, approval, shop, labels, mail, way,
 * completion; some orders are cancelled on the way. Deterministic: the same steps lead to the same end state.
 */
export function mainJob(demo: DemoWorld): JobStep[] {
  const ops = opsOf(demo);
  const people = peopleOf(demo);
  const memory: Memory = { imported: 0, approvedProducts: 0, rejected: 0, fixed: 0, early: [], late: [] };
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
      name: 'the shop’s catalogue is imported',
      run: async () => {
        await demo.sync('catalogue');
        memory.imported = await count('products', {});
        return `${memory.imported} products`;
      },
    },
    {
      name: 'ops approve the products with their listings',
      run: async () => {
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
      name: 'ops mend what was rejected and submit it once more',
      run: async () => {
        memory.fixed = await ops.fixRejected();
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
        await people.askToCancel(victim);
        await people.cancel(victim);
        await demo.sync('orders', 'store-stock', 'offers');
        return `${await count('orders', { state: 'CANCELLED' })} cancelled`;
      },
    },
    {
      name: 'the shop sells over its own counter',
      run: async () => {
        for (const sku of ['KW-001', 'KW-004', 'KW-010']) await people.sellInShop(sku, 2);
        await demo.sync('store-stock', 'offers');
        return 'the marketplace is offered less';
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
