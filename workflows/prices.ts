import { continueAsNew } from '@temporalio/workflow';
import { rounds } from './attempts.ts';
import { describe } from './describe.ts';
import { local } from './proxies.ts';
import { shouldContinueAsNew } from './wake.ts';

/** Reckons prices anew after an exchange rate or a price rule changed, batch by batch; how far it came stands in its row. */
export async function repricingWorkflow(repricingId: string): Promise<void> {
  await rounds('Prices', [repricingId], async () => {
    let changed = 0;
    for (;;) {
      const batch = await local.repriceBatch(repricingId);
      changed += batch.changed;
      if (batch.done) break;
      describe({ text: `Prices: ${changed} changed so far`, state: 'reckoning' });
      if (shouldContinueAsNew()) await continueAsNew<typeof repricingWorkflow>(repricingId);
    }
    describe({ text: `Prices: ${changed} changed`, state: 'done' });
  });
}
