import { setTimeout as sleep } from 'node:timers/promises';
import type { ListingRef, ReviewVerdict } from '../../contract/marketplace.ts';
import { NotProvoked } from '../case.ts';
import type { BookedListing, MarketplaceBed } from '../marketplace-bed.ts';
import type { ConformanceBench } from '../subject.ts';
import type { GivenMarketplace } from './server.ts';
import type { GivenWire } from './session.ts';

type Bench = ConformanceBench;

/** So long somebody, or something, over there has to end a review. The first that does not end speaks for all. */
const REVIEW_MS = 20_000;
const REVIEW_STEP_MS = 500;

const nobodyReviews = 'nobody over there ended the review in time';

const nobody = (what: string) => async (): Promise<never> => {
  throw new NotProvoked(`needs ${what}, which this server cannot be told`);
};

/** A far side that nobody can turn: reviews are waited for, and the connector's own eyes stand for its books. */
export function givenMarketplaceBed(
  own: MarketplaceBed<Bench>,
  given: GivenMarketplace,
  wire: GivenWire,
): MarketplaceBed<Bench> {
  let endless = false;
  const ended = async (ref: ListingRef): Promise<ReviewVerdict> => {
    const until = performance.now() + (endless ? 0 : REVIEW_MS);
    for (;;) {
      const verdict = await wire.marketplace().connector.readReview(ref);
      if (verdict.status !== 'in_review') return verdict;
      if (performance.now() >= until) break;
      await sleep(REVIEW_STEP_MS);
    }
    endless = true;
    throw new NotProvoked(nobodyReviews);
  };
  return {
    ...own,
    connector: () => wire.marketplace().connector,
    assertReviewed: () => {
      if (endless) throw new NotProvoked(nobodyReviews);
    },
    draft: (_bench, skus, more = {}) => given.draft(wire.marketplace(), skus, more),
    endReview: async (_bench, ref, refusal) => {
      if (refusal !== null) throw new NotProvoked('needs a review that refuses, which this server cannot be told');
      const verdict = await ended(ref);
      if (verdict.status === 'passed') return;
      const why = verdict.status === 'rejected' ? verdict.reasons.map(({ raw }) => raw).join('; ') : '';
      throw new NotProvoked(`the review over there refused the test goods: ${why || verdict.native}`);
    },
    settled: async (_bench, ref) => {
      const verdict = await wire.marketplace().connector.readReview(ref);
      return verdict.status === 'passed' && verdict.ref !== undefined ? verdict.ref : ref;
    },
    listings: async (_bench, sellerSku) => {
      const ref = wire.made.listingOf(sellerSku);
      return ref === null ? [] : seen(given, wire, ref, sellerSku);
    },
    orders: {
      ...own.orders,
      buy: nobody('a buyer'),
      force: nobody('orders put into a state'),
      book: nobody('the other side’s books'),
      clock: nobody('the server’s clock moved'),
      damage: { skip: 'needs an order of broken shape' },
      hide: { skip: 'needs an order that is hidden' },
      loose: { skip: 'needs numbers of another type' },
      units: { skip: 'needs an order of several parcels' },
    },
    print: 'skip' in own.print ? own.print : { late: { skip: 'needs a label that is late' } },
  };
}

/** What the connector reads stands for the books; what it cannot read is said to be so where it is asked for. */
async function seen(
  given: GivenMarketplace,
  wire: GivenWire,
  ref: ListingRef,
  sellerSku: string,
): Promise<readonly BookedListing[]> {
  const access = wire.marketplace();
  const rows = (await access.connector.readLive([ref])).filter((row) => row.sellerSku === sellerSku);
  const title = await given.titleOf(access, ref);
  return rows
    .filter(({ remote }) => remote !== 'ABSENT')
    .map(({ externalId, remote, price, quantity }) => ({
      externalId,
      onShelf: remote === 'LIVE',
      price,
      get title() {
        return told(title, 'its title');
      },
      get quantity() {
        return told(quantity, 'the offered quantity');
      },
    }));
}

function told<Value>(value: Value | null, what: string): Value {
  if (value === null) throw new NotProvoked(`${what} cannot be read over there`);
  return value;
}
