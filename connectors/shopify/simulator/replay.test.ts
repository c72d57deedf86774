import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { startShopifySimulator } from './index.ts';

const folder = new URL('../../../../shared/reference/recorded/shopify-admin/', import.meta.url);
const missing = existsSync(folder) ? null : 'no recordings of real shops on this machine';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
interface Exchange {
  readonly name: string;
  readonly query: string;
  readonly variables: Json;
  readonly answer: Json;
}

/** Recorded answers that the simulator gives differently on purpose. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  futureProcessedAt: '2026-07 takes a future processedAt and sets it to now; the recording is of 2025-01',
};

const SET = `mutation Replay($input: InventorySetQuantitiesInput!, $idempotencyKey: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $idempotencyKey) {
    inventoryAdjustmentGroup { id createdAt reason referenceDocumentUri
      changes { name delta quantityAfterChange item { id } location { id name } } }
    userErrors { field message code }
  }
}`;

let simulator: RunningSimulator;
/** Ids of the recording → ids here, learned from answers. */
const ids = new Map<string, string>();

describe('recordings of real shops', () => {
  beforeAll(async () => {
    simulator = await startShopifySimulator({
      clientId: 'replay',
      clientSecret: 'replay-secret',
      accessToken: 'shpat_replay',
    });
  });
  afterAll(() => simulator.close());

  it.skipIf(missing !== null)(`of cancellations match [${missing ?? 'recordings there'}]`, async () => {
    const file = read('2026-04.orders.orderCancel-error-messages.json');
    const steps = [
      ...exchangesOf(file, ['setup', 'freshOrderCreate'], ['setup', 'cancelledOrderCreate']),
      ...exchangesOf(file, ['setup', 'setupCancel']),
    ];
    for (const step of steps) await matches(step);
    // The recording read the order when its job had been carried out.
    const job = ids.get(
      String(at(file, ['setup', 'setupCancel', 'response', 'payload', 'data', 'orderCancel', 'job', 'id'])),
    );
    await send('query Replay($id: ID!) { job(id: $id) { id done } }', { id: job ?? '' });
    const names = Object.keys(at(file, ['expected']) as object);
    expect(names.length).toBeGreaterThan(3);
    for (const step of exchangesOf(file, ['setup', 'cancelledOrderRead'], ...names.map((one) => ['expected', one]))) {
      await matches(step);
    }
  });

  it.skipIf(missing !== null)(`of refused orders match [${missing ?? 'recordings there'}]`, async () => {
    const names = ['missing-order', 'inline-missing-order', 'inline-null-order', 'validation-matrix'];
    for (const name of [...names, 'validation-matrix-extended']) {
      const file = read(`2025-01.orders.order-create-${name}.json`);
      const { query, variables } = file as { query: string; variables: Json };
      const answer = at(file, ['mutation', 'response']);
      const known = name === 'validation-matrix-extended' ? await withVariant(query, variables) : { query, variables };
      await matches({ name, ...known, answer });
    }
  });

  it.skipIf(missing !== null)(`of a fulfilment of nothing match [${missing ?? 'recordings there'}]`, async () => {
    const file = read('2025-01.orders.fulfillment-create-invalid-id.json');
    const query = `mutation Replay($fulfillment: FulfillmentInput!, $message: String) {
      fulfillmentCreate(fulfillment: $fulfillment, message: $message) { fulfillment { id } userErrors { field message } }
    }`;
    const [variables, answer] = [at(file, ['variables']), at(file, ['mutation', 'response'])];
    await matches({ name: 'fulfillment-create-invalid-id', query, variables, answer });
  });

  const stockFiles = ['inventorySetQuantities-name-validation', 'inventorySetQuantities-quantity-bounds'];
  for (const name of stockFiles) {
    it.skipIf(missing !== null)(`of ${name} match [${missing ?? 'recordings there'}]`, async () => {
      const file = read(`2026-04.products.${name}.json`);
      const cases = Object.entries(at(file, ['cases']) as Record<string, Json>);
      expect(cases.length).toBeGreaterThan(2);
      for (const [label, one] of cases) {
        await stocked(String(at(one, ['setup', 'inventoryItemId'])), String(at(one, ['setup', 'locationId'])));
        await matches({ name: label, query: SET, variables: at(one, ['variables']), answer: at(one, ['response']) });
      }
    });
  }

  it.skipIf(missing !== null)(
    `of stock writes of the present shape match [${missing ?? 'recordings there'}]`,
    async () => {
      const file = read('2026-04.products.inventory-quantity-contracts-2026-04.json');
      await stocked(
        String(at(file, ['setup', 'product', 'inventoryItemId'])),
        String(at(file, ['setup', 'location', 'id'])),
      );
      const undirected = SET.replace('@idempotent(key: $idempotencyKey)', '').replace(', $idempotencyKey: String!', '');
      for (const [key, query] of [
        ['inventorySetQuantities', SET],
        ['missingSetIdempotency', undirected],
        ['missingSetChangeFromQuantity', SET],
        ['legacySetShape', SET],
      ] as const) {
        const [variables, answer] = [at(file, [key, 'variables']), at(file, [key, 'response'])];
        await matches({ name: key, query, variables, answer });
      }
      const reasons = read('2026-04.products.inventory-reason-validation.json');
      const refused = Object.entries(at(reasons, ['invalidReasonCases']) as Record<string, Json>);
      for (const [label, one] of refused.filter(([, one]) =>
        String(at(one, ['query'])).includes('inventorySetQuantities'),
      )) {
        const [row] = at(one, ['variables', 'input', 'quantities']) as Json[];
        await stocked(
          String(at(row ?? null, ['inventoryItemId'])),
          String(at(row ?? null, ['locationId'])),
          Number(at(row ?? null, ['changeFromQuantity'])),
        );
        const [query, variables, answer] = [at(one, ['query']), at(one, ['variables']), at(one, ['response'])];
        await matches({ name: label, query: String(query), variables, answer });
      }
    },
  );

  it.skipIf(missing !== null)(`that concern other operations are named [${missing ?? 'recordings there'}]`, () => {
    const replayed =
      /orderCancel-error-messages|order-create-(missing|inline|validation)|fulfillment-create-invalid-id/;
    const stock = /inventorySetQuantities-|inventory-quantity-contracts|inventory-reason-validation/;
    const others = readdirSync(folder).filter((name) => !replayed.test(name) && !stock.test(name));
    // Bulk operations, product writes, refunds, edits of orders, activation of levels and the rest of the webhooks.
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((name) => !/bulk-|product|refund|order|fulfillment|inventory|webhook/i.test(name))).toEqual(
      [],
    );
  });
});

async function matches({ name, query, variables, answer }: Exchange): Promise<void> {
  const wanted = 'payload' in (answer as object) ? at(answer, ['payload']) : answer;
  const got = await send(query, replaced(variables));
  learn(wanted, got);
  const [left, right] = [comparable(wanted), comparable(got)];
  for (const key of Object.keys(DIFFERENCES)) {
    for (const side of [left, right]) if (isRecord(side) && isRecord(side.data)) delete side.data[key];
  }
  expect({ name, answer: right }).toMatchObject({ name, answer: left });
}

async function send(query: string, variables: Json): Promise<Json> {
  const response = await fetch(`${simulator.url}/admin/api/2026-07/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': 'shpat_replay' },
    body: JSON.stringify({ query, variables }),
  });
  expect(response.status).toBe(200);
  return response.json() as Promise<Json>;
}

/** Points, places in the text and times are left out; ids count by their type. */
function comparable(value: Json, key = ''): Json {
  if (Array.isArray(value)) return value.map((one) => comparable(one, key));
  if (isRecord(value)) {
    const left = Object.entries(value).filter(
      ([name]) => !['locations', 'cost'].includes(name) && !(name === 'path' && 'message' in value),
    );
    return Object.fromEntries(left.map(([name, one]) => [name, comparable(one, name)]));
  }
  if (key === 'field' && typeof value === 'number') return String(value);
  if (typeof value !== 'string') return value;
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return 'a time';
  return value.replace(/^(gid:\/\/shopify\/\w+)\/.*$/, '$1');
}

function learn(wanted: Json, got: Json): void {
  if (Array.isArray(wanted) && Array.isArray(got))
    for (const [index, one] of wanted.entries()) learn(one, got[index] ?? null);
  else if (isRecord(wanted) && isRecord(got))
    for (const key of Object.keys(wanted)) learn(wanted[key] ?? null, got[key] ?? null);
  else if (typeof wanted === 'string' && wanted.startsWith('gid://') && typeof got === 'string') ids.set(wanted, got);
}

function replaced(value: Json): Json {
  if (Array.isArray(value)) return value.map(replaced);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one)]));
  return typeof value === 'string' ? (ids.get(value) ?? value) : value;
}

/** A product with so many pieces (the state that the recorded shop was in), for the recording's item and location. */
async function stocked(itemId: string, locationId: string, available = 0): Promise<number> {
  const answer = await fetch(`${simulator.url}/__control/products`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Replayed', variants: [{ price: '1.00', available }] }),
  });
  const { products } = (await answer.json()) as { products: { variants: { id: number; itemId: number }[] }[] };
  const variant = products[0]?.variants[0];
  ids.set(itemId, `gid://shopify/InventoryItem/${variant?.itemId}`);
  ids.set(locationId, 'gid://shopify/Location/501');
  return variant?.id ?? 0;
}

/** The recording names a variant of its shop, also inside the document. */
async function withVariant(query: string, variables: Json): Promise<{ query: string; variables: Json }> {
  const own = `gid://shopify/ProductVariant/${await stocked('none', 'none')}`;
  const swap = (text: string) => text.replace(/gid:\/\/shopify\/ProductVariant\/\d+/g, own);
  return { query: swap(query), variables: JSON.parse(swap(JSON.stringify(variables))) };
}

function exchangesOf(file: Json, ...paths: string[][]): Exchange[] {
  return paths.map((path) => {
    const one = at(file, path) as unknown as Exchange & { response: Json };
    return { name: path.join('.'), query: one.query, variables: one.variables, answer: one.response };
  });
}

function at(value: Json, path: readonly string[]): Json {
  return path.reduce<Json>((inner, key) => (isRecord(inner) ? (inner[key] ?? null) : null), value);
}

function read(name: string): Json {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
}

function isRecord(value: unknown): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
