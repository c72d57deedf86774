import { describe, expect, it } from 'vitest';
import { type AuditedOrder, checkShopOrders } from './l2-shop-orders.ts';
import { LogWriter, shopOrder, shopOrderStatus, whats } from './log.fixture.ts';
import { OpenProblems } from './problems.ts';

const units = [{ sku: 'TEE', quantity: 2 }];

const order = (more: Partial<AuditedOrder> = {}): AuditedOrder => ({
  id: 'o-1',
  number: 'TL-000001',
  state: 'SYNCED',
  store_code: 'shop',
  shop_order_id: '70',
  pushed: true,
  label_mails: 0,
  partly_cancelled: false,
  units: { TEE: 2 },
  ...more,
});
const notPushed = { pushed: false, shop_order_id: null };

function audit(orders: readonly AuditedOrder[], log: LogWriter, problemOf: string[] = []) {
  const problems = problemOf.map((entity_id) => ({ kind: 'cancel-conflict', entity_id, connection_id: null }));
  return checkShopOrders({
    sources: [log.source('store', 'shop')],
    orders,
    problems: new OpenProblems(problems),
  });
}
const found = (...args: Parameters<typeof audit>) => whats(audit(...args).findings);
const shop = () => new LogWriter('woocommerce');
const one = () => shop().facts(shopOrder('70', 'TL-000001', units));

describe('L2: shop orders', () => {
  it('finds nothing wrong with one living shop order of a pushed order, and none of one that is not', () => {
    expect(audit([order()], one())).toMatchObject({ checked: 1, findings: [] });
    expect(found([order({ state: 'QUEUE', ...notPushed })], shop())).toEqual([]);
    expect(found([order({ state: 'SUCCESSFULLY_PROCESSED', ...notPushed })], shop())).toEqual([]);
    expect(found([order()], one().facts(shopOrderStatus('70', 'completed')))).toEqual([]);
  });

  it('finds a doubled push, also where the second round has a reference of its own', () => {
    expect(found([order()], one().facts(shopOrder('71', 'TL-000001', units)))).toEqual(['two living shop orders']);
    expect(found([order()], one().facts(shopOrder('71', 'TL-000001.2', units)))).toEqual(['two living shop orders']);
    // Not even an open problem makes two right.
    expect(found([order()], one().facts(shopOrder('71', 'TL-000001', units)), ['o-1'])).toHaveLength(1);
  });

  it('accepts a twin that was taken back, and counts it', () => {
    const log = one().facts(shopOrder('71', 'TL-000001', units), shopOrderStatus('71', 'cancelled'));
    const { findings, figures } = audit([order()], log);
    expect(findings).toEqual([]);
    expect(figures).toEqual({ 'L2.doubledAndTakenBack': 1 });
  });

  it('finds a push that never arrived or was undone there', () => {
    expect(found([order()], shop())).toEqual(['pushed, and the shop has none that stands']);
    const undone = one().facts(shopOrderStatus('70', 'cancelled', 'staff'));
    expect(found([order()], undone)).toEqual(['pushed, and the shop has none that stands']);
    expect(found([order()], undone, ['o-1'])).toEqual([]);
    expect(found([order()], one().facts(shopOrderStatus('70', 'refunded', 'staff')))).toEqual([]);
  });

  it('finds a shop order that our books do not know, and one that was never ordered', () => {
    expect(found([order({ state: 'QUEUE', ...notPushed })], one())).toEqual([
      'in the shop, and our books do not know it',
    ]);
    expect(found([], one())).toEqual(['a shop order under a number that we never gave']);
    expect(found([], shop().facts(shopOrder('72', '', units), shopOrder('73', 'PO-5', units)))).toEqual([]);
  });

  it('wants a cancelled order cancelled there, or a problem', () => {
    expect(found([order({ state: 'CANCELLED' })], one())).toEqual(['cancelled here, alive in the shop']);
    expect(found([order({ state: 'CANCELLED' })], one(), ['o-1'])).toEqual([]);
    for (const status of ['cancelled', 'trash', 'deleted', 'refunded']) {
      expect(found([order({ state: 'CANCELLED' })], one().facts(shopOrderStatus('70', status)))).toEqual([]);
    }
    expect(found([order({ state: 'CANCELLED', ...notPushed })], shop())).toEqual([]);
  });

  it('wants a problem beside every cancel conflict', () => {
    expect(found([order({ state: 'CANCEL_CONFLICT' })], one())).toEqual([
      'a cancel conflict that no open problem shows',
    ]);
    expect(found([order({ state: 'CANCEL_CONFLICT' })], one(), ['o-1'])).toEqual([]);
  });

  it('finds another content, another number and another shop', () => {
    const other = shop().facts(shopOrder('70', 'TL-000001', [{ sku: 'TEE', quantity: 1 }]));
    expect(found([order()], other)).toEqual([expect.stringMatching(/^other units there/)]);
    expect(found([order({ partly_cancelled: true, units: { TEE: 1 } })], one())).toEqual([]);
    expect(found([order({ shop_order_id: '99' })], one())).toEqual(['our books name shop order 99']);
    const sources = [shop().source('store', 'shop'), one().source('store', 'other-shop')];
    const verdict = checkShopOrders({ sources, orders: [order()], problems: new OpenProblems([]) });
    expect(whats(verdict.findings)).toEqual(['in a shop that is not the brand’s']);
  });

  it('judges a brand without a shop by its mail', () => {
    const mailed = order({ store_code: null, shop_order_id: null });
    expect(found([{ ...mailed, label_mails: 1 }], shop())).toEqual([]);
    expect(found([mailed], shop())).toEqual(['counts as given to the brand, and no mail with it was sent']);
    expect(found([{ ...mailed, label_mails: 1 }], one())).toEqual(['in a shop although its brand has none']);
  });

  it('leaves out shops whose log it cannot read, and says so', () => {
    expect(audit([order({ store_code: 'far-away' })], shop())).toMatchObject({
      checked: 0,
      findings: [],
      note: expect.stringContaining('1 orders'),
    });
  });
});
