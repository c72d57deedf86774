import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flawedSubject, flaws } from './broken.fixture.ts';
import type { CaseResult } from './case.ts';
import { runCase } from './run.ts';
import { openStore, type StoreSession } from './store-session.ts';
import { storeCases } from './store-suite.ts';

describe('a connector that breaks a law of a family', () => {
  const flawed = flawedSubject();
  const cases = storeCases(flawed.subject);
  const families = [...new Set(cases.map(({ family }) => family))];
  let session: StoreSession;
  beforeAll(async () => {
    session = await openStore(flawed.subject);
  });
  afterAll(async () => {
    await session.close();
  });

  it('has one for each family', () => {
    expect(Object.keys(flaws).toSorted()).toEqual(families.toSorted());
  });

  it.each(families)('fails there: %s', async (family) => {
    flawed.use(flaws[family] ?? null);
    const failures: CaseResult[] = [];
    // The first failure is enough, and the cases that wait for slow answers come last.
    for (const one of cases) {
      if (one.family !== family || failures.length > 0) continue;
      const result = await runCase(one, session);
      if (result.outcome === 'failed') failures.push(result);
    }
    flawed.use(null);
    expect(failures.map(({ outcome }) => outcome)).toEqual(['failed']);
  });
});
