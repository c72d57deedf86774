import { describe, expect, it } from 'vitest';
import fc from '../../../../tests/properties.ts';
import { ConnectorError } from '../../../errors.ts';
import { sign } from '../../signature.ts';
import type { GatewayCall } from '../gateway.ts';
import { gatewayFor } from '../index.ts';
import { categoriesV1 } from './categories.ts';
import { innermost, openV1, throttleV1 } from './envelope.ts';
import { multipart } from './multipart.ts';
import { parametersV1 } from './request.ts';

const call: GatewayCall = { method: 'm', operation: 'orders.read', business: '{}', read: (model) => model };
const envelope = (data: unknown, more: object = {}) =>
  JSON.stringify({ openapi_code: 0, openapi_msg: 'success', openapi_data: JSON.stringify(data), ...more });

function kindOf(run: () => unknown): string {
  try {
    run();
    return 'no error';
  } catch (error) {
    if (error instanceof ConnectorError) return error.kind;
    throw error;
  }
}

describe('a v1 call', () => {
  const credentials = { appKey: 'test_app_key', appSecret: 'test_secret', accessToken: 'test_token' };
  const at = new Date('2019-08-01T03:00:00.000Z');

  it('carries the known signature of the v1 vector', () => {
    const business = '{"orderStatus":1,"startRow":0}';
    const method = 'epi.popOrder.getOrderIdListByCondition';
    expect(parametersV1({ method, business }, credentials, at)).toMatchObject({
      v: '1.0',
      timestamp: '2019-08-01 10:00:00.000+0700',
      sign: '46CC1212A422779DEA62D1F29BF63F60',
    });
  });

  it('signs the fingerprint of a file, not the file', () => {
    const file = { bytes: Buffer.from(''), fileName: 'a.png' };
    const { sign: signature, ...rest } = parametersV1({ method: 'm', business: '{}', file }, credentials, at);
    expect(rest.param_file_md5).toBe('D41D8CD98F00B204E9800998ECF8427E');
    expect(signature).toBe(sign(rest, 'test_secret'));
  });

  it('uploads to the address for uploads', () => {
    const gateway = gatewayFor({ gateway: 'v1', gatewayUrl: 'https://x/api' });
    const file = { bytes: Buffer.from([1, 2, 13, 10]), fileName: 'a"b.png' };
    expect(gateway.request({ ...call, file }, credentials, at).url).toBe('https://x/api_bigdata');
    expect(gateway.request(call, credentials, at).url).toBe('https://x/api');
  });

  it('makes a form that others can read', async () => {
    const file = { name: 'param_file', fileName: 'a"\r\nb.png', bytes: Buffer.from([0, 255, 13, 10]) };
    const { contentType, body } = multipart({ text: 'Sepatu 鞋\r\n--x' }, 'edge', file);
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    expect(form.get('text')).toBe('Sepatu 鞋\r\n--x');
    const part = form.get('param_file');
    expect(part instanceof File && Buffer.from(await part.arrayBuffer()).equals(file.bytes)).toBe(true);
  });
});

describe('a v1 answer', () => {
  it('is taken apart, with one more layer where there is one', () => {
    const model = JSON.stringify([{ orderId: 1 }]);
    const result = openV1(call, envelope({ code: 0, success: true, message: 'ok', model }));
    expect(result).toEqual({ success: true, code: '0', message: 'ok', model });
    expect(innermost(call, result.model)).toEqual([{ orderId: 1 }]);
    expect([innermost(call, ''), innermost(call, null), innermost(call, [1])]).toEqual([null, null, [1]]);
    expect(kindOf(() => innermost(call, '[{'))).toBe('Unavailable');
  });

  it('counts as success by message, whatever the case', () => {
    const inner = { success: 'true' };
    expect(openV1(call, envelope(inner, { openapi_code: 200, openapi_msg: 'SUCCESS' })).success).toBe(true);
  });

  it('keeps every digit of ids', () => {
    const text = '{"openapi_code":"0","openapi_data":"{\\"success\\":true,\\"model\\":[9007199254740993]}"}';
    expect(openV1(call, text).model).toEqual(['9007199254740993']);
  });

  it.each([
    [2, 'RateLimited'],
    [12, 'Unauthorized'],
    [15, 'Rejected'],
    [19, 'Unauthorized'],
    [777, 'Unavailable'],
  ])('with gateway code %s is %s', (openapi_code, kind) => {
    const refusal = JSON.stringify({ openapi_code, openapi_msg: 'no', openapi_data: null });
    expect(kindOf(() => openV1(call, refusal))).toBe(kind);
    expect(throttleV1({ status: 200, headers: {}, text: refusal }) !== null).toBe(kind === 'RateLimited');
  });

  it('throws nothing but ConnectorError, whatever comes', () => {
    const effect = { ...call, effect: true };
    const good = envelope({ success: true, model: '[{"customerName":"Budi"}]' });
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.nat(200), (text, cut) => {
        expect(['no error', 'Unavailable', 'RateLimited', 'Unauthorized', 'Rejected']).toContain(
          kindOf(() => openV1(call, envelope(text))),
        );
        expect(['no error', 'OutcomeUnknown']).toContain(kindOf(() => openV1(effect, good.slice(0, cut))));
        expect(kindOf(() => openV1(call, text))).not.toBe('OutcomeUnknown');
      }),
    );
  });
});

describe('a tree of categories told from its leaves upwards', () => {
  it('becomes a flat list, each category once, and survives a parent that is its own', () => {
    const top = { cateId: 1, cateName: 'Pakaian', cateNameEn: 'Fashion', parentCateVo: null };
    const self: Record<string, unknown> = { cateId: '9', cateName: 'Aneh' };
    self.parentCateVo = self;
    const rows = [
      { id: 801, cateId: 2, cateName: 'Gaun', parentCateVo: top },
      { id: 802, cateId: '3', cateNameEn: 'Tops', parentCateVo: top },
      self,
    ];
    expect(categoriesV1(rows)).toEqual([
      { id: '1', name: 'Fashion', parentId: null },
      { id: '2', name: 'Gaun', parentId: '1' },
      { id: '3', name: 'Tops', parentId: '1' },
      { id: '9', name: 'Aneh', parentId: null },
    ]);
  });
});
