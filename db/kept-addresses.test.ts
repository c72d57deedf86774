import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { command, makeOrder, makeWorld, startAt } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { reportKeptAddresses } from './kept-addresses.ts';
import { stepOrder } from './orders.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'kept' });
});
afterAll(() => database?.close());

it('an order that stays open is told of once, and no more when it has come to an end', async () => {
  const { db } = database;
  const world = await makeWorld(db);
  const [first, second] = [await makeOrder(db, world), await makeOrder(db, world)];
  const staff = <Result>(work: Parameters<typeof db.tx<Result>>[1]) => db.tx('staff', work);
  const after = (days: number) => new Date(startAt.getTime() + days * 24 * 60 * 60 * 1000);
  const look = (days: number) =>
    staff((trx) => reportKeptAddresses(trx, 90, command({ at: after(days), role: 'system' })));
  const problem = () =>
    staff((trx) => trx('problems').where({ kind: 'kept-addresses' }).first('state', 'detail', 'occurrences'));
  await staff((trx) =>
    trx('orders')
      .where({ id: second.id })
      .update({ created_at: after(5) }),
  );

  expect(await look(89)).toBe(0);
  expect(await problem()).toBeUndefined();
  expect(await look(91)).toBe(1);
  expect(await look(92)).toBe(1);
  expect(await problem()).toMatchObject({
    state: 'OPEN',
    occurrences: 1,
    detail: expect.stringContaining(String(first.number)),
  });
  expect(await look(96)).toBe(2);
  expect(await problem()).toMatchObject({ occurrences: 2, detail: expect.stringContaining(String(second.number)) });

  await staff((trx) =>
    trx('consignees')
      .where({ id: second.consignee_id })
      .update({ erased_at: after(96) }),
  );
  await staff((trx) =>
    stepOrder(trx, { id: first.id, event: 'REQUEST_CANCEL' }, command({ role: 'ops', why: 'nobody answers' })),
  );
  const left = await look(97);
  const { state } = await staff((trx) => trx('orders').where({ id: first.id }).first('state'));
  // Asked for is not yet ended.
  expect([state, left]).toEqual(['CANCEL_REQUESTED', 1]);
  await staff((trx) =>
    trx('consignees')
      .where({ id: first.consignee_id })
      .update({ erased_at: after(97) }),
  );
  expect(await look(98)).toBe(0);
  expect((await problem()).state).toBe('RESOLVED');
});
