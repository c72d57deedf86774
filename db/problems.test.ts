import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { command, later, openProblemsOf } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { reportProblem, resolveProblem, resolveProblemsOf } from './problems.ts';
import { mustStep } from './steps.ts';

describe('problems', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'problems', maxConnections: 10 });
  });
  afterAll(() => database?.close());

  const report = (causeKey: string, entityId: string, minute = 0, detail = 'detail', kind = 'made-up') =>
    database.db.tx('staff', (trx) =>
      reportProblem(
        trx,
        {
          causeKey,
          kind,
          severity: 'warning',
          title: 'title',
          detail,
          remedy: 'remedy',
          entityKind: 'order',
          entityId,
        },
        command({ role: 'system', at: later(minute) }),
      ),
    );
  const resolve = (causeKey: string, minute = 0) =>
    database.db.tx('staff', (trx) => resolveProblem(trx, causeKey, command({ role: 'system', at: later(minute) })));
  const read = (causeKey: string) =>
    database.db.tx('staff', (trx) => trx('problems').where({ cause_key: causeKey }).first());

  it('ten thousand failures of one cause are one problem that counts them', async () => {
    const [key, id] = [randomUUID(), randomUUID()];
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((minute) => report(key, id, minute)));
    await report(key, id, 9, 'x'.repeat(5_000));
    const problem = await read(key);
    expect(problem).toMatchObject({ state: 'OPEN', version: 1, occurrences: 9, last_seen_at: later(9) });
    expect(problem.detail).toHaveLength(2_000);
  });

  it('that is resolved and comes back is opened again, and knows when it began', async () => {
    const [key, id] = [randomUUID(), randomUUID()];
    await report(key, id, 1);
    await resolve(key, 2);
    expect(await read(key)).toMatchObject({ state: 'RESOLVED', resolved_at: later(2) });
    await resolve(key, 3);
    expect(await read(key)).toMatchObject({ version: 2, resolved_at: later(2) });
    await report(key, id, 4);
    expect(await read(key)).toMatchObject({
      state: 'OPEN',
      occurrences: 2,
      first_seen_at: later(1),
      last_seen_at: later(4),
      resolved_at: null,
    });
    await resolve(key, 5);
    await report(key, id, 6);
    expect(await read(key)).toMatchObject({ state: 'OPEN', version: 5, occurrences: 3 });
  });

  it('that is snoozed stays snoozed while it is seen, and can be resolved', async () => {
    const [key, id] = [randomUUID(), randomUUID()];
    await report(key, id);
    const { id: problemId } = await read(key);
    await database.db.tx('staff', (trx) =>
      mustStep(trx, { machine: 'problem', id: problemId, event: 'SNOOZE' }, command()),
    );
    await report(key, id, 1);
    expect(await read(key)).toMatchObject({ state: 'SNOOZED', occurrences: 2 });
    await resolve(key);
    expect(await read(key)).toMatchObject({ state: 'RESOLVED' });
  });

  it('of one thing are closed by kind, and a cause that has none is no fault', async () => {
    const id = randomUUID();
    await report(`a/${id}`, id, 0, 'd', 'kind-a');
    await report(`b/${id}`, id, 0, 'd', 'kind-b');
    await report(`c/${id}`, id, 0, 'd', 'kind-c');
    await database.db.tx('staff', (trx) => resolveProblemsOf(trx, id, ['kind-a', 'kind-b', 'kind-z'], command()));
    expect(await openProblemsOf(database.db, id)).toEqual(['kind-c']);
    await resolve('nobody has this');
  });
});
