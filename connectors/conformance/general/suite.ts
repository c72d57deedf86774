import type { ConformanceCase } from '../case.ts';
import { offlineConnector } from '../offline.ts';
import type { ConformanceSubject } from '../subject.ts';
import { carrierDataCases } from './carrier-data.ts';
import type { CarrierFacts, MarketFacts } from './case-tools.ts';
import { commonCases } from './cases.ts';
import { labelCases } from './labels.ts';
import { listingCases } from './listing.ts';
import { marketDataCases } from './market-data.ts';
import { offerCases } from './offers.ts';
import { orderCases } from './orders.ts';
import type { GeneralCase } from './session.ts';
import { shippingCases } from './shipping.ts';
import { trackingCases } from './tracking.ts';

const marketCases = [...listingCases, ...offerCases, ...orderCases, ...shippingCases, ...marketDataCases];
const carrierCases = [...labelCases, ...trackingCases, ...carrierDataCases];

/** What a marketplace can do, as far as it shows without a server. */
export function marketFacts({ name, marketplace }: ConformanceSubject): MarketFacts {
  if (marketplace === undefined) throw new Error(`${name} describes no far side of a marketplace`);
  const connector = offlineConnector(name, marketplace.example);
  if (connector.kind !== 'marketplace') throw new Error(`${name} is no marketplace`);
  return { bed: marketplace, connector };
}

/** What a carrier can do, as far as it shows without a server. */
export function carrierFacts({ name, carrier }: ConformanceSubject): CarrierFacts {
  if (carrier === undefined) throw new Error(`${name} describes no far side of a carrier`);
  const connector = offlineConnector(name, carrier.example);
  if (connector.kind !== 'carrier') throw new Error(`${name} is no carrier`);
  return { bed: carrier, connector };
}

/** Stands for all that cannot be asked of a subject which does not say how. */
function undescribed({ name, kind }: ConformanceSubject): readonly GeneralCase[] {
  const [family, capability] = kind === 'carrier' ? ['label', 'book'] : ['listing', 'createListing'];
  const run = async () => {
    throw new Error(`conformance.ts of ${name} describes no far side: add \`${kind}\``);
  };
  return [{ family, capability, id: `${family}/described`, name: 'the far side is described', run }];
}

function ownCases(subject: ConformanceSubject): readonly GeneralCase[] {
  if ((subject.kind === 'carrier' ? subject.carrier : subject.marketplace) === undefined) return undescribed(subject);
  if (subject.kind === 'marketplace') {
    const facts = marketFacts(subject);
    return marketCases.map(({ needs, run, ...head }) => ({
      ...head,
      skip: needs(facts),
      run: async ({ market }) => run(await market()),
    }));
  }
  const facts = carrierFacts(subject);
  return carrierCases.map(({ needs, run, ...head }) => ({
    ...head,
    skip: needs(facts),
    run: async ({ carrier }) => run(await carrier()),
  }));
}

/**
 * All cases of a marketplace or a carrier, in the order in which they are run.
 *
 * @throws when the subject excepts a case that there is not
 */
export function generalCases(subject: ConformanceSubject): readonly GeneralCase[] {
  const all: readonly GeneralCase[] = [...commonCases(subject), ...ownCases(subject)];
  assertDistinct(subject, all);
  return all.map((one) => ({ ...one, skip: one.skip ?? subject.exceptions?.[one.id] ?? null }));
}

function assertDistinct({ name, exceptions = {} }: ConformanceSubject, all: readonly ConformanceCase<never>[]): void {
  const ids = new Set(all.map(({ id }) => id));
  if (ids.size !== all.length) throw new Error('two cases have one id');
  const stray = Object.keys(exceptions).find((id) => !ids.has(id));
  if (stray !== undefined) throw new Error(`${name} excepts the case ${stray}, which there is not`);
}
