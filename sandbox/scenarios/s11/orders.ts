import { demoBuyer } from '../../goods.ts';
import { ordersOf } from '../s1/facts.ts';
import { type Stage, sellerSku } from '../s1/stage.ts';

/** The orders of the scenario by what is special about them; the marketplace's numbers. */
export interface SixOrders {
  /** Two of one buyer, and a third one of the same buyer that is so heavy that all three cannot travel together. */
  readonly first: string;
  readonly second: string;
  readonly heavy: string;
  /** Its buyer takes it back at 10:59:59. */
  readonly cancelled: string;
  /** Ops correct it at 11:00:01; until then it waits for them. */
  readonly edited: string;
  readonly plain: string;
}

/** Buys the six at about 10:06 and approves all but the one that ops must still look at. */
export async function sixOrders(stage: Stage): Promise<SixOrders> {
  const { demo } = stage;
  const [tee, scarf] = stage.shared;
  const buy = async (buyer: number, lines: readonly (readonly [sku: string, quantity: number])[]): Promise<string> => {
    const { externalId } = await demo.marketplace.post<{ externalId: string }>('orders', {
      lines: lines.map(([sku, quantity]) => ({ sellerSku: sellerSku(sku), quantity })),
      buyer: demoBuyer(buyer),
    });
    return externalId;
  };
  const orders: SixOrders = {
    first: await buy(1, [[tee, 5]]),
    second: await buy(1, [[scarf, 4]]),
    heavy: await buy(1, [
      ['KW-006', 49],
      [tee, 3],
    ]),
    cancelled: await buy(2, [[tee, 1]]),
    edited: await buy(3, [[scarf, 1]]),
    plain: await buy(4, [[tee, 2]]),
  };
  await demo.sync('orders');
  const waits = [orders.first, orders.second, orders.heavy, orders.cancelled, orders.plain];
  for (const externalId of waits) await approve(stage, externalId);
  await demo.quiet();
  return orders;
}

export async function approve(stage: Stage, externalId: string): Promise<void> {
  const [row] = await ordersOf(stage, externalId);
  await stage.send(`orders/${row?.id}`, 'APPROVE');
}

/** Moves the clock to a time of day in the brand's zone, `HH:MM:SS`, on the day that it is there. */
export async function until(stage: Stage, time: string): Promise<void> {
  const { demo } = stage;
  const here = new Intl.DateTimeFormat('en-GB', { timeZone: 'Australia/Sydney', timeStyle: 'medium' }).format(
    demo.now(),
  );
  const seconds = (text: string): number => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const ms = (seconds(time) - seconds(here)) * 1000;
  if (ms <= 0) throw new Error(`it is ${here} already, after ${time}`);
  await demo.advance(ms);
}
