import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { NotProvoked } from '../conformance/case.ts';
import type {
  OrderBook,
  StoreTestBed,
  TestProduct,
  TestProductWish,
  TestVariant,
  TestVariantKey,
} from '../conformance/store-subject.ts';
import type { Money } from '../contract/common.ts';
import { decimalsOf, fromMinor, toMinor } from '../contract/minor-units.ts';
import { ConnectorError } from '../errors.ts';
import { type WooCall, WooClient, type WooCommerceContext } from './client.ts';
import { settingsListSchema } from './schema.ts';
import { orderRulesOf } from './shop.ts';
import { statusOf } from './tags.ts';
import { decodeEntities, formatGmt, isWeightUnit } from './text.ts';

const idSchema = Type.Object({ id: Type.Integer() });
const madeSchema = Type.Object({ id: Type.Integer(), manage_stock: Type.Optional(Type.Unknown()) });
const batchSchema = Type.Object({
  create: Type.Array(Type.Composite([madeSchema, Type.Object({ error: Type.Optional(Type.Unknown()) })])),
});
const goodsSchema = Type.Object({
  regular_price: Type.String(),
  sale_price: Type.String(),
  stock_quantity: Type.Union([Type.Number(), Type.Null()]),
});
/** What is asked of orders that may be anybody's: plugins write all kinds of things into theirs. */
const markSchema = Type.Object({
  id: Type.Integer(),
  transaction_id: Type.Optional(Type.Unknown()),
  meta_data: Type.Optional(Type.Unknown()),
});
const MARK_FIELDS = 'id,currency,transaction_id,meta_data';
const orderSchema = Type.Object({
  id: Type.Integer(),
  status: Type.String(),
  currency: Type.String(),
  total: Type.String(),
  line_items: Type.Array(Type.Object({ sku: Type.Union([Type.String(), Type.Null()]), quantity: Type.Number() })),
});
const notesSchema = Type.Array(Type.Object({ note: Type.String() }));
const refundsSchema = Type.Array(Type.Object({ amount: Type.String() }));
const GRAMS_PER = { kg: 1000, g: 1, lbs: 453.59237, oz: 28.349523125 } as const;
const PER_PAGE = 100;

/** Test data in any WooCommerce shop, by calls as a shop manager's own tools make them. */
export function createTestBed(ctx: WooCommerceContext, mark: string): StoreTestBed {
  const client = new WooClient(ctx);
  const startedAt = new Date(Date.now() - 86_400_000);
  const ask = <S extends TSchema>(call: Omit<WooCall, 'operation'>, schema: S): Promise<Static<S>> =>
    client.ask({ ...call, operation: 'test-bed' }, schema);
  let currency: Promise<string> | null = null;
  const currencyOf = (): Promise<string> => {
    currency ??= ask({ method: 'GET', path: 'data/currencies/current' }, Type.Object({ code: Type.String() })).then(
      ({ code }) => code,
    );
    return currency;
  };
  const weightUnit = async (): Promise<number> => {
    const path = 'settings/products/woocommerce_weight_unit';
    const setting = () => ask({ method: 'GET', path }, Type.Object({ value: Type.String() }));
    const { value } = await unlessRefused(setting, { value: ctx.settings.weightUnit ?? 'kg' });
    return isWeightUnit(value) ? GRAMS_PER[value] : 1000;
  };
  const goodsOf = (variant: TestVariantKey) => ask({ method: 'GET', path: pathOf(variant) }, goodsSchema);

  return {
    currency: currencyOf,
    moneyStepMinor: async () => {
      const path = 'settings/general';
      const query = { _fields: 'id,value' };
      const settings = await unlessRefused(() => ask({ method: 'GET', path, query }, settingsListSchema), []);
      const wanted = decimalsOf(await currencyOf());
      return 10 ** Math.max(0, wanted - (orderRulesOf(settings).decimals ?? wanted));
    },
    createProduct: async (wish) => {
      const gramsPerUnit = wish.variants.some(({ weightGrams }) => weightGrams !== undefined) ? await weightUnit() : 1;
      const [first] = wish.variants;
      if (first === undefined) throw new Error('a product has at least one variant');
      const head = { name: wish.title, description: wish.descriptionHtml ?? '', status: 'publish' };
      if (first.option === null) {
        const body = { ...head, type: 'simple', catalog_visibility: 'hidden', ...goodsBody(first, gramsPerUnit) };
        const made = await ask({ method: 'POST', path: 'products', body, effect: true }, madeSchema);
        const { id } = made;
        await assertCounted(ask, id, made);
        return productOf(id, [{ sku: first.sku, externalProductId: String(id), externalVariantId: null }]);
      }
      return createVariable(ask, head, wish, gramsPerUnit);
    },
    changeProduct: async (product, { title, price }) => {
      const [variant] = product.variants;
      if (title !== undefined) {
        await ask({ method: 'PUT', path: `products/${product.externalId}`, body: { name: title } }, idSchema);
      }
      if (price !== undefined && variant !== undefined) {
        const body = { regular_price: fromMinor(price.amountMinor, price.currency) };
        await ask({ method: 'PUT', path: pathOf(variant), body }, idSchema);
      }
    },
    deleteProduct: async ({ externalId }) => {
      const path = `products/${externalId}`;
      await unlessGone(() => ask({ method: 'DELETE', path, query: { force: true } }, Type.Unknown()));
    },
    readStock: async (variant) => {
      const { stock_quantity: quantity } = await goodsOf(variant);
      if (quantity === null) throw new Error(`the shop does not manage the stock of ${variant.sku}`);
      return { counted: quantity, salable: quantity };
    },
    readPrice: async (variant) => {
      const goods = await goodsOf(variant);
      const money = async (text: string): Promise<Money | null> => amountOf(text, await currencyOf());
      return { regular: await money(goods.regular_price), sale: await money(goods.sale_price) };
    },
    orderBooks: async (reference) => {
      const books: OrderBook[] = [];
      for (let page = 1; ; page += 1) {
        const query = { after: formatGmt(startedAt), dates_are_gmt: true, orderby: 'id', order: 'desc' };
        const path = 'orders';
        const rows = await ask(
          { method: 'GET', path, query: { ...query, per_page: PER_PAGE, page, _fields: MARK_FIELDS } },
          Type.Array(markSchema),
        );
        for (const row of rows) if (isMarked(row, reference)) books.push(await bookOf(ask, row.id, ctx));
        if (rows.length < PER_PAGE) return books;
      }
    },
    removeOrder: async (externalId) => {
      const path = `orders/${externalId}`;
      await unlessGone(() => ask({ method: 'DELETE', path, query: { force: true } }, Type.Unknown()));
      return 'removed';
    },
    placeOrder: async (lines) => {
      const body = {
        status: 'processing',
        set_paid: true,
        billing: {
          first_name: mark,
          last_name: 'Buyer',
          address_1: '1 Example Street',
          city: 'Jakarta',
          country: 'ID',
        },
        line_items: lines.map(({ variant, quantity }) => ({
          product_id: Number(variant.externalProductId),
          ...(variant.externalVariantId === null ? {} : { variation_id: Number(variant.externalVariantId) }),
          quantity,
        })),
      };
      return String((await ask({ method: 'POST', path: 'orders', body, effect: true }, idSchema)).id);
    },
  };
}

type Ask = <S extends TSchema>(call: Omit<WooCall, 'operation'>, schema: S) => Promise<Static<S>>;

/** With stock management switched off for the whole shop nothing that is made here has any. */
async function assertCounted(ask: Ask, id: number, made: Static<typeof madeSchema>): Promise<void> {
  if (made.manage_stock !== false) return;
  await ask({ method: 'DELETE', path: `products/${id}`, query: { force: true } }, Type.Unknown());
  throw notCounted();
}

function notCounted(): NotProvoked {
  const where = 'WooCommerce → Settings → Products → Inventory → Enable stock management';
  return new NotProvoked(`the shop counts no stock at all: needs ${where}`);
}

async function createVariable(
  ask: Ask,
  head: Readonly<Record<string, unknown>>,
  { variants }: TestProductWish,
  gramsPerUnit: number,
): Promise<TestProduct> {
  const options = variants.map(({ option }) => option ?? '');
  const attributes = [{ name: 'Size', variation: true, visible: true, options }];
  const body = { ...head, type: 'variable', catalog_visibility: 'hidden', attributes };
  const { id } = await ask({ method: 'POST', path: 'products', body, effect: true }, idSchema);
  const create = variants.map((variant) => ({
    ...goodsBody(variant, gramsPerUnit),
    attributes: [{ name: 'Size', option: variant.option }],
  }));
  const path = `products/${id}/variations/batch`;
  try {
    const made = await ask({ method: 'POST', path, body: { create }, effect: true }, batchSchema);
    if (made.create.some(({ manage_stock }) => manage_stock === false)) throw notCounted();
    return productOf(
      id,
      variants.map(({ sku }, index) => {
        const row = made.create[index];
        if (row === undefined || row.error !== undefined) throw new Error(`variation ${sku}: ${JSON.stringify(row)}`);
        return { sku, externalProductId: String(id), externalVariantId: String(row.id) };
      }),
    );
  } catch (error) {
    // Nobody else knows of it yet.
    await ask({ method: 'DELETE', path: `products/${id}`, query: { force: true } }, Type.Unknown());
    throw error;
  }
}

function isMarked(row: Static<typeof markSchema>, reference: string): boolean {
  const meta: unknown[] = Array.isArray(row.meta_data) ? row.meta_data : [];
  const values = meta.map((entry) => (typeof entry === 'object' && entry && 'value' in entry ? entry.value : null));
  return row.transaction_id === reference || values.includes(reference);
}

async function bookOf(ask: Ask, id: number, ctx: WooCommerceContext): Promise<OrderBook> {
  const path = `orders/${id}`;
  const row = await ask({ method: 'GET', path }, orderSchema);
  const notes = await ask({ method: 'GET', path: `${path}/notes` }, notesSchema);
  const refunds = await ask({ method: 'GET', path: `${path}/refunds` }, refundsSchema);
  const texts = notes.map(({ note }) => decodeEntities(note));
  const amountMinor = toMinor(row.total, row.currency);
  if (amountMinor === null) throw new Error(`order ${row.id}: the total is ${row.total}`);
  return {
    externalId: String(row.id),
    status: statusOf(row.status, ctx.settings.statuses),
    total: { amountMinor, currency: row.currency },
    lines: row.line_items.map(({ sku, quantity }) => ({ sku: sku === '' ? null : sku, quantity })),
    notes: texts,
    refunds: refunds.map(({ amount }) => ({ amountMinor: toMinor(amount, row.currency) ?? Number.NaN })),
    trackingNumbers: texts.flatMap((text) => /^Shipped with .*: (\S+)$/.exec(text.trim())?.[1] ?? []),
  };
}

function goodsBody(variant: TestVariant, gramsPerUnit: number): Record<string, unknown> {
  const { sku, price, sale, stock, weightGrams } = variant;
  const text = (money: Money) => fromMinor(money.amountMinor, money.currency);
  return {
    sku,
    regular_price: text(price),
    manage_stock: true,
    stock_quantity: stock,
    ...(weightGrams === undefined ? {} : { weight: String(weightGrams / gramsPerUnit) }),
    ...(sale === undefined
      ? {}
      : {
          sale_price: text(sale.price),
          date_on_sale_from_gmt: sale.from === null ? null : formatGmt(sale.from),
          date_on_sale_to_gmt: sale.to === null ? null : formatGmt(sale.to),
        }),
  };
}

function productOf(id: number, variants: TestProduct['variants']): TestProduct {
  return { externalId: String(id), variants };
}

function pathOf({ externalProductId, externalVariantId }: TestVariantKey): string {
  const product = `products/${externalProductId}`;
  return externalVariantId === null ? product : `${product}/variations/${externalVariantId}`;
}

function amountOf(text: string, currency: string): Money | null {
  if (text === '') return null;
  const amountMinor = toMinor(text, currency);
  if (amountMinor === null) throw new Error(`"${text}" is no amount in ${currency}`);
  return { amountMinor, currency };
}

/** What a key that may not read settings is told instead: the same that the connector takes then. */
async function unlessRefused<Value>(read: () => Promise<Value>, instead: Value): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ConnectorError) || !['Unauthorized', 'Rejected', 'NotFound'].includes(error.kind))
      throw error;
    return instead;
  }
}

async function unlessGone(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind !== 'NotFound') throw error;
  }
}
