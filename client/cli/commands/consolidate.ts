import { readFile } from 'node:fs/promises';
import { InstanceFault, planBppc, readBppc } from '../../../consolidation/bppc.ts';
import { openCoverSolver } from '../../../consolidation/cover.ts';
import type { Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';

/** Time for reading, checking and printing, kept back from the search. */
const reserveSeconds = 0.5;

/**
 * Plans a bin packing instance with conflicts by the planner of consignments (each costs 1). Needs nothing that runs.
 * It ends as soon as the bins meet the lower bound, at the latest after the given seconds.
 */
export async function consolidate({ bppc, seconds }: { bppc: string; seconds: number }): Promise<Outcome> {
  const startedAt = performance.now();
  const spent = () => (performance.now() - startedAt) / 1000;
  const secondsLeft = () => Math.max(0, seconds - reserveSeconds - spent());
  const text = await readFile(bppc, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CliFault('usage', `${bppc} cannot be read (${cause.code ?? cause.message}).`, {
      remedy: 'Name a text file: first line `items capacity`, then `index weight [conflicting indices]`.',
    });
  });
  try {
    const solver = await openCoverSolver();
    const plan = planBppc(readBppc(text), solver, { isOver: () => secondsLeft() <= 0, secondsLeft, runs: 0 });
    const took = Number(spent().toFixed(2));
    const { packing, ...figures } = plan;
    const isBest = plan.bins === plan.lowerBound;
    return {
      json: { ...figures, seconds: took, packing },
      text: [
        `${plan.items} items in ${plan.bins} bins of ${plan.capacity} (${plan.method}, ${took} s).`,
        isBest ? 'Fewer are not possible.' : `No packing has fewer than ${plan.lowerBound}.`,
        `First-fit decreasing needs ${plan.firstFitDecreasing}.`,
      ].join('\n'),
    };
  } catch (error) {
    if (!(error instanceof InstanceFault)) throw error;
    throw new CliFault('usage', `${bppc}, ${error.message}`, { remedy: error.remedy });
  }
}
