import { continueAsNew } from '@temporalio/workflow';
import { rounds } from './attempts.ts';
import { describe } from './describe.ts';
import { batches } from './proxies.ts';
import { shouldContinueAsNew } from './wake.ts';

/**
 * One import of a file: does what its row calls for, slice by slice, and ends where a person has to decide. A confirmation,
 * an answer or an undo starts it again.
 */
export async function importWorkflow(importId: string): Promise<void> {
  await rounds('Import', [importId], async () => {
    for (let more = true; more; ) {
      const progress = await batches.workOnImport(importId);
      more = progress.more;
      describe({ text: progress.text, state: progress.phase });
      if (more && shouldContinueAsNew()) await continueAsNew<typeof importWorkflow>(importId);
    }
  });
}
