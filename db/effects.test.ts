import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { ConnectorError } from '../connectors/errors.ts';
import { command, openProblemsOf } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { Killed, leaseMs, ScriptedOutside, settleMs, specOf, waitAfter } from '../tests/scripted-outside.ts';
import { type EffectCall, EffectPending, NeedsCheck, NotNow, performEffect } from './effects.ts';

describe('effects', () => {
  let database: TestDatabase;
  let entityId: string;
  let key: string;
  let done: { id: string; found: boolean }[];
  let refusals: string[];

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'effects', maxConnections: 10 });
  });
  afterAll(() => database?.close());
  beforeEach(() => {
    entityId = randomUUID();
    key = `made-up/${entityId}`;
    done = [];
    refusals = [];
  });

  const callOf = (outside: ScriptedOutside, overrides: Partial<EffectCall<{ id: string }>> = {}) =>
    outside.call({
      onDone: async (_trx, answer, _command, found) => {
        done.push({ id: answer.id, found });
      },
      onRefused: async (_trx, reason) => {
        refusals.push(reason);
      },
      ...overrides,
    });
  const perform = (outside: ScriptedOutside, overrides: Partial<EffectCall<{ id: string }>> = {}) =>
    performEffect(
      outside.deps(database.db),
      specOf(key, entityId),
      callOf(outside, overrides),
      command({ role: 'system' }),
    );
  const row = () => database.db.tx('staff', (trx) => trx('effects').where({ key }).first());
  const path = async () => {
    const effect = await row();
    return database.db.tx('staff', (trx) =>
      trx('transitions').where({ entity_id: effect.id }).orderBy('version').pluck('event'),
    ) as Promise<string[]>;
  };

  it('makes the call once and gives its answer for ever', async () => {
    const outside = new ScriptedOutside(['answered']);
    expect(await perform(outside)).toEqual({ outcome: 'done', answer: { id: 'thing-1' } });
    expect(await perform(outside)).toEqual({ outcome: 'done', answer: { id: 'thing-1' } });
    expect(outside.attempts).toEqual([1]);
    expect(done).toEqual([{ id: 'thing-1', found: false }]);
    expect(await path()).toEqual(['CREATE', 'ATTEMPT', 'SUCCEED']);
  });

  it('a refusal is final and has its consequences once', async () => {
    const outside = new ScriptedOutside(['refused']);
    const refusal = { outcome: 'refused', reason: 'no such postcode' };
    expect(await perform(outside)).toEqual(refusal);
    expect(await perform(outside)).toEqual(refusal);
    expect(outside.attempts).toEqual([1]);
    expect(refusals).toEqual(['no such postcode']);
    expect(await path()).toEqual(['CREATE', 'ATTEMPT', 'REFUSE']);
  });

  it.each(['not-sent', 'throttled'] as const)('what was %s may be tried at once', async (happening) => {
    const outside = new ScriptedOutside([happening]);
    await expect(perform(outside)).rejects.toBeInstanceOf(ConnectorError);
    expect(await row()).toMatchObject({ state: 'INTENDED', lease_until: null });
    expect(await perform(outside)).toMatchObject({ outcome: 'done' });
    expect(outside.attempts).toEqual([1, 2]);
    expect(outside.lookups).toBe(0);
  });

  it('a lost answer is looked up and found, however early', async () => {
    const outside = new ScriptedOutside(['lost-but-done']);
    await expect(perform(outside)).rejects.toMatchObject({ name: 'EffectPending', retryAfterMs: settleMs });
    expect(await row()).toMatchObject({ state: 'AMBIGUOUS', reason: 'the answer was cut' });
    expect(await perform(outside)).toEqual({ outcome: 'done', answer: { id: 'thing-1' } });
    expect(outside.attempts).toEqual([1]);
    expect(done).toEqual([{ id: 'thing-1', found: true }]);
    expect(await path()).toEqual(['CREATE', 'ATTEMPT', 'LOSE_ANSWER', 'FOUND']);
  });

  it('is repeated only after two settled look-ups found nothing', async () => {
    const outside = new ScriptedOutside(['lost-and-not-done']);
    await expect(perform(outside)).rejects.toBeInstanceOf(EffectPending);
    for (const [passed, lookups] of [
      [0, 0],
      [settleMs - 1, 0],
      [1, 1],
      [settleMs - 1, 1],
    ] as const) {
      outside.pass(passed);
      await expect(perform(outside)).rejects.toBeInstanceOf(EffectPending);
      expect(await row()).toMatchObject({ state: 'AMBIGUOUS', lookups });
    }
    expect(outside.attempts).toEqual([1]);
    outside.pass(1);
    expect(await perform(outside)).toMatchObject({ outcome: 'done' });
    expect(outside.attempts).toEqual([1, 2]);
    expect(outside.things).toHaveLength(1);
    expect(await path()).toEqual(['CREATE', 'ATTEMPT', 'LOSE_ANSWER', 'NOT_FOUND', 'ATTEMPT', 'SUCCEED']);
  });

  it('two workers that look up at the same moment count as one look-up', async () => {
    const outside = new ScriptedOutside(['lost-and-not-done']);
    await expect(perform(outside)).rejects.toBeInstanceOf(EffectPending);
    outside.pass(settleMs);
    const both = await Promise.allSettled([perform(outside), perform(outside), perform(outside)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await row()).toMatchObject({ state: 'AMBIGUOUS', lookups: 1 });
    expect(outside.attempts).toEqual([1]);
  });

  it.each([
    ['kill-before-call', 0],
    ['kill-after-call', 1],
  ] as const)(
    'killed (%s): nothing happens until the lease is over, then it is looked up',
    async (happening, things) => {
      const outside = new ScriptedOutside([happening]);
      await expect(perform(outside)).rejects.toBeInstanceOf(Killed);
      expect(outside.things).toHaveLength(things);
      outside.pass(leaseMs - 1);
      await expect(perform(outside)).rejects.toMatchObject({ name: 'EffectPending', retryAfterMs: 100 });
      expect(outside.lookups).toBe(0);
      outside.pass(1);
      for (let round = 0; round < 4 && done.length === 0; round += 1) {
        await perform(outside).catch((error: unknown) => outside.pass(waitAfter(error)));
      }
      expect(outside.things).toHaveLength(1);
      expect(done).toHaveLength(1);
      expect(await row()).toMatchObject({ state: 'DONE', answer: { id: 'thing-1' } });
    },
  );

  it('killed after the commit: the answer is there', async () => {
    const outside = new ScriptedOutside(['kill-after-commit']);
    await expect(perform(outside)).rejects.toBeInstanceOf(Killed);
    expect(await perform(outside)).toEqual({ outcome: 'done', answer: { id: 'thing-1' } });
    expect(outside.attempts).toEqual([1]);
  });

  it('without a look-up an unknown outcome is for a person, and is never repeated', async () => {
    const outside = new ScriptedOutside(['lost-but-done']);
    const { lookup: _none, ...blind } = callOf(outside);
    const again = () =>
      performEffect(outside.deps(database.db), specOf(key, entityId), blind, command({ role: 'system' }));
    await expect(again()).rejects.toBeInstanceOf(EffectPending);
    outside.pass(settleMs * 10);
    await expect(again()).rejects.toBeInstanceOf(NeedsCheck);
    await expect(again()).rejects.toBeInstanceOf(NeedsCheck);
    expect(outside.attempts).toEqual([1]);
    expect(await openProblemsOf(database.db, entityId)).toEqual(['needs-check']);
  });

  it('the problem is closed by whoever finds it', async () => {
    const outside = new ScriptedOutside(['lost-but-done']);
    const { lookup: _none, ...blind } = callOf(outside);
    const deps = outside.deps(database.db);
    await expect(performEffect(deps, specOf(key, entityId), blind, command())).rejects.toThrow();
    await expect(performEffect(deps, specOf(key, entityId), blind, command())).rejects.toBeInstanceOf(NeedsCheck);
    expect(await perform(outside)).toMatchObject({ outcome: 'done' });
    expect(await openProblemsOf(database.db, entityId)).toEqual([]);
  });

  it('of several workers at once one calls', async () => {
    const outside = new ScriptedOutside([]);
    let arrived: () => void = () => undefined;
    let release: () => void = () => undefined;
    const calling = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    outside.during = () => {
      arrived();
      return new Promise((resolve) => {
        release = resolve;
      });
    };
    const first = perform(outside);
    await calling;
    const others = await Promise.allSettled([perform(outside), perform(outside), perform(outside)]);
    for (const other of others) {
      expect(other).toMatchObject({ status: 'rejected', reason: { name: 'EffectPending', retryAfterMs: leaseMs } });
    }
    release();
    expect(await first).toMatchObject({ outcome: 'done' });
    expect(outside.attempts).toEqual([1]);
  });

  it.each(['not-sent', 'refused', 'lost-and-not-done'] as const)(
    'an attempt that outlived its lease and was %s does not disturb the one that took over',
    async (happening) => {
      const outside = new ScriptedOutside([happening, 'answered']);
      const during: (() => Promise<void>)[] = [];
      outside.during = () => during.shift()?.() ?? Promise.resolve();
      let afterTakeover: unknown = null;
      during.push(async () => {
        outside.pass(leaseMs);
        await expect(perform(outside)).rejects.toBeInstanceOf(EffectPending);
        outside.pass(settleMs);
        await expect(perform(outside)).rejects.toBeInstanceOf(EffectPending);
        outside.pass(settleMs);
        during.push(async () => {
          afterTakeover = await row();
        });
        await perform(outside);
      });
      await expect(perform(outside)).rejects.toMatchObject({ name: 'EffectPending' });
      expect(afterTakeover).toMatchObject({ state: 'ATTEMPTED', attempts: 2 });
      expect(await row()).toMatchObject({ state: 'DONE', attempts: 2 });
      expect(outside.things).toHaveLength(1);
      expect(refusals).toEqual([]);
    },
  );

  it('"there is one already" is success when the look-up shows that it is ours, else a refusal', async () => {
    const outside = new ScriptedOutside([]);
    const duplicate = async () => {
      throw new ConnectorError('Duplicate', 'exists');
    };
    expect(await perform(outside, { call: duplicate, lookup: async () => ({ id: 'ours' }) })).toEqual({
      outcome: 'done',
      answer: { id: 'ours' },
    });
    expect(done).toEqual([{ id: 'ours', found: true }]);
    key = `${key}/other`;
    expect(await perform(outside, { call: duplicate, lookup: async () => null })).toMatchObject({ outcome: 'refused' });
    key = `${key}/unknown`;
    const away = async () => {
      throw new ConnectorError('Unavailable', 'away');
    };
    await expect(perform(outside, { call: duplicate, lookup: away })).rejects.toBeInstanceOf(EffectPending);
    expect(await row()).toMatchObject({ state: 'AMBIGUOUS' });
  });

  it('what is no longer wanted is given up without a call, for ever', async () => {
    const outside = new ScriptedOutside([]);
    const stillWanted = async () => 'the order is CANCELLED';
    expect(await perform(outside, { stillWanted })).toEqual({ outcome: 'abandoned', reason: 'the order is CANCELLED' });
    expect(await perform(outside)).toEqual({ outcome: 'refused', reason: 'the order is CANCELLED' });
    expect(outside.attempts).toEqual([]);
    expect(refusals).toEqual([]);
  });

  it('what is not wanted now is not given up', async () => {
    const outside = new ScriptedOutside([]);
    const stillWanted = async () => {
      throw new NotNow('the order is CANCEL_REQUESTED');
    };
    await expect(perform(outside, { stillWanted })).rejects.toBeInstanceOf(NotNow);
    expect(outside.attempts).toEqual([]);
    expect(await perform(outside)).toMatchObject({ outcome: 'done' });
  });

  it('consequences that fail take the outcome back, and it is looked up later', async () => {
    const outside = new ScriptedOutside([]);
    const onDone = async () => {
      throw new Error('our own bookkeeping failed');
    };
    await expect(perform(outside, { onDone })).rejects.toThrow('bookkeeping');
    expect(await row()).toMatchObject({ state: 'ATTEMPTED', answer: null });
    outside.pass(leaseMs);
    expect(await perform(outside)).toEqual({ outcome: 'done', answer: { id: 'thing-1' } });
    expect(outside.attempts).toEqual([1]);
  });
});
