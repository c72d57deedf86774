import { parentPort, workerData } from 'node:worker_threads';
import { openCoverSolver } from './cover.ts';
import type { PlanInput } from './orders.ts';
import { planConsignments } from './plan.ts';

/** The other side of `planInThread`: plans what it was given and ends. */
const solver = await openCoverSolver();
parentPort?.postMessage(planConsignments(workerData as PlanInput, solver));
