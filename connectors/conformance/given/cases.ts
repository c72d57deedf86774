import { ConnectorError } from '../../errors.ts';
import { type ConformanceCase, NotProvoked } from '../case.ts';
import type { GeneralCase } from '../general/session.ts';
import { generalCases } from '../general/suite.ts';
import type { RealServer } from '../store-session.ts';
import type { ConformanceSubject } from '../subject.ts';
import { carrierRuns } from './carrier-runs.ts';
import { listRuns } from './list-runs.ts';
import { listingRuns } from './listing-runs.ts';
import { type GivenContext, serverOf } from './session.ts';

export type GivenRun = (context: GivenContext) => Promise<void>;

/** Cases as they are elsewhere too: what they need of the far side can be seen, or waited for, with the connector. */
const asElsewhere = new Set([
  ...['listing/published', 'listing/submitted-twice', 'listing/changed', 'listing/delisted', 'listing/nothing-there'],
  ...['listing/stock-level', 'listing/delta', 'listing/price'],
  ...['partial batch/stock-row', 'partial batch/price-row'],
  ...['quantities/stock-1', 'quantities/stock-999999'],
  ...['parallel writes/siblings', 'parallel writes/one-level', 'parallel writes/listings'],
  ...['label/printed-nothing', 'order/not-there'],
  ...['label/pieces', 'label/too-many-pieces', 'label/zpl', 'label/refused'],
  ...['quantities/nothing', 'parallel writes/bookings', 'repeated write/reference-of-others'],
]);

const runsOf = (kind: ConformanceSubject['kind']): Readonly<Record<string, GivenRun>> => ({
  ...listRuns,
  ...(kind === 'carrier' ? carrierRuns : listingRuns),
});

/** Why a family is not tried on a server that was given. */
const familyReasons: Readonly<Record<string, string>> = {
  throttling: 'needs a throttle, which this server cannot be told',
  'broken answers': 'needs broken answers, which this server cannot be told',
  'lost answer': 'needs an answer that gets lost, which this server cannot be told',
  'repeated write': 'listings and changes of stock have cases of their own',
  order: 'needs buyers and staff, who cannot be told anything on this server; nothing is done to the orders of others',
};
const otherwise = 'needs the other side’s buyers, staff, scanners or faults, which this server cannot be told';

/** All cases of a marketplace or carrier, for a server that was given: what it cannot be brought to says so. */
export function givenCases(subject: ConformanceSubject, server: RealServer): readonly ConformanceCase<GivenContext>[] {
  const given = serverOf(subject);
  const [settings = {}] = given.settingsFor(server.url, server.settings, server.credentials);
  const example = { credentials: server.credentials, settings };
  const { marketplace, carrier } = subject;
  const here: ConformanceSubject = {
    ...subject,
    ...(marketplace === undefined ? {} : { marketplace: { ...marketplace, example } }),
    ...(carrier === undefined ? {} : { carrier: { ...carrier, example } }),
    exceptions: { ...subject.exceptions, ...given.exceptions?.(settings) },
  };
  const runs = runsOf(subject.kind);
  return generalCases(here).map((one) => ({ ...one, needsDials: false, run: runOf(one, runs) }));
}

function runOf(one: GeneralCase, runs: Readonly<Record<string, GivenRun>>): GivenRun {
  const run = runs[one.id] ?? (asElsewhere.has(one.id) ? one.run : null);
  if (run === null) {
    const why = familyReasons[one.family] ?? otherwise;
    return () => Promise.reject(new NotProvoked(why));
  }
  return async (context) => {
    try {
      await run(context);
    } catch (error) {
      if (error instanceof ConnectorError && error.details.code === 'search_limit') {
        throw new NotProvoked(`the account holds too much of others: ${error.message}`);
      }
      throw error;
    }
  };
}
