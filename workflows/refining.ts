import { continueAsNew } from '@temporalio/workflow';
import { rounds } from './attempts.ts';
import { describe } from './describe.ts';
import { local, readsOf, translations } from './proxies.ts';
import { shouldContinueAsNew } from './wake.ts';

/** Brings products and listings to what the rules, mappings and translations in force make of them, in batches. */
export async function refiningWorkflow(): Promise<void> {
  await rounds('Refining', [], async () => {
    const counts = { products: 0, listings: 0 };
    for (let more = true; more; ) {
      const refined = await local.refineStale();
      const composed = await local.recomposeStale();
      counts.products += refined.changed;
      counts.listings += composed.changed;
      more = refined.looked > 0 || composed.looked > 0;
      describe({
        text: `Refining: ${counts.products} products and ${counts.listings} listings differ`,
        state: 'refining',
      });
      if (more && shouldContinueAsNew()) await continueAsNew<typeof refiningWorkflow>();
    }
    describe({ text: `Refined: ${counts.products} products and ${counts.listings} listings differ`, state: 'done' });
  });
}

/** Translates what an account's listings need in its language. */
export async function translateWorkflow(connectionId: string): Promise<void> {
  await rounds('Translations', [connectionId], async () => {
    const counts = { fromMemory: 0, byMachine: 0, waiting: 0 };
    let after: Awaited<ReturnType<typeof translations.translateBatch>>['next'] = null;
    do {
      const batch: Awaited<ReturnType<typeof translations.translateBatch>> = await translations.translateBatch(
        connectionId,
        after,
      );
      after = batch.next;
      counts.fromMemory += batch.fromMemory;
      counts.byMachine += batch.byMachine;
      counts.waiting += batch.waiting;
      if (after !== null && shouldContinueAsNew()) await continueAsNew<typeof translateWorkflow>(connectionId);
    } while (after !== null);
    const { fromMemory, byMachine, waiting } = counts;
    describe({
      text: `Translations: ${byMachine} by machine, ${fromMemory} from memory, ${waiting} wait for a person`,
      connection: connectionId,
      state: 'done',
    });
  });
}

/** Reads the lists that mappings lead to: a marketplace's categories and attributes. */
export async function termsWorkflow(connectionId: string): Promise<void> {
  await rounds('Categories and attributes', [connectionId], async () => {
    const { categories, attributesOf } = await readsOf(connectionId).readMarketplaceTerms(connectionId);
    describe({
      text: `Read: ${categories} categories, attributes of ${attributesOf} in use`,
      connection: connectionId,
      state: 'done',
    });
  });
}
