import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import { searchAttributeTypes } from './search-attributes.ts';

/** `IndexedValueType` of Temporal's API. */
const indexedValueTypes = { Keyword: 2 } as const;

const grpcNotFound = 5;
const grpcAlreadyThere = 6;
const grpcFailedPrecondition = 9;

const askAgainMs = 500;

/** The name under which Temporal knows the workers of an installation. */
export const deploymentName = (installation: string): string => `tradelane-${installation}`;

/**
 * Makes known to a Temporal server the search attributes that our processes carry; without them it refuses to start any.
 * Harmless when repeated. Returns those that were missing.
 *
 * @throws ServiceError where an admin has to add them (Temporal Cloud)
 */
export async function registerSearchAttributes(client: Client, namespace: string): Promise<string[]> {
  const { operatorService } = client.connection;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(searchAttributeTypes).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return [];
  try {
    await operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, indexedValueTypes[type]])),
    });
  } catch (error) {
    // Somebody else added them meanwhile.
    if (!hasCode(error, grpcAlreadyThere)) throw error;
  }
  return missing.map(([name]) => name);
}

/**
 * Makes a version of the worker the current one: until then Temporal gives tasks to none. A server that was just started
 * hears of a version when the first worker of it asks for work, so it is waited for.
 *
 * @returns false when no worker of the version asked for work within `waitMs`
 */
export async function makeVersionCurrent(
  client: Client,
  version: { readonly namespace: string; readonly installation: string; readonly buildId: string },
  waitMs: number,
): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      await client.workflowService.setWorkerDeploymentCurrentVersion({
        namespace: version.namespace,
        deploymentName: deploymentName(version.installation),
        buildId: version.buildId,
        ignoreMissingTaskQueues: true,
        identity: 'tradelane',
      });
      return true;
    } catch (error) {
      if (!hasCode(error, grpcNotFound) && !hasCode(error, grpcFailedPrecondition)) throw error;
      if (performance.now() > deadline) return false;
      await sleep(askAgainMs);
    }
  }
}

/**
 * Gives tasks to workers without a version again, where a version was the current one: without this they would wait for
 * ever. Returns the version that was current, or null where there was none.
 */
export async function withdrawVersion(
  client: Client,
  { namespace, installation }: { readonly namespace: string; readonly installation: string },
): Promise<string | null> {
  const name = deploymentName(installation);
  try {
    const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace,
      deploymentName: name,
    });
    const current = workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId;
    if (!current) return null;
    await client.workflowService.setWorkerDeploymentCurrentVersion({
      namespace,
      deploymentName: name,
      buildId: '',
      ignoreMissingTaskQueues: true,
      identity: 'tradelane',
    });
    return current;
  } catch (error) {
    // Versioning was never on.
    if (hasCode(error, grpcNotFound)) return null;
    throw error;
  }
}

const hasCode = (error: unknown, code: number): boolean => isGrpcServiceError(error) && error.code === code;
