import type { Client } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Config } from '../config/load.ts';

const deploymentName = (config: Config): string => `tradelane-${config.installation}`;

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
      version: { deploymentName: deploymentName(config), buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}

/** Makes this worker's version the current one; until then Temporal gives it no tasks. */
export async function announceVersion(config: Config, client: Client, log: Logger): Promise<void> {
  const { buildId } = config.worker;
  if (!buildId) return;
  await client.workflowService.setWorkerDeploymentCurrentVersion({
    namespace: config.temporal.namespace,
    deploymentName: deploymentName(config),
    buildId,
    ignoreMissingTaskQueues: true,
    identity: 'tradelane-worker',
  });
  log.info({ buildId }, 'this version of the worker is the current one');
}
