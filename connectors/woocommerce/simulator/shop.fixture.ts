import { afterEach, beforeEach } from 'vitest';
import type { Fact, RunningSimulator } from '../../simulator-kit/index.ts';
import { type Answer, call, control } from './client.fixture.ts';
import { startWooCommerceSimulator, type WooCommerceSimulatorOptions } from './index.ts';
import { isPlain } from './recordings.fixture.ts';

/** The key of the shop in these tests. */
export const signer = { consumerKey: 'ck_shop', consumerSecret: 'cs_shop' };
/** A shop in Jakarta with a simple and a variable product. */
export const START: WooCommerceSimulatorOptions = {
  ...signer,
  siteTimeZone: 'Asia/Jakarta',
  products: [
    { name: 'Merino Tee', sku: 'TEE-1', regular_price: '39.95', manage_stock: true, stock_quantity: 12 },
    {
      name: 'Linen Shirt',
      type: 'variable',
      sku: 'SHIRT',
      manage_stock: true,
      stock_quantity: 20,
      attributes: [{ name: 'Colour', variation: true, options: ['Red', 'Blue'] }],
      variations: [
        { sku: 'SHIRT-RED', regular_price: '59.00', attributes: [{ name: 'Colour', option: 'Red' }] },
        {
          sku: 'SHIRT-BLUE',
          regular_price: '61.00',
          manage_stock: true,
          stock_quantity: 3,
          attributes: [{ name: 'Colour', option: 'Blue' }],
        },
      ],
    },
  ],
};

export let simulator: RunningSimulator;

/** Each test of a file that says so gets a shop of its own. Test files share modules, so loading this starts nothing. */
export function freshShopForEach(): void {
  beforeEach(async () => {
    simulator = await startWooCommerceSimulator(START);
  });
  afterEach(() => simulator.close());
}

export const api = (
  method: string,
  path: string,
  body?: unknown,
  query: Record<string, string> = {},
): Promise<Answer> => call(simulator.url, method, `/wp-json/wc/v3${path}`, { body, query, signer });
export const setDials = (dials: object) => control(simulator.url, 'POST', '/dials', dials);
export const setClock = (now: string) => control(simulator.url, 'POST', '/clock', { now });

export function rowsOf({ body }: Answer): Record<string, unknown>[] {
  if (!Array.isArray(body)) throw new Error(`no list: ${JSON.stringify(body)}`);
  return body.filter(isPlain);
}
export const idOf = ({ body }: Answer) => (isPlain(body) ? Number(body.id) : 0);
export const field = ({ body }: Answer, name: string) => (isPlain(body) ? body[name] : undefined);

export async function bySku(sku: string): Promise<Record<string, unknown>> {
  const [row] = rowsOf(await api('GET', '/products', undefined, { sku }));
  if (row === undefined) throw new Error(`no product ${sku}`);
  return row;
}
export const stockOf = async (sku: string) => (await bySku(sku)).stock_quantity;
export const place = (status: string, more: object = {}) =>
  api('POST', '/orders', { status, line_items: [{ sku: 'TEE-1', quantity: 2 }], ...more });

export function facts(name: Fact['fact']): unknown[] {
  return simulator.log.lines.filter((line) => line.kind === 'fact' && line.fact === name);
}
