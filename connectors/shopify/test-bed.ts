import { setTimeout as sleep } from 'node:timers/promises';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import type {
  OrderBook,
  StoreTestBed,
  TestProduct,
  TestProductWish,
  TestVariantKey,
} from '../conformance/store-subject.ts';
import { fromMinor, toMinor } from '../contract/minor-units.ts';
import { DEFAULT_VERSION, type ShopifyContext } from './client.ts';
import { openEnvelope, orderThrottle, throttleOf } from './envelope.ts';
import { quoted } from './ids.ts';
import { referenceTag } from './order-mapping.ts';
import { check } from './schema.ts';
import { nodes, text, userErrors } from './shapes.ts';
import { statusOf } from './tags.ts';
import { bedDocuments, bedOrder, nullable, setProductAnswer, shopAnswer, variantAnswer } from './test-bed-documents.ts';
import { TokenKeeper } from './tokens.ts';

/** How often an order is tried where a development store takes five a minute. */
const MOST_ORDER_ATTEMPTS = 6;

type Ask = <S extends TSchema>(
  document: string,
  variables: Readonly<Record<string, unknown>>,
  schema: S,
) => Promise<Static<S>>;

/** Test data in any Shopify shop, by documents of its own, none of which the connector sends. */
export function createTestBed(ctx: ShopifyContext, mark: string): StoreTestBed {
  const ask = asker(ctx);
  let facts: Promise<{ currency: string; locationId: string; isChosen: boolean }> | null = null;
  const shop = () => {
    facts ??= ask(bedDocuments.shop, {}, shopAnswer).then(({ shop: { currencyCode: currency }, locations }) => {
      const active = locations.nodes.filter(({ isActive }) => isActive);
      const own = active.find((one) => one.fulfillsOnlineOrders && !one.isFulfillmentService) ?? active[0];
      const locationId = ctx.settings.locationId ?? own?.id;
      if (locationId === undefined) throw new Error('the shop has no location that is open');
      return { currency, locationId, isChosen: ctx.settings.locationId === undefined && active.length > 1 };
    });
    return facts;
  };
  const variantOf = async ({ sku, externalVariantId: id }: TestVariantKey) => {
    const { locationId: location } = await shop();
    const { productVariant } = await ask(bedDocuments.variant, { id, location }, variantAnswer);
    if (productVariant === null) throw new Error(`the shop does not show ${sku}`);
    return productVariant;
  };
  return {
    currency: async () => (await shop()).currency,
    // Where there are several, nobody but the shop's owner knows which one is meant; test goods lie at one of them.
    settings: async () => {
      const { isChosen, locationId } = await shop();
      return isChosen ? { locationId } : {};
    },
    createProduct: async (wish) => {
      const { currency, locationId } = await shop();
      const input = productInput(wish, { currency, locationId, mark });
      const { productSet } = await ask(bedDocuments.setProduct, { input, identifier: null }, setProductAnswer);
      if (productSet.product === null) throw new Error(`no product: ${JSON.stringify(productSet.userErrors)}`);
      return productOf(productSet.product, wish);
    },
    changeProduct: async ({ externalId, variants: [variant] }, { title, price }) => {
      if (title !== undefined) {
        const variables = { input: { title }, identifier: { id: externalId } };
        const { productSet } = await ask(bedDocuments.setProduct, variables, setProductAnswer);
        refuse(productSet.userErrors);
      }
      if (price !== undefined && variant !== undefined) {
        const variants = [{ id: variant.externalVariantId, price: fromMinor(price.amountMinor, price.currency) }];
        const schema = Type.Object({ productVariantsBulkUpdate: Type.Object({ userErrors }) });
        const answer = await ask(bedDocuments.setPrice, { productId: externalId, variants }, schema);
        refuse(answer.productVariantsBulkUpdate.userErrors);
      }
    },
    deleteProduct: async ({ externalId: id }) => {
      const schema = Type.Object({ productDelete: Type.Object({ userErrors }) });
      const { productDelete } = await ask(bedDocuments.deleteProduct, { input: { id } }, schema);
      if (!/does not exist/.test(productDelete.userErrors[0]?.message ?? '')) refuse(productDelete.userErrors);
    },
    readStock: async (variant) => {
      const { inventoryLevel } = (await variantOf(variant)).inventoryItem;
      const counted = inventoryLevel?.quantities.find(({ name }) => name === 'available')?.quantity;
      if (counted === undefined) throw new Error(`the shop does not count ${variant.sku}`);
      return { counted, salable: counted };
    },
    readPrice: async (variant) => {
      const { currency } = await shop();
      const { price, compareAtPrice } = await variantOf(variant);
      const amount = { amountMinor: toMinor(price, currency) ?? Number.NaN, currency };
      if (compareAtPrice === null) return { regular: amount, sale: null };
      return { regular: { amountMinor: toMinor(compareAtPrice, currency) ?? Number.NaN, currency }, sale: amount };
    },
    orderBooks: async (reference) => {
      const tag = referenceTag(reference);
      const schema = Type.Object({ orders: nodes(bedOrder) });
      // Searches lag: what was made just now stands in the list alone.
      const found = await ask(bedDocuments.orders, { query: `tag:${quoted(tag)}` }, schema);
      const newest = await ask(bedDocuments.newest, {}, schema);
      const own = [...found.orders.nodes, ...newest.orders.nodes].filter(({ tags }) => tags.includes(tag));
      return [...new Map(own.map((one) => [one.id, one])).values()].map(bookOf);
    },
    removeOrder: async (id) => {
      const schema = Type.Object({ orderDelete: Type.Object({ userErrors }) });
      const { orderDelete } = await ask(bedDocuments.deleteOrder, { id }, schema);
      const isGone = orderDelete.userErrors.length === 0 || orderDelete.userErrors[0]?.code === 'NOT_FOUND';
      if (isGone) return 'removed';
      // Shopify deletes some kinds of orders only. What cannot be cancelled any more was sent.
      const cancelled = Type.Object({ orderCancel: Type.Object({ orderCancelUserErrors: userErrors }) });
      const { orderCancel } = await ask(bedDocuments.cancelOrder, { id }, cancelled);
      const [error] = orderCancel.orderCancelUserErrors;
      if (error !== undefined && !/already been cancel/i.test(error.message)) {
        throw new Error(`not deleted: ${orderDelete.userErrors[0]?.message}; not cancelled: ${error.message}`);
      }
      return 'cancelled';
    },
    placeOrder: async (lines) => {
      const lineItems = lines.map(({ variant, quantity }) => ({ variantId: variant.externalVariantId, quantity }));
      const variables = { order: { lineItems, tags: [mark] }, options: { inventoryBehaviour: 'BYPASS' } };
      const made = Type.Object({ order: nullable(Type.Object({ id: text })), userErrors });
      for (let attempt = 1; ; attempt += 1) {
        const { orderCreate } = await ask(bedDocuments.createOrder, variables, Type.Object({ orderCreate: made }));
        if (orderCreate.order !== null) return orderCreate.order.id;
        const throttle = orderThrottle(orderCreate.userErrors, { operation: 'test-bed', effect: true });
        if (throttle === null || attempt === MOST_ORDER_ATTEMPTS) {
          throw new Error(`no order: ${JSON.stringify(orderCreate.userErrors)}`);
        }
        await sleep(throttle.details.retryAfterMs);
      }
    },
  };
}

function asker(ctx: ShopifyContext): Ask {
  const tokens = new TokenKeeper(ctx);
  return async (document, variables, schema) => {
    const { url, apiVersion = DEFAULT_VERSION } = ctx.settings;
    const call = { operation: 'test-bed', effect: false } as const;
    const answer = await ctx.http.send({
      ...call,
      method: 'POST',
      url: `${url.replace(/\/+$/, '')}/admin/api/${apiVersion}/graphql.json`,
      headers: { 'content-type': 'application/json', 'x-shopify-access-token': await tokens.token() },
      body: JSON.stringify({ query: document, variables }),
      throttle: throttleOf,
    });
    const verdict = check(schema, openEnvelope(answer, call).data);
    if (!verdict.ok) throw new Error(`${/\w+ (\w+)/.exec(document)?.[1]}: ${verdict.problem}`);
    return verdict.value;
  };
}

function productInput(
  { title, descriptionHtml, variants }: TestProductWish,
  { currency, locationId, mark }: { currency: string; locationId: string; mark: string },
): Record<string, unknown> {
  const isPlain = variants[0]?.option == null;
  const optionName = isPlain ? 'Title' : 'Size';
  const optionOf = (option: string | null) => (isPlain ? 'Default Title' : (option ?? ''));
  const amount = (money: { amountMinor: number }) => fromMinor(money.amountMinor, currency);
  return {
    title,
    descriptionHtml: descriptionHtml ?? '',
    status: 'ACTIVE',
    tags: [mark],
    productOptions: [
      { name: optionName, position: 1, values: variants.map(({ option }) => ({ name: optionOf(option) })) },
    ],
    variants: variants.map(({ sku, option, price, sale, stock, weightGrams }) => ({
      sku,
      optionValues: [{ optionName, name: optionOf(option) }],
      price: amount(sale?.price ?? price),
      ...(sale === undefined ? {} : { compareAtPrice: amount(price) }),
      inventoryItem: {
        tracked: true,
        requiresShipping: true,
        ...(weightGrams === undefined ? {} : { measurement: { weight: { unit: 'GRAMS', value: weightGrams } } }),
      },
      inventoryQuantities: [{ locationId, name: 'available', quantity: stock }],
    })),
  };
}

function productOf(
  { id, variants }: { id: string; variants: { nodes: { id: string; sku: string | null }[] } },
  wish: TestProductWish,
): TestProduct {
  const made = wish.variants.map(({ sku }, index) => {
    const row = variants.nodes.find((one) => one.sku === sku) ?? variants.nodes[index];
    if (row === undefined) throw new Error(`variant ${sku} was not made`);
    return { sku, externalProductId: id, externalVariantId: row.id };
  });
  return { externalId: id, variants: made };
}

function bookOf(row: Static<typeof bedOrder>): OrderBook {
  const { amount, currencyCode: currency } = row.totalPriceSet.shopMoney;
  return {
    externalId: row.id,
    status: statusOf(row).status,
    total: { amountMinor: toMinor(amount, currency) ?? Number.NaN, currency },
    lines: row.lineItems.nodes.map(({ sku, quantity }) => ({ sku, quantity })),
    notes: (row.note ?? '').split('\n'),
    // The amount stands in the refund's note: no money was moved.
    refunds: [
      ...row.refunds.map(({ note, totalRefundedSet }) => {
        const noted = /\] (\d+(?:\.\d+)?) [A-Z]{3}/.exec(note ?? '')?.[1] ?? totalRefundedSet.shopMoney.amount;
        return { amountMinor: toMinor(noted, currency) ?? Number.NaN };
      }),
      ...[...(row.note ?? '').matchAll(/^\[tradelane-refund \S+\] (\d+(?:\.\d+)?) [A-Z]{3} /gm)].map(
        ([, noted = '']) => ({
          amountMinor: toMinor(noted, currency) ?? Number.NaN,
        }),
      ),
    ],
    trackingNumbers: row.fulfillments
      .filter(({ status }) => status !== 'CANCELLED')
      .flatMap(({ trackingInfo }) => trackingInfo.flatMap(({ number }) => (number === null ? [] : [number]))),
  };
}

function refuse(errors: Static<typeof userErrors>): void {
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
}
