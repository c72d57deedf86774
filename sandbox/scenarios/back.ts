import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { workflowIdOf } from '../../client/temporal/deliver.ts';
import { incidentKey } from '../../db/follow-ups.ts';
import { type DemoWorld, demoInstallation } from '../demo/world.ts';

const minuteMs = 60_000;
const minutesAtMost = 60;
const timeoutMs = 200_000;
const pollMs = 100;

/**
 * An account that failed several times in a row has an incident: it is probed when that is due, and what waited is made up
 * for. Moves time on, minute by minute, until that is over; at once where there is none.
 *
 * @throws Error naming the account when its incident does not end
 */
export async function accountIsBack(demo: DemoWorld, code: string): Promise<void> {
  const id = await demo.connectionId(code);
  const deadlineMs = performance.now() + timeoutMs;
  for (let minutes = 0; minutes < minutesAtMost && performance.now() < deadlineMs; ) {
    const open = await demo.db.tx('staff', (trx) =>
      trx('incidents').where({ connection_id: id }).whereNot({ state: 'CLOSED' }).first('state'),
    );
    if (!open) return;
    // While it is probed or caught up with, time stands still, however long that takes.
    if (open.state === 'OPEN' && (await isAtRest(demo, incidentKey(id)))) {
      await demo.advance(minuteMs, { whileBusy: true });
      minutes += 1;
    } else await sleep(pollMs);
  }
  throw new Error(`the incident of ${code} does not end`);
}

/** Nobody is about to wake the process of this key, and it does nothing. */
async function isAtRest(demo: DemoWorld, key: string): Promise<boolean> {
  const waiting = await demo.db.tx('staff', (trx) =>
    trx('outbox').where({ business_key: key }).whereNull('delivered_at').first('id'),
  );
  if (waiting) return false;
  try {
    const { raw, status } = await demo.client.workflow.getHandle(workflowIdOf(demoInstallation, key)).describe();
    if (status.name !== 'RUNNING') return true;
    return (raw.pendingActivities ?? []).length === 0 && !raw.pendingWorkflowTask;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}
