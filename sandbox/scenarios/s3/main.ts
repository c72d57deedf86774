import type { Stagehand } from '../main.ts';
import { broken, type Row } from '../rows.ts';
import { badFiles, badPrices } from './bad-input.ts';
import { approved, below, conflict, declined, waiting } from './conflict.ts';
import { expiry, overruled } from './override.ts';
import { makeStage, type Stage } from './stage.ts';

/** Scenario S3: the brand changes the price while ops edits it. */
export async function runS3({ demo, say, add }: Stagehand): Promise<void> {
  const stage = await makeStage(demo, say);
  const step = async (title: string, work: (stage: Stage) => Promise<Row | readonly Row[]>): Promise<void> => {
    const begun = performance.now();
    try {
      for (const row of [await work(stage)].flat()) add(row);
    } catch (error) {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      add(broken(title, error));
    }
    say(`${title}: ${Math.round((performance.now() - begun) / 100) / 10} s`);
  };
  await step('the brand’s price comes between', conflict);
  await step('take the brand’s, or cancel', declined);
  await step('kept below the floor', below);
  await step('a price by hand is open', waiting);
  await step('it is approved', approved);
  await step('the brand moves on', overruled);
  await step('it expires', expiry);
  await step('prices that cannot be', badPrices);
  await step('files of exchange rates', badFiles);
}
