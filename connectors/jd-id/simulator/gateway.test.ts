import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { demoOptions, startJdIdSimulator } from './index.ts';
import { TestClient } from './test-client.ts';

const BRANDS = 'jingdong.epi.shop.center.sdk.service.outer.BrandSdk.getAllOpenBrands';
let simulator: RunningSimulator;
let client: TestClient;

beforeAll(async () => {
  simulator = await startJdIdSimulator({ ...demoOptions, looseTypesProbability: 0 });
  client = new TestClient(simulator);
});
afterAll(() => simulator.close());

describe('gateway', () => {
  it('keeps method case in the key and answers a string code outside, a number inside', async () => {
    const answer = await client.call('jingdong.seller.category.api.read.getAllCategory');
    expect(answer.key).toBe('jingdong_seller_category_api_read_getAllCategory_response');
    expect(answer.code).toBe('0');
    expect(answer.wrapper).toBe('returnType');
    expect(answer.inner).toMatchObject({ code: 0, success: true });
    expect(answer.inner.model).toContainEqual({ id: 111, level: 3, name: 'Gaun', nameEn: 'Dresses', parentId: 110 });
  });

  it('uses isSuccess in the product list only', async () => {
    const { inner } = await client.call('jingdong.seller.product.getWareInfoListByVendorId', { page: 1, size: 10 });
    expect(inner.isSuccess).toBe(true);
    expect(inner).not.toHaveProperty('success');
  });

  it('uses a wrapper of its own for the pictures of a product', async () => {
    const { spuId } = await client.addProduct('PIC');
    await client.addImage(spuId);
    const answer = await client.call('jingdong.seller.product.api.read.getSkuImgsBySpuId', { spuId });
    expect(answer.wrapper).toBe('com.jd.eptid.common.domain.EptRemoteResult');
    expect(answer.inner.model).toMatchObject([{ order: 1 }]);
  });

  it('verifies the signature over query, form and multipart fields together', async () => {
    const all = client.signed(BRANDS, {});
    expect((await client.get(all)).inner.success).toBe(true);
    const isBusiness = ([name]: [string, string]) => name === '360buy_param_json';
    const split = await client.multipart(
      all.filter((entry) => !isBusiness(entry)),
      all.filter(isBusiness),
    );
    expect(split.inner.success).toBe(true);
    const tampered = all.map(([name, value]): [string, string] => [
      name,
      isBusiness([name, value]) ? '{"a":1}' : value,
    ]);
    expect((await client.post(tampered)).body).toEqual({
      error_response: { code: '12', zh_desc: '无效签名', en_desc: 'Invalid signature' },
    });
  });

  it.each([
    ['14', { method: null }],
    ['15', { method: 'jingdong.no.such' }],
    ['4', { v: null }],
    ['5', { v: '1.0' }],
    ['7', { timestamp: null }],
    ['8', { timestamp: '2022-06-23 11:46:12.201+0700' }],
    ['8', { timestamp: new Date().toISOString() }],
    ['10', { app_key: 'ffffffffffffffffffffffffffffffff' }],
    ['19', { access_token: 'nobody' }],
    ['19', { access_token: null }],
    ['60', { '360buy_param_json': null }],
    ['60', { '360buy_param_json': '[1]' }],
  ])('answers gateway code %s for %o', async (code, changes) => {
    const { body } = await client.post(client.signed(BRANDS, {}, changes));
    expect(body.error_response?.code).toBe(code);
  });

  it('misses the signature', async () => {
    const unsigned = client.signed(BRANDS, {}).filter(([name]) => name !== 'sign');
    expect((await client.post(unsigned)).body.error_response?.code).toBe('11');
  });

  it('fails inside the envelope with a model that is absent or of another type', async () => {
    const shapes = new Set<string>();
    for (let attempt = 0; attempt < 30; attempt += 1) {
      const { inner, code } = await client.call('jingdong.seller.order.getOrderInfoByOrderId', { orderId: 1 });
      expect(code).toBe('0');
      expect(inner).toMatchObject({ success: false, message: 'Order does not exist' });
      shapes.add(JSON.stringify(inner.model) ?? 'absent');
    }
    expect(shapes).toEqual(new Set(['absent', 'null', '""', 'false']));
  });

  it('answers the quota code above the permitted rate', async () => {
    await client.control('/limits', { perSecond: 1, burst: 1 });
    const codes = [];
    for (let attempt = 0; attempt < 2; attempt += 1) codes.push((await client.call(BRANDS)).body.error_response?.code);
    await client.control('/limits', { perSecond: null, burst: null });
    expect(codes).toEqual([undefined, '2']);
  });

  it('pages attribute values', async () => {
    const method = 'jingdong.category.api.read.getAttrValuesByCatIdAndAttrId';
    const { inner } = await client.call(method, { catId: 111, attrId: 502, currentPage: 2, pageSize: 10 });
    expect(inner.model).toMatchObject({ totalCount: 18, currentPage: 2, result: { length: 8 } });
  });
});

describe('loose types', () => {
  it('now and then sends numbers as strings', async () => {
    const loose = await startJdIdSimulator({ ...demoOptions, looseTypesProbability: 0.5 });
    const { inner } = await new TestClient(loose).call('jingdong.seller.category.api.read.getAllCategory');
    await loose.close();
    const types = new Set((inner.model as Array<{ id: unknown }>).map(({ id }) => typeof id));
    expect(types).toEqual(new Set(['string', 'number']));
  });
});

describe('oauth', () => {
  const ask = async (path: string) => {
    const response = await fetch(`${simulator.url}/oauth2/${path}`);
    return (await response.json()) as {
      code: number;
      access_token?: string;
      refresh_token?: string;
      time: number;
      expires_in: number;
    };
  };
  const app = `app_key=${demoOptions.appKey}&app_secret=${demoOptions.appSecret}`;

  it('exchanges a consent code once', async () => {
    const { code } = (await client.control('/oauth-codes', {})).body;
    const first = await ask(`access_token?${app}&grant_type=authorization_code&code=${String(code)}`);
    expect(first.code).toBe(0);
    expect(first.expires_in).toBe(72_000);
    const second = await ask(`access_token?${app}&grant_type=authorization_code&code=${String(code)}`);
    expect(second.code).not.toBe(0);
    expect(second.access_token).toBeUndefined();
  });

  it('rotates the refresh token and ends the old pair', async () => {
    const refresh = (token: string) => ask(`refresh_token?${app}&grant_type=refresh_token&refresh_token=${token}`);
    const rotated = await refresh(demoOptions.refreshToken ?? '');
    expect(rotated.code).toBe(0);
    expect((await client.call(BRANDS)).body.error_response?.code).toBe('19');
    client.token = rotated.access_token ?? '';
    expect((await client.call(BRANDS)).inner.success).toBe(true);
    expect((await refresh(demoOptions.refreshToken ?? '')).code).not.toBe(0);
    expect(client.facts('token.rotated')).toHaveLength(1);
    await client.control('/tokens/expire', {});
    expect((await client.call(BRANDS)).body.error_response?.code).toBe('19');
    client.token = (await refresh(rotated.refresh_token ?? '')).access_token ?? '';
    expect((await client.call(BRANDS)).inner.success).toBe(true);
  });
});
