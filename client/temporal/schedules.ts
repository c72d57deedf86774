import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Database } from '../../db/database.ts';
import { workflowIdOf } from './deliver.ts';
import { orchestrationQueue, streamProcess, streamsOf } from './topics.ts';

interface WantedSchedule {
  readonly id: string;
  readonly everyMs: number;
  readonly workflowType: string;
  readonly workflowId: string;
  readonly args: readonly string[];
  readonly note: string;
}

const tickMs = 15_000;
const catchUpMs = 60 * 60 * 1000;

async function wantedSchedules(db: Database, installation: string): Promise<WantedSchedule[]> {
  const rows = await db.tx('staff', (trx) =>
    trx('connections').whereIn('state', ['CONNECTED', 'DEGRADED']).select('id', 'code', 'kind', 'intervals'),
  );
  const streams = rows.flatMap(
    (row: { id: string; code: string; kind: keyof typeof streamsOf; intervals: Record<string, number> }) =>
      Object.entries<number>(streamsOf[row.kind]).flatMap(([stream, seconds]) => {
        const entry = streamProcess[stream];
        if (!entry) return [];
        return [
          {
            id: workflowIdOf(installation, `schedule/${row.code}/${stream}`),
            everyMs: (row.intervals[stream] ?? seconds) * 1000,
            // Temporal adds the time to the id of what a schedule starts; this wakes the stream's one process.
            workflowType: 'scheduledWorkflow',
            workflowId: workflowIdOf(installation, `scheduled/${entry.topic}/${row.id}`),
            args: [row.id, stream],
            note: `${stream} of ${row.code}`,
          },
        ];
      }),
  );
  return [
    ...streams,
    {
      id: workflowIdOf(installation, 'schedule/ticker'),
      everyMs: tickMs,
      workflowType: 'scheduledWorkflow',
      workflowId: workflowIdOf(installation, 'scheduled/ticker'),
      args: ['', 'ticker'],
      note: 'what is due now',
    },
  ];
}

/**
 * Makes Temporal's schedules be those that the connections ask for: missing ones are made, changed ones updated, others
 * removed. `paused` in simulations, whose clock asks for everything by itself.
 */
export async function reconcileSchedules(
  client: Client,
  db: Database,
  installation: string,
  options: { readonly paused: boolean },
): Promise<{ created: number; updated: number; removed: number }> {
  const wanted = await wantedSchedules(db, installation);
  const known = new Set<string>();
  for await (const { scheduleId } of client.schedule.list()) {
    if (scheduleId.startsWith(`${installation}/schedule/`)) known.add(scheduleId);
  }
  const counts = { created: 0, updated: 0, removed: 0 };
  for (const schedule of wanted) {
    const spec = {
      intervals: [{ every: schedule.everyMs, offset: 0 }],
      jitter: Math.min(5_000, schedule.everyMs / 10),
    };
    const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchUpMs, pauseOnFailure: false };
    const action = {
      type: 'startWorkflow' as const,
      workflowType: schedule.workflowType,
      workflowId: schedule.workflowId,
      taskQueue: orchestrationQueue,
      args: [...schedule.args],
      staticSummary: schedule.note,
    };
    if (known.delete(schedule.id)) {
      await client.schedule.getHandle(schedule.id).update((previous) => ({
        ...previous,
        spec,
        policies,
        action,
        state: { ...previous.state, paused: options.paused || previous.state.paused },
      }));
      counts.updated += 1;
      continue;
    }
    const state = { paused: options.paused, note: schedule.note };
    await client.schedule.create({ scheduleId: schedule.id, spec, policies, action, state }).catch(ignoreThere);
    counts.created += 1;
  }
  for (const scheduleId of known) {
    await client.schedule.getHandle(scheduleId).delete().catch(ignoreGone);
    counts.removed += 1;
  }
  return counts;
}

/** Two workers may make the same schedule at once. */
function ignoreThere(error: unknown): void {
  if (!(error instanceof ScheduleAlreadyRunning)) throw error;
}

/** Two workers may remove the same schedule at once. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}
