import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { command } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { ScriptedOutside, specOf } from '../tests/scripted-outside.ts';
import { type EffectCall, NeedsCheck, performEffect } from './effects.ts';
import { mustStep } from './steps.ts';

describe('an effect that a person settles as done', () => {
  let database: TestDatabase;
  let entityId: string;
  let key: string;
  let followed: string[];

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'by_hand' });
  });
  afterAll(() => database?.close());
  beforeEach(() => {
    entityId = randomUUID();
    key = `made-up/${entityId}`;
    followed = [];
  });

  type Call = EffectCall<{ id: string }>;
  /** A call whose answer is always lost and that nobody can look up, so that a person must say what happened. */
  const blindCall = (overrides: Partial<Call> = {}): Call => {
    const { lookup: _none, ...call } = new ScriptedOutside([]).call({
      onDone: async (_trx, { id }) => {
        followed.push(id);
      },
    });
    return {
      ...call,
      call: async () => {
        throw new Error('the connection broke');
      },
      ...overrides,
    };
  };
  const perform = (call: Call) =>
    performEffect(new ScriptedOutside([]).deps(database.db), specOf(key, entityId), call, command({ role: 'system' }));
  const sayItHappened = () =>
    database.db.tx('staff', async (trx) => {
      const { id } = await trx('effects').where({ key }).first('id');
      await mustStep(trx, { machine: 'effect', id, event: 'FOUND' }, command({ role: 'ops' }));
    });

  it('lets follow what follows from success, once', async () => {
    const call = blindCall({ assumed: () => ({ id: 'assumed' }) });
    await expect(perform(call)).rejects.toThrow('the connection broke');
    await expect(perform(call)).rejects.toThrow(NeedsCheck);
    await sayItHappened();
    expect(await perform(call)).toEqual({ outcome: 'done', answer: { id: 'assumed' } });
    expect(await perform(call)).toEqual({ outcome: 'done', answer: { id: 'assumed' } });
    expect(followed).toEqual(['assumed']);
  });

  it('takes the answer from a look-up where there is one', async () => {
    const call = blindCall();
    await expect(perform(call)).rejects.toThrow('the connection broke');
    await sayItHappened();
    const outcome = await perform({ ...call, lookup: async () => ({ id: 'looked-up' }) });
    expect(outcome).toEqual({ outcome: 'done', answer: { id: 'looked-up' } });
    expect(followed).toEqual(['looked-up']);
  });

  it('does not pretend where neither shows it', async () => {
    const call = blindCall();
    await expect(perform(call)).rejects.toThrow('the connection broke');
    await sayItHappened();
    await expect(perform(call)).rejects.toThrow('our reference does not find it');
    expect(followed).toEqual([]);
  });
});
