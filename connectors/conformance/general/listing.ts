import assert from 'node:assert/strict';
import { ConnectorError } from '../../errors.ts';
import { failsAs } from '../failures.ts';
import { lackOf, type MarketCase, type MarketFacts, marketCase } from './case-tools.ts';
import { FIRST_STOCK, only } from './far-side.ts';

const updates = ({ connector }: MarketFacts) =>
  connector.capabilities.updatesContent === false ? 'content of a listing cannot be changed by a call' : null;
const delists = ({ connector }: MarketFacts) =>
  connector.capabilities.delists === false ? 'a listing cannot be taken off the shelf by a call' : null;

/** From draft to shelf, and what becomes of a listing there. */
export const listingCases: readonly MarketCase[] = [
  marketCase(
    ['listing', 'published', 'createListing', 'add, images, review, shelf and stock bring it to the buyers'],
    async (market) => {
      const skus = [market.name('a'), market.name('b')];
      const submitted = await market.submitted(skus);
      assert.deepEqual(submitted.ref.skus.map(({ sellerSku }) => sellerSku).toSorted(), skus.toSorted(), 'SKUs');
      await market.assertInReview(submitted);
      const { ref, draft } = await market.approve(submitted);
      assert.equal((await market.connector.readReview(ref)).status, 'passed');
      await market.connector.putOnShelf(ref);
      await market.show(ref, FIRST_STOCK);
      for (const { sellerSku, price } of draft.skus) {
        const book = await market.book(sellerSku);
        assert.equal(book.onShelf, true, `${sellerSku} is on the shelf by the other side’s books`);
        assert.equal(book.title, draft.title, 'title by the other side’s books');
        assert.deepEqual(book.price, price, 'price by the other side’s books');
        assert.equal(book.quantity, FIRST_STOCK, 'stock by the other side’s books');
        const seen = await market.seen(ref, sellerSku);
        assert.equal(seen.remote, 'LIVE');
        assert.deepEqual(seen.price, price, 'price as read');
        if (market.connector.capabilities.readsStock) assert.equal(seen.quantity, FIRST_STOCK, 'stock as read');
      }
      assert.equal(new Set(ref.skus.map(({ externalSkuId }) => externalSkuId)).size, 2, 'ids of SKUs');
    },
  ),
  marketCase(
    ['listing', 'rejected', 'readReview', 'a rejection comes with its reason, on the field it is about'],
    async (market) => {
      const { ref } = await market.submitted([market.name('rejected')]);
      const { reason, field } = market.bed.refusal;
      await market.bed.endReview(market.bench, ref, reason);
      const verdict = await market.connector.readReview(ref);
      assert.ok(verdict.status === 'rejected', `the review is ${verdict.status}`);
      const told = verdict.reasons.find(({ raw }) => raw.includes(reason));
      assert.ok(told !== undefined, `none of the reasons is ${reason}: ${JSON.stringify(verdict.reasons)}`);
      assert.equal(told.field, field, 'the field of the reason');
    },
  ),
  marketCase(
    ['listing', 'mended', 'updateListing', 'what was rejected is changed, submitted again, and passes'],
    async (market) => {
      const sku = market.name('mended');
      const first = await market.submitted([sku]);
      await market.bed.endReview(market.bench, first.ref, market.bed.refusal.reason);
      const draft = await market.draft([sku], { title: market.title('Mended title') });
      await market.connector.updateListing(first.ref, draft);
      await market.connector.submitForReview(first.ref);
      const { ref } = await market.approve({ ref: first.ref, draft });
      assert.equal((await market.connector.readReview(ref)).status, 'passed');
      await market.connector.putOnShelf(ref);
      assert.equal((await market.book(sku)).title, market.title('Mended title'), 'by the other side’s books');
    },
    updates,
  ),
  marketCase(
    ['listing', 'submitted-twice', 'submitForReview', 'submitted again while the review runs, nothing happens'],
    async (market) => {
      const made = await market.submitted([market.name('twice')]);
      await market.connector.submitForReview(made.ref);
      await market.assertInReview(made);
      const { ref } = await market.approve(made);
      assert.equal((await market.connector.readReview(ref)).status, 'passed');
    },
  ),
  marketCase(
    ['listing', 'changed', 'updateListing', 'a change of the content, sent twice, is there once; stock and price stay'],
    async (market) => {
      const sku = market.name('changed');
      const { ref } = await market.live([sku]);
      const before = await market.book(sku);
      const draft = await market.draft([sku], { title: market.title('Another title') });
      await market.connector.updateListing(ref, draft);
      await market.connector.updateListing(ref, draft);
      await market.connector.submitForReview(ref);
      if ((await market.connector.readReview(ref)).status === 'in_review') await market.approve({ ref, draft });
      const after = await market.book(sku);
      assert.deepEqual(
        { title: after.title, price: after.price, quantity: after.quantity },
        { title: market.title('Another title'), price: before.price, quantity: before.quantity },
        'by the other side’s books',
      );
    },
    updates,
  ),
  marketCase(
    ['listing', 'delisted', 'takeOffShelf', 'off the shelf and on again, each twice'],
    async (market) => {
      const sku = market.name('delisted');
      const { ref } = await market.live([sku]);
      for (const isOn of [false, true]) {
        for (let time = 0; time < 2; time += 1) {
          await (isOn ? market.connector.putOnShelf(ref) : market.connector.takeOffShelf(ref));
          assert.equal((await market.book(sku)).onShelf, isOn, 'on the shelf by the other side’s books');
          assert.equal((await market.seen(ref)).remote, isOn ? 'LIVE' : 'DELISTED');
        }
      }
    },
    delists,
  ),
  marketCase(
    ['listing', 'nothing-there', 'findListing', 'what was never listed is not found, and is not live'],
    async (market) => {
      assert.equal(await market.connector.findListing(market.name('never')), null);
      const { ref } = await market.shared();
      const foreign = { externalId: `${ref.externalId}99`, skus: ref.skus };
      const live = (await market.connector.readLive([foreign])).filter(({ remote }) => remote !== 'ABSENT');
      assert.deepEqual(live, [], 'rows of a listing that there is not');
    },
  ),
  ...creationCases(),
];

function creationCases(): readonly MarketCase[] {
  return [
    marketCase(
      ['listing', 'created-once', 'createListing', 'looked up by another worker it is the same one, with its SKUs'],
      async (market) => {
        const skus = [market.name('once'), market.name('once')];
        const { ref } = await market.approve(await market.submitted(skus));
        market.bench.reconnect();
        for (const sku of skus) {
          const found = await market.connector.findListing(sku);
          assert.equal(found?.externalId, ref.externalId, `the listing of ${sku}`);
          assert.deepEqual(
            found?.skus.toSorted((a, b) => a.sellerSku.localeCompare(b.sellerSku)),
            ref.skus.toSorted((a, b) => a.sellerSku.localeCompare(b.sellerSku)),
          );
          await market.book(sku);
        }
      },
    ),
    marketCase(
      [
        'listing',
        'created-unheard',
        'createListing',
        'a lost answer to the creation is found, or a person checks; never two',
      ],
      async (market) => {
        const sku = market.name('unheard');
        const draft = await market.draft([sku]);
        await failsAs(
          market.dials.under({ kind: 'lose-answer' }, market.bed.calls.create, () =>
            market.connector.createListing(draft),
          ),
          'OutcomeUnknown',
        );
        market.bench.reconnect();
        const found = await market.connector.findListing(sku).catch((error: unknown) => error);
        if (found instanceof ConnectorError && market.connector.capabilities.findsListings === false) {
          assert.equal(found.kind, 'OutcomeUnknown', found.message);
        } else if (found instanceof Error) throw found;
        else assert.ok(found !== null, 'it is there and is not found: it would be made a second time');
        only(await market.bed.listings(market.bench, sku), 'listings by the other side’s books');
      },
    ),
    marketCase(
      [
        'listing',
        'created-unread',
        'createListing',
        'created, but its SKUs cannot be read back: OutcomeUnknown with its id',
      ],
      async (market) => {
        const sku = market.name('unread');
        const draft = await market.draft([sku]);
        const error = await failsAs(
          market.dials.under({ kind: 'drop' }, market.bed.calls.readBack, () => market.connector.createListing(draft)),
          'OutcomeUnknown',
        );
        assert.equal(error.details.existingId, (await market.book(sku)).externalId, 'the id in the error');
      },
      ({ bed }) => (bed.calls.readBack === undefined ? 'its creation answers everything at once' : lackOf(null)),
    ),
    marketCase(
      ['listing', 'create-throttled', 'createListing', 'a throttled creation made nothing'],
      async (market) => {
        const sku = market.name('throttled');
        const draft = await market.draft([sku]);
        const fault = { kind: 'throttle', retryAfter: 'seconds', seconds: 3 };
        await failsAs(
          market.dials.under(fault, market.bed.calls.create, () => market.connector.createListing(draft)),
          'RateLimited',
        );
        assert.deepEqual(await market.bed.listings(market.bench, sku), [], 'listings by the other side’s books');
      },
    ),
  ];
}
