import type { Stagehand } from '../main.ts';
import { broken, type Row } from '../rows.ts';
import { approvedFirst, atOnce, savedFirst } from './approvals.ts';
import { bulkEdit, differentFields, samePrice } from './edits.ts';
import { makeStage, type Stage } from './stage.ts';

/** Scenario S9: two people edit the same row, and one approves while the other saves. */
export async function runS9({ demo, say, add }: Stagehand): Promise<void> {
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
  await step('different fields', differentFields);
  await step('the same price', samePrice);
  await step('200 rows at once', bulkEdit);
  await step('saved before the approval', savedFirst);
  await step('approved before the save', approvedFirst);
  await step('both at once', atOnce);
}
