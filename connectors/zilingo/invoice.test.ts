import { describe, expect, it } from 'vitest';
import { ConnectorError } from '../errors.ts';
import { looseMoney, toInvoice } from './invoice.ts';
import { instant, toSnapshot } from './mapping.ts';

const head = { orderId: 7, shippableUnitId: 'U-1' };
const read = (raw: Record<string, unknown>) => toInvoice({ ...head, ...raw }, 'U-1', 'SGD');

describe('an invoice whose parts have other names', () => {
  it.each([
    [{ zilingoSkuId: 'Z1', sellerSku: 'A', quantity: '2', price: { amount: '12.50', currency: 'SGD' } }],
    [{ skuId: 'Z1', quantity: 2, price: { amount: 12.5, currency: 'SGD', sellerSKUId: 'A' } }],
    [{ zilingoSKUId: 'Z1', sellerSKUId: 'A', qty: 2, unitPrice: 12.5, extra: { a: 1 } }],
  ])('is read: %j', (item) => {
    const { orderItems } = read({ orderItems: [item] });
    const [line] = toSnapshot(
      '7',
      [
        {
          unit: { unitId: 'U-1', orderId: '7', state: 'inTransit', createdAt: new Date(0) },
          invoice: read({ orderItems: [item] }),
        },
      ],
      { baseUrl: 'x' },
    ).lines;
    expect(orderItems).toHaveLength(1);
    expect(line).toMatchObject({
      externalSkuId: 'Z1',
      sellerSku: 'A',
      quantity: 2,
      unitPrice: { amountMinor: 1_250, currency: 'SGD' },
    });
  });

  it('has coupons that are only named, amounts without a currency, and addresses in one text', () => {
    const item = { zilingoSKUId: 'Z1', quantity: 1, pricePerUnit: { amount: 5, currency: 'SGD' } };
    const invoice = read({
      orderItems: [item],
      appliedCoupon: 'SALE10',
      subOrderAmount: '5.00',
      deliveryAddress: '1 Some Street, Singapore',
    });
    expect(invoice).toMatchObject({
      appliedCoupon: null,
      subOrderAmount: { amount: '5.00', currency: 'SGD' },
      deliveryAddress: { address: '1 Some Street, Singapore' },
    });
    const worth = { discountAmount: { amount: 1, currency: 'SGD' } };
    expect(read({ orderItems: [item], appliedCoupon: worth }).appliedCoupon).toEqual({ amount: 1, currency: 'SGD' });
  });

  it.each([
    [{ orderItems: 'none' }, '/orderItems'],
    [{ orderItems: [{ zilingoSKUId: 'Z1', quantity: 1 }] }, '/orderItems/0/pricePerUnit'],
    [{ orderItems: [{ zilingoSKUId: 'Z1', pricePerUnit: 3 }] }, '/orderItems/0/quantity'],
    [{ orderItems: [null] }, '/orderItems/0'],
  ])('that lacks a part is named by its path: %j', (raw, path) => {
    expect(() => read(raw)).toThrow(ConnectorError);
    expect(() => read(raw)).toThrow(path);
  });
});

describe('values of unknown form', () => {
  it('amounts', () => {
    expect(looseMoney({ value: 3, currencyCode: 'KRW' }, 'SGD')).toEqual({ amount: 3, currency: 'KRW' });
    expect(looseMoney(4, 'SGD')).toEqual({ amount: 4, currency: 'SGD' });
    expect([looseMoney('free', 'SGD'), looseMoney(null, 'SGD'), looseMoney({}, 'SGD')]).toEqual([null, null, null]);
  });

  it('times without zone are UTC', () => {
    expect(instant('2020-03-01 05:00:00')).toEqual(new Date('2020-03-01T05:00:00Z'));
    expect(instant('2020-03-01T05:00:00+07:00')).toEqual(new Date('2020-02-29T22:00:00Z'));
  });
});
