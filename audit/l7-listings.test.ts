import { describe, expect, it } from 'vitest';
import { type AuditedOffer, checkListings } from './l7-listings.ts';
import { LogWriter, offerSet, priceSet, whats } from './log.fixture.ts';
import { type OpenProblem, OpenProblems } from './problems.ts';

const offer = (more: Partial<AuditedOffer> = {}): AuditedOffer => ({
  id: 'ls1',
  listing_id: 'l1',
  product_id: 'p1',
  sku_id: 's1',
  connection_id: 'c1',
  code: 'jd',
  seller_sku: 'TEE',
  external_sku_id: 'x-TEE',
  stock_desired: 3,
  stock_acknowledged: 3,
  price_desired_minor: 100_000,
  price_acknowledged_minor: 100_000,
  currency: 'IDR',
  ...more,
});

const log = () =>
  new LogWriter('jd-id')
    .facts(offerSet('TEE', 5), priceSet('TEE', 90_000))
    .facts(offerSet('TEE', 3), priceSet('TEE', 100_000));

function audit(row: AuditedOffer, there: LogWriter | null = log(), problems: OpenProblem[] = []) {
  const sources = there ? [there.source('marketplace', 'jd')] : [];
  return checkListings({ sources, offers: [row], problems: new OpenProblems(problems) });
}
const found = (...args: Parameters<typeof audit>) => whats(audit(...args).findings);

describe('L7: listings in step', () => {
  it('finds nothing where desired, acknowledged and there are one value', () => {
    expect(audit(offer())).toMatchObject({ checked: 1, findings: [] });
    expect(found(offer({ external_sku_id: null }))).toEqual([]);
  });

  it('finds what was not acknowledged, and what was acknowledged and is not there', () => {
    expect(found(offer({ stock_acknowledged: 2 }))).toEqual(['stock out of step']);
    expect(found(offer({ stock_acknowledged: null }))).toEqual(['stock out of step']);
    expect(found(offer({ stock_desired: 4, stock_acknowledged: 4 }))).toEqual(['stock out of step']);
    expect(found(offer({ price_acknowledged_minor: 90_000 }))).toEqual(['price out of step']);
    expect(found(offer({ price_desired_minor: 1, price_acknowledged_minor: 1 }))).toEqual(['price out of step']);
    expect(found(offer({ currency: 'AUD' }))).toEqual(['price out of step']);
  });

  it('finds a value that somebody sold or changed over there', () => {
    expect(found(offer(), log().facts(offerSet('TEE', 2, 'sale')))).toEqual(['stock out of step']);
    expect(found(offer(), log().facts(priceSet('TEE', 99_000)))).toEqual(['price out of step']);
  });

  it('looks at the marketplace’s own id of the SKU first', () => {
    const twin = log().facts({ fact: 'offer.set', sku: 'TEE', externalId: 'x-OTHER', quantity: 9, cause: 'api' });
    expect(found(offer(), twin)).toEqual([]);
    expect(found(offer({ external_sku_id: 'x-OTHER' }), twin)).toEqual(['stock out of step', 'price out of step']);
  });

  it('takes an open problem as the reason: of the listing, its product, its SKU, or the account', () => {
    for (const entity_id of ['ls1', 'l1', 'p1', 's1']) {
      const problem = { kind: 'offer-refused', entity_id, connection_id: 'c1' };
      expect(audit(offer({ stock_acknowledged: 2 }), log(), [problem])).toMatchObject({
        findings: [],
        figures: { 'L7.explained': 1 },
      });
    }
    const account = { kind: 'revoked', entity_id: null, connection_id: 'c1' };
    expect(found(offer({ stock_acknowledged: 2 }), log(), [account])).toEqual([]);
    const elsewhere = { kind: 'offer-refused', entity_id: 'l2', connection_id: 'c1' };
    expect(found(offer({ stock_acknowledged: 2 }), log(), [elsewhere])).toEqual(['stock out of step']);
  });

  it('compares our own values alone where the marketplace has no readable log, and says so', () => {
    expect(audit(offer(), null)).toMatchObject({ findings: [], note: expect.any(String) });
    expect(found(offer({ stock_acknowledged: 2 }), null)).toEqual(['stock out of step']);
  });
});
