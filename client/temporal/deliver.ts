import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { Topic } from '../../db/follow-ups.ts';
import type { OutboxItem } from '../../db/outbox.ts';
import { kindAttribute } from './search-attributes.ts';
import { orchestrationQueue, processOf, streamProcess, wakeSignal } from './topics.ts';

/** Several installations may share one Temporal: every process id begins with the installation's name. */
export const workflowIdOf = (installation: string, businessKey: string): string => `${installation}/${businessKey}`;

/** Wakes the process of a business key, and starts it where it does not run. Harmless when repeated. */
export async function wakeProcess(
  client: Client,
  installation: string,
  topic: Topic,
  key: string,
  correlationId: string | null = null,
): Promise<void> {
  const { workflowType, args } = processOf[topic](key);
  await client.workflow.signalWithStart(workflowType, {
    workflowId: workflowIdOf(installation, key),
    taskQueue: orchestrationQueue,
    args: [...args],
    signal: wakeSignal,
    // For logs and outside calls only: what the process does, it reads from its row.
    signalArgs: [correlationId ?? ''],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: summaryOf(topic, key),
    typedSearchAttributes: new TypedSearchAttributes([{ key: kindAttribute, value: topic }]),
  });
}

const summaryOf = (topic: string, key: string): string => `${topic}: ${key.split('/').slice(1).join(' ')}`;

/** A Temporal that does not answer at all must not keep the outbox's rows locked. Wall time. */
const deliveryMs = 15_000;

/** The relay's way out: one outbox row → one woken process. @throws when Temporal has not taken it within 15 s */
export function deliverTo(client: Client, installation: string): (item: OutboxItem) => Promise<void> {
  return (item) =>
    client.withDeadline(Date.now() + deliveryMs, () =>
      wakeProcess(client, installation, item.topic as Topic, item.key, item.correlationId),
    );
}

/** Starts the reading of one stream of an account now; a running one goes on and reads once more. */
export async function startStream(
  client: Client,
  installation: string,
  connectionId: string,
  stream: string,
): Promise<string> {
  const entry = streamProcess[stream];
  if (!entry) throw new Error(`there is no stream ${stream}; there are ${Object.keys(streamProcess).join(', ')}`);
  const workflowId = workflowIdOf(installation, `${entry.topic}/${connectionId}`);
  await client.workflow.signalWithStart(entry.workflowType, {
    workflowId,
    taskQueue: orchestrationQueue,
    args: [connectionId],
    signal: wakeSignal,
    signalArgs: [],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `${stream} of ${connectionId}`,
    typedSearchAttributes: new TypedSearchAttributes([{ key: kindAttribute, value: entry.topic }]),
  });
  return workflowId;
}

/** Starts the ticker once, for everything that is due at the present time. */
export async function startTick(client: Client, installation: string): Promise<string> {
  const workflowId = workflowIdOf(installation, 'ticker');
  await client.workflow.signalWithStart('tickerWorkflow', {
    workflowId,
    taskQueue: orchestrationQueue,
    args: [],
    signal: wakeSignal,
    signalArgs: [],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: 'what is due now',
  });
  return workflowId;
}
