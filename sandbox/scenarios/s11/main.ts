import type { Stagehand } from '../main.ts';
import { broken, type Row } from '../rows.ts';
import { makeStage } from '../s1/stage.ts';
import { atElevenOClock, atFourOClock, noSecondLabel, once } from './batches.ts';
import { sixOrders } from './orders.ts';

/** Scenario S11: six orders of a brand are grouped for freight and mailed at the cut-offs of the day. */
export async function runS11({ demo, say, add }: Stagehand): Promise<void> {
  // Blankets enough for a parcel that can share its consignment with nothing else.
  await demo.shop.post('stock', { sku: 'KW-006', quantity: 80, cause: 'delivery' });
  const stage = await makeStage(demo, say, 2);
  const orders = await sixOrders(stage);
  const step = async (title: string, work: () => Promise<Row>): Promise<void> => {
    say(title);
    try {
      add(await work());
    } catch (error) {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      add(broken(title, error));
    }
  };
  await step('a. the cut-off at 11:00', () => atElevenOClock(stage, orders));
  await step('b. the batch once more', () => once(stage));
  await step('c. the cut-off at 16:00', () => atFourOClock(stage, orders));
  await step('d. a booking without answer', () => noSecondLabel(stage, orders));
}
