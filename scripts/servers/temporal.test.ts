import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from './process-info.ts';
import { deleteTemporalDatabase, startTemporal, type TemporalOptions, type TemporalServer } from './temporal.ts';

let folder: string;
let started: TemporalServer[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tradelane-temporal-'));
  started = [];
});

afterEach(async () => {
  for (const server of started) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<TemporalOptions> = {}): Promise<TemporalServer> {
  const server = await startTemporal({
    folder,
    uiPort: null,
    searchAttributes: { tradelaneKind: 'Keyword' },
    ...options,
  });
  started.push(server);
  return server;
}

async function withClient<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

const startOne = (workflowId: string) => (client: Client) =>
  client.workflow.start('nobody', { workflowId, taskQueue: 'empty' });
const stateOf = (workflowId: string) => async (client: Client) =>
  (await client.workflow.getHandle(workflowId).describe()).status.name;

describe('local Temporal server', () => {
  it('serves its UI and the search attributes, and keeps workflows through a kill', async () => {
    const first = await start({ uiPort: 0 });
    expect((await fetch(first.uiUrl ?? '')).status).toBe(200);
    await withClient(first.address, startOne('kept'));
    const pid = first.pid ?? 0;
    await first.kill();
    expect(isRunning(pid)).toBe(false);

    const second = await start({ port: first.port });
    expect(second.address).toBe(first.address);
    expect(await withClient(second.address, stateOf('kept'))).toBe('RUNNING');

    await second.stop();
    deleteTemporalDatabase(second.dbFile);
    expect(existsSync(second.dbFile)).toBe(false);
    const third = await start({ port: first.port });
    await expect(withClient(third.address, stateOf('kept'))).rejects.toThrow('not found');
  });

  it('names the port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(start({ port })).rejects.toThrow(`Port ${port}, wanted for Temporal, is taken.`);
    await expect(start({ uiPort: port })).rejects.toThrow(`Port ${port}, wanted for Temporal's UI, is taken.`);
    other.close();
  });

  it('tells why the binary would not start', async () => {
    await expect(start({ searchAttributes: { broken: 'Nonsense' as 'Keyword' } })).rejects.toThrow(
      /Temporal did not start.*Nonsense.*Remedy/s,
    );
  });
});
