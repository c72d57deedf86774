import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { command } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import fc from '../tests/properties.ts';
import {
  type Happening,
  happenings,
  leaseMs,
  ScriptedOutside,
  settleMs,
  specOf,
  waitAfter,
} from '../tests/scripted-outside.ts';
import { type EffectCall, EffectPending, performEffect, settleUnwanted } from './effects.ts';

describe('settling effects', () => {
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

  describe('settling what is no longer wanted', () => {
    const settle = (outside: ScriptedOutside) => {
      const { call: _never, stillWanted: _not, ...rest } = callOf(outside);
      return settleUnwanted(outside.deps(database.db), specOf(key, entityId), rest, 'cancelled', command());
    };

    it('gives up what was never attempted', async () => {
      const outside = new ScriptedOutside(['not-sent']);
      expect(await settle(outside)).toBeNull();
      expect(await path()).toEqual(['CREATE', 'ABANDON']);
    });

    it('gives up what certainly did not happen', async () => {
      const outside = new ScriptedOutside(['not-sent']);
      await expect(perform(outside)).rejects.toThrow();
      expect(await settle(outside)).toBeNull();
      expect(outside.attempts).toEqual([1]);
    });

    it('says what had happened', async () => {
      const outside = new ScriptedOutside(['answered']);
      await perform(outside);
      expect(await settle(outside)).toEqual({ id: 'thing-1' });
    });

    it('finds what had happened although its answer was lost', async () => {
      const outside = new ScriptedOutside(['lost-and-done-late']);
      await expect(perform(outside)).rejects.toThrow();
      await expect(settle(outside)).rejects.toBeInstanceOf(EffectPending);
      outside.pass(settleMs);
      expect(await settle(outside)).toEqual({ id: 'thing-1' });
      expect(done).toEqual([{ id: 'thing-1', found: true }]);
    });

    it('gives up what two settled look-ups did not find, and never calls', async () => {
      const outside = new ScriptedOutside(['kill-before-call']);
      await expect(perform(outside)).rejects.toThrow();
      await expect(settle(outside)).rejects.toMatchObject({ retryAfterMs: leaseMs });
      for (const passed of [leaseMs, settleMs]) {
        outside.pass(passed);
        await expect(settle(outside)).rejects.toBeInstanceOf(EffectPending);
      }
      outside.pass(settleMs);
      expect(await settle(outside)).toBeNull();
      expect(outside.attempts).toEqual([]);
      expect(outside.things).toEqual([]);
      expect(await path()).toEqual(['CREATE', 'ATTEMPT', 'LOSE_ANSWER', 'NOT_FOUND', 'ABANDON']);
    });
  });

  it('whatever happens to the calls, there is never more than one thing outside, and it is known', async () => {
    const happening = fc.constantFrom<Happening>(...happenings);
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { maxLength: 6 }),
        fc.array(
          fc.record({ share: fc.double({ min: 0, max: 1.2, noNaN: true }), workers: fc.integer({ min: 1, max: 3 }) }),
          {
            minLength: 4,
            maxLength: 12,
          },
        ),
        async (script, rounds) => {
          key = `property/${randomUUID()}`;
          const outside = new ScriptedOutside(script);
          for (let round = 0; round < 80; round += 1) {
            const { share, workers } = rounds[round] ?? { share: 1, workers: 1 };
            const results = await Promise.allSettled(Array.from({ length: workers }, () => perform(outside)));
            expect(outside.things.length).toBeLessThanOrEqual(1);
            if (results.some(({ status }) => status === 'fulfilled')) break;
            const waits = results.map((result) => (result.status === 'rejected' ? waitAfter(result.reason) : 0));
            outside.pass(Math.min(...waits) * share);
          }
          const effect = await row();
          expect(['DONE', 'REFUSED']).toContain(effect.state);
          expect(outside.things).toHaveLength(effect.state === 'DONE' ? 1 : 0);
          if (effect.state === 'DONE') expect(effect.answer).toEqual({ id: 'thing-1' });
        },
      ),
      { numRuns: 60 },
    );
    // Hundreds of transactions: a busy machine takes minutes.
  }, 900_000);
});
