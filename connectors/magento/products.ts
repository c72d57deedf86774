import type { Page } from '../contract/common.ts';
import type { StoreConnector, StoreProduct } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { MagentoClient, MagentoContext } from './client.ts';
import { type Filter, inParallel, searchQuery } from './criteria.ts';
import {
  type ChangedCursor,
  type FullCursor,
  nextChanged,
  OVERLAP_MS,
  type ProductCursor,
  readCursor,
  writeCursor,
} from './cursor.ts';
import { type OptionAttribute, type RawProduct, toStoreProduct } from './mapping.ts';
import { childIdsOf, extensionOf, ParentIndex } from './parents.ts';
import type { PriceReader } from './price-reads.ts';
import { attributeRowSchema, categoryRowSchema, listSchema, rowSchema } from './schema.ts';
import type { FactsReader } from './shop.ts';
import type { StockReader } from './stock.ts';
import { formatUtc } from './text.ts';

const IDS_PER_CALL = 100;
const AT_ONCE = 2;
/** After these a smaller page may succeed: slow shops time out on large ones. */
const TOO_SLOW = new Set(['first_byte_timeout', 'call_timeout', 'too_large']);
const SMALLEST_PAGE = 10;
const HIDDEN_PAGE = 300;

type Row = { readonly id: number };
type ReadInput = Parameters<StoreConnector['readProducts']>[0];

/** Reads of products with their variants. */
export class ProductReader {
  readonly #client: MagentoClient;
  readonly #ctx: MagentoContext;
  readonly #facts: FactsReader;
  readonly #stock: StockReader;
  readonly #prices: PriceReader;
  readonly #parents: ParentIndex;
  readonly #attributes = new Map<string, OptionAttribute>();
  readonly #categories = new Map<string, string>();
  #largestPage = 300;

  constructor(client: MagentoClient, ctx: MagentoContext, facts: FactsReader, stock: StockReader, prices: PriceReader) {
    this.#client = client;
    this.#ctx = ctx;
    this.#facts = facts;
    this.#stock = stock;
    this.#prices = prices;
    this.#parents = new ParentIndex(client);
  }

  async readProducts(input: ReadInput): Promise<Page<StoreProduct>> {
    const cursor = input.cursor === null ? firstCursor(input.changedSince) : readCursor(input.cursor);
    const wanted = Math.max(1, Math.min(input.pageSize ?? this.#ctx.settings.pageSize ?? 100, this.#largestPage));
    try {
      return cursor.mode === 'full' ? await this.#fullPage(cursor, wanted) : await this.#changedPage(cursor, wanted);
    } catch (error) {
      // The read is repeated by whoever asked for it; then with smaller pages.
      const isSlow = error instanceof ConnectorError && TOO_SLOW.has(error.details.code ?? '');
      if (isSlow) this.#largestPage = Math.max(SMALLEST_PAGE, Math.floor(wanted / 2));
      throw error;
    }
  }

  /** By id; a variant's id answers with its product. */
  async readProduct(externalId: string): Promise<StoreProduct | null> {
    const id = Number(externalId);
    if (!Number.isSafeInteger(id) || id < 1) return null;
    const [row] = await this.#byIds([id]);
    if (row === undefined) return null;
    if (typeOf(row) !== 'configurable') {
      const parent = await this.#parents.parentOf(id);
      if (parent !== null && parent !== id) return this.readProduct(String(parent));
    }
    const [product] = await this.#complete([row], false);
    return product ?? null;
  }

  /** By id, each page after the last one's highest: what is deleted or added meanwhile moves nothing. */
  async #fullPage(cursor: FullCursor, pageSize: number): Promise<Page<StoreProduct>> {
    if (cursor.phase === 'hidden') return this.#hiddenPage(cursor);
    const isConfigurable = cursor.phase === 'configurable';
    const filters: Filter[] = [
      { field: 'type_id', value: 'configurable', condition: isConfigurable ? 'eq' : 'neq' },
      ...(isConfigurable ? [] : [{ field: 'visibility', value: 1, condition: 'neq' } as const]),
      { field: 'entity_id', value: cursor.lastId, condition: 'gt' },
    ];
    const { rows, isEnd } = await this.#list(filters, ['entity_id'], pageSize, 1, 'products.list');
    if (isConfigurable) this.#parents.notePage(cursor.lastId, rows, isEnd);
    const own: Row[] = [];
    // A variant that is visible by itself is still its product's.
    for (const row of rows) if (isConfigurable || (await this.#parents.parentOf(row.id)) === null) own.push(row);
    const lastId = rows.at(-1)?.id ?? cursor.lastId;
    const next: FullCursor = isEnd
      ? { mode: 'full', phase: isConfigurable ? 'single' : 'hidden', lastId: 0 }
      : { ...cursor, lastId };
    return { items: await this.#complete(own, false), next: writeCursor(next), total: null };
  }

  /** Hidden products that are no variants: only ids are listed, and what belongs to nothing is read. */
  async #hiddenPage(cursor: FullCursor): Promise<Page<StoreProduct>> {
    const filters: Filter[] = [
      { field: 'type_id', value: 'configurable', condition: 'neq' },
      { field: 'visibility', value: 1 },
      { field: 'entity_id', value: cursor.lastId, condition: 'gt' },
    ];
    const fields = 'items[id],total_count';
    const { rows, isEnd } = await this.#list(filters, ['entity_id'], HIDDEN_PAGE, 1, 'products.hidden', fields);
    const orphans: number[] = [];
    for (const { id } of rows) if ((await this.#parents.parentOf(id)) === null) orphans.push(id);
    const items = await this.#complete(await this.#byIds(orphans), true);
    const lastId = rows.at(-1)?.id ?? cursor.lastId;
    return { items, next: isEnd ? null : writeCursor({ ...cursor, lastId }), total: null };
  }

  /** What changed, oldest first; a variant's change brings its product. Rows of one second may come twice. */
  async #changedPage(cursor: ChangedCursor, pageSize: number): Promise<Page<StoreProduct>> {
    const filters: Filter[] = [{ field: 'updated_at', value: cursor.since, condition: 'gteq' }];
    const { rows, isEnd } = await this.#list(
      filters,
      ['updated_at', 'entity_id'],
      pageSize,
      cursor.page,
      'products.changed',
    );
    const own = new Map<number, Row>();
    const parents = new Set<number>();
    for (const row of rows) {
      if (typeOf(row) === 'configurable') this.#parents.note(row);
    }
    for (const row of rows) {
      const parent = typeOf(row) === 'configurable' ? null : await this.#parents.parentOf(row.id);
      if (parent === null) own.set(row.id, row);
      else parents.add(parent);
    }
    for (const row of await this.#byIds([...parents].filter((id) => !own.has(id)))) own.set(row.id, row);
    const next = isEnd ? null : nextChanged(cursor, changedAt(rows.at(-1)));
    return {
      items: await this.#complete([...own.values()], false),
      next: next === null ? null : writeCursor(next),
      total: null,
    };
  }

  async #list(
    filters: readonly Filter[],
    sort: readonly string[],
    pageSize: number,
    page: number,
    operation: string,
    fields?: string,
  ): Promise<{ rows: readonly Row[]; isEnd: boolean }> {
    const query = searchQuery({ filters, sort, pageSize, page, ...(fields === undefined ? {} : { fields }) });
    const call = { method: 'GET', path: 'products', query, operation } as const;
    const answer = await this.#client.ask(call, listSchema(rowSchema));
    const rows = answer.items ?? [];
    // Older versions repeat the last page for ever: the end is told by the total, never by an empty page alone.
    const isEnd = rows.length === 0 || page * pageSize >= (answer.total_count ?? Number.POSITIVE_INFINITY);
    return { rows, isEnd };
  }

  async #byIds(ids: readonly number[]): Promise<Row[]> {
    const chunks: number[][] = [];
    for (let from = 0; from < ids.length; from += IDS_PER_CALL) chunks.push(ids.slice(from, from + IDS_PER_CALL));
    const pages = await inParallel(chunks, AT_ONCE, async (chunk) => {
      const filters: Filter[] = [{ field: 'entity_id', value: chunk.join(','), condition: 'in' }];
      return (await this.#list(filters, ['entity_id'], IDS_PER_CALL, 1, 'products.by-id')).rows;
    });
    return pages.flat();
  }

  async #complete(rows: readonly Row[], isOrphan: boolean): Promise<StoreProduct[]> {
    if (rows.length === 0) return [];
    const { settings } = this.#ctx;
    const facts = await this.#facts.read();
    const children = new Map((await this.#byIds(rows.flatMap(childIdsOf))).map((row) => [row.id, row]));
    const sold = [...rows.filter((row) => isSold(typeOf(row))), ...children.values()];
    const skus = sold.map(skuOf);
    const stock = new Map((await this.#stock.read(skus)).map((one) => [one.key, one]));
    const scopedPrices = await this.#prices.scoped(skus, await this.#ctx.clock.now());
    await this.#learnAttributes(rows);
    await this.#learnCategories(rows);
    return rows.map((row) => {
      const own = childIdsOf(row).flatMap((id) => children.get(id) ?? []);
      const raw: RawProduct = { id: row.id, row, children: own, isOrphan };
      return toStoreProduct(raw, {
        facts,
        stock,
        scopedPrices,
        attributes: this.#attributes,
        categories: this.#categories,
        hsCodeAttribute: settings.hsCodeAttribute ?? null,
        originAttribute: settings.originAttribute ?? 'country_of_manufacture',
        barcodeAttribute: settings.barcodeAttribute ?? null,
      });
    });
  }

  /** Attributes that variants differ in, with their options' labels; each is asked for once, new options again. */
  async #learnAttributes(rows: readonly Row[]): Promise<void> {
    const unknown = new Set<string>();
    for (const option of rows.flatMap((row) => extensionOf(row).configurable_product_options ?? [])) {
      const known = this.#attributes.get(String(option.attribute_id));
      const isMissing = (option.values ?? []).some(
        ({ value_index: value }) => known?.labels.has(String(value)) !== true,
      );
      if (known === undefined || isMissing) unknown.add(String(option.attribute_id));
    }
    if (unknown.size === 0) return;
    const filters: Filter[] = [{ field: 'attribute_id', value: [...unknown].join(','), condition: 'in' }];
    const query = searchQuery({ filters, sort: ['attribute_id'], pageSize: IDS_PER_CALL });
    const call = { method: 'GET', path: 'products/attributes', query, operation: 'attributes.list' } as const;
    const { items } = await this.#client.ask(call, listSchema(attributeRowSchema));
    for (const row of items ?? []) {
      const labels = new Map((row.options ?? []).map(({ label, value }) => [String(value ?? ''), String(label ?? '')]));
      const label = row.default_frontend_label ?? row.attribute_code;
      this.#attributes.set(String(row.attribute_id), { code: row.attribute_code, label, labels });
    }
  }

  async #learnCategories(rows: readonly Row[]): Promise<void> {
    const ids = rows.flatMap((row) => (extensionOf(row).category_links ?? []).map(({ category_id: id }) => String(id)));
    const unknown = [...new Set(ids)].filter((id) => !this.#categories.has(id));
    if (unknown.length === 0) return;
    const filters: Filter[] = [{ field: 'entity_id', value: unknown.join(','), condition: 'in' }];
    const query = searchQuery({ filters, sort: ['entity_id'], pageSize: HIDDEN_PAGE });
    const call = { method: 'GET', path: 'categories/list', query, operation: 'categories.list' } as const;
    const { items } = await this.#client.ask(call, listSchema(categoryRowSchema));
    for (const { id, name } of items ?? []) this.#categories.set(String(id), name ?? String(id));
  }
}

function firstCursor(changedSince: Date | null): ProductCursor {
  if (changedSince === null) return { mode: 'full', phase: 'configurable', lastId: 0 };
  return { mode: 'changed', since: formatUtc(new Date(changedSince.getTime() - OVERLAP_MS)), page: 1 };
}

function changedAt(row: Row | undefined): string {
  return row !== undefined && 'updated_at' in row ? String(row.updated_at) : '';
}

function typeOf(row: Row): string {
  return 'type_id' in row ? String(row.type_id) : '';
}

function skuOf(row: Row): string {
  return 'sku' in row ? String(row.sku) : '';
}

function isSold(type: string): boolean {
  return !['configurable', 'bundle', 'grouped'].includes(type);
}
