import { AsyncLocalStorage } from 'node:async_hooks';
import { Context } from '@temporalio/activity';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { connectionQueue } from '../client/temporal/queues.ts';
import type { CallObservation } from '../connectors/transport/index.ts';
import type { ActivityRun, Health } from './health.ts';

const answers = new AsyncLocalStorage<{ answered: number }>();

/** For the transport: counts the answers that the running activity got from its account. */
export function countAnswer(seen: CallObservation): void {
  const counter = answers.getStore();
  if (counter && seen.outcome === 'answered' && (seen.status ?? 500) < 400) counter.answered += 1;
}

const queuePrefix = connectionQueue('');
const connectionIdOf = (taskQueue: string): string | null =>
  taskQueue.startsWith(queuePrefix) ? taskQueue.slice(queuePrefix.length) : null;

function subjectOf([first]: readonly unknown[]): string | null {
  if (typeof first === 'string') return first;
  const named = typeof first === 'object' && first !== null && 'connectionId' in first ? first.connectionId : null;
  return typeof named === 'string' ? named : null;
}

/** Tells `Health` of every activity's end. Inside of what turns errors into failures: it wants to see them as they are. */
export class HealthInterceptor implements ActivityInboundCallsInterceptor {
  readonly #health: Health;
  readonly #correlationId: () => string;
  constructor(health: Health, correlationId: () => string) {
    this.#health = health;
    this.#correlationId = correlationId;
  }

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const { info } = Context.current();
    const counter = { answered: 0 };
    const run = (): ActivityRun => ({
      connectionId: connectionIdOf(info.taskQueue),
      activity: info.activityType,
      subject: subjectOf(input.args),
      attempt: info.attempt,
      correlationId: this.#correlationId(),
      answered: counter.answered,
    });
    let result: unknown;
    try {
      result = await answers.run(counter, () => next(input));
    } catch (error) {
      await this.#health.failed(run(), error);
      throw error;
    }
    await this.#health.succeeded(run());
    return result;
  }
}
