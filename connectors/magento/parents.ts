import type { MagentoClient } from './client.ts';
import { searchQuery } from './criteria.ts';
import { check, extensionSchema, listSchema, type MagentoExtension, rowSchema } from './schema.ts';

const PER_PAGE = 300;

/** What stands in a row's extension attributes; empty where it cannot be read. */
export function extensionOf(row: object): MagentoExtension {
  const value = 'extension_attributes' in row ? row.extension_attributes : undefined;
  const verdict = check(extensionSchema, value ?? {});
  return verdict.ok ? verdict.value : {};
}

/** Ids of a configurable product's variants. */
export function childIdsOf(row: object): number[] {
  return (extensionOf(row).configurable_product_links ?? [])
    .map(Number)
    .filter((id) => Number.isSafeInteger(id) && id > 0);
}

/**
 * Which product a variant belongs to: Magento tells it only from the parent's side. Ids alone are kept, two numbers per
 * variant. Complete after a full read that this process did from its beginning, else after one light pass.
 */
export class ParentIndex {
  readonly #client: MagentoClient;
  readonly #parents = new Map<number, number>();
  #building: Promise<void> | null = null;
  #isComplete = false;
  /** Up to which id a full read that began at the first one has come; null: none is under way. */
  #contiguousTo: number | null = null;

  constructor(client: MagentoClient) {
    this.#client = client;
  }

  /** A page of configurable products after `lastId`. */
  notePage(lastId: number, rows: readonly { readonly id: number }[], isEnd: boolean): void {
    for (const row of rows) this.note(row);
    const follows = lastId === 0 || lastId === this.#contiguousTo;
    this.#contiguousTo = follows ? (rows.at(-1)?.id ?? lastId) : null;
    if (follows && isEnd) this.#isComplete = true;
  }

  note(row: { readonly id: number }): void {
    for (const child of childIdsOf(row)) this.#parents.set(child, row.id);
  }

  async parentOf(childId: number): Promise<number | null> {
    await this.#complete();
    return this.#parents.get(childId) ?? null;
  }

  #complete(): Promise<void> {
    if (this.#isComplete) return Promise.resolve();
    this.#building ??= this.#build().finally(() => {
      this.#building = null;
    });
    return this.#building;
  }

  async #build(): Promise<void> {
    const fields = 'items[id,extension_attributes[configurable_product_links]],total_count';
    for (let lastId = 0; ; ) {
      const filters = [
        { field: 'type_id', value: 'configurable' },
        { field: 'entity_id', value: lastId, condition: 'gt' as const },
      ];
      const query = searchQuery({ filters, sort: ['entity_id'], pageSize: PER_PAGE, fields });
      const call = { method: 'GET', path: 'products', query, operation: 'products.parents' } as const;
      const { items, total_count: total } = await this.#client.ask(call, listSchema(rowSchema));
      const rows = items ?? [];
      for (const row of rows) this.note(row);
      lastId = rows.at(-1)?.id ?? lastId;
      if (rows.length === 0 || rows.length >= (total ?? 0)) break;
    }
    this.#isComplete = true;
  }
}
