import { ConnectorError, type ConnectorErrorKind } from '../errors.ts';
import type { WooCall, WooClient } from './client.ts';
import { check, productSchema, rowsSchema, variationSchema } from './schema.ts';

const PER_CALL = 100;

/** A variation's row as the shop sent it. */
export interface VariationRow {
  readonly id: number;
  readonly parentId: number;
  readonly row: unknown;
}

type Namespace = NonNullable<WooCall['namespace']>;
const REFUSALS: ReadonlySet<ConnectorErrorKind> = new Set(['Unauthorized', 'Rejected', 'NotFound']);

/**
 * Variations by their ids. Shops since WooCommerce 10.3 list them across products with `GET /variations`; for older ones
 * each product is asked for its own. Which one it is, is found out once.
 */
export class VariationReader {
  readonly #client: WooClient;
  #ownRoute: boolean | null = null;
  #analyticsRoute: boolean | null = null;

  constructor(client: WooClient) {
    this.#client = client;
  }

  /** True when the shop lists variations across products. */
  async hasOwnRoute(): Promise<boolean> {
    if (this.#ownRoute === null) await this.#tryOwnRoute([], 'id', 'variations.probe');
    return this.#ownRoute === true;
  }

  /**
   * Where changed variations are listed across products: `GET /variations` of wc/v3 since 10.3, before it that of
   * WooCommerce's own reports (`wc-analytics`, since 4.0: `Admin\API\ProductVariations`), which takes the same filters.
   * @returns null where neither is there
   */
  async listedIn(): Promise<Namespace | null> {
    if (await this.hasOwnRoute()) return 'wc/v3';
    this.#analyticsRoute ??= await this.#hasAnalyticsRoute();
    return this.#analyticsRoute ? 'wc-analytics' : null;
  }

  async #hasAnalyticsRoute(): Promise<boolean> {
    const call = {
      method: 'GET',
      path: 'variations',
      namespace: 'wc-analytics',
      operation: 'variations.probe',
    } as const;
    try {
      await this.#client.ask({ ...call, query: { per_page: 1, _fields: 'id' } }, rowsSchema);
      return true;
    } catch (error) {
      // Sites close what only their own reports use; the products were read with the same key a moment ago.
      if (error instanceof ConnectorError && REFUSALS.has(error.kind)) return false;
      throw error;
    }
  }

  /**
   * @param idsByParent product id → its variations' ids
   * @param fields for `_fields`; must contain `id`
   */
  async read(
    idsByParent: ReadonlyMap<number, readonly number[]>,
    fields: string,
    operation: string,
  ): Promise<VariationRow[]> {
    const parentOf = new Map<number, number>();
    for (const [parent, ids] of idsByParent) for (const id of ids) parentOf.set(id, parent);
    const ids = [...parentOf.keys()];
    const found: VariationRow[] = [];
    for (let from = 0; from < ids.length && this.#ownRoute !== false; from += PER_CALL) {
      const rows = await this.#tryOwnRoute(ids.slice(from, from + PER_CALL), fields, operation);
      for (const row of rows ?? []) found.push({ id: row.id, parentId: parentOf.get(row.id) ?? 0, row });
    }
    if (this.#ownRoute !== false) return found;
    const perParent: VariationRow[] = [];
    for (const [parentId, own] of idsByParent) {
      if (own.length > 0) perParent.push(...(await this.#ofOneProduct(parentId, own, fields, operation)));
    }
    return perParent;
  }

  /** Null when the shop has no such route. */
  async #tryOwnRoute(ids: readonly number[], _fields: string, operation: string): Promise<{ id: number }[] | null> {
    const include = ids.length === 0 ? { per_page: 1 } : { include: ids, per_page: PER_CALL };
    const query = { ...include, orderby: 'id', order: 'asc', _fields };
    try {
      const rows = await this.#client.ask({ method: 'GET', path: 'variations', query, operation }, rowsSchema);
      this.#ownRoute = true;
      return rows;
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.details.code !== 'rest_no_route') throw error;
      this.#ownRoute = false;
      return null;
    }
  }

  async #ofOneProduct(
    parentId: number,
    ids: readonly number[],
    _fields: string,
    operation: string,
  ): Promise<VariationRow[]> {
    const found: VariationRow[] = [];
    for (let from = 0; from < ids.length; from += PER_CALL) {
      const include = ids.slice(from, from + PER_CALL);
      const query = { include, per_page: PER_CALL, orderby: 'id', order: 'asc', _fields };
      const path = `products/${parentId}/variations`;
      try {
        const rows = await this.#client.ask({ method: 'GET', path, query, operation }, rowsSchema);
        for (const row of rows) found.push({ id: row.id, parentId, row });
      } catch (error) {
        // The product went away between two calls: its variations are missing, and are reported as missing.
        if (!(error instanceof ConnectorError) || error.kind !== 'NotFound') throw error;
      }
    }
    return found;
  }
}

/** The variations that a product's row names; none for a row that cannot be read. */
export function variationIdsOf(row: unknown): readonly number[] {
  const verdict = check(productSchema, row);
  if (!verdict.ok || !verdict.value.type.startsWith('variable')) return [];
  return verdict.value.variations ?? [];
}

/** The product that a variation's row belongs to; null where it does not say so. */
export function parentIdOf(row: unknown): number | null {
  const verdict = check(variationSchema, row);
  const parent = verdict.ok ? (verdict.value.parent_id ?? 0) : 0;
  return parent > 0 ? parent : null;
}
