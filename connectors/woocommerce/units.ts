import type { Static } from '@sinclair/typebox';
import type { RowOutcome } from '../contract/common.ts';
import type { VariantKey } from '../contract/store-writing.ts';
import { ConnectorError, type ConnectorErrorKind } from '../errors.ts';
import type { WooClient } from './client.ts';
import { batchErrorSchema, batchSchema, check, rowSchema, rowsSchema } from './schema.ts';
import type { VariationReader } from './variations.ts';

/** Ids that a list takes at once. */
const IDS_PER_CALL = 100;
/**
 * Rows that one batch changes. WooCommerce takes 100; it saves them one after another, and a shop needs up to a minute
 * for that many.
 */
export const ROWS_PER_BATCH = 50;
/** The shop's own words for "that did not fail because of what you sent". */
const SERVER_FAULT = 500;

/** What says something about the row, not about the connection. */
const REFUSALS: ReadonlySet<ConnectorErrorKind> = new Set(['Rejected', 'NotFound', 'Duplicate']);

/** One sellable unit in the shop: a simple product, or a variation of a product. */
export interface Unit {
  readonly id: number;
  /** 0 for a simple product. */
  readonly parentId: number;
}

/** A unit's new values, named by the caller's key. */
export interface UnitChange {
  readonly key: string;
  readonly unit: Unit;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Reads and changes products and variations by their ids, in as few calls as the shop allows. */
export class UnitDesk {
  readonly #client: WooClient;
  readonly #variations: VariationReader;

  constructor(client: WooClient, variations: VariationReader) {
    this.#client = client;
    this.#variations = variations;
  }

  /**
   * The rows as the shop sends them, by unit id; units that the shop does not have are missing.
   * @param fields for `_fields`; must contain `id`
   */
  async read(units: readonly Unit[], fields: string, operation: string): Promise<Map<number, unknown>> {
    const rows = new Map<number, unknown>();
    const products = [...new Set(units.filter(({ parentId }) => parentId === 0).map(({ id }) => id))];
    for (const include of chunks(products, IDS_PER_CALL)) {
      const query = { include, per_page: IDS_PER_CALL, orderby: 'id', order: 'asc', _fields: fields };
      const call = { method: 'GET', path: 'products', query, operation } as const;
      for (const row of await this.#client.ask(call, rowsSchema)) rows.set(row.id, row);
    }
    const byParent = new Map<number, Set<number>>();
    for (const { id, parentId } of units) {
      if (parentId !== 0) byParent.set(parentId, (byParent.get(parentId) ?? new Set()).add(id));
    }
    const ids = new Map([...byParent].map(([parent, own]) => [parent, [...own]] as const));
    for (const { id, row } of await this.#variations.read(ids, fields, operation)) rows.set(id, row);
    return rows;
  }

  /**
   * Changes units; absolute values, therefore harmless when repeated. A row that the shop refuses is an outcome of its
   * own, the others are saved all the same.
   *
   * @returns for each change the row that the shop answered, which is what it keeps
   * @throws ConnectorError when a call as a whole fails; rows of earlier calls are saved then
   */
  async change(changes: readonly UnitChange[], operation: string): Promise<RowOutcome<unknown>[]> {
    const outcomes: RowOutcome<unknown>[] = [];
    for (const [path, group] of byCollection(changes)) {
      for (const part of chunks(group, ROWS_PER_BATCH)) {
        outcomes.push(...(await this.#changePart(path, part, operation)));
      }
    }
    return outcomes;
  }

  async #changePart(path: string, part: readonly UnitChange[], operation: string): Promise<RowOutcome<unknown>[]> {
    const [only] = part;
    if (part.length === 1 && only !== undefined) {
      const call = { method: 'PUT', path: `${path}/${only.unit.id}`, body: only.body, operation } as const;
      try {
        return [{ ok: true, key: only.key, value: await this.#client.ask(call, rowSchema) }];
      } catch (error) {
        if (!(error instanceof ConnectorError) || !REFUSALS.has(error.kind)) throw error;
        const reason = `The shop refuses it: ${error.message}`;
        return [refusedOutcome(only.key, error.details.code ?? error.kind, reason)];
      }
    }
    const update = part.map(({ unit, body }) => ({ id: unit.id, ...body }));
    const call = { method: 'POST', path: `${path}/batch`, body: { update }, operation } as const;
    const { update: rows = [] } = await this.#client.ask(call, batchSchema);
    // Rows come back in the order of the request; the id is checked, so that no row is taken for another.
    return part.map(({ key, unit }, index) => {
      const row = rows[index];
      const failed = check(batchErrorSchema, row);
      if (failed.ok) return failedRow(key, failed.value.error);
      const made = check(rowSchema, row);
      if (made.ok && made.value.id === unit.id) return { ok: true, key, value: row };
      const reason = 'The shop’s answer to the batch does not name this row.';
      return { ok: false, key, retryable: true, code: 'unanswered', reason };
    });
  }
}

/** The unit that the import stored; null when its ids are none of WooCommerce. */
export function unitOf({ externalProductId, externalVariantId }: VariantKey): Unit | null {
  const productId = idOf(externalProductId);
  // A simple product's only variant may come with the product's own id.
  const isSimple = externalVariantId === null || externalVariantId === externalProductId;
  const id = isSimple ? productId : idOf(externalVariantId);
  return productId === null || id === null ? null : { id, parentId: isSimple ? 0 : productId };
}

/** A row that is refused before anything is sent, or by the shop for good. */
export function refusedOutcome(key: string, code: string, reason: string): RowOutcome<never> {
  return { ok: false, key, retryable: false, code, reason };
}

function idOf(text: string): number | null {
  const id = /^\d+$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

function byCollection(changes: readonly UnitChange[]): Map<string, UnitChange[]> {
  const groups = new Map<string, UnitChange[]>();
  for (const change of changes) {
    const { parentId } = change.unit;
    const path = parentId === 0 ? 'products' : `products/${parentId}/variations`;
    groups.set(path, [...(groups.get(path) ?? []), change]);
  }
  return groups;
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const parts: Item[][] = [];
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
}

function failedRow(key: string, error: Static<typeof batchErrorSchema>['error']): RowOutcome<never> {
  const { data } = error;
  const status = typeof data === 'object' && data !== null && 'status' in data ? Number(data.status) : 0;
  const reason = `The shop refuses it: ${error.message || error.code}`;
  return { ok: false, key, retryable: status >= SERVER_FAULT, code: String(error.code), reason };
}
