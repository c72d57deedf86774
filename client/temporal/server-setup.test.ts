import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTemporal, type TemporalServer } from '../../scripts/servers/temporal.ts';
import { wakeProcess, workflowIdOf } from './deliver.ts';
import { searchAttributeTypes } from './search-attributes.ts';
import { makeVersionCurrent, registerSearchAttributes } from './server-setup.ts';

const names = Object.keys(searchAttributeTypes).sort();
const namespace = 'default';

describe('a Temporal server that knows nothing of us', () => {
  let folder: string;
  let server: TemporalServer;
  let client: Client;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tradelane-setup-'));
    server = await startTemporal({ folder, uiPort: null });
    client = new Client({ connection: await Connection.connect({ address: server.address }) });
  });
  afterAll(async () => {
    await client.connection.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is told our search attributes, once, and then takes our processes', async () => {
    await expect(wakeProcess(client, 'setup', 'order', 'order/1')).rejects.toThrow();
    const added = await Promise.all([1, 2].map(() => registerSearchAttributes(client, namespace)));
    expect(added.flat().sort()).toEqual(expect.arrayContaining(names));
    expect(await registerSearchAttributes(client, namespace)).toEqual([]);
    // The server learns of them within its own caches' time.
    await expect
      .poll(() => wakeProcess(client, 'setup', 'order', 'order/1').then(() => 'taken', String), {
        timeout: 60_000,
        interval: 500,
      })
      .toBe('taken');
    const { status } = await client.workflow.getHandle(workflowIdOf('setup', 'order/1')).describe();
    expect(status.name).toBe('RUNNING');
  }, 120_000);

  it('cannot give the work to a version of which no worker has asked for any', async () => {
    const version = { namespace, installation: 'setup', buildId: 'nobody-1' };
    expect(await makeVersionCurrent(client, version, 1_000)).toBe(false);
  });
});
