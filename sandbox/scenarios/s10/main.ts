import type { Stagehand } from '../main.ts';
import { broken, type Row } from '../rows.ts';
import { fiftyAtOnce, nextDay } from './batch.ts';
import { editedInReview, mended, riddleSolved } from './mending.ts';
import { makeStage } from './stage.ts';
import { lockedWhileLive, silentReview, theOthers } from './taken-down.ts';

/** Scenario S10: the marketplace rejects listings: at once, by its reviewers, and while they are live. */
export async function runS10({ demo, say, add }: Stagehand): Promise<void> {
  const stage = await makeStage(demo, say);
  const step = async (title: string, work: () => Promise<Row | Row[]>): Promise<void> => {
    say(title);
    try {
      for (const row of [await work()].flat()) add(row);
    } catch (error) {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      add(broken(title, error));
    }
  };
  await step('fifty listings in one batch', () => fiftyAtOnce(stage));
  await step('the reviewers’ verdicts of the next day', () => nextDay(stage));
  await step('ops mend what was refused at once', () => mended(stage));
  await step('edits while a review runs', () => editedInReview(stage));
  await step('the reason that ops mapped', () => riddleSolved(stage));
  await step('one is locked while it is live', () => lockedWhileLive(stage));
  await step('reviewers are silent', () => silentReview(stage));
  await step('what became of the others', () => theOthers(stage));
}
