import { describe, expect, it } from 'vitest';
import { demo, expectToHold } from './run.ts';

describe('scenario S1', () => {
  it('names the scenarios that there are when asked for another one', async () => {
    const { code, stderr, stdout } = await demo('--scenario', 'S0', '--json');
    expect(code).toBe(2);
    expect(stderr).toMatch(/no scenario "S0"[\s\S]*S1 /);
    expect(stdout).toBe('');
  });

  // The whole of it takes some minutes and is run by `npm run demo -- --scenario S1`.
  it('holds in the world of real processes: the cases a, c1, d1, e1, six orders of arrival, the auditor', async () => {
    const cases = await expectToHold('S1-quick');
    expect(cases).toEqual(['a', 'g1', 'g3', 'c1', 'd1', 'e1', 'e1', 'f', 'h', 'ledger', 'auditor']);
  }, 900_000);
});
