import { describe, expect, it } from 'vitest';
import { checkOrders, type StoredChannelOrder } from './l1-orders.ts';
import { announced, LogWriter, whats } from './log.fixture.ts';
import { type OpenProblem, OpenProblems } from './problems.ts';

const connections = new Map([['jd', { id: 'c1', code: 'jd', kind: 'marketplace' as const, connector: 'jd-id' }]]);
const tee = { sku: 'TEE', quantity: 2, unitPriceMinor: 100_000 };
const cap = { sku: 'CAP', quantity: 1, unitPriceMinor: 50_000 };

const lineHere = ({ sku, quantity, unitPriceMinor }: typeof tee) => ({
  externalLineId: `line-${sku}`,
  sellerSku: sku,
  externalSkuId: `x-${sku}`,
  quantity,
  unitPrice: { amountMinor: unitPriceMinor, currency: 'IDR' },
});

const here = (more: Partial<StoredChannelOrder> = {}): StoredChannelOrder => ({
  id: 'co-1',
  connection_id: 'c1',
  external_id: '1001',
  lines: [lineHere(tee), lineHere(cap)],
  currency: 'IDR',
  total_minor: 250_000,
  orders: [{ id: 'o-1', number: 'TL-000001', state: 'NEW', lineIds: ['line-TEE', 'line-CAP'] }],
  ...more,
});

function audit(stored: readonly StoredChannelOrder[], log: LogWriter, problems: readonly OpenProblem[] = []) {
  const sources = [log.source('marketplace', 'jd')];
  return checkOrders({ sources, connections, stored, problems: new OpenProblems(problems) });
}

const log = () => new LogWriter('jd-id').facts(announced('1001', [tee, cap]));

describe('L1: announced orders', () => {
  it('finds nothing where each is here once with its lines, in whatever order', () => {
    const stored = [here({ lines: [lineHere(cap), lineHere(tee)] })];
    expect(audit(stored, log())).toMatchObject({ checked: 1, findings: [] });
  });

  it('finds a lost order, a doubled one and one that nobody announced', () => {
    expect(whats(audit([], log()).findings)).toEqual(['an announced order is missing']);
    expect(whats(audit([here(), here({ id: 'co-2' })], log()).findings)).toEqual(['an announced order is here twice']);
    expect(whats(audit([here(), here({ id: 'co-2', external_id: '9' })], log()).findings)).toEqual([
      'an order that nobody announced',
    ]);
  });

  it('does not take another account’s order for it', () => {
    expect(whats(audit([here({ connection_id: 'c2' })], log()).findings)).toEqual(['an announced order is missing']);
  });

  it('finds differing quantities, prices, totals and currencies', () => {
    const dearer = here({ lines: [lineHere({ ...tee, unitPriceMinor: 100_001 }), lineHere(cap)] });
    expect(whats(audit([dearer], log()).findings)).toEqual(['lines differ']);
    const fewer = here({ lines: [lineHere({ ...tee, quantity: 1 }), lineHere(cap)] });
    expect(whats(audit([fewer], log()).findings)).toEqual(['lines differ']);
    expect(whats(audit([here({ total_minor: 249_999 })], log()).findings)).toEqual(['totals differ']);
    expect(whats(audit([here({ currency: 'AUD' })], log()).findings)).toEqual(['totals differ']);
  });

  it('compares with the newest content: an update that did not arrive is found', () => {
    const changed = log().facts(announced('1001', [{ ...tee, quantity: 1 }, cap]));
    expect(whats(audit([here()], changed).findings)).toEqual(['lines differ', 'totals differ']);
    const stored = here({ lines: [lineHere({ ...tee, quantity: 1 }), lineHere(cap)], total_minor: 150_000 });
    expect(audit([stored], changed).findings).toEqual([]);
  });

  it('wants the lines, unless a problem says why they are not here', () => {
    const tombstone = here({ lines: null, total_minor: null, currency: null, orders: [] });
    expect(whats(audit([tombstone], log()).findings)).toEqual(['an announced order has no lines here']);
    const problem = { kind: 'unreadable', entity_id: 'co-1', connection_id: null };
    expect(audit([tombstone], log(), [problem]).findings).toEqual([]);
  });

  it('wants every line in exactly one order of ours', () => {
    const [order] = here().orders;
    if (!order) throw new Error('the fixture has an order');
    const lost = here({ orders: [{ ...order, lineIds: ['line-TEE'] }] });
    expect(audit([lost], log()).findings).toMatchObject([{ what: 'a line is in no order', detail: 'line line-CAP' }]);
    const unknownSku = { kind: 'unknown-sku', entity_id: 'co-1', connection_id: 'c1' };
    expect(audit([lost], log(), [unknownSku]).findings).toEqual([]);
    const doubled = here({ orders: [order, { ...order, id: 'o-2', number: 'TL-000002', lineIds: ['line-TEE'] }] });
    expect(whats(audit([doubled], log()).findings)).toEqual(['a line is in several orders']);
    expect(whats(audit([here({ orders: [] })], log()).findings)).toHaveLength(2);
  });

  it('wants the shares of a basket’s shipping to add up to the charge', () => {
    const part = (number: string, lineId: string, shippingMinor: number) => {
      return { id: `o-${number}`, number, state: 'NEW', lineIds: [lineId], shippingMinor };
    };
    const basket = (share: number) =>
      here({
        shipping_minor: 20_000,
        orders: [part('TL-1', 'line-TEE', 13_333), part('TL-2', 'line-CAP', share), part('TL-3', 'line-gone', 500)],
      });
    expect(audit([basket(6_667)], log()).findings).toEqual([]);
    expect(audit([basket(6_666)], log()).findings).toMatchObject([
      { what: 'shipping shares do not add up', detail: 'TL-1 13333, TL-2 6666 of 20000' },
    ]);
  });

  it('says so when there was nothing to judge, and when the system has no account here', () => {
    expect(audit([], new LogWriter())).toMatchObject({ checked: 0, findings: [], note: expect.any(String) });
    const sources = [log().source('marketplace', 'somebody-else')];
    const verdict = checkOrders({ sources, connections, stored: [], problems: new OpenProblems([]) });
    expect(whats(verdict.findings)).toEqual(['an outside system without an account here']);
  });
});
