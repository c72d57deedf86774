import { describe, expect, it } from 'vitest';
import fc from '../../../../tests/properties.ts';
import { ConnectorError, type ConnectorErrorKind } from '../../../errors.ts';
import { orderEnvelope, orderVo } from '../../samples.fixture.ts';
import { openEnvelope, throttleOf } from './envelope.ts';

const method = 'jingdong.seller.order.batchGetOrderInfoList';
const key = 'jingdong_seller_order_batchGetOrderInfoList_response';
const open = (text: string, effect = false) => openEnvelope({ method, operation: 'orders.read', effect, text });

function kindOf(text: string, effect = false): ConnectorErrorKind | 'no error' {
  try {
    open(text, effect);
    return 'no error';
  } catch (error) {
    if (error instanceof ConnectorError) return error.kind;
    throw error;
  }
}

describe('openEnvelope', () => {
  it('takes the three layers apart', () => {
    expect(open(orderEnvelope([1]))).toEqual({ success: true, code: '0', message: 'success', model: [1] });
  });

  it('finds method key and wrapper in any case, and isSuccess', () => {
    const inner = { code: 0, isSuccess: 'true', message: null };
    const text = JSON.stringify({ [key.toLowerCase()]: { code: 0, RETURNTYPE: inner } });
    expect(open(text)).toEqual({ success: true, code: '0', message: '', model: null });
  });

  it('returns a refusal of the service, with its model', () => {
    const inner = { code: 7, success: false, message: 'no', model: { '1': 'x' } };
    const text = JSON.stringify({ [key]: { code: '0', EptRemoteResult: inner } });
    expect(open(text)).toEqual({ success: false, code: '7', message: 'no', model: { '1': 'x' } });
  });

  it.each([
    ['2', 'RateLimited'],
    ['8', 'Unauthorized'],
    ['12', 'Unauthorized'],
    ['15', 'Rejected'],
    ['19', 'Unauthorized'],
  ])('turns gateway code %s into %s', (code, kind) => {
    expect(kindOf(JSON.stringify({ error_response: { code, en_desc: 'x' } }), true)).toBe(kind);
    expect(kindOf(JSON.stringify({ [key]: { code, en_desc: 'x' } }), true)).toBe(kind);
  });

  it.each([
    ['HTML', '<html><body>maintenance</body></html>'],
    ['nothing', ''],
    ['cut JSON', orderEnvelope([orderVo]).slice(0, 90)],
    ['a list', '[]'],
    ['another method', '{"x_response":{"code":"0","result":{"success":true}}}'],
    ['no wrapper', JSON.stringify({ [key]: { code: '0' } })],
    ['no success flag', JSON.stringify({ [key]: { code: '0', result: { code: 0 } } })],
    ['an unknown gateway code', '{"error_response":{"code":"777"}}'],
  ])('cannot tell from %s what happened', (_what, text) => {
    expect(kindOf(text, false)).toBe('Unavailable');
    expect(kindOf(text, true)).toBe('OutcomeUnknown');
  });

  it('quotes pages, but never cut JSON, which may hold a buyer', () => {
    const quote = (text: string) => {
      try {
        open(text);
        return null;
      } catch (error) {
        return error instanceof ConnectorError ? [error.message, error.details.bodyExcerpt] : null;
      }
    };
    expect(quote('<p>maintenance</p>')?.[1]).toContain('maintenance');
    expect(JSON.stringify(quote(orderEnvelope([orderVo]).slice(0, -3)))).not.toContain('Budi');
  });

  it('keeps every digit of ids that a double cannot hold', () => {
    expect(open(orderEnvelope([]).replace('[]', '[9007199254740993]')).model).toEqual(['9007199254740993']);
  });

  it('throws nothing but ConnectorError, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.nat(400), (text, cut) => {
        expect(['no error', 'Unavailable']).toContain(kindOf(text));
        expect(['no error', 'Unavailable']).toContain(kindOf(orderEnvelope([orderVo]).slice(0, cut)));
      }),
    );
  });
});

describe('throttleOf', () => {
  const answer = (text: string, status = 200) => ({ status, headers: {}, text });

  it('sees the used-up quota inside a 200, and nothing else', () => {
    expect(throttleOf(answer('{"error_response":{"code":"2","en_desc":"x"}}'))).toEqual({ retryAfterMs: null });
    expect(throttleOf(answer('{"error_response":{"code":"12"}}'))).toBeNull();
    expect(throttleOf(answer(orderEnvelope([{ code: '2' }])))).toBeNull();
  });
});
