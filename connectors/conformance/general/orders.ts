import assert from 'node:assert/strict';
import type { ChannelOrderSnapshot } from '../../contract/marketplace.ts';
import { ConnectorError } from '../../errors.ts';
import { FaultDials } from '../fault-dials.ts';
import { lackOf, type MarketCase, marketCase, there } from './case-tools.ts';
import { Market, only } from './far-side.ts';

const MOST_PAGES = 200;
const MINUTE_MS = 60_000;

async function readOne(market: Market, externalId: string): Promise<ChannelOrderSnapshot> {
  return only(await market.connector.readOrders([externalId]), `details of ${externalId}`);
}

/** All ids of a window, page by page. */
async function idsBetween(market: Market, since: Date, until: Date): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page: Awaited<ReturnType<typeof market.connector.listOrders>> = await market.connector.listOrders({
      since,
      until,
      cursor,
    });
    ids.push(...page.items.map(({ externalId }) => externalId));
    if (page.next === null) return ids;
    cursor = page.next;
  }
  throw new Error(`no end after ${MOST_PAGES} pages`);
}

/** What is told about an order, by list and by detail. */
export const orderCases: readonly MarketCase[] = [
  marketCase(
    ['order', 'states', 'readOrders', 'every native state is translated as its table says'],
    async (market) => {
      const { externalId } = await market.order();
      for (const { native, tag } of market.bed.orders.states) {
        await market.bed.orders.force(market.bench, externalId, native);
        const order = await readOne(market, externalId);
        assert.equal(order.nativeState, native, 'the platform’s own word is kept');
        assert.equal(order.tag, tag, `the translation of ${native}`);
      }
    },
  ),
  marketCase(
    ['order', 'strange-state', 'readOrders', 'a state that nobody translated is kept, never guessed'],
    async (market) => {
      const { externalId } = await market.order();
      await market.bed.orders.force(market.bench, externalId, market.bed.orders.strangeState);
      // A platform that lists by state does not show it at all: then nothing is guessed either.
      const [order] = await market.connector.readOrders([externalId]);
      assert.equal(order?.nativeState ?? market.bed.orders.strangeState, market.bed.orders.strangeState);
      assert.equal(order?.tag ?? null, null, 'its translation');
      assert.ok(order === undefined || order.raw !== undefined, 'the raw order is kept');
    },
  ),
  marketCase(
    ['order', 'jump', 'readOrders', 'states that jump, forwards and back, are read as they are'],
    async (market) => {
      const { externalId } = await market.order();
      const { states } = market.bed.orders;
      const tagOf = (wanted: string) => states.find(({ tag }) => tag === wanted);
      let lastMs = 0;
      for (const tag of ['COMPLETED', 'OPEN', 'SHIPPED', 'OPEN', 'CANCELLED']) {
        const state = tagOf(tag);
        if (state === undefined) continue;
        await market.bed.orders.force(market.bench, externalId, state.native);
        const order = await readOne(market, externalId);
        assert.equal(order.tag, tag);
        assert.ok(order.modifiedAt.getTime() >= lastMs, 'a later change has an earlier time');
        lastMs = order.modifiedAt.getTime();
      }
    },
  ),
  marketCase(
    ['order', 'content', 'readOrders', 'lines, money, currency and times are those of the other side'],
    async (market) => {
      const { externalId, sellerSku } = await market.order(3);
      const order = await readOne(market, externalId);
      const book = await market.bed.orders.book(market.bench, externalId);
      const lines = order.lines.map((line) => ({
        sellerSku: line.sellerSku,
        quantity: line.quantity,
        unitPrice: line.unitPrice,
      }));
      assert.deepEqual(lines, book.lines, 'lines by the other side’s books');
      assert.equal(lines[0]?.sellerSku, sellerSku);
      assert.deepEqual(order.total, book.total, 'total by the other side’s books');
      assert.equal(order.currency, book.total.currency);
      for (const [name, read, booked] of [
        ['ordered', order.orderedAt, book.orderedAt],
        ['changed', order.modifiedAt, book.changedAt],
      ] as const) {
        const apartMs = Math.abs(read.getTime() - booked.getTime());
        assert.ok(apartMs < 1_000, `${name} at ${read.toISOString()} instead of ${booked.toISOString()}`);
      }
      assert.equal(new Set(order.lines.map(({ externalLineId }) => externalLineId)).size, order.lines.length);
    },
  ),
  marketCase(
    ['order', 'loose-numbers', 'readOrders', 'numbers as strings and the reverse say the same'],
    async ({ bed }) => {
      const bench = await there(bed.orders.loose)({});
      try {
        const market = new Market(bed, bench, new FaultDials(bench.simulatorUrl));
        const { externalId } = await market.order(2);
        const order = await readOne(market, externalId);
        const book = await bed.orders.book(bench, externalId);
        assert.deepEqual(
          { total: order.total, quantity: order.lines[0]?.quantity, unitPrice: order.lines[0]?.unitPrice },
          { total: book.total, quantity: 2, unitPrice: book.lines[0]?.unitPrice },
        );
      } finally {
        await bench.close();
      }
    },
    ({ bed }) => lackOf(bed.orders.loose),
  ),
  marketCase(
    ['order', 'units', 'readOrders', 'an order of several parcels is as far as its least advanced one'],
    async (market) => {
      const units = there(market.bed.orders.units);
      const { ahead, behind } = units;
      const tagOf = (native: string) => market.bed.orders.states.find((row) => row.native === native)?.tag;
      const externalId = await units.make(market.bench, { ahead, behind });
      const order = await readOne(market, externalId);
      assert.equal(order.tag, tagOf(behind), 'the order');
      assert.deepEqual(
        order.units?.map(({ nativeState }) => nativeState).toSorted(),
        [ahead, behind].toSorted(),
        'its parcels',
      );
      const lineIds = order.lines.map(({ externalLineId }) => externalLineId);
      const inUnits = order.units?.flatMap(({ externalLineIds }) => externalLineIds) ?? [];
      assert.deepEqual(inUnits.toSorted(), lineIds.toSorted(), 'every line is in one parcel');
    },
    ({ bed }) => lackOf(bed.orders.units),
  ),
  ...listCases(),
  ...batchCases(),
];

function listCases(): readonly MarketCase[] {
  return [
    marketCase(
      ['order', 'window', 'listOrders', 'windows that meet show every order, whichever holds its instant'],
      async (market) => {
        const { externalId } = await market.order();
        const { changedAt } = await market.bed.orders.book(market.bench, externalId);
        const [before, after] = [changedAt.getTime() - MINUTE_MS, changedAt.getTime() + MINUTE_MS];
        const earlier = await idsBetween(market, new Date(before), changedAt);
        const later = await idsBetween(market, changedAt, new Date(after));
        assert.ok([...earlier, ...later].includes(externalId), 'at the border of two windows it is in neither');
        const around = await idsBetween(market, new Date(changedAt.getTime() - 1), new Date(changedAt.getTime() + 1));
        assert.ok(around.includes(externalId), 'not in a window of two milliseconds around its change');
      },
    ),
    marketCase(['order', 'ties', 'listOrders', 'orders of one instant are all listed'], async (market) => {
      const now = new Date(Math.floor(Date.now() / 1000) * 1000 + 2 * MINUTE_MS);
      const { ref } = await market.shared();
      await market.show(ref, 50);
      await market.bed.orders.clock(market.bench, now);
      const ids: string[] = [];
      try {
        for (let count = 0; count < 3; count += 1) ids.push((await market.order()).externalId);
      } finally {
        await market.bed.orders.clock(market.bench, null);
      }
      const listed = await idsBetween(market, now, new Date(now.getTime() + 1_000));
      assert.deepEqual(
        ids.filter((id) => !listed.includes(id)),
        [],
        'orders that are not listed',
      );
    }),
    marketCase(
      ['order', 'changed-later', 'listOrders', 'an old order that changes is listed again'],
      async (market) => {
        const { externalId } = await market.order();
        const { states } = market.bed.orders;
        const shipped = states.find(({ tag }) => tag === 'SHIPPED')?.native ?? '';
        const later = new Date(Date.now() + 60 * MINUTE_MS);
        await market.bed.orders.clock(market.bench, later);
        try {
          await market.bed.orders.force(market.bench, externalId, shipped);
          const since = new Date(later.getTime() - MINUTE_MS);
          const ids = await idsBetween(market, since, new Date(later.getTime() + MINUTE_MS));
          assert.ok(ids.includes(externalId), 'the later change is not listed');
        } finally {
          await market.bed.orders.clock(market.bench, null);
        }
      },
    ),
  ];
}

function batchCases(): readonly MarketCase[] {
  return [
    marketCase(
      ['order', 'batch', 'readOrders', 'more than a batch of details: each once, what is not there is missing'],
      async (market) => {
        const most = Math.min(market.connector.capabilities.orderDetailBatchSize, 20);
        const { ref } = await market.shared();
        await market.show(ref, 100);
        const ids: string[] = [];
        for (let count = 0; count < most + 2; count += 1) ids.push((await market.order()).externalId);
        const read = await market.connector.readOrders([...ids, ids[0] ?? '', '9999999999999']);
        assert.deepEqual(read.map(({ externalId }) => externalId).toSorted(), ids.toSorted());
      },
    ),
    marketCase(
      ['order', 'hidden', 'readOrders', 'an order that is listed but not shown yet is missing, not an error'],
      async (market) => {
        const [hidden, shown] = [await market.order(), await market.order()];
        await there(market.bed.orders.hide)(market.bench, hidden.externalId);
        const read = await market.connector.readOrders([hidden.externalId, shown.externalId]);
        assert.deepEqual(
          read.map(({ externalId }) => externalId),
          [shown.externalId],
        );
      },
      ({ bed }) => lackOf(bed.orders.hide),
    ),
    marketCase(
      ['partial batch', 'order-row', 'readOrders', 'one unreadable order is named and does not hide the others'],
      async (market) => {
        const [bad, good] = [await market.order(), await market.order()];
        await there(market.bed.orders.damage)(market.bench, bad.externalId);
        const both = await market.connector.readOrders([bad.externalId, good.externalId]).catch((error) => error);
        if (both instanceof ConnectorError) {
          assert.ok(both.message.includes(bad.externalId), `the error does not name it: ${both.message}`);
          assert.equal(both.kind, 'Unavailable');
        } else if (both instanceof Error) throw both;
        else assert.ok(both.some(({ externalId }: ChannelOrderSnapshot) => externalId === good.externalId));
        assert.equal((await readOne(market, good.externalId)).externalId, good.externalId, 'read singly');
      },
      ({ bed }) => lackOf(bed.orders.damage),
    ),
  ];
}
