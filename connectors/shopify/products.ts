import type { Static } from '@sinclair/typebox';
import type { Page, RowOutcome } from '../contract/common.ts';
import type { StoreConnector, StoreProduct, StoreStock } from '../contract/store.ts';
import type { BulkDesk } from './bulk.ts';
import { FileGone } from './bulk-file.ts';
import { type BulkProduct, joinProducts, LinesMixed } from './bulk-products.ts';
import type { AdminClient, ShopifyContext } from './client.ts';
import { type BulkCursor, type PagedCursor, readCursor, writeCursor } from './cursor.ts';
import { isGid, numberOf, quoted } from './ids.ts';
import { type RawProduct, toStoreProduct, toStoreStock } from './mapping.ts';
import { type answers, check, type ProductRow, variantSchema } from './schema.ts';
import type { ShopFacts } from './shop.ts';

/** Changes are asked for from a little earlier: clocks differ, and the index behind searches lags. */
const OVERLAP_MS = 2 * 60 * 1000;
const DEFAULT_PAGE_SIZE = 25;
/** Variants inside a page of products; further ones are read product by product. Dearer pages are turned away. */
const VARIANTS_INSIDE = 50;
/** A listing ends at 25,000 objects; a new one begins before. */
const LISTING_LIMIT = 20_000;
const LEVELS_PER_CALL = 100;
const VARIANTS_PER_CALL = 100;
/** Shops of so many products are read in bulk, and so many products at a time are handed on. */
const DEFAULT_BULK_FROM = 1_000;
const BULK_PAGE_SIZE = 200;
const MAX_BULK_PAGE_SIZE = 500;
/** Work in bulk that takes longer than about six hours, or has failed so often, is given up for pages. */
const MAX_ASKED = 1_200;
const MAX_BEGUN = 2;

type StockInput = Parameters<StoreConnector['readStock']>[0];
type VariantsPage = ProductRow['variants'];

/** Products and their stock. */
export class ProductReader {
  readonly #client: AdminClient;
  readonly #ctx: ShopifyContext;
  readonly #facts: ShopFacts;
  readonly #bulk: BulkDesk;

  constructor(client: AdminClient, ctx: ShopifyContext, facts: ShopFacts, bulk: BulkDesk) {
    this.#client = client;
    this.#ctx = ctx;
    this.#facts = facts;
    this.#bulk = bulk;
  }

  /** Large shops are read in bulk, others and changes page by page. A page may be empty while the shop works. */
  async readProducts(input: Parameters<StoreConnector['readProducts']>[0]): Promise<Page<StoreProduct>> {
    const isFull = input.cursor === null && input.changedSince === null;
    if (isFull && this.#bulkFrom === 0) return this.#beginBulk(0);
    const cursor = input.cursor === null ? firstCursor(input.changedSince) : readCursor(input.cursor);
    if (cursor.mode === 'bulk') return this.#bulkPage(cursor, input.pageSize);
    return this.#page(cursor, input.pageSize, isFull);
  }

  /** Where `mayBeLarge`, the first page comes with the number of all; a large shop is read in bulk instead. */
  async #page(cursor: PagedCursor, pageSize: number | undefined, mayBeLarge = false): Promise<Page<StoreProduct>> {
    const wanted = Math.max(1, Math.min(pageSize ?? this.#ctx.settings.pageSize ?? DEFAULT_PAGE_SIZE, 50));
    const { products, productsCount } = await this.#client.askSized('products', wanted, (first) => ({
      first,
      after: cursor.after,
      query: filterOf(cursor),
      sortKey: cursor.mode === 'full' ? 'ID' : 'UPDATED_AT',
      variants: VARIANTS_INSIDE,
      count: mayBeLarge,
    }));
    if (mayBeLarge && (productsCount?.count ?? 0) >= this.#bulkFrom) return this.#beginBulk(0);
    const next = nextCursor(cursor, products);
    return {
      items: await this.#complete(products.nodes),
      next: next === null ? null : writeCursor(next),
      total: null,
    };
  }

  get #bulkFrom(): number {
    return this.#ctx.settings.bulkReadsFrom ?? DEFAULT_BULK_FROM;
  }

  async #beginBulk(begun: number): Promise<Page<StoreProduct>> {
    const id = begun >= MAX_BEGUN ? null : await this.#bulk.startCatalogue();
    if (id === null) return this.#page(firstCursor(null), undefined);
    return { items: [], next: writeCursor({ mode: 'bulk', id, byte: 0, asked: 0, begun: begun + 1 }), total: null };
  }

  /**
   * So many products of the result, or an empty page while the shop still works. What failed or expired is begun anew
   * once, then it is read page by page. Partial results are not taken: what is missing in them would look deleted.
   */
  async #bulkPage(cursor: BulkCursor, pageSize: number | undefined): Promise<Page<StoreProduct>> {
    const known = this.#bulk.known(cursor.id);
    const state = known ?? (await this.#bulk.settled(cursor.id));
    const isOpen = state !== null && ['CREATED', 'RUNNING', 'CANCELING'].includes(state.status);
    if (isOpen && cursor.asked < MAX_ASKED) {
      return { items: [], next: writeCursor({ ...cursor, asked: cursor.asked + 1 }), total: null };
    }
    if (state?.status !== 'COMPLETED') {
      const { status = 'unknown', errorCode = null } = state ?? {};
      this.#ctx.log.warn({ operationId: cursor.id, status, errorCode }, 'reading in bulk has failed');
      return this.#beginBulk(isOpen ? MAX_BEGUN : cursor.begun);
    }
    if (state.url === null) return { items: [], next: null, total: 0 };
    try {
      const limit = Math.max(1, Math.min(pageSize ?? BULK_PAGE_SIZE, MAX_BULK_PAGE_SIZE));
      const { products, next } = await joinProducts(this.#bulk.files, state.url, { byte: cursor.byte, limit });
      const place = next === null ? null : writeCursor({ ...cursor, byte: next, asked: 0 });
      return { items: await this.#mapped(products), next: place, total: null };
    } catch (error) {
      if (!(error instanceof FileGone) && !(error instanceof LinesMixed)) throw error;
      if (known !== null && error instanceof FileGone) {
        this.#bulk.forget();
        return this.#bulkPage(cursor, pageSize);
      }
      this.#ctx.log.warn({ operationId: cursor.id, reason: error.message }, 'a result in bulk cannot be read');
      return this.#beginBulk(error instanceof LinesMixed ? MAX_BEGUN : cursor.begun);
    }
  }

  async #mapped(products: readonly BulkProduct[]): Promise<StoreProduct[]> {
    const currency = await this.#facts.currency();
    const { locationId } = this.#ctx.settings;
    return products.map((one) => {
      const availableByItem = locationId === undefined ? null : availableAt(one, locationId);
      return toStoreProduct(one, { currency, availableByItem, locationsByVariant: one.levels });
    });
  }

  /** Also by the id of an inventory item, which is all that a webhook about stock names. */
  async readProduct(externalId: string): Promise<StoreProduct | null> {
    const id = isGid('InventoryItem', externalId) ? await this.#productOfItem(externalId) : externalId;
    if (id === null || !isGid('Product', id)) return null;
    const { product } = await this.#client.ask('product', { id, variants: VARIANTS_INSIDE });
    if (product === null) return null;
    const [whole] = await this.#complete([product]);
    return whole ?? null;
  }

  /** Present stock by variant; of the chosen location where one is chosen. */
  async readStock(variants: StockInput): Promise<readonly RowOutcome<StoreStock>[]> {
    const known = variants.map(({ externalVariantId }) => externalVariantId ?? '');
    const rows = new Map<string, StockRow>();
    const ids = [...new Set(known)].filter((id) => isGid('ProductVariant', id));
    for (const [index, part] of chunks(ids, VARIANTS_PER_CALL).entries()) {
      const { nodes } = await (index === 0
        ? this.#client.ask('stock', { ids: part })
        : this.#client.askOn('stock', { ids: part }));
      for (const node of nodes) if (node !== null) rows.set(node.id, node);
    }
    const levels = await this.#levels([...rows.values()].map(({ inventoryItem }) => inventoryItem.id));
    return variants.map((variant) => stockOutcome(variant.sku, rows.get(variant.externalVariantId ?? ''), levels));
  }

  async #complete(rows: readonly ProductRow[]): Promise<StoreProduct[]> {
    if (rows.length === 0) return [];
    const currency = await this.#facts.currency();
    const raw: RawProduct[] = [];
    for (const row of rows) {
      const variants = await this.#allVariants(row);
      raw.push({ id: row.id, updatedAt: row.updatedAt, row, variants });
    }
    const items = raw.flatMap(({ variants }) =>
      variants.flatMap((row) => {
        const fits = check(variantSchema, row);
        return fits.ok ? [fits.value.inventoryItem.id] : [];
      }),
    );
    const availableByItem = await this.#levels(items);
    return raw.map((one) => toStoreProduct(one, { currency, availableByItem }));
  }

  async #allVariants({ id, variants }: ProductRow): Promise<readonly unknown[]> {
    const all = [...variants.nodes];
    let { pageInfo }: VariantsPage = variants;
    while (pageInfo.hasNextPage) {
      const { product }: Static<typeof answers.variants> = await this.#client.askOn('variants', {
        id,
        after: pageInfo.endCursor,
      });
      // The product went away between two calls; its next read says so.
      if (product === null) break;
      all.push(...product.variants.nodes);
      pageInfo = product.variants.pageInfo;
    }
    return all;
  }

  /** Available pieces at the chosen location; null = none is chosen. An item that is not stocked there has null. */
  async #levels(items: readonly string[]): Promise<ReadonlyMap<string, number | null> | null> {
    const { locationId: location } = this.#ctx.settings;
    if (location === undefined) return null;
    const available = new Map<string, number | null>();
    const parts = await this.#client.askOnInParts('levels', [...new Set(items)], LEVELS_PER_CALL, { location });
    for (const node of parts.flatMap(({ nodes }) => nodes)) {
      if (node === null) continue;
      const level = node.inventoryLevel?.quantities.find(({ name }) => name === 'available');
      available.set(node.id, level?.quantity ?? null);
    }
    return available;
  }

  async #productOfItem(id: string): Promise<string | null> {
    const { inventoryItem } = await this.#client.ask('productOfItem', { id });
    return inventoryItem?.variants?.nodes[0]?.product.id ?? null;
  }
}

type StockRow = NonNullable<Static<typeof answers.stock>['nodes'][number]>;

/** By inventory item, of one location; an item that is not stocked there has null. */
function availableAt({ variants, levels }: BulkProduct, locationId: string): ReadonlyMap<string, number | null> {
  const available = new Map<string, number | null>();
  for (const row of variants) {
    const fits = check(variantSchema, row);
    if (fits.ok) available.set(fits.value.inventoryItem.id, levels.get(fits.value.id)?.get(locationId) ?? null);
  }
  return available;
}

function firstCursor(changedSince: Date | null): PagedCursor {
  if (changedSince === null) return { mode: 'full', after: null, above: null, read: 0 };
  const since = new Date(changedSince.getTime() - OVERLAP_MS).toISOString();
  return { mode: 'changed', after: null, since, read: 0 };
}

function filterOf(cursor: PagedCursor): string | null {
  if (cursor.mode === 'changed') return `updated_at:>=${quoted(cursor.since)}`;
  return cursor.above === null ? null : `id:>=${BigInt(cursor.above) + 1n}`;
}

function nextCursor(
  cursor: PagedCursor,
  { nodes, pageInfo }: Static<typeof answers.products>['products'],
): PagedCursor | null {
  const last = nodes.at(-1);
  if (!pageInfo.hasNextPage || last === undefined) return null;
  const read = cursor.read + nodes.length;
  if (read < LISTING_LIMIT) return { ...cursor, after: pageInfo.endCursor, read };
  if (cursor.mode === 'full') return { mode: 'full', after: null, above: numberOf(last.id), read: 0 };
  // Rows of the last second come again. Where more than a whole listing shares one time, the listing goes on.
  if (Date.parse(last.updatedAt) <= Date.parse(cursor.since)) return { ...cursor, after: pageInfo.endCursor, read };
  return { mode: 'changed', after: null, since: last.updatedAt, read: 0 };
}

function stockOutcome(
  sku: string,
  row: StockRow | undefined,
  levels: ReadonlyMap<string, number | null> | null,
): RowOutcome<StoreStock> {
  const failed = (code: string, reason: string): RowOutcome<StoreStock> => {
    return { ok: false, key: sku, retryable: false, code, reason };
  };
  if (row === undefined) return failed('not_found', 'The shop does not show this variant any more.');
  const shown = row.sku?.trim() ?? '';
  if (shown !== sku) return failed('sku_changed', `The shop shows the SKU "${shown}" there now.`);
  const available = levels === null ? row.inventoryQuantity : (levels.get(row.inventoryItem.id) ?? null);
  return { ok: true, key: sku, value: toStoreStock(row, available) };
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < all.length; from += size) parts.push(all.slice(from, from + size));
  return parts;
}
