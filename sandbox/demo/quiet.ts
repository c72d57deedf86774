import type { Client } from '@temporalio/client';
import { workflowIdOf } from '../../client/temporal/deliver.ts';
import type { Database } from '../../db/database.ts';
import { outboxAge } from '../../db/outbox.ts';
import type { Control } from '../control.ts';

export interface Verdict {
  readonly quiet: boolean;
  /** What is still open, for people. */
  readonly open: readonly string[];
}

/**
 * Nothing is left to do at the present time: no follow-up work waits, no process has a task or an activity under way, no
 * outside system has anything to do by itself.
 */
export async function isQuiet(deps: {
  db: Database;
  client: Client;
  installation: string;
  controls: readonly Control[];
}): Promise<Verdict> {
  const { waiting } = await outboxAge(deps.db);
  if (waiting > 0) return { quiet: false, open: [`${waiting} rows in the outbox`] };
  for (const control of deps.controls) {
    const { pending } = await control.get<{ pending: number }>('pending');
    if (pending > 0) return { quiet: false, open: [`${control.url} has ${pending} things to do`] };
  }
  const open: string[] = [];
  // The list of running processes lags a little; what was woken just now is asked for by its own id.
  const ids = new Set(await wokenLately(deps.db, deps.installation));
  for await (const { workflowId } of deps.client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    if (workflowId.startsWith(`${deps.installation}/`)) ids.add(workflowId);
  }
  const all = [...ids];
  for (let start = 0; start < all.length; start += 16) {
    const batch = all.slice(start, start + 16);
    await Promise.all(
      batch.map(async (workflowId) => {
        const { raw, status } = await deps.client.workflow.getHandle(workflowId).describe();
        if (status.name !== 'RUNNING') return;
        const activities = raw.pendingActivities ?? [];
        if (activities.length > 0)
          open.push(
            `${workflowId}: ${activities.map((a) => `${a.activityType?.name} (attempt ${a.attempt})`).join(', ')}`,
          );
        else if (raw.pendingWorkflowTask) open.push(`${workflowId}: a workflow task`);
      }),
    );
    if (open.length > 0) return { quiet: false, open };
  }
  const { waiting: after } = await outboxAge(deps.db);
  return after > 0 ? { quiet: false, open: [`${after} rows in the outbox`] } : { quiet: true, open: [] };
}

const lagSeconds = 15;

async function wokenLately(db: Database, installation: string): Promise<string[]> {
  const keys: string[] = await db.tx('staff', (trx) =>
    trx('outbox')
      .whereRaw(`delivered_at > clock_timestamp() - interval '${lagSeconds} seconds'`)
      .distinct('business_key')
      .pluck('business_key'),
  );
  return keys.map((key) => workflowIdOf(installation, key));
}
