import assert from 'node:assert/strict';
import { ConnectorError } from '../../errors.ts';
import { NotProvoked } from '../case.ts';
import type { StoreContext } from '../store-session.ts';
import type { TestProduct } from '../store-subject.ts';
import {
  catalogueOf,
  idsAmong,
  includesAll,
  need,
  orderedBy,
  pageSizeOf,
  pages,
  readAll,
  type StoreCase,
  sameIds,
  storeCase,
} from './tools.ts';

const LARGEST_PAGE = 100;
/** In a shop of others, what a case reads several times. */
const MOST_ROWS = 1_000;

/** Page sizes at which a shop of so many rows ends exactly, one short and one long. */
function sizesAround(rows: number): number[] {
  const pagesOf = Math.max(1, Math.ceil(rows / (LARGEST_PAGE - 1)));
  const exact = Math.max(2, Math.ceil(rows / pagesOf));
  return [exact - 1, exact, exact + 1].filter((size) => size >= 2);
}

/** Few enough that six of ours never come on one page. */
const SMALL_PAGE = 3;

/**
 * Reads until some of ours have come and some have not. What stands before ours is read in large pages: a cursor holds
 * whatever the size of the next page is.
 */
async function halfWay(context: StoreContext, ours: readonly string[]) {
  const large = await pageSizeOf(context);
  let cursor: string | null = null;
  for (let count = 0; count < 400; count += 1) {
    const page = await context.connector.readProducts({ cursor, changedSince: null, pageSize: large });
    if (idsAmong(page.items, ours).length > 0) break;
    assert.ok(page.next !== null, 'the read ended without one of ours');
    cursor = page.next;
  }
  for (let count = 0; count < 400; count += 1) {
    const page = await context.connector.readProducts({ cursor, changedSince: null, pageSize: SMALL_PAGE });
    const seen = idsAmong(page.items, ours);
    assert.ok(page.next !== null, 'the read ended with a page of three of ours');
    cursor = page.next;
    if (seen.length > 0) return { seen, cursor, pageSize: SMALL_PAGE };
  }
  throw new NotProvoked('none of the test goods came within 400 pages');
}

function many(context: StoreContext, name: string): Promise<TestProduct[]> {
  return Promise.all([1, 2, 3, 4, 5, 6].map((index) => context.simple(`${name}-${index}`)));
}

/** Where pages begin and end, and what happens between them. */
export const pagingCases: readonly StoreCase[] = [
  storeCase('paging', 'boundaries', 'readProducts', 'exactly one page, one row less, one row more', async (context) => {
    const { ids } = await catalogueOf(context);
    const rows = (await readAll(context)).length;
    if (!context.isSimulated && rows > MOST_ROWS) {
      throw new NotProvoked(`the shop holds ${rows} products: too many to be read three times more`);
    }
    for (const pageSize of sizesAround(rows)) {
      const read = idsAmong(await readAll(context, { pageSize }), ids);
      sameIds(read, ids, `with ${pageSize} rows a page of ${rows} the read is not each product once`);
    }
  }),
  storeCase('paging', 'page-of-one', 'readProducts', 'a page of one row gets on', async (context) => {
    const { ids, since } = await catalogueOf(context);
    if (context.isSimulated) {
      sameIds(idsAmong(await readAll(context, { pageSize: 1 }), ids), ids, 'the read is not each product once');
      return;
    }
    // In a shop of others: the first rows of all, and all of what is new.
    const seen = new Set<string>();
    let cursor: string | null = null;
    for (let count = 0; count < 12; count += 1) {
      const page = await context.connector.readProducts({ cursor, changedSince: null, pageSize: 1 });
      for (const { externalId } of page.items) assert.ok(!seen.has(externalId), `${externalId} came twice`);
      for (const { externalId } of page.items) seen.add(externalId);
      cursor = page.next;
      if (cursor === null) break;
    }
    const changed = idsAmong(await readAll(context, { changedSince: since, pageSize: 1 }), ids);
    includesAll(changed, ids, 'a change is not read');
  }),
  storeCase('paging', 'empty', 'readProducts', 'an empty read ends at once', async (context) => {
    const changedSince = new Date(context.serverNow().getTime() + 48 * 3_600_000);
    const items = await readAll(context, { changedSince, pageSize: 5 });
    assert.deepEqual(items, [], 'something changed the day after tomorrow');
    assert.deepEqual(await context.connector.readStock([]), [], 'the stock of nothing');
  }),
  storeCase('paging', 'deleted', 'readProducts', 'a deletion while paging hides nothing', async (context) => {
    const goods = await many(context, 'DEL');
    const ids = goods.map(({ externalId }) => externalId);
    const { seen, cursor, pageSize } = await halfWay(context, ids);
    const victim = goods.find(({ externalId }) => seen.includes(externalId));
    if (victim !== undefined) await context.bed.deleteProduct(victim);
    const rest = idsAmong(await readAll(context, { cursor, pageSize }), ids);
    const kept = ids.filter((id) => id !== victim?.externalId);
    includesAll([...seen, ...rest], kept, 'a product was skipped');
  }),
  storeCase(
    'paging',
    'added',
    'readProducts',
    'an addition while paging hides and repeats nothing',
    async (context) => {
      const goods = await many(context, 'ADD');
      const ids = goods.map(({ externalId }) => externalId);
      const { seen, cursor, pageSize } = await halfWay(context, ids);
      await context.simple('ADD-MORE');
      const rest = idsAmong(await readAll(context, { cursor, pageSize }), ids);
      sameIds([...seen, ...rest], ids, 'the read is not each product once');
    },
  ),
];

const absurd = ['nonsense', 'eyJtb2RlIjoiZnVsbCJ9', '-1', '{"page":1e99}', '\u0000'];

/** A read that stopped and goes on, perhaps in another process. */
export const resumeCases: readonly StoreCase[] = [
  storeCase('resume', 'any-cursor', 'readProducts', 'goes on from any cursor without memory', async (context) => {
    const { ids } = await catalogueOf(context);
    const pageSize = await pageSizeOf(context);
    const whole = idsAmong(await readAll(context, { pageSize }), ids);
    let cursor: string | null = null;
    const seen: string[] = [];
    do {
      const page = await context.connect().readProducts({ cursor, changedSince: null, pageSize });
      seen.push(...idsAmong(page.items, ids));
      cursor = page.next;
    } while (cursor !== null);
    assert.deepEqual(seen, whole, 'another worker at each page reads something else');
  }),
  storeCase('resume', 'again', 'readProducts', 'a stored cursor read twice gives the same', async (context) => {
    const { ids } = await catalogueOf(context);
    const { seen, cursor, pageSize } = await halfWay(context, ids);
    const rest = idsAmong(await readAll(context, { cursor, pageSize }, context.connect()), ids);
    sameIds([...seen, ...rest], ids, 'before and after the cursor are not everything once');
    assert.deepEqual(idsAmong(await readAll(context, { cursor, pageSize }), ids), rest, 'the second time differs');
  }),
  storeCase('resume', 'incremental', 'readProducts', 'an incremental read goes on from its cursor', async (context) => {
    const { ids, since } = await catalogueOf(context);
    await context.eventually(async () => {
      const first = await context.connector.readProducts({ cursor: null, changedSince: since, pageSize: 3 });
      assert.ok(first.next !== null, 'all changes came on a page of three');
      const rest = await readAll(context, { cursor: first.next, changedSince: since, pageSize: 3 }, context.connect());
      includesAll(idsAmong([...first.items, ...rest], ids), ids, 'a change was skipped');
    });
  }),
  storeCase('resume', 'absurd', 'readProducts', 'an absurd cursor is refused, or begins again', async (context) => {
    const { ids } = await catalogueOf(context);
    for (const cursor of absurd) {
      const outcome = await readAll(context, { cursor }).catch((error: unknown) => error);
      if (Array.isArray(outcome)) includesAll(idsAmong(outcome, ids), ids, `the cursor ${cursor} skips something`);
      else if (outcome instanceof ConnectorError) assert.equal(outcome.kind, 'Rejected', outcome.message);
      else throw outcome;
    }
  }),
  storeCase('resume', 'orders', 'readOrders', 'reading orders goes on from its cursor', async (context) => {
    const readOrders = need(context.connector, 'readOrders');
    const changedSince = new Date(context.serverNow().getTime() - 600_000);
    const ids: string[] = [];
    for (const what of ['page-1', 'page-2', 'page-3']) ids.push((await orderedBy(context, what)).made.externalId);
    await context.eventually(async () => {
      const first = await readOrders({ cursor: null, changedSince, pageSize: 2 });
      assert.ok(first.next !== null, 'three orders came on a page of two');
      const readOn = need(context.connect(), 'readOrders');
      const rest = await pages(first.next, (cursor) => readOn({ cursor, changedSince, pageSize: 2 }));
      includesAll(
        [...first.items, ...rest].map(({ externalId }) => externalId),
        ids,
        'an order was skipped',
      );
    });
  }),
];
