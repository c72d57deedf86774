import { afterAll, beforeAll, describe, it } from 'vitest';
import { Skipped } from './case.ts';
import type { StoreSubject } from './store-subject.ts';
import type { ConformanceBench, ConformanceSubject } from './subject.ts';
import { suiteOf } from './suite.ts';

/**
 * Registers a subject's cases with vitest; called from its `contract.test.ts`. All cases share one simulator.
 *
 * @param families only these, for a second subject of one connector that differs in little
 */
export function describeConformance<Bench extends ConformanceBench>(
  subject: StoreSubject | ConformanceSubject<Bench>,
  families?: readonly string[],
): void {
  const suite = suiteOf(subject);
  const cases = suite.cases.filter(({ family }) => families === undefined || families.includes(family));
  const stray = families?.find((family) => suite.cases.every((one) => one.family !== family));
  if (stray !== undefined) throw new Error(`there is no family ${stray}`);
  describe(`conformance of ${suite.name}`, () => {
    beforeAll(() => suite.open());
    afterAll(async () => {
      await suite.close();
    });
    for (const one of cases) {
      const title = `${one.family}: ${one.name} [${one.id}]`;
      if (one.skip) it.skip(`${title} [skipped: ${one.skip}]`, () => undefined);
      else {
        it(title, async ({ skip }) => {
          try {
            await one.run();
          } catch (error) {
            // Our own simulators can provoke everything: what was not provoked here is a fault of the case or the simulator.
            if (!(error instanceof Skipped)) throw error;
            skip(error.message);
          }
        });
      }
    }
  });
}
