import type { Stagehand } from '../main.ts';
import { broken, type Row } from '../rows.ts';
import { makeStage } from '../s1/stage.ts';
import { accountRefuses, accountSilent } from './accounts.ts';
import { badAnswers } from './answers.ts';
import { databaseAway, temporalAway } from './servers.ts';
import { unknownSku, unknownState } from './unknown.ts';

/**
 * Everything bad that outside systems and our own servers do, each provoked over real sockets in a whole world, with the
 * outcome that is promised for it. `quick`: the database is away for seconds instead of half a minute.
 */
export async function runFaults({ demo, say, add }: Stagehand, { quick }: { quick: boolean }): Promise<void> {
  const stage = await makeStage(demo, say, 1);
  const step = async (title: string, work: () => Promise<Row | readonly Row[]>): Promise<void> => {
    say(title);
    try {
      for (const row of [await work()].flat()) add(row);
    } catch (error) {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      add(broken(title, error));
    } finally {
      for (const control of [demo.shop, demo.marketplace, demo.carrier]) {
        await control.delete('faults');
        await control.post('release');
      }
    }
    await demo.quiet();
  };
  await step('answers that cannot be used', () => badAnswers(stage));
  await step('an account that does not answer', () => accountSilent(stage));
  await step('a state that nobody knows', () => unknownState(stage));
  await step('an order for an unknown SKU', () => unknownSku(stage));
  await step('Temporal is away', () => temporalAway(stage));
  await step('the database is away', () => databaseAway(stage, quick ? 5_000 : 30_000));
  await step('credentials that are not taken', () => accountRefuses(stage));
}
