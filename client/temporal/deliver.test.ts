import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { unique } from '../../tests/factories.ts';
import { deliverTo, startStream, wakeProcess, workflowIdOf } from './deliver.ts';

/** No worker listens here: what is started waits, and its history shows what it was told. */
describe('waking processes', () => {
  const installation = unique(`deliver-${process.pid}`);
  const started = new Set<string>();
  let connection: Connection;
  let client: Client;

  beforeAll(async () => {
    connection = await Connection.connect({ address: inject('temporalAddress') });
    client = new Client({ connection });
  });
  afterEach(async () => {
    for (const id of started) await client.workflow.getHandle(id).terminate('the test is over');
    started.clear();
  });
  afterAll(() => connection?.close());

  const historyOf = async (workflowId: string) => {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    return events ?? [];
  };
  const signalsOf = async (workflowId: string) =>
    (await historyOf(workflowId)).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal ? [signal.signalName] : [],
    );

  it('starts the process of a key, and only signals it where it runs', async () => {
    const id = workflowIdOf(installation, 'order/1');
    started.add(id);
    for (let round = 0; round < 3; round += 1) await wakeProcess(client, installation, 'order', 'order/1');
    const description = await client.workflow.getHandle(id).describe();
    expect(description).toMatchObject({ type: 'orderWorkflow', status: { name: 'RUNNING' } });
    expect(await signalsOf(id)).toEqual(['wake', 'wake', 'wake']);
  });

  it('of many at once one starts', async () => {
    const id = workflowIdOf(installation, 'order/2');
    started.add(id);
    await Promise.all(Array.from({ length: 8 }, () => wakeProcess(client, installation, 'order', 'order/2')));
    expect(await signalsOf(id)).toHaveLength(8);
  });

  it('carries nothing of the row but its id', async () => {
    const id = workflowIdOf(installation, 'order/3');
    started.add(id);
    await deliverTo(
      client,
      installation,
    )({
      id: 7,
      topic: 'order',
      key: 'order/3',
      payload: { id: '3', version: 9, name: 'Budi Santoso' },
      attempts: 0,
      correlationId: 'trace-1',
    });
    const bodies = (await historyOf(id)).flatMap(
      ({ workflowExecutionStartedEventAttributes: begun, workflowExecutionSignaledEventAttributes: signal }) =>
        [...(begun?.input?.payloads ?? []), ...(signal?.input?.payloads ?? [])].map(({ data }) =>
          Buffer.from(data ?? []).toString('utf8'),
        ),
    );
    expect(bodies).toEqual(['"3"', '"trace-1"']);
  });

  it('two installations on one Temporal do not meet', async () => {
    const other = `${installation}-other`;
    for (const name of [installation, other]) {
      started.add(workflowIdOf(name, 'order/4'));
      await wakeProcess(client, name, 'order', 'order/4');
    }
    expect(await signalsOf(workflowIdOf(other, 'order/4'))).toHaveLength(1);
  });

  it('begins anew where the process had ended', async () => {
    const id = workflowIdOf(installation, 'order/5');
    await wakeProcess(client, installation, 'order', 'order/5');
    await client.workflow.getHandle(id).terminate('ended');
    await wakeProcess(client, installation, 'order', 'order/5');
    started.add(id);
    expect(await signalsOf(id)).toHaveLength(1);
    expect((await client.workflow.getHandle(id).describe()).status.name).toBe('RUNNING');
  });

  it('a stream has one process whoever asks for it', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => startStream(client, installation, 'account', 'orders')));
    for (const id of ids) started.add(id);
    expect(new Set(ids)).toEqual(new Set([workflowIdOf(installation, 'orders/account')]));
    await expect(startStream(client, installation, 'account', 'songs')).rejects.toThrow('no stream songs');
  });
});
