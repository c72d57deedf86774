import { afterAll, describe, expect, it } from 'vitest';
import {
  carrierFlaws,
  type Flaw,
  type Flawed,
  flawedCarrier,
  flawedMarketplace,
  marketplaceDoubles,
  marketplaceFlaws,
} from './broken-channels.fixture.ts';
import { openGeneral } from './general/session.ts';
import { generalCases } from './general/suite.ts';
import { runCase } from './run.ts';

/** Families that ask a connector by other ways than its far side: `broken.test.ts` holds a store's against the same laws. */
const common = new Set<string>([
  ...['credentials', 'full read', 'resume', 'incremental read', 'throttling', 'broken answers', 'lost answer'],
  'repeated write',
]);

function describeFlaws<Connector extends object>(
  kind: string,
  flawed: Flawed<Connector>,
  flaws: Readonly<Record<string, Flaw<Connector>>>,
): void {
  describe(`a ${kind} connector that breaks a law of a family`, () => {
    const session = openGeneral(flawed.subject);
    const cases = generalCases(flawed.subject).filter(({ skip }) => !skip);
    const families = [...new Set(cases.map(({ family }) => family))].filter((family) => !common.has(family));
    afterAll(() => session.close());

    it('has one for each family', () => {
      expect(Object.keys(flaws).toSorted()).toEqual(families.toSorted());
    });

    it.each(families)('fails there: %s', async (family) => {
      flawed.use(flaws[family] ?? null);
      const failed: string[] = [];
      // The first failure is enough.
      for (const one of cases) {
        if (one.family !== family || failed.length > 0) continue;
        const { outcome, id } = await runCase(one, session);
        if (outcome === 'failed') failed.push(id);
      }
      flawed.use(null);
      expect(failed).toHaveLength(1);
    });
  });
}

describeFlaws('marketplace', flawedMarketplace(), marketplaceFlaws);
describeFlaws('carrier', flawedCarrier(), carrierFlaws);

describe('a marketplace connector that repeats what it did not hear', () => {
  const flawed = flawedMarketplace();
  const session = openGeneral(flawed.subject);
  afterAll(() => session.close());

  it('fails the case of a lost creation', async () => {
    flawed.use(marketplaceDoubles);
    const lost = generalCases(flawed.subject).find(({ id }) => id === 'listing/created-unheard');
    if (lost === undefined) throw new Error('there is no such case');
    expect((await runCase(lost, session)).outcome).toBe('failed');
  });
});
