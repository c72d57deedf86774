import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  at,
  documentOf,
  exchangesOf,
  type Json,
  missing,
  Replay,
  read as readFile,
  recordings,
} from './replay.fixture.ts';
import { LEFT_OUT, REPLAYED } from './replay.list.ts';

let replay: Replay;
const seen = new Set<string>();
const read = (name: string): Json => {
  seen.add(name);
  return readFile(name);
};
const casesOf = (file: Json, path: string[]) => Object.entries(at(file, path) as Record<string, Json>);

const SET = `mutation Replay($input: InventorySetQuantitiesInput!, $idempotencyKey: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $idempotencyKey) {
    inventoryAdjustmentGroup { id createdAt reason referenceDocumentUri
      changes { name delta quantityAfterChange item { id } location { id name } } }
    userErrors { field message code }
  }
}`;

describe.skipIf(missing !== null)(`recordings of real shops [${missing ?? 'recordings there'}]`, () => {
  beforeAll(async () => {
    replay = await Replay.start();
  });
  afterAll(() => replay.close());

  it('of stock match: names, bounds, reasons, directive, old shapes', async () => {
    for (const name of ['inventorySetQuantities-name-validation', 'inventorySetQuantities-quantity-bounds']) {
      for (const [label, one] of casesOf(read(`2026-04.products.${name}.json`), ['cases'])) {
        await replay.stocked(String(at(one, ['setup', 'inventoryItemId'])), String(at(one, ['setup', 'locationId'])));
        const [variables, answer] = [at(one, ['variables']), at(one, ['response'])];
        await replay.matches({ name: label, query: SET, variables, answer });
      }
    }
    const file = read('2026-04.products.inventory-quantity-contracts-2026-04.json');
    const item = String(at(file, ['setup', 'product', 'inventoryItemId']));
    await replay.stocked(item, String(at(file, ['setup', 'location', 'id'])));
    const undirected = SET.replace('@idempotent(key: $idempotencyKey)', '').replace(', $idempotencyKey: String!', '');
    for (const [key, query] of [
      ['inventorySetQuantities', SET],
      ['missingSetIdempotency', undirected],
      ['missingSetChangeFromQuantity', SET],
      ['legacySetShape', SET],
    ] as const) {
      const [variables, answer] = [at(file, [key, 'variables']), at(file, [key, 'response'])];
      await replay.matches({ name: key, query, variables, answer });
    }
    const reasons = read('2026-04.products.inventory-reason-validation.json');
    for (const group of ['acceptedReasonCases', 'invalidReasonCases']) {
      for (const [label, one] of casesOf(reasons, [group])) {
        if (!String(at(one, ['query'])).includes('inventorySetQuantities')) continue;
        const row = at(one, ['variables', 'input', 'quantities', '0']);
        const present = Number(at(row, ['changeFromQuantity']));
        await replay.stocked(String(at(row, ['inventoryItemId'])), String(at(row, ['locationId'])), present);
        const [query, variables, answer] = [String(at(one, ['query'])), at(one, ['variables']), at(one, ['response'])];
        await replay.matches({ name: label, query, variables, answer });
      }
    }
  });

  it('of stock in the old shape are refused: from 2026-04 on it is none', async () => {
    const cases = casesOf(read('2025-01.products.inventorySetQuantities-name-validation.json'), ['cases']);
    expect(cases.length).toBeGreaterThan(3);
    for (const [, one] of cases) {
      const answer = await replay.send(String(at(one, ['query'])), at(one, ['variables']));
      expect(at(answer, ['errors', '0', 'extensions', 'code'])).toMatch(/^(INVALID_VARIABLE|BAD_REQUEST)$/);
    }
  });

  it('of prices match: whole, in part, and in the order of their errors', async () => {
    const head = 'mutation ($productId: ID!, $variants: [ProductVariantsBulkInput!]!)';
    const call = (more: string) => `productVariantsBulkUpdate(productId: $productId, variants: $variants${more})`;
    const file = read('2026-04.products.product-variants-bulk-update-allow-partial-and-error-order.json');
    const made = await replay.control('/products', {
      title: 'Replayed',
      variants: [
        { price: '0.00', options: [{ name: 'Color', value: 'Red' }] },
        { sku: 'PVBU-901935-BLUE', price: '11.00', options: [{ name: 'Color', value: 'Blue' }] },
      ],
    });
    replay.same(String(at(file, ['setup', 'productId'])), `gid://shopify/Product/${at(made, ['products', '0', 'id'])}`);
    for (const [index, name] of ['redVariantId', 'blueVariantId'].entries()) {
      const id = at(made, ['products', '0', 'variants', String(index), 'id']);
      replay.same(String(at(file, ['setup', name])), `gid://shopify/ProductVariant/${id}`);
    }
    for (const [name, more] of [
      ['partialUpdate', ', allowPartialUpdates: true'],
      ['errorOrdering', ''],
    ] as const) {
      const answer = at(file, [name, 'response']);
      const query = documentOf(head, call(more), answer).replace('field message', 'field message code');
      await replay.matches({ name, query, variables: at(file, [name, 'request', 'variables']), answer });
    }
    const reading = `query ($redVariantId: ID!, $blueVariantId: ID!) {
      red: productVariant(id: $redVariantId) { id sku price } blue: productVariant(id: $blueVariantId) { id sku price } }`;
    const answer = at(file, ['partialRead', 'response']);
    const variables = at(file, ['partialRead', 'request', 'variables']);
    await replay.matches({ name: 'partialRead', query: reading, variables, answer });
    const parity = read('2025-01.products.product-variants-bulk-update-parity.json');
    const [product, variant] = [
      String(at(parity, ['mutation', 'variables', 'productId'])),
      String(at(parity, ['mutation', 'variables', 'variants', '0', 'id'])),
    ];
    const other = await replay.control('/products', {
      title: 'Other',
      variants: [{ options: [{ name: 'Color', value: 'Red' }] }],
    });
    replay.same(product, `gid://shopify/Product/${at(other, ['products', '0', 'id'])}`);
    replay.same(variant, `gid://shopify/ProductVariant/${at(other, ['products', '0', 'variants', '0', 'id'])}`);
    const whole = at(parity, ['mutation', 'response']);
    const input = JSON.parse(JSON.stringify(at(parity, ['mutation', 'variables']))) as Json;
    // Not part of the simulated schema, as the fields that show them.
    for (const name of ['taxCode', 'showUnitPrice', 'unitPriceMeasurement']) {
      Reflect.deleteProperty(at(input, ['variants', '0']) as object, name);
    }
    Reflect.deleteProperty(at(input, ['variants', '0', 'inventoryItem']) as object, 'provinceCodeOfOrigin');
    await replay.matches(
      { name: 'whole', query: documentOf(head, call(''), whole), variables: input, answer: whole },
      { '**.weight': 'the simulated shop keeps weights in grams' },
    );
  });

  it('of products that a test-bed makes and removes match', async () => {
    const head = 'mutation ($input: ProductSetInput!, $identifier: ProductSetIdentifiers, $synchronous: Boolean!)';
    const call = 'productSet(input: $input, identifier: $identifier, synchronous: $synchronous)';
    const set = async (name: string, one: Json) => {
      const [variables, answer] = [at(one, ['variables']), at(one, ['response'])];
      const place = at(variables, ['input', 'variants', '0', 'inventoryQuantities', '0', 'locationId']);
      if (typeof place === 'string') replay.same(place, 'gid://shopify/Location/501');
      await replay.matches({ name, query: documentOf(head, call, answer), variables, answer });
    };
    const files = ['parity', 'duplicate-variants-parity', 'options-only-requires-variants'];
    for (const name of files) await set(name, at(read(`2025-01.products.product-set-${name}.json`), ['mutation']));
    const ids = read('2026-04.products.product-set-id-not-allowed.json');
    for (const name of ['idNotAllowed', 'missingIdentifier']) await set(name, at(ids, [name]));
    const gone = read('2026-04.products.product-delete-parity.json');
    const made = await replay.control('/products', { title: 'Doomed' });
    replay.same(
      String(at(gone, ['mutation', 'variables', 'input', 'id'])),
      `gid://shopify/Product/${at(made, ['products', '0', 'id'])}`,
    );
    const shop = {
      'data.*.shop.name': 'the recorded shop’s own',
      'data.*.shop.myshopifyDomain': 'the recorded shop’s own',
    };
    for (const name of ['mutation', 'validation']) {
      const answer = at(gone, [name, 'response']);
      const query = documentOf('mutation ($input: ProductDeleteInput!)', 'productDelete(input: $input)', answer);
      await replay.matches({ name, query, variables: at(gone, [name, 'variables']), answer }, shop);
    }
  });

  it('of work in bulk match: what is no query for it, how many there may be', async () => {
    for (const name of ['user-error-codes', 'validators']) {
      const file = read(`2026-04.bulk-operations.bulk-operation-run-query-${name}.json`);
      const labels = Object.keys(at(file, ['validations']) as object);
      expect(labels.length).toBeGreaterThan(1);
      for (const one of exchangesOf(file, ...labels.map((label) => ['validations', label]))) {
        // This part of the schema does not have what the query is about; the order of the rules is the same.
        if (!['validations.connectionWithinList'].includes(one.name)) await replay.matches(one);
      }
    }
    const settled = async (id: Json) => {
      for (const query of ['bulkOperationCancel(id: $id) { userErrors { message } }']) {
        await replay.send(`mutation ($id: ID!) { ${query} }`, { id: replay.here(String(id)) });
      }
      await replay.send('query ($id: ID!) { bulkOperation(id: $id) { status } }', { id: replay.here(String(id)) });
    };
    const started = ['response', 'data', 'bulkOperationRunQuery', 'bulkOperation', 'id'];
    const roots = read('2026-04.bulk-operations.bulk-operation-run-query-schema-roots.json');
    for (const name of ['ordersRoot', 'draftOrdersWarningsList']) {
      const [one] = exchangesOf(roots, ['cases', name, 'run']);
      // Drafts of orders are no part of the simulated schema.
      if (one !== undefined && name === 'ordersRoot') await replay.matches(one);
      await settled(at(roots, ['cases', name, 'run', ...started]));
    }
    const many = read('2026-04.bulk-operations.bulk-operation-run-query-concurrency-limit.json');
    const runs = [0, 1, 2, 3, 4].map((index) => ['successfulRuns', String(index)]);
    for (const one of exchangesOf(many, ...runs, ['sixthRun'])) await replay.matches(one);
    const [cancel] = exchangesOf(many, ['cancelAttempts', '0']);
    const counted = 'how far the recorded shop had come';
    if (cancel !== undefined) {
      await replay.matches(cancel, { '**.objectCount': counted, '**.rootObjectCount': counted });
    }
    for (const run of runs) await settled(at(many, [...run, ...started]));
    const single = read('2025-01.bulk-operations.bulk-operation-run-query-operation-in-progress.json');
    await replay.control('/dials', { bulkLimit: 1 });
    for (const one of exchangesOf(single, ['firstRun'], ['secondRun'], ['cancelAttempt'])) await replay.matches(one);
  });

  it('of webhooks match: addresses, lists', async () => {
    const head = 'mutation ($topic: WebhookSubscriptionTopic!, $webhookSubscription: WebhookSubscriptionInput!)';
    const call = 'webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhookSubscription)';
    const create = async (name: string, one: Json) => {
      const [variables, answer] = [at(one, ['variables']), at(one, ['response'])];
      const query = documentOf(head, call, answer);
      await replay.matches({ name, query, variables, answer });
    };
    const spaces = read('2026-04.webhooks.webhook-subscription-uri-whitespace.json');
    for (const [name, one] of casesOf(spaces, ['cases'])) await create(name, one);
    const list = read('2026-04.webhooks.webhook-subscription-list-connection.json');
    for (const name of ['createOne', 'createTwo', 'createThree']) await create(name, at(list, ['setup', name]));
    const addresses = read('2026-04.webhooks.webhook-subscription-uri-validation.json');
    const answer = at(addresses, ['primary', 'response']);
    const wrong = (alias: string, uri: string) =>
      `${alias}: webhookSubscriptionCreate(topic: SHOP_UPDATE, webhookSubscription: { uri: "${uri}", format: JSON }) {
        webhookSubscription { id } userErrors { field message } }`;
    const query = `mutation ($baselineTopic: WebhookSubscriptionTopic!, $baselineWebhookSubscription: WebhookSubscriptionInput!) {
      ${wrong('createHttpUriRejected', 'http://example.com/hook')}
      ${wrong('createInternalDomainRejected', 'https://hooks.internal/hook')}
      ${wrong('createShopifyDomainRejected', 'https://brand.myshopify.com/hook')}
      baselineCreate: webhookSubscriptionCreate(topic: $baselineTopic, webhookSubscription: $baselineWebhookSubscription) {
        webhookSubscription { id } userErrors { field message } } }`;
    await replay.matches({ name: 'addresses', query, variables: at(addresses, ['primary', 'variables']), answer });
    const update = at(addresses, ['updateHttp']);
    await replay.matches({
      name: 'updateHttp',
      query: documentOf(
        'mutation ($id: ID!, $webhookSubscription: WebhookSubscriptionInput!)',
        'webhookSubscriptionUpdate(id: $id, webhookSubscription: $webhookSubscription)',
        at(update, ['response']),
      ),
      variables: at(update, ['variables']),
      answer: at(update, ['response']),
    });
  });

  it('were all replayed, or are left out for a reason', () => {
    expect([...seen].toSorted()).toEqual([...REPLAYED.rest].toSorted());
    const listed = [...REPLAYED.orders, ...REPLAYED.rest, ...Object.keys(LEFT_OUT)];
    expect(listed.toSorted()).toEqual(readdirSync(recordings).toSorted());
  });
});
