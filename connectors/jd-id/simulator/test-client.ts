import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { demoOptions, signatureOf } from './index.ts';

/** What a gateway call came back with. */
export interface GatewayAnswer {
  /** The only key of the body. */
  key: string;
  /** The outer `code`. */
  code: unknown;
  wrapper: string;
  inner: Record<string, unknown>;
  body: Record<string, Record<string, unknown>>;
}

/** A small caller for this folder's tests. */
export class TestClient {
  readonly #simulator: RunningSimulator;
  token = demoOptions.accessToken ?? '';

  constructor(simulator: RunningSimulator) {
    this.#simulator = simulator;
  }

  /** Signed parameters of a call; `changes` replace them before signing, `null` takes one out. */
  signed(method: string, business: unknown, changes: Record<string, string | null> = {}): Array<[string, string]> {
    const all: Record<string, string | null> = {
      app_key: demoOptions.appKey,
      access_token: this.token,
      method,
      v: '2.0',
      timestamp: `${new Date(Date.now() + 7 * 3_600_000).toISOString().replace('T', ' ').replace('Z', '')}+0700`,
      '360buy_param_json': JSON.stringify(business),
      ...changes,
    };
    const parameters = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
    return [...parameters, ['sign', signatureOf(parameters, demoOptions.appSecret)]];
  }

  async call(method: string, business: unknown = {}): Promise<GatewayAnswer> {
    return this.post(this.signed(method, business));
  }

  async post(parameters: Array<[string, string]>): Promise<GatewayAnswer> {
    const response = await fetch(`${this.#simulator.url}/routerjson`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    return read(response);
  }

  async get(parameters: Array<[string, string]>): Promise<GatewayAnswer> {
    return read(await fetch(`${this.#simulator.url}/routerjson?${new URLSearchParams(parameters)}`));
  }

  async multipart(inQuery: Array<[string, string]>, inBody: Array<[string, string]>): Promise<GatewayAnswer> {
    const form = new FormData();
    for (const [name, value] of inBody) form.set(name, value);
    const url = `${this.#simulator.url}/routerjson?${new URLSearchParams(inQuery)}`;
    return read(await fetch(url, { method: 'POST', body: form }));
  }

  async control(path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${this.#simulator.url}/__control${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** A product of two sizes; answers the ids. `fields` replace the product's own. */
  async addProduct(prefix: string, fields: Record<string, unknown> = {}): Promise<{ spuId: number; skuIds: number[] }> {
    const spuInfo = {
      spuName: 'Linen dress',
      catId: 111,
      brandId: 9001,
      description: '<p>Cool.</p>',
      weight: '0.4',
      ...fields,
    };
    const sku = (size: string, value: number) => {
      return {
        skuName: `Linen dress ${size}`,
        sellerSkuId: `${prefix}-${size}`,
        saleAttributeIds: `502:${value}`,
        jdPrice: 250_000,
        stock: 5,
      };
    };
    const skuList = [sku('S', 50_202), sku('M', 50_203)];
    const { inner } = await this.call('jingdong.seller.product.api.write.addProduct', { spuInfo, skuList });
    const model = inner.model as { spuId: number; skuIdList: Array<{ skuId: number }> };
    return { spuId: Number(model.spuId), skuIds: model.skuIdList.map(({ skuId }) => Number(skuId)) };
  }

  async addImage(spuId: number): Promise<GatewayAnswer> {
    const imageApiVo = { productId: spuId, colorId: '0000000000', order: 1, imageByteBase64: PIXEL };
    return this.call('jingdong.seller.product.sku.write.updateProductImages', { imageApiVo });
  }

  /** A product that buyers can buy. */
  async addLiveProduct(prefix: string): Promise<{ spuId: number; skuIds: number[] }> {
    const added = await this.addProduct(prefix);
    await this.addImage(added.spuId);
    await this.call('jingdong.seller.product.api.write.submitAudit', { spuId: String(added.spuId) });
    await this.control(`/products/${added.spuId}/review`, { approve: true });
    await this.call('jingdong.seller.product.api.write.onShelf', { spuId: added.spuId });
    return added;
  }

  facts(name: string): Array<Record<string, unknown>> {
    return this.#simulator.log.lines
      .map((line) => ({ ...line }) as Record<string, unknown>)
      .filter((line) => line.kind === 'fact' && line.fact === name);
  }
}

/** A PNG of one pixel, base64 with a line break inside. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA\nAABJRU5ErkJggg==';

async function read(response: Response): Promise<GatewayAnswer> {
  const body = (await response.json()) as Record<string, Record<string, unknown>>;
  const [key = '', outer = {}] = Object.entries(body)[0] ?? [];
  const wrapper = Object.keys(outer).find((name) => name !== 'code') ?? '';
  return { key, code: outer.code, wrapper, inner: (outer[wrapper] ?? {}) as Record<string, unknown>, body };
}
