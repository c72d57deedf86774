import type { Page, RowOutcome } from '../contract/common.ts';
import type { StoreConnector, StoreProduct, StoreStock } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { WooClient, WooCommerceContext } from './client.ts';
import { type ProductCursor, readProductCursor, writeCursor } from './cursor.ts';
import { type RawProduct, toStoreProduct, toStoreStock } from './mapping.ts';
import { countVariations, orphansPage } from './orphans.ts';
import { changedPage, firstPlace, fullPage, PageSizer, type Row } from './paging.ts';
import { check, productSchema, rowSchema, rowsSchema, stockSchema } from './schema.ts';
import type { ShopFacts } from './shop.ts';
import { parentIdOf, type VariationReader, variationIdsOf } from './variations.ts';

const MAX_IDS_PER_CALL = 100;
const PRODUCT_FIELDS =
  'id,name,type,status,description,sku,global_unique_id,price,regular_price,sale_price,date_on_sale_from_gmt,date_on_sale_to_gmt,date_modified_gmt,tax_class,manage_stock,stock_quantity,stock_status,backorders,weight,dimensions,categories,attributes,images,variations,parent_id';
const STOCK_FIELDS = 'id,sku,manage_stock,stock_quantity,stock_status';
const PAGE_SIZE = 100;

type ChangedCursor = Extract<ProductCursor, { mode: 'changed' }>;
type FullCursor = Extract<ProductCursor, { mode: 'full' }>;
type ReadInput = Parameters<StoreConnector['readProducts']>[0];
type StockInput = Parameters<StoreConnector['readStock']>[0];

/** Reads of products and stock. */
export class ProductReader {
  readonly #client: WooClient;
  readonly #ctx: WooCommerceContext;
  readonly #facts: ShopFacts;
  readonly #variations: VariationReader;
  readonly #sizer = new PageSizer();

  constructor(client: WooClient, ctx: WooCommerceContext, facts: ShopFacts, variations: VariationReader) {
    this.#client = client;
    this.#ctx = ctx;
    this.#facts = facts;
    this.#variations = variations;
  }

  async readProducts(input: ReadInput): Promise<Page<StoreProduct>> {
    const cursor = input.cursor === null ? firstCursor(input.changedSince) : readProductCursor(input.cursor);
    const wanted = input.pageSize ?? this.#ctx.settings.pageSize ?? PAGE_SIZE;
    return this.#sizer.run(wanted, (pageSize) => this.#page(cursor, pageSize));
  }

  async readProduct(externalId: string): Promise<StoreProduct | null> {
    const row = await this.#row(externalId);
    if (row === null) return null;
    const verdict = check(productSchema, row);
    const isVariation = verdict.ok && verdict.value.type === 'variation' && (verdict.value.parent_id ?? 0) > 0;
    if (isVariation) return this.readProduct(String(verdict.value.parent_id));
    if (verdict.ok && verdict.value.status === 'trash') return null;
    const [product] = await this.#complete([row]);
    return product ?? null;
  }

  async readStock(variants: StockInput): Promise<RowOutcome<StoreStock>[]> {
    const products = variants.filter((variant) => variationIdOf(variant) === null);
    const rows = new Map<string, unknown>();
    const ids = [...new Set(products.map(({ externalProductId }) => Number(externalProductId)))].filter(isId);
    for (const chunk of chunks(ids)) {
      const query = { include: chunk, per_page: MAX_IDS_PER_CALL, orderby: 'id', order: 'asc', _fields: STOCK_FIELDS };
      const call = { method: 'GET', path: 'products', query, operation: 'stock.read' } as const;
      for (const row of await this.#client.ask(call, rowsSchema)) rows.set(String(row.id), row);
    }
    const byParent = new Map<number, number[]>();
    for (const variant of variants) {
      const id = Number(variationIdOf(variant) ?? Number.NaN);
      const parent = Number(variant.externalProductId);
      if (isId(id) && isId(parent)) byParent.set(parent, [...(byParent.get(parent) ?? []), id]);
    }
    for (const { id, row } of await this.#variations.read(byParent, STOCK_FIELDS, 'stock.read'))
      rows.set(String(id), row);
    return variants.map((variant) =>
      stockOutcome(variant.sku, rows.get(variationIdOf(variant) ?? variant.externalProductId)),
    );
  }

  async #page(cursor: ProductCursor, pageSize: number): Promise<Page<StoreProduct>> {
    if (cursor.mode === 'changed') return this.#changedPage(cursor, pageSize);
    if (cursor.mode === 'full') return this.#fullPage(cursor, pageSize);
    const { items, next } = await orphansPage(this.#client, cursor);
    return { items, next: next === null ? null : writeCursor({ mode: 'orphans', ...next }), total: null };
  }

  async #fullPage(cursor: FullCursor, pageSize: number): Promise<Page<StoreProduct>> {
    const list = { path: 'products', query: { _fields: this.#fields() }, operation: 'products.list' };
    const { rows, next, total } = await fullPage(this.#client, list, cursor, pageSize);
    const items = await this.#complete(rows);
    const own = items.reduce((sum, { raw }) => sum + variationsIn(raw), 0);
    const variations = (cursor.variations ?? 0) + own;
    if (next !== null) return { items, next: writeCursor({ mode: 'full', ...next, variations }), total };
    const isComplete = !(await this.#variations.hasOwnRoute()) || (await countVariations(this.#client)) === variations;
    return { items, next: isComplete ? null : writeCursor({ mode: 'orphans', offset: 0, lastId: 0 }), total };
  }

  async #changedPage(cursor: ChangedCursor, pageSize: number): Promise<Page<StoreProduct>> {
    const { mode, of, since } = cursor;
    const ofVariations = of === 'variations';
    const _fields = ofVariations ? 'id,parent_id,date_modified_gmt' : this.#fields();
    const listedIn = ofVariations ? await this.#variations.listedIn() : null;
    const path = ofVariations ? 'variations' : 'products';
    const list = { path, namespace: listedIn ?? 'wc/v3', query: { _fields }, operation: 'products.changed' } as const;
    const { rows, next } = await changedPage(this.#client, list, cursor, pageSize);
    const items = await this.#complete(ofVariations ? await this.#parentsOf(rows) : rows);
    if (next !== null) return { items, next: writeCursor({ mode, of, since, ...next }), total: null };
    if (ofVariations || (await this.#variations.listedIn()) === null) return { items, next: null, total: null };
    return { items, next: writeCursor({ mode, of: 'variations', since, after: since }), total: null };
  }

  async #parentsOf(variations: readonly Row[]): Promise<Row[]> {
    const parents = new Set<number>();
    for (const row of variations) {
      const parent = parentIdOf(row);
      if (parent !== null) parents.add(parent);
    }
    const rows: Row[] = [];
    for (const include of chunks([...parents])) {
      const query = { include, per_page: MAX_IDS_PER_CALL, orderby: 'id', order: 'asc', _fields: this.#fields() };
      const call = { method: 'GET', path: 'products', query, operation: 'products.list' } as const;
      rows.push(...(await this.#client.ask(call, rowsSchema)));
    }
    return rows;
  }

  async #complete(rows: readonly Row[]): Promise<StoreProduct[]> {
    if (rows.length === 0) return [];
    const units = await this.#facts.units();
    const ids = new Map(rows.map((row) => [row.id, variationIdsOf(row)] as const));
    const variations = new Map<number, unknown[]>();
    for (const row of await this.#variations.read(ids, this.#fields(), 'variations.list')) {
      variations.set(row.parentId, [...(variations.get(row.parentId) ?? []), row.row]);
    }
    return rows.map((row): StoreProduct => {
      const raw: RawProduct = { id: row.id, row, variations: variations.get(row.id) ?? [] };
      return toStoreProduct(raw, units);
    });
  }

  async #row(externalId: string): Promise<Row | null> {
    if (!isId(Number(externalId))) return null;
    const query = { _fields: this.#fields() };
    const call = { method: 'GET', path: `products/${Number(externalId)}`, query, operation: 'products.get' } as const;
    try {
      return await this.#client.ask(call, rowSchema);
    } catch (error) {
      if (error instanceof ConnectorError && error.kind === 'NotFound') return null;
      throw error;
    }
  }

  /** Meta data is asked for only where it is needed: plugins hang large texts onto it. */
  #fields(): string {
    const { hsCodeMeta, originMeta } = this.#ctx.settings;
    return hsCodeMeta === undefined && originMeta === undefined ? PRODUCT_FIELDS : `${PRODUCT_FIELDS},meta_data`;
  }
}

function firstCursor(changedSince: Date | null): ProductCursor {
  if (changedSince === null) return { mode: 'full', offset: 0, lastId: 0 };
  return { mode: 'changed', of: 'products', ...firstPlace(changedSince) };
}

/** Variations that were read with a product. */
function variationsIn(raw: unknown): number {
  const rows = typeof raw === 'object' && raw !== null && 'variations' in raw ? raw.variations : null;
  return Array.isArray(rows) ? rows.length : 0;
}

function stockOutcome(sku: string, row: unknown): RowOutcome<StoreStock> {
  const failed = (code: string, reason: string, retryable: boolean): RowOutcome<StoreStock> => {
    return { ok: false, key: sku, retryable, code, reason };
  };
  if (row === undefined) return failed('not_found', 'The shop does not show this product any more.', false);
  const verdict = check(stockSchema, row);
  if (!verdict.ok) return failed('unreadable', `The shop's stock cannot be read (${verdict.problem}).`, true);
  const shown = verdict.value.sku ?? '';
  if (shown !== sku) return failed('sku_changed', `The shop shows the SKU "${shown}" there now.`, false);
  return { ok: true, key: sku, value: toStoreStock(verdict.value) };
}

/** A simple product's only variant may come with the product's own id. */
function variationIdOf(variant: StockInput[number]): string | null {
  const { externalVariantId, externalProductId } = variant;
  return externalVariantId === externalProductId ? null : externalVariantId;
}

function isId(id: number): boolean {
  return Number.isSafeInteger(id) && id > 0;
}

function chunks(ids: readonly number[]): number[][] {
  const parts: number[][] = [];
  for (let from = 0; from < ids.length; from += MAX_IDS_PER_CALL) parts.push(ids.slice(from, from + MAX_IDS_PER_CALL));
  return parts;
}
