import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { deploymentName } from '../client/temporal/server-setup.ts';
import { type Config, loadConfig } from '../config/load.ts';
import { openNamespace, type RunningBench, withBench } from '../tests/workflows/bench.ts';
import { OrderRow } from '../tests/workflows/order-row.ts';
import { announceVersion, versionOptions } from './versioning.ts';

const address = inject('temporalAddress');
const namespace = `versions-${process.pid}`;
const log = pino({ level: 'silent' });
let client: Client;

beforeAll(async () => {
  client = await openNamespace(address, namespace);
});
afterAll(() => client.connection.close());

const configOf = (buildId: string | null): Config =>
  loadConfig({
    DATABASE_URL: 'postgres://owner:x@127.0.0.1:1/none',
    DATABASE_APP_URL: 'postgres://app:x@127.0.0.1:1/none',
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    TRADELANE_INSTALLATION: 'versions',
    TRADELANE_MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
    ...(buildId ? { WORKER_BUILD_ID: buildId } : {}),
  });

/** A worker of one version; every reading of the row is signed with the version that made it. */
function version(buildId: string | null, row: OrderRow, readBy: string[]) {
  const config = configOf(buildId);
  const script = row.script();
  const readOrder = script.readOrder;
  script.readOrder = async (id) => {
    readBy.push(buildId ?? 'none');
    return readOrder?.(id);
  };
  return {
    announce: () => announceVersion(config, client, log),
    run: <Result>(work: (bench: RunningBench) => Promise<Result>) =>
      withBench({ address, client, script, cachedWorkflows: 100, orchestration: versionOptions(config) }, work),
  };
}

async function currentVersion(): Promise<string | null> {
  const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
    namespace,
    deploymentName: deploymentName('versions'),
  });
  return workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId ?? null;
}

describe('worker versioning', () => {
  it('is off without a build id', () => {
    expect(versionOptions(configOf(null))).toEqual({});
  });

  it('gives tasks to the announced version, moves open processes to the next one, and outlives the old worker', async () => {
    const row = new OrderRow();
    const readBy: string[] = [];
    const first = version('first', row, readBy);
    const second = version('second', row, readBy);
    const id = 'order/1';
    const readAgain = async (bench: RunningBench, by: string): Promise<void> => {
      const before = readBy.length;
      row.set({});
      await bench.wake('orderWorkflow', id, [id]);
      await bench.until('a reading', () => readBy.length > before);
      expect(readBy.slice(before)).toEqual([by]);
    };
    let stopFirst: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => {
      stopFirst = resolve;
    });
    await second.run(async (bench) => {
      const firstEnded = first.run(async () => {
        await first.announce();
        expect(await currentVersion()).toBe('first');
        await readAgain(bench, 'first');
        await readAgain(bench, 'first');
        await second.announce();
        expect(await currentVersion()).toBe('second');
        await readAgain(bench, 'second');
        await stopped;
      });
      stopFirst();
      await firstEnded;
      await readAgain(bench, 'second');
      row.set({ state: 'CANCELLED' });
      const handle = await bench.wake('orderWorkflow', id, [id]);
      expect(await handle.result()).toBe('CANCELLED');
    });
  });

  it('is given up by a worker that comes without a build id', async () => {
    const row = new OrderRow({ state: 'CANCELLED' });
    const readBy: string[] = [];
    const plain = version(null, row, readBy);
    await plain.run(async (bench) => {
      expect(await currentVersion()).toBe('second');
      await plain.announce();
      expect(await currentVersion()).toBeNull();
      const handle = await bench.wake('orderWorkflow', 'order/2', ['order/2']);
      expect(await handle.result()).toBe('CANCELLED');
      expect(readBy).toEqual(['none']);
    });
  });
});
