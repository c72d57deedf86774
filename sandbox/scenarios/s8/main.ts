import type { Stagehand } from '../main.ts';
import { broken, type Row } from '../rows.ts';
import { breaksDown, goesOn, shownNow, shrinks } from './away.ts';
import { comesBack, lastMail } from './back.ts';
import { makeStage } from './stage.ts';

/** Scenario S8: the brand's shop is away from nine to three while its goods go on being sold. */
export async function runS8({ demo, say, add }: Stagehand): Promise<void> {
  const code = 'kauri-shop';
  const stage = await makeStage(demo, say, code);
  const before = await shownNow(stage);
  const step = async (title: string, work: () => Promise<Row | Row[]>): Promise<void> => {
    say(title);
    try {
      for (const row of [await work()].flat()) add(row);
    } catch (error) {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      add(broken(title, error));
    }
  };
  await step('the shop goes away', () => breaksDown(stage, code));
  await step('its stock grows stale', () => shrinks(stage, before));
  await step('the day goes on', () => goesOn(stage));
  await step('the shop is back', () => comesBack(stage));
  await step('the second mail', () => lastMail(stage));
}
