import { describe, expect, it } from 'vitest';
import { signatureOf } from './signature.ts';
import { jakartaTime, readGatewayTimestamp, readJakartaTime } from './times.ts';

describe('signature', () => {
  it('gives the known signature of a v2 call', () => {
    const parameters: Array<[string, string]> = [
      ['v', '2.0'],
      ['timestamp', '2022-06-23 11:46:12.201+0700'],
      ['method', 'jingdong.seller.order.getOrderInfoByOrderId'],
      ['app_key', 'test_app_key'],
      ['access_token', 'test_token'],
      ['360buy_param_json', '{"orderId":1000000001}'],
    ];
    expect(signatureOf(parameters, 'test_secret')).toBe('82F60C6EE0D3443844950D4CA288BA71');
  });

  it('gives the known signature of a v1 call', () => {
    const parameters: Array<[string, string]> = [
      ['app_key', 'test_app_key'],
      ['access_token', 'test_token'],
      ['method', 'epi.popOrder.getOrderIdListByCondition'],
      ['v', '1.0'],
      ['format', 'json'],
      ['sign_method', 'md5'],
      ['timestamp', '2019-08-01 10:00:00.000+0700'],
      ['param_json', '{"orderStatus":1,"startRow":0}'],
    ];
    expect(signatureOf(parameters, 'test_secret')).toBe('46CC1212A422779DEA62D1F29BF63F60');
  });

  it('leaves out the signature itself and empty values', () => {
    const bare = signatureOf([['a', '1']], 's');
    expect(
      signatureOf(
        [
          ['sign', 'X'],
          ['b', ''],
          ['a', '1'],
        ],
        's',
      ),
    ).toBe(bare);
    expect(
      signatureOf(
        [
          ['b', '2'],
          ['a', '1'],
        ],
        's',
      ),
    ).not.toBe(bare);
  });
});

describe('times', () => {
  it('reads gateway timestamps in any offset and refuses other forms', () => {
    expect(readGatewayTimestamp('2022-06-23 11:46:12.201+0700')).toBe(Date.parse('2022-06-23T04:46:12.201Z'));
    expect(readGatewayTimestamp('2022-06-22 22:46:12.201-0600')).toBe(Date.parse('2022-06-23T04:46:12.201Z'));
    expect(readGatewayTimestamp('2022-06-23 11:46:12+0700')).toBeNull();
    expect(readGatewayTimestamp('2022-06-23 11:46:12.201+07:00')).toBeNull();
  });

  it('reads and writes Jakarta wall time', () => {
    const epochMs = Date.parse('2022-06-22T20:00:00Z');
    expect(jakartaTime(epochMs)).toBe('2022-06-23 03:00:00');
    expect(readJakartaTime('2022-06-23 03:00:00')).toBe(epochMs);
    expect(readJakartaTime('1655928000000')).toBeNull();
  });
});
