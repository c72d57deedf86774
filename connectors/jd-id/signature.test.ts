import { describe, expect, it } from 'vitest';
import { sign } from './signature.ts';

const vector = {
  '360buy_param_json': '{"orderId":1000000001}',
  access_token: 'test_token',
  app_key: 'test_app_key',
  method: 'jingdong.seller.order.getOrderInfoByOrderId',
  timestamp: '2022-06-23 11:46:12.201+0700',
  v: '2.0',
};

describe('sign', () => {
  it('makes the known signature of the v2 vector', () => {
    expect(sign(vector, 'test_secret')).toBe('82F60C6EE0D3443844950D4CA288BA71');
  });

  it('leaves out the signature itself and empty values', () => {
    expect(sign({ ...vector, sign: 'X', scope: '' }, 'test_secret')).toBe('82F60C6EE0D3443844950D4CA288BA71');
  });

  it('hashes text outside Latin-1 as UTF-8, so that it differs by each letter', () => {
    expect(sign({ ...vector, v: '鞋' }, 's')).not.toBe(sign({ ...vector, v: '袜' }, 's'));
  });
});
