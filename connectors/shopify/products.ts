import type { Static } from '@sinclair/typebox';
import type { Page, RowOutcome } from '../contract/common.ts';
import type { StoreConnector, StoreProduct, StoreStock } from '../contract/store.ts';
import type { AdminClient, ShopifyContext } from './client.ts';
import { type ProductCursor, readCursor, writeCursor } from './cursor.ts';
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
/** One level's quantity costs about 20 points: so many of them stay below the limit of a call. */
const LEVELS_PER_CALL = 25;
const VARIANTS_PER_CALL = 100;

type StockInput = Parameters<StoreConnector['readStock']>[0];
type VariantsPage = ProductRow['variants'];

/** Products and their stock. */
export class ProductReader {
  readonly #client: AdminClient;
  readonly #ctx: ShopifyContext;
  readonly #facts: ShopFacts;

  constructor(client: AdminClient, ctx: ShopifyContext, facts: ShopFacts) {
    this.#client = client;
    this.#ctx = ctx;
    this.#facts = facts;
  }

  async readProducts(input: Parameters<StoreConnector['readProducts']>[0]): Promise<Page<StoreProduct>> {
    const cursor = input.cursor === null ? firstCursor(input.changedSince) : readCursor(input.cursor);
    const pageSize = Math.min(input.pageSize ?? this.#ctx.settings.pageSize ?? DEFAULT_PAGE_SIZE, 50);
    const { products } = await this.#client.ask('products', {
      first: pageSize,
      after: cursor.after,
      query: filterOf(cursor),
      sortKey: cursor.mode === 'full' ? 'ID' : 'UPDATED_AT',
      variants: VARIANTS_INSIDE,
    });
    const next = nextCursor(cursor, products);
    return {
      items: await this.#complete(products.nodes),
      next: next === null ? null : writeCursor(next),
      total: null,
    };
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
    for (const part of chunks(ids, VARIANTS_PER_CALL)) {
      const { nodes } = await this.#client.ask('stock', { ids: part });
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
      const { product }: Static<typeof answers.variants> = await this.#client.ask('variants', {
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
    for (const ids of chunks([...new Set(items)], LEVELS_PER_CALL)) {
      const { nodes } = await this.#client.ask('levels', { ids, location });
      for (const node of nodes) {
        if (node === null) continue;
        const level = node.inventoryLevel?.quantities.find(({ name }) => name === 'available');
        available.set(node.id, level?.quantity ?? null);
      }
    }
    return available;
  }

  async #productOfItem(id: string): Promise<string | null> {
    const { inventoryItem } = await this.#client.ask('productOfItem', { id });
    return inventoryItem?.variants?.nodes[0]?.product.id ?? null;
  }
}

type StockRow = NonNullable<Static<typeof answers.stock>['nodes'][number]>;

function firstCursor(changedSince: Date | null): ProductCursor {
  if (changedSince === null) return { mode: 'full', after: null, above: null, read: 0 };
  const since = new Date(changedSince.getTime() - OVERLAP_MS).toISOString();
  return { mode: 'changed', after: null, since, read: 0 };
}

function filterOf(cursor: ProductCursor): string | null {
  if (cursor.mode === 'changed') return `updated_at:>=${quoted(cursor.since)}`;
  return cursor.above === null ? null : `id:>=${BigInt(cursor.above) + 1n}`;
}

function nextCursor(
  cursor: ProductCursor,
  { nodes, pageInfo }: Static<typeof answers.products>['products'],
): ProductCursor | null {
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
