import type { Client } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import {
  deploymentName,
  makeVersionCurrent,
  registerSearchAttributes,
  withdrawVersion,
} from '../client/temporal/server-setup.ts';
import type { Config } from '../config/load.ts';

/** How long a server that was just started may take to hear of this version. */
const announceWaitMs = 60_000;

/**
 * Worker versioning, where a build id is configured. Processes read their row at every step and keep nothing else, so they
 * move to the current version at their next task; a change that breaks replay is guarded by `patched` and found by the
 * replay tests.
 */
export function versionOptions(config: Config): Pick<WorkerOptions, 'workerDeploymentOptions'> | Record<string, never> {
  const { buildId } = config.worker;
  if (!buildId) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName: deploymentName(config.installation), buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}

/**
 * Makes this worker's version the current one; until then Temporal gives it no tasks. A worker without a build id takes the
 * tasks back from versions of earlier times.
 * @throws Error when the version stays unknown
 */
export async function announceVersion(
  { worker, temporal, installation }: Config,
  client: Client,
  log: Logger,
): Promise<void> {
  const { buildId } = worker;
  if (!buildId) {
    const withdrawn = await withdrawVersion(client, { namespace: temporal.namespace, installation });
    if (withdrawn)
      log.warn({ withdrawn }, 'worker versioning was on and is off now: workers without a version get the tasks');
    return;
  }
  const version = { namespace: temporal.namespace, installation, buildId };
  if (!(await makeVersionCurrent(client, version, announceWaitMs)))
    throw new Error(`Temporal has not heard of version ${buildId} of the worker`);
  log.info({ buildId }, 'this version of the worker is the current one');
}

/** Makes the search attributes known; where an admin has to do that, a warning says so and the work goes on. */
export async function announceSearchAttributes(config: Config, client: Client, log: Logger): Promise<void> {
  try {
    const added = await registerSearchAttributes(client, config.temporal.namespace);
    if (added.length > 0) log.info({ added }, 'Temporal knows the search attributes now');
  } catch (error) {
    log.warn({ err: error }, 'the search attributes could not be looked at; an admin of Temporal may have to add them');
  }
}
