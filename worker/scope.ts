import { AsyncLocalStorage } from 'node:async_hooks';
import { Context } from '@temporalio/activity';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import type { ActivityPlace } from '../activities/deps.ts';
import { priorityOf } from '../activities/priorities.ts';
import { type CallScope, withUrgency } from '../connectors/transport/index.ts';
import { correlationHeader } from '../workflows/correlation.ts';

const scopes = new AsyncLocalStorage<CallScope>();
const places = new AsyncLocalStorage<ActivityPlace>();

/** What surrounds an outside call: the process that asks (correlation id), the attempt, and its cancellation. */
export const callScope = (): CallScope => scopes.getStore() ?? {};

/** Where a long activity goes on when its worker was killed; outside of one nothing is kept. */
export const activityPlace: ActivityPlace = {
  read: () => places.getStore()?.read() ?? null,
  keep: (place) => places.getStore()?.keep(place),
};

function correlationOf(headers: Record<string, Payload>): string | null {
  const payload = headers[correlationHeader];
  const value: unknown = payload ? defaultPayloadConverter.fromPayload(payload) : null;
  return typeof value === 'string' ? value : null;
}

/** Three beats fit into the shortest heartbeat time-out of the workflows. */
const beatMs = 2_000;

/** Gives every activity its scope, so that each outside call can be traced back to its process and goes out in its turn, and a pulse, so that a killed worker is noticed
 * within seconds and a cancellation reaches the call. The start-to-close time-out still ends what hangs. */
export class CorrelationInterceptor implements ActivityInboundCallsInterceptor {
  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const context = Context.current();
    const { info, cancellationSignal } = context;
    // Every beat carries the place: one without it would take away what an attempt before this one had kept.
    let place: unknown = info.heartbeatDetails;
    const pulse = setInterval(() => context.heartbeat(place), beatMs);
    const ownPlace: ActivityPlace = {
      read: () => place ?? null,
      keep: (next) => {
        place = next;
        context.heartbeat(next);
      },
    };
    const scope = {
      correlationId: correlationOf(input.headers) ?? `${info.workflowExecution?.workflowId}/${info.activityType}`,
      attempt: info.attempt,
      signal: cancellationSignal,
    };
    try {
      const urgency = { priority: priorityOf(info.activityType), brandId: null };
      const within = () => scopes.run(scope, () => withUrgency(urgency, () => next(input)));
      return await places.run(ownPlace, within);
    } finally {
      clearInterval(pulse);
    }
  }
}
