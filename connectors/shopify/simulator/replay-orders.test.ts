import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, documentOf, exchangesOf, type Json, missing, Replay, read as readFile } from './replay.fixture.ts';
import { REPLAYED } from './replay.list.ts';

let replay: Replay;
const seen = new Set<string>();
const read = (name: string): Json => {
  seen.add(name);
  return readFile(name);
};
const ORDER_CREATE = 'mutation Replay($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput)';
const MADE = `order { id
  lineItems(first: 10) { nodes { id } } transactions { id }
  fulfillmentOrders(first: 1) { nodes { id lineItems(first: 10) { nodes { id } } } } }`;
const oneCurrency = { '**.presentmentMoney': 'the simulated shop has one currency' };

/** An order as the recording shows one that its shop had before; the ids are learned. */
async function rebuild(order: Json): Promise<void> {
  const currency = String(at(order, ['totalPriceSet', 'shopMoney', 'currencyCode']) ?? 'CAD');
  const nodes = (path: string[]) => (at(order, path) ?? []) as Json[];
  const money = (bag: Json) => ({ shopMoney: { amount: at(bag, ['shopMoney', 'amount']), currencyCode: currency } });
  const input = {
    currency,
    lineItems: nodes(['lineItems', 'nodes']).map((line) => ({
      title: at(line, ['title']),
      quantity: at(line, ['quantity']),
      priceSet: money(at(line, ['originalUnitPriceSet']) ?? { shopMoney: { amount: '1.00' } }),
    })),
    shippingLines: nodes(['shippingLines', 'nodes']).map((line) => ({
      title: 'Shipping',
      priceSet: money(at(line, ['originalPriceSet'])),
    })),
    transactions: nodes(['transactions'])
      .filter((one) => at(one, ['kind']) === 'SALE')
      .map((one) => ({
        kind: 'SALE',
        status: 'SUCCESS',
        gateway: at(one, ['gateway']),
        amountSet: money(at(one, ['amountSet'])),
      })),
  } as Json;
  const made = await replay.send(`${ORDER_CREATE} { orderCreate(order: $order, options: $options) { ${MADE} } }`, {
    order: input,
  });
  const here = at(made, ['data', 'orderCreate', 'order']);
  const pairs: [string[], string[]][] = [
    [
      ['lineItems', 'nodes'],
      ['lineItems', 'nodes'],
    ],
    [['transactions'], ['transactions']],
  ];
  replay.same(String(at(order, ['id'])), String(at(here, ['id'])));
  for (const [left, right] of pairs) {
    for (const [index, one] of nodes(left).entries()) {
      replay.same(String(at(one, ['id'])), String(at(here, [...right, String(index), 'id'])));
    }
  }
}

const hydrated = (file: Json, index = '0') => at(file, ['upstreamCalls', index, 'response', 'body', 'data', 'order']);

describe.skipIf(missing !== null)(`recordings of orders [${missing ?? 'recordings there'}]`, () => {
  beforeAll(async () => {
    replay = await Replay.start();
  });
  afterAll(() => replay.close());

  it('refused, of documents that are none, match', async () => {
    for (const name of ['missing-order', 'inline-missing-order', 'inline-null-order', 'validation-matrix']) {
      const file = read(`2025-01.orders.order-create-${name}.json`);
      const [query, variables] = [String(at(file, ['query'])), at(file, ['variables'])];
      await replay.matches({ name, query, variables, answer: at(file, ['mutation', 'response']) });
    }
    for (const name of ['missing-id', 'inline-missing-id', 'inline-null-id']) {
      const file = read(`2025-01.orders.fulfillment-tracking-info-update-${name}.json`);
      const [query, variables] = [String(at(file, ['query'])), at(file, ['variables'])];
      await replay.matches({ name, query, variables, answer: at(file, ['mutation', 'response']) });
    }
    const extended = read('2025-01.orders.order-create-validation-matrix-extended.json');
    const own = await replay.stocked('none', 'none');
    const swap = (text: string) => text.replace(/gid:\/\/shopify\/ProductVariant\/\d+/g, own);
    await replay.matches(
      {
        name: 'extended',
        query: swap(String(at(extended, ['query']))),
        variables: JSON.parse(swap(JSON.stringify(at(extended, ['variables'])))),
        answer: at(extended, ['mutation', 'response']),
      },
      { 'data.futureProcessedAt': '2026-07 takes a future processedAt and sets it to now; 2025-01 refused it' },
    );
  });

  it('made match: money, taxes, discounts, states, numbers', async () => {
    const matrix = read('2025-01.orders.order-create-math-matrix.json');
    for (const [name, one] of Object.entries(at(matrix, ['cases']) as Record<string, Json>)) {
      const [variables, answer] = [at(one, ['variables']), at(one, ['response'])];
      await replay.matches({ name, query: String(at(matrix, ['document'])), variables, answer }, oneCurrency);
    }
    const state = read('2025-01.orders.orderCreate-state-derived-payment-and-count.json');
    const twice = exchangesOf(state, ['operations', 'firstCreate'], ['operations', 'secondCreate']);
    for (const exchange of twice) await replay.matches(exchange);
    const parity = read('2025-01.orders.order-create-parity.json');
    const variant = await replay.stocked('none', 'none');
    replay.same('gid://shopify/ProductVariant/48540157378793', variant);
    const answer = at(parity, ['mutation', 'response']);
    const query = documentOf(ORDER_CREATE, 'orderCreate(order: $order, options: $options)', answer);
    await replay.matches({ name: 'parity', query, variables: at(parity, ['variables']), answer }, oneCurrency);
    const fields = read('2025-01.orders.order-create-line-item-fields.json');
    const line = { name: 'line-item-fields', query: String(at(fields, ['document'])) };
    const made = await replay.control('/products', { title: 'Known' });
    replay.same(
      String(at(fields, ['variables', 'order', 'lineItems', '0', 'productId'])),
      `gid://shopify/Product/${at(made, ['products', '0', 'id'])}`,
    );
    await replay.matches({
      ...line,
      variables: at(fields, ['variables']),
      answer: at(fields, ['mutation', 'response']),
    });
    await replay.matches({
      name: 'line-item-fields read',
      query: String(at(fields, ['downstreamRead', 'document'])),
      variables: at(fields, ['downstreamRead', 'variables']),
      answer: at(fields, ['downstreamRead', 'response']),
    });
    const assigned = read('2025-01.orders.order-create-fulfillment-assigned-location.json');
    const places = { 'data.*.order.fulfillmentOrders.nodes.assignedLocation.name': 'the name of the recorded place' };
    const read2 = { 'data.order.fulfillmentOrders.nodes.assignedLocation.name': 'the name of the recorded place' };
    for (const exchange of exchangesOf(assigned, ['operations', 'create'], ['operations', 'downstreamRead'])) {
      await replay.matches(exchange, { ...places, ...read2 });
    }
  });

  it('sent match: refusals, names, numbers of parcels', async () => {
    const query = `mutation Replay($fulfillment: FulfillmentInput!, $message: String) {
      fulfillmentCreate(fulfillment: $fulfillment, message: $message) { fulfillment { id } userErrors { field message } }
    }`;
    const invalid = read('2025-01.orders.fulfillment-create-invalid-id.json');
    const [variables, answer] = [at(invalid, ['variables']), at(invalid, ['mutation', 'response'])];
    await replay.matches({ name: 'fulfillment-create-invalid-id', query, variables, answer });
    const named = read('2025-01.shipping-fulfillments.fulfillment-create-name.json');
    await replay.matches(exchangesOf(named, ['setup', 'orderCreate'])[0] ?? expect.unreachable());
    for (const one of exchangesOf(named, ['firstFulfillmentCreate'], ['secondFulfillmentCreate']))
      await replay.matches(one);
    const tracked = read('2025-01.orders.fulfillment-tracking-info-update-parity.json');
    const candidate = at(tracked, ['setup', 'candidate', 'order']);
    const lines = [at(tracked, ['setup', 'candidate', 'lineItem', 'lineItem'])];
    await rebuild({ id: at(candidate, ['id']), lineItems: { nodes: lines }, transactions: [] });
    const works = await replay.send(`query ($id: ID!) { order(id: $id) ${MADE.slice(5)} }`, {
      id: replay.here(String(at(candidate, ['id']))),
    });
    const work = ['data', 'order', 'fulfillmentOrders', 'nodes', '0'];
    const recorded = ['setup', 'candidate', 'fulfillmentOrder'];
    replay.same(String(at(tracked, [...recorded, 'id'])), String(at(works, [...work, 'id'])));
    const part = ['lineItems', 'nodes', '0', 'id'];
    replay.same(String(at(tracked, [...recorded, ...part])), String(at(works, [...work, ...part])));
    await replay.matches(exchangesOf(tracked, ['setup', 'fulfillmentCreate'])[0] ?? expect.unreachable());
    await replay.matches({
      name: 'tracking',
      query: String(at(tracked, ['query'])),
      variables: at(tracked, ['variables']),
      answer: at(tracked, ['mutation', 'response']),
    });
  });

  it('cancelled and deleted match', async () => {
    const file = read('2026-04.orders.orderCancel-error-messages.json');
    const steps = [
      ...exchangesOf(file, ['setup', 'freshOrderCreate'], ['setup', 'cancelledOrderCreate']),
      ...exchangesOf(file, ['setup', 'setupCancel']),
    ];
    for (const step of steps) await replay.matches(step);
    // The recording read the order when its job had been carried out.
    const job = at(file, ['setup', 'setupCancel', 'response', 'payload', 'data', 'orderCancel', 'job', 'id']);
    await replay.send('query ($id: ID!) { job(id: $id) { id done } }', { id: replay.here(String(job)) });
    const names = Object.keys(at(file, ['expected']) as object);
    expect(names.length).toBeGreaterThan(3);
    const rest = exchangesOf(file, ['setup', 'cancelledOrderRead'], ...names.map((one) => ['expected', one]));
    for (const step of rest) await replay.matches(step);
    for (const name of ['orderCancel-parity', 'orderCancel-restock-refundMethod-parity']) {
      const parity = read(`2026-04.orders.${name}.json`);
      const id = at(parity, ['variables', 'orderId']);
      const line = { id: 'gid://shopify/LineItem/1', title: 'Cancelled', quantity: 1 };
      const sale = { kind: 'SALE', gateway: 'manual', amountSet: { shopMoney: { amount: '1.00' } } };
      await rebuild({ id, lineItems: { nodes: [line] }, transactions: [sale] });
      const answer = at(parity, ['mutation', 'response']);
      const call = `orderCancel(orderId: $orderId, restock: $restock, reason: $reason, notifyCustomer: $notifyCustomer,
        staffNote: $staffNote, refundMethod: $refundMethod)`;
      const head = `mutation ($orderId: ID!, $restock: Boolean!, $reason: OrderCancelReason!, $notifyCustomer: Boolean,
        $staffNote: String, $refundMethod: OrderCancelRefundMethodInput)`;
      await replay.matches({
        name,
        query: documentOf(head, call, answer),
        variables: at(parity, ['variables']),
        answer,
      });
    }
    const gone = read('2026-04.orders.order-delete-snapshot-staging.json');
    const all = Object.keys(at(gone, ['operations']) as object);
    const searched = { 'data.orders': 'a search by e-mail address, which is never sent' };
    for (const one of exchangesOf(gone, ...all.map((name) => ['operations', name])))
      await replay.matches(one, searched);
  });

  it('changed match: notes, refused fields', async () => {
    const file = read('2026-04.orders.orderUpdate-input-validation.json');
    await replay.matches(exchangesOf(file, ['setup', 'orderCreate'])[0] ?? expect.unreachable());
    await replay.matches({
      name: 'orderUpdate-input-validation',
      query: String(at(file, ['document'])),
      variables: at(file, ['variables']),
      answer: at(file, ['mutation', 'response']),
    });
    const staged = read('2026-04.orders.orderUpdate-snapshot-staging.json');
    const steps = exchangesOf(
      staged,
      ['operations', 'create'],
      ['operations', 'update'],
      ['operations', 'downstreamRead'],
    );
    const found = { 'data.orders': 'a search by e-mail address, which is never sent' };
    for (const step of steps) await replay.matches(step, found);
    const long = read('2026-04.orders.orderUpdate-multi-page-hydration.json');
    await replay.matches(exchangesOf(long, ['setup', 'orderCreate'])[0] ?? expect.unreachable());
    const answer = at(long, ['mutation', 'response']);
    const query = documentOf('mutation ($input: OrderInput!)', 'orderUpdate(input: $input)', answer).replaceAll(
      'first: 10',
      'first: 250',
    );
    await replay.matches({ name: 'multi-page', query, variables: at(long, ['variables']), answer });
  });

  it('refunded match; the directive is added where the recording is older than it', async () => {
    const head = 'mutation ($input: RefundInput!)';
    const call = 'refundCreate(input: $input) @idempotent(key: "replay-KEY")';
    const names = ['full-parity', 'over-refund-user-errors', 'partial-shipping-restock-parity'];
    for (const name of names) {
      const file = read(`2025-01.orders.refund-create-${name}.json`);
      await rebuild(hydrated(file));
      const place = at(file, ['variables', 'input', 'refundLineItems', '0', 'locationId']);
      if (typeof place === 'string') replay.same(place, 'gid://shopify/Location/501');
      const answer = at(file, ['mutation', 'response']);
      const query = documentOf(head, call.replace('KEY', name), answer);
      // A line's worth is 0.0 in a refund of 2025-01 that is whole, 10.0 in a part of one: unexplained.
      const worth = { 'data.*.refund.refundLineItems.nodes.subtotalSet': 'unexplained in the recording' };
      await replay.matches(
        { name, query, variables: at(file, ['variables']), answer },
        name === 'full-parity' ? worth : {},
      );
    }
    const many = read('2025-01.orders.refund-create-user-errors-and-quantities.json');
    const before = hydrated(many);
    await rebuild(before);
    const parentId = replay.here(String(at(before, ['transactions', '0', 'id'])));
    const orderId = replay.here(String(at(before, ['id'])));
    const refunded = { amount: '10.00', gateway: 'manual', kind: 'REFUND', orderId, parentId };
    await replay.send(`${head} { ${call} { userErrors { message } } }`, {
      input: { orderId, transactions: [refunded] },
    });
    for (const name of ['unknownOrder', 'overRefundQuantityLineItem', 'overRefundAmountNoAllow', 'overRefundAllowed']) {
      const answer = at(many, [name, 'response']);
      const query = documentOf(head, call.replace('KEY', name), answer);
      await replay.matches({ name, query, variables: at(many, [name, 'variables']), answer });
    }
    const invalid = read('2026-04.orders.refund-create-attribution-validation.json');
    await replay.matches(exchangesOf(invalid, ['invalidVariable'])[0] ?? expect.unreachable());
    const inline = { name: 'invalidInline', query: String(at(invalid, ['invalidInline', 'document'])), variables: {} };
    await replay.matches({ ...inline, answer: at(invalid, ['invalidInline', 'response']) });
    const file = read('2026-04.orders.refund-create-transactions-validation.json');
    await rebuild(hydrated(file));
    await rebuild(hydrated(file, '1'));
    for (const one of exchangesOf(file, ['invalidKind'], ['missingParent'], ['mismatchedGateway'], ['happyPath'])) {
      await replay.matches(one);
    }
  });

  it('were all replayed', () => {
    expect([...seen].toSorted()).toEqual([...REPLAYED.orders].toSorted());
    // What recorded documents ask for beyond the simulated part of the schema.
    expect(replay.leftOut.size).toBeGreaterThan(0);
  });
});
