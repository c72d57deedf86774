import { describe, expect, it } from 'vitest';
import fc from '../../tests/properties.ts';
import { ConnectorError } from '../errors.ts';
import { rupiah, toSnapshot, wholeNumber } from './mapping.ts';
import { orderVo } from './samples.fixture.ts';

const map = (raw: unknown) => toSnapshot(raw, 'IDR', 'ID');

function messageOf(run: () => unknown): string {
  try {
    run();
    return 'no error';
  } catch (error) {
    if (error instanceof ConnectorError) return `${error.kind} ${error.message}`;
    throw error;
  }
}

describe('toSnapshot', () => {
  it('maps an order', () => {
    const { raw, ...snapshot } = map(orderVo);
    expect(raw).toBe(orderVo);
    expect(snapshot).toEqual({
      externalId: '1000000001',
      nativeState: '1',
      tag: 'OPEN',
      orderedAt: new Date('2022-06-23T04:46:12Z'),
      modifiedAt: new Date('2022-06-23T05:46:12Z'),
      shipBy: null,
      currency: 'IDR',
      total: { amountMinor: 250000, currency: 'IDR' },
      shippingCharge: { amountMinor: 9000, currency: 'IDR' },
      shipTo: {
        name: 'Budi Santoso',
        company: null,
        lines: ['Jl. Contoh No. 5, Kel. Gambir'],
        city: 'Jakarta Pusat',
        region: 'DKI Jakarta',
        postcode: '10110',
        countryCode: 'ID',
        phone: '+62811000111',
        email: null,
      },
      lines: [
        {
          externalLineId: '1:501',
          sellerSku: 'SHOE-42',
          externalSkuId: '501',
          title: 'Shoe 42',
          quantity: 2,
          unitPrice: { amountMinor: 130000, currency: 'IDR' },
          discount: { amountMinor: 10000, currency: 'IDR' },
          tax: { amountMinor: 0, currency: 'IDR' },
        },
      ],
      buyerNote: null,
      trackingNumber: null,
    });
  });

  it('keeps a state that nobody has translated, without a tag', () => {
    expect(map({ ...orderVo, orderState: '42' })).toMatchObject({ nativeState: '42', tag: null });
  });

  it('sums the total and dates the change where the order says neither', () => {
    const { totalPrice: _total, modifyTime: _time, ...rest } = orderVo;
    const snapshot = map({ ...rest, payTime: 1655959600000 });
    expect(snapshot.total.amountMinor).toBe(2 * 130000 - 10000 + 9000);
    expect(snapshot.modifiedAt.getTime()).toBe(1655959600000);
  });

  it('leaves out an address line that repeats everything', () => {
    const full = 'Jl. Contoh No. 5, Kel. Gambir, Jakarta Pusat 10110';
    expect(map({ ...orderVo, deliveryAddr: full, area: 'Kec. X' }).shipTo.lines).toEqual([
      'Jl. Contoh No. 5, Kel. Gambir',
      'Kec. X',
    ]);
    expect(map({ ...orderVo, address: null, deliveryAddr: full, area: '' }).shipTo.lines).toEqual([full]);
  });

  it('tells lines with the same vendor id apart', () => {
    const [line] = orderVo.orderSkuinfos;
    const same = { ...line, orderSkuUuidId: 'u1' };
    const ids = (lines: unknown[]) => map({ ...orderVo, orderSkuinfos: lines }).lines.map((one) => one.externalLineId);
    expect(ids([same, line])).toEqual(['u1', '2:501']);
    expect(ids([same, same])).toEqual(['1:501', '2:501']);
  });

  it('names the path of what it cannot read', () => {
    const [line] = orderVo.orderSkuinfos;
    const broken = { ...orderVo, orderSkuinfos: [line, { ...line, skuNumber: {} }] };
    expect(messageOf(() => map(broken))).toContain('Unavailable JD.id: unreadable answer to orders.read');
    expect(messageOf(() => map(broken))).toContain('/orderSkuinfos/1/skuNumber');
    expect(messageOf(() => map({ ...orderVo, totalPrice: '1.5' }))).toContain('/totalPrice: expected a whole number');
    expect(messageOf(() => map({ ...orderVo, bookTime: 0, createTime: null, modifyTime: 0 }))).toContain('no time');
  });

  it('throws nothing but ConnectorError when a field is dropped or has another type', () => {
    const odd = fc.oneof(fc.constant(undefined), fc.jsonValue());
    const key = fc.constantFrom(...Object.keys(orderVo));
    const lineKey = fc.constantFrom(...Object.keys(orderVo.orderSkuinfos[0] ?? {}));
    fc.assert(
      fc.property(key, lineKey, odd, odd, (name, lineName, value, lineValue) => {
        const line = { ...orderVo.orderSkuinfos[0], [lineName]: lineValue };
        messageOf(() => map({ ...orderVo, orderSkuinfos: [line], [name]: value }));
        messageOf(() => map(value));
      }),
    );
  });
});

describe('rupiah', () => {
  it('reads thousands commas, and nothing that only looks like them', () => {
    expect(rupiah('1,250,000', 'IDR', '/x')).toEqual({ amountMinor: 1_250_000, currency: 'IDR' });
    expect(rupiah('', 'IDR', '/x')).toBeNull();
    for (const odd of ['1,25', '1250,000', '1,250.5']) {
      expect(
        messageOf(() => rupiah(odd, 'IDR', '/x')),
        odd,
      ).toContain('/x: expected a whole number');
    }
  });
});

describe('wholeNumber', () => {
  it('reads both spellings and refuses everything that would lose something', () => {
    expect([wholeNumber('1250000.00', '/'), wholeNumber(-3, '/'), wholeNumber(' ', '/')]).toEqual([1250000, -3, null]);
    for (const odd of ['1,250,000', '1e3', '0x10', '12.5', '9007199254740993', 'NaN']) {
      expect(
        messageOf(() => wholeNumber(odd, '/x')),
        odd,
      ).toContain('/x: expected a whole number');
    }
  });
});
