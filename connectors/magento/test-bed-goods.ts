import { createHash } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import type { TestProduct, TestProductWish, TestVariant } from '../conformance/store-subject.ts';
import type { Filter } from './criteria.ts';
import { toNumber } from './money.ts';
import { anything, type RawShop, unlessGone } from './test-bed-shop.ts';
import { formatLocal } from './text.ts';

const attributeSchema = Type.Object({ attribute_id: Type.Union([Type.Integer(), Type.String()]) });
const optionsSchema = Type.Array(Type.Object({ label: Type.String(), value: Type.String() }));
const groupSchema = Type.Object({ attribute_group_id: Type.Union([Type.Integer(), Type.String()]) });

/** Makes simple and configurable products. */
export class TestGoods {
  readonly #raw: RawShop;
  readonly #mark: string;
  #attribute: Promise<{ code: string; id: string }> | null = null;

  constructor(raw: RawShop, mark: string) {
    this.#raw = raw;
    this.#mark = mark;
  }

  /** With its variants; answers the SKU of the whole as well. */
  async create(wish: TestProductWish): Promise<{ product: TestProduct; sku: string }> {
    const [first] = wish.variants;
    if (first === undefined) throw new Error('a product has at least one variant');
    const description = { attribute_code: 'description', value: wish.descriptionHtml ?? '<p>Test data</p>' };
    if (first.option === null) {
      const id = await this.#saveVariant(first, wish.title, 4, [description]);
      return {
        product: productOf(id, [{ sku: first.sku, externalProductId: String(id), externalVariantId: null }]),
        sku: first.sku,
      };
    }
    const attribute = await this.#attributeFor();
    const values = await this.#valuesOf(
      attribute.code,
      wish.variants.map(({ option }) => option ?? ''),
    );
    const made: { id: number; sku: string }[] = [];
    for (const variant of wish.variants) {
      const value = values.get(variant.option ?? '');
      const title = `${wish.title} ${variant.option}`;
      const id = await this.#saveVariant(variant, title, 1, [{ attribute_code: attribute.code, value }]);
      made.push({ id, sku: variant.sku });
    }
    const sku = `${this.#mark}-P${made[0]?.id ?? 0}`;
    const { setId, websiteId } = await this.#raw.place();
    const id = await this.#raw.save({
      ...{ sku, name: wish.title, attribute_set_id: setId, status: 1, visibility: 4, type_id: 'configurable' },
      extension_attributes: { website_ids: [websiteId], stock_item: { is_in_stock: true } },
      custom_attributes: [description, urlKeyOf(sku), NO_TAX],
    });
    const path = `configurable-products/${encodeURIComponent(sku)}`;
    const indexes = wish.variants.map(({ option }) => ({ value_index: Number(values.get(option ?? '')) }));
    const option = { attribute_id: attribute.id, label: 'Size', values: indexes };
    await this.#raw.ask('POST', `${path}/options`, anything, { body: { option } });
    for (const { sku: childSku } of made)
      await this.#raw.ask('POST', `${path}/child`, anything, { body: { childSku } });
    const variants = made.map((one) => ({
      sku: one.sku,
      externalProductId: String(id),
      externalVariantId: String(one.id),
    }));
    return { product: productOf(id, variants), sku };
  }

  async #saveVariant(
    { sku, price, sale, stock, weightGrams }: TestVariant,
    name: string,
    visibility: 1 | 4,
    custom: readonly object[],
  ): Promise<number> {
    const { setId, websiteId, gramsPerUnit, timeZone } = await this.#raw.place();
    const date = (code: string, at: Date | null) =>
      at === null ? [] : [{ attribute_code: code, value: formatLocal(at, timeZone) }];
    const special =
      sale === undefined
        ? []
        : [
            { attribute_code: 'special_price', value: String(toNumber(sale.price.amountMinor, sale.price.currency)) },
            ...date('special_from_date', sale.from),
            ...date('special_to_date', sale.to),
          ];
    const id = await this.#raw.save({
      ...{ sku, name, attribute_set_id: setId, status: 1, visibility, type_id: 'simple' },
      price: toNumber(price.amountMinor, price.currency),
      ...(weightGrams === undefined ? {} : { weight: Math.round((weightGrams / gramsPerUnit) * 10_000) / 10_000 }),
      extension_attributes: {
        website_ids: [websiteId],
        stock_item: { qty: stock, is_in_stock: stock > 0, ...COUNTED },
      },
      custom_attributes: [...custom, ...special, urlKeyOf(sku), NO_TAX],
    });
    await this.#raw.stockAtSource(sku, stock);
    return id;
  }

  /** One attribute for the whole run; `close` removes it. */
  #attributeFor(): Promise<{ code: string; id: string }> {
    this.#attribute ??= this.#makeAttribute().catch((error: unknown) => {
      this.#attribute = null;
      throw error;
    });
    return this.#attribute;
  }

  async #makeAttribute(): Promise<{ code: string; id: string }> {
    const code = this.#mark.toLowerCase().replace(/\W/g, '_').slice(0, 30);
    const { setId } = await this.#raw.place();
    const attribute = {
      ...{ attribute_code: code, frontend_input: 'select', default_frontend_label: 'Size', is_required: false },
      ...{ scope: 'global', options: ['S', 'M', 'L'].map((label) => ({ label })) },
    };
    const { attribute_id: id } = await this.#raw.ask('POST', 'products/attributes', attributeSchema, {
      body: { attribute },
    });
    const filters: Filter[] = [{ field: 'attribute_set_id', value: setId }];
    const [group] = await this.#raw.list('products/attribute-sets/groups/list', filters, groupSchema);
    if (group === undefined) throw new Error(`attribute set ${setId} has no groups`);
    const body = {
      ...{ attributeSetId: setId, attributeGroupId: Number(group.attribute_group_id), attributeCode: code },
      sortOrder: 900,
    };
    await this.#raw.ask('POST', 'products/attribute-sets/attributes', anything, { body });
    return { code, id: String(id) };
  }

  /** Option label → id; labels that are not there yet are added. */
  async #valuesOf(code: string, labels: readonly string[]): Promise<Map<string, string>> {
    const path = `products/attributes/${code}/options`;
    const read = async () =>
      new Map((await this.#raw.ask('GET', path, optionsSchema)).map(({ label, value }) => [label, value]));
    const known = await read();
    const missing = [...new Set(labels)].filter((label) => !known.has(label));
    for (const label of missing) await this.#raw.ask('POST', path, anything, { body: { option: { label } } });
    return missing.length === 0 ? known : read();
  }

  async close(): Promise<void> {
    await this.#raw.forgetSourceItems();
    if (this.#attribute === null) return;
    const { code } = await this.#attribute;
    await unlessGone(() => this.#raw.ask('DELETE', `products/attributes/${code}`, anything));
    this.#attribute = null;
  }
}

/** Goods without tax: amounts of orders are what they were sold for. */
const NO_TAX = { attribute_code: 'tax_class_id', value: '0' };

/** Counted to the last piece, whatever the shop's configuration says of other goods. */
const COUNTED = {
  ...{ use_config_manage_stock: false, manage_stock: true, use_config_min_qty: false, min_qty: 0 },
  ...{ use_config_backorders: false, backorders: 0 },
};

/** Addresses of pages are unique in a shop, whatever products are called; SKUs may differ in their signs only. */
function urlKeyOf(sku: string): { attribute_code: string; value: string } {
  return { attribute_code: 'url_key', value: `tl-${createHash('sha256').update(sku).digest('hex').slice(0, 20)}` };
}

function productOf(id: number, variants: TestProduct['variants']): TestProduct {
  return { externalId: String(id), variants };
}
