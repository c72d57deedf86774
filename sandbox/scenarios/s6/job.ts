import { nextSlot } from '../../../schedule/slots.ts';
import type { JobStep } from '../../demo/main-job.ts';
import { opsOf } from '../../demo/ops.ts';
import { peopleOf } from '../../demo/people.ts';
import type { DemoWorld } from '../../demo/world.ts';

/** How much there is to do. */
export interface Size {
  /** Products that the shop has beside the demo's own. */
  readonly moreGoods: number;
  /** Orders for each of three mails. */
  readonly orders: readonly [number, number, number];
}

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** Hundreds of listings go to the marketplace one after the other. */
const publishTimeoutMs = 900_000;

/** A catalogue goes to the marketplace; orders come back, go into the shop, get labels and mails. The same every time. */
export function wayJob(demo: DemoWorld, { orders }: Size): JobStep[] {
  const ops = opsOf(demo);
  const people = peopleOf(demo);
  const count = async (table: string, where: Record<string, unknown>): Promise<number> => {
    const row = await demo.db.tx('staff', (trx) => trx(table).where(where).count({ n: '*' }).first());
    return Number(row?.n ?? 0);
  };
  let bought = 0;
  const buy = async (n: number): Promise<void> => {
    const shelf = (await people.onShelf()).filter(({ sellerSku }) => sellerSku.startsWith('kauri-KX'));
    for (let index = 0; index < n; index += 1) {
      const good = shelf[(bought * 7) % shelf.length];
      if (!good) throw new Error('nothing is on the shelf');
      await people.buy([{ sellerSku: good.sellerSku, quantity: 1 + (bought % 2) }]);
      bought += 1;
    }
  };
  const toSlot = async (): Promise<void> => {
    const brand = await demo.db.tx('staff', (trx) =>
      trx('brands').where({ code: 'kauri' }).first('mail_schedule', 'time_zone'),
    );
    const slot = nextSlot(brand.mail_schedule, brand.time_zone, demo.now());
    await demo.advance(slot.at.getTime() + minuteMs - demo.now().getTime());
  };
  const mailed = (n: number): JobStep => ({
    name: `${n} orders go into the shop and into a mail`,
    run: async () => {
      await buy(n);
      await demo.sync('orders', 'offers');
      const rows = (await ops.orders()).filter(({ state }) => state === 'NEW');
      const approved = await ops.approveOrders(rows);
      await demo.quiet();
      await toSlot();
      await demo.quiet();
      return `${approved} approved, ${(await demo.shop.orders()).length} in the shop, ${await count('mails', { kind: 'labels' })} label mails`;
    },
  });
  return [
    {
      name: 'the catalogue is read',
      run: async () => {
        await demo.sync('catalogue');
        return `${await count('products', {})} products`;
      },
    },
    {
      name: 'it is approved and published',
      run: async () => {
        let approved = 0;
        for (let round = await approveSome(demo); round > 0; round = await approveSome(demo)) approved += round;
        await demo.quiet(publishTimeoutMs);
        return `${approved} approved, ${await count('listings', { state: 'IN_REVIEW' })} in review`;
      },
    },
    {
      name: 'the marketplace reviews it, stock and prices follow',
      run: async () => {
        await demo.advance(1.1 * hourMs);
        await demo.sync('reviews', 'offers');
        return `${await count('listings', { remote: 'LIVE' })} live`;
      },
    },
    ...orders.map(mailed),
  ];
}

interface Listed {
  readonly id: string;
  readonly version: number;
}

/** Approves up to a page of products without faults; returns how many. */
async function approveSome(demo: DemoWorld): Promise<number> {
  const { rows } = await demo.api.get<{ rows: Listed[] }>('products?limit=200&state=NEW&q=yarn');
  if (rows.length === 0) return 0;
  const { results } = await demo.api.send<{ results: { ok: boolean }[] }>('POST', 'products/bulk', {
    type: 'APPROVE',
    items: rows.map(({ id, version }) => ({ id, version })),
  });
  return results.filter(({ ok }) => ok).length;
}
