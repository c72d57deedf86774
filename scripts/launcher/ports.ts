import { SetupFault } from '../servers/fault.ts';
import { freePortBlock, isPortFree, takenPorts } from '../servers/ports.ts';

/** Every port of a world. They stay the same for as long as it lives, restarts of its parts included. */
export interface WorldPorts {
  api: number;
  workerMetrics: number;
  apiMetrics: number;
  temporal: number;
  temporalUi: number;
  postgres: number;
  /** First of the sandbox's block. */
  sandboxBase: number;
}

/** Neighbouring ports that a sandbox may use. */
export const sandboxPortCount = 20;
const sandboxOffset = 10;

/** Ports in one row from `base` on: `npm start` uses 4400 to 4429. */
export function portsFrom(base: number): WorldPorts {
  return {
    api: base,
    workerMetrics: base + 1,
    apiMetrics: base + 2,
    temporal: base + 3,
    temporalUi: base + 4,
    postgres: base + 5,
    sandboxBase: base + sandboxOffset,
  };
}

/** Ports that nobody uses now; for demo runs and tests beside a running installation. */
export async function freePorts(): Promise<WorldPorts> {
  return portsFrom(await freePortBlock(sandboxOffset + sandboxPortCount));
}

/**
 * Makes sure that the ports are free, all at once, before anything is started. PostgreSQL looks for itself: on its port
 * may sit a server of our own that an earlier start left behind.
 * @throws SetupFault that names every taken port
 */
export async function demandFree(ports: WorldPorts, uses: { temporal: boolean; sandbox: boolean }): Promise<void> {
  const wanted: [string, number][] = [
    ['API and dashboard', ports.api],
    ['metrics of the worker', ports.workerMetrics],
    ['metrics of the API', ports.apiMetrics],
  ];
  if (uses.temporal) wanted.push(['Temporal', ports.temporal], ["Temporal's UI", ports.temporalUi]);
  const taken: string[] = [];
  for (const [purpose, port] of wanted) if (!(await isPortFree(port))) taken.push(`${port} (${purpose})`);
  if (uses.sandbox)
    for (const port of await takenPorts(ports.sandboxBase, sandboxPortCount)) taken.push(`${port} (sandbox)`);
  if (taken.length === 0) return;
  throw new SetupFault(
    `${taken.length === 1 ? 'This port is' : 'These ports are'} taken by another program: ${taken.join(', ')}.`,
    'stop that program, or move this one with `npm start -- --port 4500` (it takes 30 ports from there).',
  );
}
