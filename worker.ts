import { loadConfig } from './config/load.ts';
import { runWorker } from './worker/run.ts';

await runWorker(loadConfig());
