import { describe, expect, it } from 'vitest';
import { ConnectorError } from '../errors.ts';
import { instant, type ListedUnit, money, stateOf, toPrice, toSnapshot } from './mapping.ts';
import type { InvoiceVo } from './schema.ts';

const at = new Date('2020-03-01T05:00:00Z');
const unit = (unitId: string, state: string): ListedUnit => ({ unitId, orderId: 'O-1', state, createdAt: at });
const invoice = (unitId: string, more: Partial<InvoiceVo> = {}): InvoiceVo => ({
  shippableUnitId: unitId,
  orderId: 'O-1',
  orderItems: [
    {
      zilingoSKUId: `Z-${unitId}`,
      sellerSKUId: `S-${unitId}`,
      quantity: '2',
      pricePerUnit: { amount: 12.5, currency: 'SGD' },
    },
  ],
  deliveryAddress: { fullName: 'Tan Mei Hua', street: '18 Bukit Batok Street', pincode: 659578, country: 'Singapore' },
  ...more,
});

describe('states of orders of several units', () => {
  it.each([
    [['inTransit', 'awaitingPickupRequest'], 'awaitingPickupRequest', 'OPEN'],
    [['successfullyProcessed', 'inTransit', 'pickupScheduled'], 'pickupScheduled', 'READY_TO_SHIP'],
    [['cancelled', 'inTransit'], 'inTransit', 'SHIPPED'],
    [['rejected', 'rejected'], 'rejected', 'CANCELLED'],
    [['successfullyProcessed', 'lost at sea'], 'lost at sea', null],
  ])('%s is %s', (states, nativeState, tag) => {
    expect(stateOf(states.map((state) => ({ state })))).toEqual({ nativeState, tag });
  });

  it('leaves lines and amounts of units that were given up out, unless all were', () => {
    const read = (states: readonly [string, string]) =>
      toSnapshot(
        'O-1',
        [
          { unit: unit('A', states[0]), invoice: invoice('A') },
          { unit: unit('B', states[1]), invoice: invoice('B', { subOrderAmount: { amount: '24', currency: 'SGD' } }) },
        ],
        { baseUrl: 'x' },
      );
    expect(read(['inTransit', 'inTransit'])).toMatchObject({ total: { amountMinor: 4_900 }, tag: 'SHIPPED' });
    const left = read(['inTransit', 'cancelled']);
    expect(left.lines.map(({ sellerSku }) => sellerSku)).toEqual(['S-A']);
    expect(left.total.amountMinor).toBe(2_500);
    expect(left.units?.map(({ externalLineIds }) => externalLineIds)).toEqual([['A:1'], []]);
    expect(read(['cancelled', 'rejected']).lines).toHaveLength(2);
  });

  it('finds an address under any of the names, and takes the site’s country for a country in words', () => {
    const { shipTo } = toSnapshot('O-1', [{ unit: unit('A', 'inTransit'), invoice: invoice('A') }], {
      baseUrl: 'x',
      region: 'SG',
    });
    expect(shipTo).toMatchObject({
      name: 'Tan Mei Hua',
      lines: ['18 Bukit Batok Street'],
      postcode: '659578',
      countryCode: 'SG',
    });
  });
});

describe('values', () => {
  it.each([
    [{ amountMinor: 15_900, currency: 'KRW' }, 15_900],
    [{ amountMinor: 125_000, currency: 'IDR' }, 125_000],
    [{ amountMinor: 59_950, currency: 'THB' }, 599.5],
    [{ amountMinor: 1, currency: 'SGD' }, 0.01],
  ])('%o is the plain number %d in major units, and back', (value, amount) => {
    expect(toPrice(value)).toEqual({ amount, currency: value.currency });
    expect(money({ amount, currency: value.currency }, '/x')).toEqual(value);
    expect(money({ amount: String(amount), currency: value.currency }, '/x')).toEqual(value);
  });

  it('refuses amounts with more decimals than the currency, and orders in another currency', () => {
    expect(() => money({ amount: 10.5, currency: 'KRW' }, '/p')).toThrow(/\/p\/amount/);
    const wrong = invoice('A', { subOrderAmount: { amount: 1, currency: 'USD' } });
    expect(() => toSnapshot('O-1', [{ unit: unit('A', 'inTransit'), invoice: wrong }], { baseUrl: 'x' })).toThrow(
      ConnectorError,
    );
  });

  it('reads times as milliseconds, seconds and text', () => {
    const values = [at.getTime(), at.getTime() / 1000, String(at.getTime()), at.toISOString()];
    expect(values.map((value) => instant(value)?.getTime())).toEqual(Array(4).fill(at.getTime()));
    expect([instant('soon'), instant(null)]).toEqual([null, null]);
  });
});
