import type { Stagehand } from '../main.ts';
import { broken, type Row } from '../rows.ts';
import { shopFirst } from './own-shop.ts';
import { moved, quota, simulated } from './quota.ts';
import { sameInstant, sharedPolicy } from './shared.ts';
import { makeStage } from './stage.ts';

/** Each case has a SKU of its own; none of them is one that the marketplace's review refuses. */
const skus = {
  quota: 'KW-001',
  moved: 'KW-002',
  shared: 'KW-004',
  instant: 'KW-005',
  calm: 'KW-006',
  late: 'KW-008',
  three: 'KW-009',
} as const;

/** Scenario S2: one unit, two marketplaces that sell it within the same second, then the brand's own shop as third seller. */
export async function runS2({ demo, say, add }: Stagehand): Promise<void> {
  const stage = await makeStage(demo, say, {
    [skus.quota]: 'quota',
    [skus.moved]: 'quota',
    [skus.shared]: 'shared',
    [skus.instant]: 'shared',
    [skus.calm]: 'quota',
    [skus.late]: 'quota',
    [skus.three]: 'shared',
  });
  const step = async (title: string, work: () => Promise<Row | Row[]> | Row): Promise<void> => {
    say(title);
    try {
      for (const row of [await work()].flat()) add(row);
    } catch (error) {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      add(broken(title, error));
    }
  };
  await step('quota: one unit, one marketplace shows it', () => quota(stage, skus.quota));
  await step('quota: the unit moves to the other marketplace', () => moved(stage, skus.moved));
  await step('the same race ten thousand times', simulated);
  await step('shared: both sell it', () => sharedPolicy(stage, skus.shared));
  await step('shared: both sell it at the same instant', () => sameInstant(stage, skus.instant));
  await step('the own shop as third seller', () =>
    shopFirst(stage, { calm: skus.calm, late: skus.late, shared: skus.three }),
  );
}
