import { Router, type RunningSimulator, type SimulatorOptions, startSimulator } from './index.ts';
import type { ControlHandler } from './types.ts';

/** A tiny vendor for the kit's own tests: a counter that `POST /count` raises and `GET /count` reads. */
export function startCounter(options: SimulatorOptions = {}): Promise<RunningSimulator> {
  return startSimulator('counter', options, ({ log, clock, random, changed }) => {
    let count = 0;
    let dueAtMs: number | null = null;
    const raise = () => {
      count += 1;
      changed();
      log.fact({ fact: 'stock.set', sku: 'A', externalId: '1', quantity: count, cause: 'api' });
    };
    return {
      operation: (request) => `${request.method === 'POST' ? 'raise' : 'read'}:${request.path.slice(1)}`,
      handle: (request) => {
        if (request.path === '/broken') throw new Error('a bug');
        if (request.method === 'POST') raise();
        return {
          status: request.method === 'POST' ? 201 : 200,
          body: { count: request.stale ? count - 1 : count, draw: random.next(), query: request.query },
          requestId: `r${count}`,
        };
      },
      throttled: (_request, { seconds, retryAfter }) =>
        retryAfter === 'in-200'
          ? { status: 200, body: { error: 'busy', wait: seconds } }
          : { status: 429, body: { error: 'busy' } },
      controls: new Router<ControlHandler>().on('POST', '/due/:at', 'due', ({ params }) => {
        dueAtMs = Date.parse(params.at ?? '');
        return { due: true };
      }),
      pending: () => (dueAtMs !== null && dueAtMs <= clock.now().getTime() ? 1 : 0),
      onClock: (now) => {
        if (dueAtMs === null || dueAtMs > now.getTime()) return;
        dueAtMs = null;
        raise();
      },
      state: () => ({ count }),
      reset: () => {
        count = 0;
      },
      save: () => count,
      load: (saved) => {
        count = Number(saved);
      },
    };
  });
}
