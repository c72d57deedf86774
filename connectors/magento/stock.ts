import { Type } from '@sinclair/typebox';
import type { RowOutcome } from '../contract/common.ts';
import type { StoreStock } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { MagentoClient } from './client.ts';
import { chunksForIn, inParallel, searchQuery } from './criteria.ts';
import { isMissingRoute } from './errors.ts';
import {
  anyRowSchema,
  check,
  exportRowSchema,
  listSchema,
  numberSchema,
  type SourceItem,
  sourceItemSchema,
  sourceSchema,
  stockItemSchema,
  stockLinkSchema,
} from './schema.ts';
import type { FactsReader } from './shop.ts';

/** As many rows as a shop with input limits answers with at once. */
const PER_CALL = 300;
/** `webapi/validation` allows pages of 300, where a shop has it on. */
const SOURCE_ROWS = 300;
const AT_ONCE = 4;

export interface Source {
  readonly code: string;
  readonly name: string;
  readonly enabled: boolean;
}

/**
 * What can be sold. With several sources that is the salable quantity (sources − open orders), never `qty`, which falls
 * only when goods are shipped. Read in bulk where the shop exports it, else SKU by SKU.
 */
export class StockReader {
  readonly #client: MagentoClient;
  readonly #facts: FactsReader;
  /** Null: not tried yet. */
  #canExport: boolean | null = null;
  #linked: Promise<ReadonlySet<string> | null> | null = null;

  constructor(client: MagentoClient, facts: FactsReader) {
    this.#client = client;
    this.#facts = facts;
  }

  /** One outcome per SKU, in the order given. */
  async read(skus: readonly string[]): Promise<RowOutcome<StoreStock>[]> {
    const wanted = [...new Set(skus)];
    const { msi } = await this.#facts.read();
    const found = new Map<string, RowOutcome<StoreStock>>();
    if (msi && this.#canExport !== false) await this.#export(wanted, found);
    const rest = wanted.filter((sku) => !found.has(sku));
    const outcomes = await inParallel(rest, AT_ONCE, (sku) => this.#single(sku, msi));
    for (const outcome of outcomes) found.set(outcome.key, outcome);
    return skus.map((sku) => found.get(sku) ?? failed(sku, 'not_found', 'The shop does not show this SKU.', false));
  }

  /** What each source holds physically, by SKU. */
  async sourceItems(skus: readonly string[]): Promise<SourceItem[]> {
    const rows: SourceItem[] = [];
    for (const { condition, value } of chunksForIn(skus, PER_CALL)) {
      const filters = [{ field: 'sku', value, condition }];
      for (let page = 1; ; page += 1) {
        const query = searchQuery({ filters, sort: ['sku'], pageSize: SOURCE_ROWS, page });
        const call = { method: 'GET', path: 'inventory/source-items', query, operation: 'stock.sources' } as const;
        const answer = await this.#client.ask(call, listSchema(sourceItemSchema));
        rows.push(...(answer.items ?? []));
        if (page * SOURCE_ROWS >= (answer.total_count ?? 0)) break;
      }
    }
    return rows;
  }

  async sources(): Promise<Source[]> {
    const query = searchQuery({ filters: [], sort: ['source_code'], pageSize: 300 });
    const call = { method: 'GET', path: 'inventory/sources', query, operation: 'sources.list' } as const;
    const { items } = await this.#client.ask(call, listSchema(sourceSchema));
    return (items ?? []).map(({ source_code: code, name, enabled }) => ({
      code,
      name: name ?? code,
      enabled: enabled !== false,
    }));
  }

  /** Which sources the website sells from; null where the account may not know. */
  linkedSources(): Promise<ReadonlySet<string> | null> {
    this.#linked ??= this.#askLinks().catch((error: unknown) => {
      this.#linked = null;
      throw error;
    });
    return this.#linked;
  }

  async #askLinks(): Promise<ReadonlySet<string> | null> {
    const { stockId } = await this.#facts.read();
    const path = `inventory/get-sources-assigned-to-stock-ordered-by-priority/${stockId}`;
    try {
      const call = { method: 'GET', path, operation: 'stock.links' } as const;
      const sources = await this.#client.ask(call, Type.Array(stockLinkSchema));
      return new Set(sources.map(({ source_code: code }) => code));
    } catch (error) {
      if (error instanceof ConnectorError && ['Unauthorized', 'Rejected', 'NotFound'].includes(error.kind)) return null;
      throw error;
    }
  }

  /** The stock item of the single-stock interface: the default source, not what can be sold where there are several. */
  async stockItem(sku: string) {
    const call = { method: 'GET', path: `stockItems/${encodeURIComponent(sku)}`, operation: 'stock.item' } as const;
    return this.#client.ask(call, stockItemSchema);
  }

  /** UNCONFIRMED row shape: rows that do not have it are asked for one by one, and the export is not tried again. */
  async #export(skus: readonly string[], found: Map<string, RowOutcome<StoreStock>>): Promise<void> {
    const { websiteCode } = await this.#facts.read();
    const path = `inventory/export-stock-salable-qty/website/${encodeURIComponent(websiteCode)}`;
    for (const { condition, value } of chunksForIn(skus, PER_CALL)) {
      const query = searchQuery({
        filters: [{ field: 'sku', value, condition }],
        sort: ['entity_id'],
        pageSize: PER_CALL,
      });
      try {
        const call = { method: 'GET', path, query, operation: 'stock.export' } as const;
        const { items } = await this.#client.ask(call, listSchema(anyRowSchema));
        for (const row of items ?? []) {
          const verdict = check(exportRowSchema, row);
          if (!verdict.ok) {
            this.#canExport = false;
            return;
          }
          found.set(verdict.value.sku, { ok: true, key: verdict.value.sku, value: fromExport(verdict.value) });
        }
        this.#canExport = true;
      } catch (error) {
        const isMissing =
          isMissingRoute(error) ||
          (error instanceof ConnectorError && ['NotFound', 'Unauthorized'].includes(error.kind));
        // One odd product (of no source of this stock, in older versions) refuses the whole list: these one by one.
        if (error instanceof ConnectorError && error.kind === 'Rejected' && !isMissing) continue;
        if (!isMissing) throw error;
        this.#canExport = false;
        return;
      }
    }
  }

  async #single(sku: string, msi: boolean): Promise<RowOutcome<StoreStock>> {
    try {
      const value = msi ? await this.#salable(sku) : await this.#legacy(sku);
      return { ok: true, key: sku, value };
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      if (error.kind === 'NotFound')
        return failed(sku, 'not_found', 'The shop does not show this SKU any more.', false);
      if (error.kind === 'Rejected') return failed(sku, error.details.code ?? 'rejected', error.message, false);
      throw error;
    }
  }

  async #salable(sku: string): Promise<StoreStock> {
    const { stockId } = await this.#facts.read();
    const path = `inventory/get-product-salable-quantity/${encodeURIComponent(sku)}/${stockId}`;
    const quantity = await this.#client.ask({ method: 'GET', path, operation: 'stock.salable' }, numberSchema);
    return counted(quantity);
  }

  async #legacy(sku: string): Promise<StoreStock> {
    const item = await this.stockItem(sku);
    if (item.manage_stock === false) return { managed: false, quantity: null, inStock: item.is_in_stock !== false };
    const free = (item.qty ?? 0) - (item.min_qty ?? 0);
    return counted(item.is_in_stock === false ? Math.min(0, free) : free);
  }
}

function fromExport(row: { qty: number | null; is_salable: boolean }): StoreStock {
  if (row.qty === null) return { managed: false, quantity: null, inStock: row.is_salable };
  return counted(row.is_salable ? row.qty : Math.min(0, row.qty));
}

/** Below zero and fractions cannot be sold; what the shop says below zero is kept for the finding. */
function counted(quantity: number): StoreStock {
  const whole = Math.max(0, Math.floor(quantity));
  const stock: StoreStock = { managed: true, quantity: whole, inStock: whole > 0 };
  const below = { shown: quantity };
  return quantity < 0 ? { ...stock, ...below } : stock;
}

/** The number below zero that the shop shows for what can be sold; null when it is none. */
export function shownBelowZero(stock: StoreStock): number | null {
  return 'shown' in stock && typeof stock.shown === 'number' ? stock.shown : null;
}

function failed(key: string, code: string, reason: string, retryable: boolean): RowOutcome<StoreStock> {
  return { ok: false, key, retryable, code, reason };
}
