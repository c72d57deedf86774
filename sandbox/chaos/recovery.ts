import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { DemoWorld } from '../demo/world.ts';

/** What was under way in the moment of a fault: outside calls without an outcome, follow-up work, activities. */
export interface Interrupted {
  readonly effects: readonly string[];
  readonly outbox: readonly number[];
  readonly activities: readonly { readonly workflowId: string; readonly runId: string; readonly activityId: string }[];
}

const unsettled = ['INTENDED', 'ATTEMPTED', 'AMBIGUOUS'];
const pollMs = 200;

/** Asks the database and Temporal what is under way; both must be there. */
export async function underWay(demo: DemoWorld): Promise<Interrupted> {
  const { effects, outbox } = await demo.db.tx('staff', async (trx) => ({
    effects: (await trx('effects').whereIn('state', unsettled).pluck('id')) as string[],
    outbox: (await trx('outbox').whereNull('delivered_at').pluck('id')) as number[],
  }));
  const activities: Interrupted['activities'][number][] = [];
  const running: { workflowId: string; runId: string }[] = [];
  for await (const { workflowId, runId } of demo.client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    running.push({ workflowId, runId });
  }
  await Promise.all(
    running.map(async ({ workflowId, runId }) => {
      for (const activityId of await activitiesOf(demo, workflowId, runId)) {
        activities.push({ workflowId, runId, activityId });
      }
    }),
  );
  return { effects, outbox, activities };
}

async function activitiesOf(demo: DemoWorld, workflowId: string, runId: string): Promise<string[]> {
  try {
    const { raw } = await demo.client.workflow.getHandle(workflowId, runId).describe();
    return (raw.pendingActivities ?? []).map(({ activityId }) => activityId ?? '');
  } catch (error) {
    // Its Temporal was lost with everything in it; what it was doing is followed by effects and outbox.
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}

/** Resolves when all of it has come to its end; gives up after `timeoutMs` and says so with false. */
export async function recovered(demo: DemoWorld, interrupted: Interrupted, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (await isOver(demo, interrupted)) return true;
    await sleep(pollMs);
  }
  return false;
}

async function isOver(demo: DemoWorld, { effects, outbox, activities }: Interrupted): Promise<boolean> {
  const left = await demo.db.tx('staff', async (trx) => {
    const open = await trx('effects').whereIn('id', effects).whereIn('state', unsettled).first('id');
    const waiting = await trx('outbox').whereIn('id', outbox).whereNull('delivered_at').first('id');
    return open ?? waiting;
  });
  if (left) return false;
  for (const { workflowId, runId, activityId } of activities) {
    if ((await activitiesOf(demo, workflowId, runId)).includes(activityId)) return false;
  }
  return true;
}

/** Repeats what fails because a part of the ground is away; the last failure is thrown. */
export async function insistently<Result>(timeoutMs: number, work: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(pollMs);
    }
  }
}

/** Waits for a fact in our database. @throws Error naming what did not come */
export async function until(what: string, timeoutMs: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come within ${timeoutMs / 1000} s`);
    await sleep(30);
  }
}
