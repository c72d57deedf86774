import assert from 'node:assert/strict';
import type { ConnectionReport } from '../../contract/common.ts';
import type { ChannelOrderSnapshot, MarketplaceConnector } from '../../contract/marketplace.ts';
import { ConnectorError } from '../../errors.ts';
import { NotProvoked } from '../case.ts';
import type { GivenRun } from './cases.ts';
import type { GivenContext } from './session.ts';

const dayMs = 86_400_000;
/** So far back orders of others are looked at. */
const LOOK_BACK_MS = 30 * dayMs;
const MOST_PAGES = 200;
/** So many orders of others are read in full. */
const MOST_READ = 30;

function marketplaceOf(context: GivenContext): MarketplaceConnector {
  const connector = context.connector();
  if (connector.kind !== 'marketplace') throw new Error('this is no marketplace');
  return connector;
}

interface Walk {
  readonly ids: readonly string[];
  /** The cursor behind the first page; null where there is one page only. */
  readonly second: string | null;
}

/** All orders of a window, each once, in the order in which they are named. */
async function walk(context: GivenContext, since: Date, until: Date, from: string | null = null): Promise<Walk> {
  const connector = marketplaceOf(context);
  const ids = new Set<string>();
  let second: string | null = null;
  let cursor = from;
  for (let pages = 1; pages <= MOST_PAGES; pages += 1) {
    const page: Awaited<ReturnType<typeof connector.listOrders>> = await connector.listOrders({ since, until, cursor });
    for (const { externalId } of page.items) ids.add(externalId);
    if (pages === 1) second = page.next;
    if (page.next === null) return { ids: [...ids], second };
    cursor = page.next;
  }
  throw new NotProvoked(`the account has more than ${MOST_PAGES} pages of orders`);
}

async function ordersOfOthers(context: GivenContext): Promise<Walk & { readonly since: Date; readonly until: Date }> {
  const until = new Date();
  const since = new Date(until.getTime() - LOOK_BACK_MS);
  const found = await walk(context, since, until);
  if (found.ids.length === 0) throw new NotProvoked('the account has no orders of the last 30 days');
  return { ...found, since, until };
}

async function readSome(context: GivenContext): Promise<readonly ChannelOrderSnapshot[]> {
  const { ids } = await ordersOfOthers(context);
  return marketplaceOf(context).readOrders(ids.slice(0, MOST_READ));
}

function assertWhole(order: ChannelOrderSnapshot): void {
  const of = `order ${order.externalId}`;
  assert.ok(order.lines.length > 0, `${of} has no lines`);
  for (const { quantity, unitPrice, externalSkuId, title } of order.lines) {
    assert.ok(Number.isSafeInteger(quantity) && quantity > 0, `${of}: a quantity of ${quantity}`);
    assert.ok(Number.isSafeInteger(unitPrice.amountMinor) && unitPrice.amountMinor >= 0, `${of}: a unit price`);
    assert.equal(unitPrice.currency, order.currency, `${of}: the currency of a line`);
    assert.ok(externalSkuId !== '' && title !== '', `${of}: a line without SKU or title`);
  }
  assert.equal(order.total.currency, order.currency, `${of}: the currency of its total`);
  assert.ok(Number.isSafeInteger(order.total.amountMinor), `${of}: its total`);
  assert.equal(new Set(order.lines.map(({ externalLineId }) => externalLineId)).size, order.lines.length, of);
  const latest = Date.now() + dayMs;
  for (const at of [order.orderedAt, order.modifiedAt]) {
    assert.ok(at.getTime() > 0 && at.getTime() < latest, `${of}: a time of ${at.toISOString()}`);
  }
}

function assertRefused(report: ConnectionReport): void {
  assert.equal(report.ok, false, 'bad credentials were called good');
  const told = report.findings.some(({ severity, remedy }) => severity === 'error' && remedy !== '');
  assert.ok(told, 'no finding says what to do');
}

/** Credentials, and what can be seen of orders that others made: nothing is done to these. */
export const listRuns: Readonly<Record<string, GivenRun>> = {
  'credentials/good': async (context) => {
    const report = await context.connector().testConnection();
    assert.deepEqual(
      report.findings.filter(({ severity }) => severity === 'error'),
      [],
      'errors with good credentials',
    );
    assert.equal(report.ok, true, 'the report is not ok');
    assert.notEqual(report.account, '', 'the account has no name');
  },
  'credentials/bad': async (context) => assertRefused(await context.testWrong()),
  'full read/complete': async (context) => {
    const { ids, since, until } = await ordersOfOthers(context);
    context.reconnect();
    const again = await walk(context, since, until);
    // Orders of others come while this is read: none that was there may be missing.
    const missing = ids.filter((id) => !again.ids.includes(id));
    assert.deepEqual(missing, [], 'orders that are missing the second time');
  },
  'resume/any-cursor': async (context) => {
    const { ids, second, since, until } = await ordersOfOthers(context);
    if (second === null) throw new NotProvoked('the account has one page of orders only');
    const first = await marketplaceOf(context).listOrders({ since, until, cursor: null });
    context.reconnect();
    const rest = await walk(context, since, until, second);
    const shown = new Set([...first.items.map(({ externalId }) => externalId), ...rest.ids]);
    assert.deepEqual(
      ids.filter((id) => !shown.has(id)),
      [],
      'orders that are missing from the stored cursor on',
    );
  },
  'resume/absurd': async (context) => {
    const until = new Date();
    const since = new Date(until.getTime() - LOOK_BACK_MS);
    for (const cursor of ['nonsense', 'eyJtb2RlIjoiZnVsbCJ9', '-1', '{"page":1e99}', '\u0000']) {
      const outcome = await walk(context, since, until, cursor).catch((error: unknown) => error);
      if (outcome instanceof ConnectorError) assert.equal(outcome.kind, 'Rejected', outcome.message);
      else if (outcome instanceof Error) throw outcome;
    }
  },
  'incremental read/twice': async (context) => {
    const { ids, since, until } = await ordersOfOthers(context);
    const between = new Date((since.getTime() + until.getTime()) / 2);
    const [earlier, later] = [await walk(context, since, between), await walk(context, between, until)];
    const shown = new Set([...earlier.ids, ...later.ids]);
    assert.deepEqual(
      ids.filter((id) => !shown.has(id)),
      [],
      'orders that are in neither of two windows that meet',
    );
    const again = await walk(context, between, until);
    assert.deepEqual(
      later.ids.filter((id) => !again.ids.includes(id)),
      [],
      'changes that are missing the second time',
    );
  },
  'order/content': async (context) => {
    for (const order of await readSome(context)) assertWhole(order);
  },
  'order/states': async (context) => {
    for (const order of await readSome(context)) {
      const { bed } = await context.market();
      const known = bed.orders.states.find(({ native }) => native === order.nativeState);
      assert.equal(order.tag, known?.tag ?? null, `the translation of ${order.nativeState}`);
      assert.ok(order.raw !== undefined, 'the raw order is kept');
    }
  },
  'order/batch': async (context) => {
    const { ids } = await ordersOfOthers(context);
    const connector = marketplaceOf(context);
    const wanted = ids.slice(0, Math.min(MOST_READ, connector.capabilities.orderDetailBatchSize + 2));
    const read = (await connector.readOrders([...wanted, wanted[0] ?? ''])).map(({ externalId }) => externalId);
    assert.equal(new Set(read).size, read.length, 'an order is told twice');
    assert.ok(
      read.every((id) => wanted.includes(id)),
      'an order is told that was not asked for',
    );
    assert.ok(read.length > 0, 'none of the orders that are listed can be read');
  },
};
