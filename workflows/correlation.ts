import { defaultPayloadConverter } from '@temporalio/common';
import type { WorkflowInterceptors } from '@temporalio/workflow';

/** The header under which activities get the correlation id of what woke their process. */
export const correlationHeader = 'correlation';

/**
 * Carries the correlation id of the last wake-up (a request, a webhook, a reading) on to every activity, and so to every
 * outside call: one id from the event to its consequences. Made anew for each process, so nothing is shared.
 */
export const interceptors = (): WorkflowInterceptors => {
  let correlationId: string | null = null;
  return {
    inbound: [
      {
        async handleSignal(input, next) {
          const [first] = input.args;
          if (typeof first === 'string' && first !== '') correlationId = first;
          return next(input);
        },
      },
    ],
    outbound: [
      {
        async scheduleActivity(input, next) {
          if (correlationId === null) return next(input);
          const headers = { ...input.headers, [correlationHeader]: defaultPayloadConverter.toPayload(correlationId) };
          return next({ ...input, headers });
        },
      },
    ],
  };
};
