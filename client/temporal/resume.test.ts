import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { command, lineOf, makeOrder, orderStep, unique } from '../../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/helpers/database.ts';
import { fourOClock, openShippingBench, slot } from '../../tests/shipping-bench.ts';
import { workflowIdOf } from './deliver.ts';
import { resumeAll } from './resume.ts';

/** No worker listens here: that a process was started is what is looked at. */
describe('bringing everything back', () => {
  const installation = unique(`resume-${process.pid}`);
  let database: TestDatabase;
  let connection: Connection;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'resume' });
    connection = await Connection.connect({ address: inject('temporalAddress') });
    client = new Client({ connection });
  });
  afterAll(async () => {
    for await (const { scheduleId } of client.schedule.list()) {
      if (scheduleId.startsWith(`${installation}/`)) await client.schedule.getHandle(scheduleId).delete();
    }
    await database?.close();
    await connection?.close();
  });

  const resume = () =>
    resumeAll({ client, db: database.db, installation, namespace: 'default', buildId: null, pausedSchedules: true });
  const isRunning = async (key: string) =>
    client.workflow
      .getHandle(workflowIdOf(installation, key))
      .describe()
      .then(
        ({ status }) => status.name === 'RUNNING',
        () => false,
      );

  it('starts a process for everything that is open, from the rows alone, and for nothing that is closed', async () => {
    const bench = await openShippingBench(database);
    const { world } = bench;
    const [first, second] = await bench.closed();
    await bench.book(second);
    const done = await makeOrder(database.db, world, [lineOf(world.skuB, 1)]);
    await orderStep(database.db, done.id, 'CLOSED_THERE', command({ role: 'connector' }));
    const consignment = await bench.consignmentOf(first);
    const booked = await bench.consignmentOf(second);
    expect(bench.systems.now).toEqual(fourOClock);

    const keys = [
      `order/${first}`,
      `order/${second}`,
      `consignment/${consignment.id}`,
      `labels/${world.brandId}/${slot.date}/${slot.time}`,
      `listings/${world.marketplaceId}`,
      `stock/${world.marketplaceId}`,
    ];
    for (const key of keys) expect({ key, running: await isRunning(key) }).toEqual({ key, running: false });
    const report = await resume();
    expect(report).toMatchObject({ orders: 2, consignments: 1, labelMails: 1, mails: 0, accounts: 1, version: null });
    expect(report.schedules.created).toBeGreaterThan(0);
    for (const key of keys) expect({ key, running: await isRunning(key) }).toEqual({ key, running: true });
    for (const key of [`order/${done.id}`, `consignment/${booked.id}`]) {
      expect({ key, running: await isRunning(key) }).toEqual({ key, running: false });
    }

    // Where everything runs it only wakes, and starts nothing twice.
    const runs = await Promise.all(
      keys.map((key) => client.workflow.getHandle(workflowIdOf(installation, key)).describe()),
    );
    await resume();
    for (const [index, key] of keys.entries()) {
      const { runId } = await client.workflow.getHandle(workflowIdOf(installation, key)).describe();
      expect(runId).toBe(runs[index]?.runId);
      await client.workflow.getHandle(workflowIdOf(installation, key)).terminate('the test is over');
    }
  });
});
