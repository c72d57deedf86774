import { AsyncLocalStorage } from 'node:async_hooks';
import { Context } from '@temporalio/activity';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import type { CallScope } from '../connectors/transport/index.ts';

const scopes = new AsyncLocalStorage<CallScope>();

/** What surrounds an outside call: the process that asks (correlation id), the attempt, and its cancellation. */
export const callScope = (): CallScope => scopes.getStore() ?? {};

/** Gives every activity its scope, so that each outside call can be traced back to its process. */
export class CorrelationInterceptor implements ActivityInboundCallsInterceptor {
  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const { info, cancellationSignal } = Context.current();
    const scope = {
      correlationId: `${info.workflowExecution?.workflowId}/${info.activityType}`,
      attempt: info.attempt,
      signal: cancellationSignal,
    };
    return scopes.run(scope, () => next(input));
  }
}
