import type { TSchema } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { refusal } from './errors.ts';
import { type ShopUnits, toStoreProduct } from './mapping.ts';
import { toStoreRefund } from './order-extras.ts';
import { toStoreOrder } from './order-mapping.ts';
import { toDetail } from './order-reads.ts';
import { noRecordings, recordedDeliveries, recordedExchanges } from './recorded.fixture.ts';
import {
  batchErrorSchema,
  check,
  currencySchema,
  deliverySchema,
  indexSchema,
  noteSchema,
  orderSchema,
  priceSchema,
  productSchema,
  refundSchema,
  rowSchema,
  settingSchema,
  stockSchema,
  variationSchema,
  webhookSchema,
} from './schema.ts';

const units: ShopUnits = { currency: 'AUD', weightUnit: 'kg', lengthUnit: 'cm', hsCodeMeta: null, originMeta: null };

function fits(schema: TSchema, row: unknown): void {
  const verdict = check(schema, row);
  expect(verdict.ok ? null : verdict.problem).toBeNull();
}

function product(row: unknown): void {
  fits(productSchema, row);
  fits(stockSchema, row);
  fits(priceSchema, row);
  const verdict = check(productSchema, row);
  if (!verdict.ok) return;
  const mapped = toStoreProduct({ id: verdict.value.id, row, variations: [] }, units);
  expect(mapped.externalId).toBe(String(verdict.value.id));
  expect(mapped.findings.map(({ field }) => field)).not.toContain('product');
}

function variation(row: unknown): void {
  fits(variationSchema, row);
  fits(stockSchema, row);
  fits(priceSchema, row);
  const parent = { id: 1, name: 'Parent', type: 'variable', status: 'publish', variations: [Object(row).id] };
  const mapped = toStoreProduct({ id: 1, row: parent, variations: [row] }, units);
  expect(mapped.variants.map(({ externalId }) => externalId)).toEqual([String(Object(row).id)]);
}

function order(row: unknown): void {
  const verdict = check(orderSchema, row);
  expect(verdict.ok ? null : verdict.problem).toBeNull();
  if (!verdict.ok) return;
  const mapped = toStoreOrder(verdict.value, {});
  expect(mapped.status).not.toBe('unknown');
  const detail = toDetail(verdict.value, {});
  expect(detail.total).toEqual(mapped.total);
  const net = detail.lines.reduce((sum, line) => sum + line.net.amountMinor, 0);
  expect(net + detail.shipping.amountMinor + detail.tax.amountMinor).toBe(detail.total.amountMinor);
}

function refund(row: unknown): void {
  const verdict = check(refundSchema, row);
  expect(verdict.ok ? null : verdict.problem).toBeNull();
  if (verdict.ok) expect(toStoreRefund(verdict.value, 'AUD').amount.amountMinor).toBeGreaterThan(0);
}

const only = (schema: TSchema) => (row: unknown) => fits(schema, row);

/** What the connector does with the rows of a path; what it never asks for has no entry. */
const readers: readonly (readonly [RegExp, (row: unknown) => void])[] = [
  [/\/wp-json\/?$/, only(indexSchema)],
  [/\/variations(\/\d+|\/batch)?$/, variation],
  [/\/products(\/\d+|\/batch)?$/, product],
  [/\/refunds$/, refund],
  [/\/notes$/, only(noteSchema)],
  [/\/orders(\/\d+)?$/, order],
  [/\/webhooks$/, only(webhookSchema)],
  [/\/settings\/general$/, only(settingSchema)],
  [/\/data\/currencies\/current$/, only(currencySchema)],
];
/** Recorded, and of no use to the connector. */
const UNREAD = /\/products\/(categories|attributes)/;

/** Single resources, lists and the rows of batches alike. */
function rowsOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return body;
  const { create = [], update = [], delete: removed = [] } = Object(body);
  const batch = [create, update, removed].filter(Array.isArray).flat();
  return batch.length > 0 ? batch : [body];
}

describe.skipIf(noRecordings !== null)(`recorded answers [${noRecordings ?? 'recordings there'}]`, () => {
  const exchanges = noRecordings === null ? recordedExchanges() : [];

  it.each(exchanges)('$name passes the border', ({ request, response }) => {
    if (request.method === 'OPTIONS') return;
    if (response.status >= 400) {
      const text = typeof response.body === 'string' ? response.body : JSON.stringify(response.body);
      const error = refusal(
        { status: response.status, headers: response.headers, text },
        { operation: 'x', effect: true },
      );
      expect(['Unauthorized', 'Rejected', 'NotFound', 'Duplicate']).toContain(error.kind);
      expect(error.details.code).toBe(Object(response.body).code);
      return;
    }
    const read = readers.find(([path]) => path.test(request.path))?.[1];
    if (read === undefined) {
      expect(request.path).toMatch(UNREAD);
      return;
    }
    for (const row of rowsOf(response.body)) {
      if (check(batchErrorSchema, row).ok) continue;
      if (request.query._fields !== undefined) fits(rowSchema, row);
      else read(row);
    }
  });

  it('as deliveries: bodies are the resources that lists show', () => {
    const seen = { orders: 0, products: 0, gone: 0 };
    for (const { name, rawBody } of noRecordings === null ? recordedDeliveries() : []) {
      if (name.includes('ping')) continue;
      const body: unknown = JSON.parse(rawBody);
      fits(deliverySchema, body);
      if (name.includes('deleted')) seen.gone += 1;
      else if (name.includes('order')) {
        order(body);
        seen.orders += 1;
      } else {
        product(body);
        seen.products += 1;
      }
    }
    expect(Math.min(seen.orders, seen.products, seen.gone)).toBeGreaterThan(0);
  });
});
