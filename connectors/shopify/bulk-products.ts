import { Type } from '@sinclair/typebox';
import type { FileReader } from './bulk-file.ts';
import type { RawProduct } from './mapping.ts';
import { check } from './schema.ts';
import { text } from './shapes.ts';

/** Every line: a product, or a child that names its parent. */
const lineSchema = Type.Object({ id: text, __parentId: Type.Optional(text), updatedAt: Type.Optional(text) });
const ownItemSchema = Type.Object({ inventoryItem: Type.Object({ id: text }) });
const levelSchema = Type.Object({
  location: Type.Object({ id: text }),
  quantities: Type.Array(Type.Object({ name: text, quantity: Type.Number() })),
});

/** A product of a result in bulk, its lines joined. */
export interface BulkProduct extends RawProduct {
  /** Available pieces by inventory item and location. */
  readonly levels: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Children that do not follow their parent: they cannot be joined without holding everything in memory. */
export class LinesMixed extends Error {
  override readonly name = 'LinesMixed';
}

interface Growing {
  readonly id: string;
  readonly updatedAt: string;
  readonly row: Record<string, unknown>;
  readonly collections: unknown[];
  readonly media: unknown[];
  readonly variants: Map<string, Record<string, unknown>>;
  /** Whether levels name the variant or its inventory item as parent is UNCONFIRMED: both are understood. */
  readonly variantByItem: Map<string, string>;
  readonly levels: Map<string, Map<string, number>>;
}

/**
 * Joins the lines of so many products from a byte on. A product is whole when the next one begins, or the file ends.
 * @returns the products and where the next one begins; null = the file is at its end
 */
export async function joinProducts(
  files: Pick<FileReader, 'lines'>,
  url: string,
  { byte, limit }: { readonly byte: number; readonly limit: number },
): Promise<{ readonly products: BulkProduct[]; readonly next: number | null }> {
  const products: BulkProduct[] = [];
  let open: Growing | null = null;
  for await (const { line, from } of files.lines(url, byte)) {
    const fits = check(lineSchema, line);
    if (!fits.ok) throw new LinesMixed(`a line without id (${fits.problem})`);
    const { __parentId: parentId, id, updatedAt } = fits.value;
    if (parentId === undefined) {
      if (open !== null) products.push(whole(open));
      if (products.length >= limit) return { products, next: from };
      open = {
        id,
        updatedAt: updatedAt ?? '',
        row: { ...(line as Record<string, unknown>) },
        collections: [],
        media: [],
        variants: new Map(),
        variantByItem: new Map(),
        levels: new Map(),
      };
    } else if (open === null || !adopt(open, parentId, line as Record<string, unknown>)) {
      throw new LinesMixed(`${id} does not follow its parent`);
    }
  }
  if (open !== null) products.push(whole(open));
  return { products, next: null };
}

/** False when the child belongs to another product. */
function adopt(open: Growing, parentId: string, { __parentId, ...child }: Record<string, unknown>): boolean {
  const id = String(child.id);
  if (parentId === open.id) {
    if (id.startsWith('gid://shopify/ProductVariant/')) addVariant(open, id, child);
    else if (id.startsWith('gid://shopify/Collection/')) open.collections.push(child);
    else open.media.push(child);
    return true;
  }
  const variantId = open.variants.has(parentId) ? parentId : open.variantByItem.get(parentId);
  const level = check(levelSchema, child);
  if (variantId === undefined) return false;
  if (level.ok) {
    const available = level.value.quantities.find(({ name }) => name === 'available')?.quantity;
    const own = open.levels.get(variantId) ?? new Map<string, number>();
    if (available !== undefined) own.set(level.value.location.id, available);
    open.levels.set(variantId, own);
  }
  return true;
}

function addVariant(open: Growing, id: string, row: Record<string, unknown>): void {
  open.variants.set(id, row);
  const item = check(ownItemSchema, row);
  if (item.ok) open.variantByItem.set(item.value.inventoryItem.id, id);
}

function whole({ id, updatedAt, row, collections, media, variants, levels }: Growing): BulkProduct {
  // Every product of Shopify has a variant.
  if (variants.size === 0) throw new LinesMixed(`no variant follows ${id}`);
  return {
    id,
    updatedAt,
    row: { ...row, collections: { nodes: collections }, media: { nodes: media } },
    variants: [...variants.values()],
    levels,
  };
}
