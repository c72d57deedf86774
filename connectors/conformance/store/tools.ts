import assert from 'node:assert/strict';
import type { Page } from '../../contract/common.ts';
import type { StoreConnector, StoreProduct } from '../../contract/store.ts';
import { type ConformanceCase, NotProvoked, Skipped } from '../case.ts';
import type { Fault } from '../fault-dials.ts';
import type { StoreContext } from '../store-session.ts';
import type { OrderBook, StoreCalls, TestProduct, TestVariantKey } from '../store-subject.ts';

export type StoreCase = ConformanceCase<StoreContext>;

/** How many pages of a shop are read at most before a case gives up. */
const MOST_PAGES = 200;
/** How many goods the shared catalogue has besides the one with variants. */
const CATALOGUE_SIZE = 9;

export type StoreMethod = Exclude<keyof StoreConnector, 'kind' | 'capabilities'>;

/** The method of the connector, bound; the case is skipped where there is none. */
export function need<Method extends StoreMethod>(
  connector: StoreConnector,
  method: Method,
): NonNullable<StoreConnector[Method]> {
  const found = connector[method];
  if (typeof found !== 'function') throw new Skipped(`the connector has no ${method}`);
  const bound: unknown = found.bind(connector);
  return bound as NonNullable<StoreConnector[Method]>;
}

/** The only element; a list of another length fails. */
export function only<Item>(items: readonly Item[], what: string): Item {
  const [first] = items;
  assert.equal(items.length, 1, `${what}: ${items.length} instead of one`);
  if (first === undefined) throw new Error(what);
  return first;
}

export function variantOf(product: TestProduct, index = 0): TestVariantKey {
  const variant = product.variants[index];
  if (variant === undefined) throw new Error(`${product.externalId} has no variant ${index}`);
  return variant;
}

/** The match of a method's call; the case is skipped where the subject names none. */
export function matchOf(context: StoreContext, call: keyof StoreCalls) {
  const match = context.subject.calls[call];
  if (match === undefined) throw new Skipped(`the subject names no call of ${call}`);
  return match;
}

/** Runs a connector's call under a fault of its own call, with short time-outs. */
export function underFault<Value>(
  context: StoreContext,
  fault: Fault,
  call: keyof StoreCalls,
  act: (connector: StoreConnector) => Promise<Value>,
): Promise<Value> {
  return context.dials.under(fault, matchOf(context, call), () => act(context.connect({ impatient: true })));
}

/** Goods that several cases read: simple ones, and one with three variants. Never changed. */
export interface Catalogue {
  readonly since: Date;
  readonly simple: readonly TestProduct[];
  readonly shirt: TestProduct;
  readonly ids: readonly string[];
}

export function catalogueOf(context: StoreContext): Promise<Catalogue> {
  return context.once('catalogue', async () => {
    const since = new Date(context.serverNow().getTime() - 2_000);
    const simple: TestProduct[] = [];
    for (let index = 1; index <= CATALOGUE_SIZE; index += 1) {
      simple.push(
        await context.simple(`CAT-${index}`, { price: context.money(1000 + index), stock: index, weightGrams: 200 }),
      );
    }
    const shirt = await context.make({
      title: `${context.mark} Shirt & Tie`,
      descriptionHtml: '<p>Fine <b>linen</b></p>',
      variants: ['S', 'M', 'L'].map((option, index) => ({
        sku: `${context.mark}-SHIRT-${option}`,
        option,
        price: context.money(5900 + index),
        stock: 10 + index,
        weightGrams: 300,
      })),
    });
    return { since, simple, shirt, ids: [...simple, shirt].map(({ externalId }) => externalId) };
  });
}

/** One with plenty of stock, that orders are made of. */
export function teeOf(context: StoreContext): Promise<TestProduct> {
  return context.once('tee', () => context.simple('TEE', { stock: 5_000 }));
}

/** Creates an order of two pieces, or more lines, under a new reference. */
export async function orderedBy(context: StoreContext, what: string, quantity = 2) {
  const reference = context.reference(what);
  const variant = variantOf(await teeOf(context));
  const order = context.orderOf(reference, [{ variant, quantity }]);
  return { reference, variant, order, made: await context.connector.createOrder(order) };
}

/** The one order under a reference, by the shop's own books. */
export async function bookOf(context: StoreContext, reference: string): Promise<OrderBook> {
  return context.eventually(async () => only(await context.bed.orderBooks(reference), `orders under ${reference}`));
}

type ReadInput = Parameters<StoreConnector['readProducts']>[0];

/**
 * Pages that are small enough to be several and large enough for the shop at hand.
 *
 * @throws NotProvoked where the shop holds more than a test should read
 */
export async function pageSizeOf(context: StoreContext): Promise<number> {
  if (context.isSimulated) return 3;
  return context.once('page size', async () => {
    const { total } = await context.connector.readProducts({ cursor: null, changedSince: null, pageSize: 10 });
    if (total === null) return 50;
    if (total > MOST_PAGES * 50) throw new NotProvoked(`the shop holds ${total} products: too many to read for a test`);
    return Math.min(100, Math.max(3, Math.ceil(total / 8)));
  });
}

/** All products of a read, page by page, from a cursor on. */
export async function readAll(
  context: StoreContext,
  input: Partial<ReadInput> = {},
  connector = context.connector,
): Promise<StoreProduct[]> {
  const pageSize = input.pageSize ?? (await pageSizeOf(context));
  const read = { cursor: null, changedSince: null, ...input, pageSize };
  return pages(read.cursor, (cursor) => connector.readProducts({ ...read, cursor }), context.isSimulated);
}

/** All items, page by page; an endless read fails. @param isSmall false: a shop of others, which may be very large */
export async function pages<Item>(
  from: string | null,
  read: (cursor: string | null) => Promise<Page<Item>>,
  isSmall = true,
): Promise<Item[]> {
  const items: Item[] = [];
  const cursors = new Set<string | null>();
  let cursor = from;
  for (let count = 0; count < MOST_PAGES * 2; count += 1) {
    const page = await read(cursor);
    items.push(...page.items);
    if (page.next === null) return items;
    cursors.add(cursor);
    assert.ok(!cursors.has(page.next), 'the read goes round in a circle');
    cursor = page.next;
  }
  const what = `no end after ${MOST_PAGES * 2} pages`;
  throw isSmall ? new Error(what) : new NotProvoked(`${what}: the shop holds too much to be read in a test`);
}

/** The ids of ours among what was read, in order, repeats kept. */
export function idsAmong(products: readonly { readonly externalId: string }[], ours: readonly string[]): string[] {
  return products.map(({ externalId }) => externalId).filter((id) => ours.includes(id));
}

export function sameIds(actual: readonly string[], expected: readonly string[], message: string): void {
  assert.deepEqual(actual.toSorted(), expected.toSorted(), message);
}

/** Every expected id is there; more may be. */
export function includesAll(actual: readonly string[], expected: readonly string[], message: string): void {
  const missing = expected.filter((id) => !actual.includes(id));
  assert.deepEqual(missing, [], `${message}; missing are ${missing.join(', ')}`);
}

/** One case; `skip` is filled in where the connector lacks the method that `capability` names. */
export function storeCase(
  family: string,
  id: string,
  capability: string,
  name: string,
  run: (context: StoreContext) => Promise<void>,
): StoreCase {
  return { family, id: `${family}/${id}`, capability, name, run };
}
