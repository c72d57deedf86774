import { Worker } from 'node:worker_threads';
import type { FreightPlan, PlanInput } from './orders.ts';
import { planConsignments } from './plan.ts';

/** Longer than any plan takes: its searches are limited by rounds. */
const patienceMs = 120_000;

/**
 * Plans in a thread of its own, because the solver blocks the one that it runs in. Where there is nothing to choose, no
 * thread is started.
 * @throws where the thread fails or does not come back
 */
export async function planInThread(input: PlanInput): Promise<FreightPlan> {
  if (input.orders.length < 2) {
    return planConsignments(input, {
      cover: () => {
        throw new Error('one order needs no solver');
      },
    });
  }
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: input });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<FreightPlan>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the planner ended with ${code} and no plan`)));
      timer = setTimeout(() => reject(new Error(`no plan after ${patienceMs / 1000} s`)), patienceMs);
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
