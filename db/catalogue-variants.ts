import { randomUUID } from 'node:crypto';
import type { RowFinding, StoreProduct, StoreVariant } from '../connectors/contract/store.ts';
import type { Tx } from './database.ts';
import { kept, ownedColumns } from './refining-kept.ts';
import { skuColumns } from './refining-origins.ts';
import { type SkuNotes, skuNotes } from './sku-notes.ts';
import { type Command, forDriver, type Row } from './steps.ts';
import { offerAgain } from './stock.ts';
import { takeLevels } from './stock-levels.ts';

type Sellable = StoreVariant & { readonly sku: string };
interface Shop {
  readonly brandId: string;
  readonly currency: string;
}

/** Rows of one statement. */
const rowsAtOnce = 500;

export const sellable = (variant: StoreVariant): variant is Sellable =>
  variant.sku !== null && variant.sku.trim() !== '';

/** Variants that can be told apart: of those with one SKU the first; the others are findings. */
function distinct(product: StoreProduct): { variants: Sellable[]; doubled: string[] } {
  const bySku = new Map<string, Sellable>();
  const doubled = new Set<string>();
  for (const variant of product.variants.filter(sellable)) {
    if (bySku.has(variant.sku)) doubled.add(variant.sku);
    else bySku.set(variant.sku, variant);
  }
  return { variants: [...bySku.values()], doubled: [...doubled] };
}

/** Takes the variants of a product over as its SKUs. `noted` takes what differs of known SKUs, for the product's history. */
export async function upsertVariants(
  trx: Tx,
  shop: Shop,
  { productId, product, noted }: { productId: string; product: StoreProduct; noted: SkuNotes },
  command: Command,
): Promise<RowFinding[]> {
  const { variants, doubled } = distinct(product);
  const findings = doubled
    .filter((sku) => !product.findings.some(({ field, value }) => field === 'sku' && value === sku))
    .map(doubledSku);
  const knownRows: Row[] = await trx('skus')
    .where({ brand_id: shop.brandId })
    .whereIn(
      'sku',
      variants.map(({ sku }) => sku),
    );
  const known = new Map(knownRows.map((row) => [String(row.sku), row]));
  const returned: string[] = [];
  const fresh: Record<string, unknown>[] = [];
  for (const variant of variants) {
    const row = known.get(variant.sku);
    const columns = columnsOf(shop, variant);
    if (row === undefined) {
      const id = randomUUID();
      const own = { id, brand_id: shop.brandId, product_id: productId, sku: variant.sku };
      fresh.push({ ...own, ...columns, created_at: command.at });
    } else if (row.product_id !== productId) findings.push(ofAnother(variant.sku));
    else {
      if (row.gone_at !== null) returned.push(row.id);
      findings.push(...kept(row, skuColumns(variant), `variants.${variant.sku}.`));
      const owned = ownedColumns(row);
      // A weight that was typed in before owners were noted stays: the shop that has none must not take it away again.
      if (variant.weightGrams === null && row.weight_grams) owned.add('weight_grams');
      const changes = Object.fromEntries(Object.entries(columns).filter(([column]) => !owned.has(column)));
      Object.assign(noted, skuNotes(row, changes));
      await trx('skus').where({ id: row.id }).update(changes);
    }
  }
  for (let from = 0; from < fresh.length; from += rowsAtOnce)
    await trx('skus').insert(fresh.slice(from, from + rowsAtOnce));
  const vanished = await markGone(trx, productId, variants, command);
  await offerAgain(trx, [...vanished, ...returned], command);
  return findings;
}

function columnsOf({ currency }: Shop, variant: Sellable): Record<string, unknown> {
  return forDriver({
    external_variant_id: variant.externalId,
    ...skuColumns(variant),
    price_minor: variant.price?.amountMinor ?? null,
    sale_price_minor: variant.salePrice?.amountMinor ?? null,
    sale_from: variant.saleFrom,
    sale_until: variant.saleTo,
    currency: variant.price?.currency ?? currency,
    stock_managed: variant.stock.managed,
    gone_at: null,
  });
}

const doubledSku = (sku: string): RowFinding => ({
  field: 'sku',
  value: sku,
  reason: `Several variants of this product have the SKU ${sku}; the first one is taken.`,
  remedy: 'Give each variant a SKU of its own in the shop.',
  blocking: true,
});

const ofAnother = (sku: string): RowFinding => ({
  field: 'sku',
  value: sku,
  reason: `The SKU ${sku} belongs to another product of this brand.`,
  remedy: 'Give one of the two another SKU in the shop.',
  blocking: true,
});

/** Variants that the shop no longer has are offered nowhere; orders and books keep them. */
async function markGone(
  trx: Tx,
  productId: string,
  variants: readonly Sellable[],
  command: Command,
): Promise<string[]> {
  const rows: { id: string }[] = await trx('skus')
    .where({ product_id: productId, gone_at: null })
    .whereNotIn(
      'sku',
      variants.map(({ sku }) => sku),
    )
    .update({ gone_at: command.at })
    .returning('id');
  return rows.map(({ id }) => id);
}

/** Takes the levels over that came with a product, for those of its variants that the shop counts. */
export async function takeLevelsOf(
  trx: Tx,
  { productId, product, mark }: { productId: string; product: StoreProduct; mark: number },
  command: Command,
): Promise<void> {
  const counted = distinct(product).variants.filter(({ stock }) => stock.managed && stock.quantity !== null);
  if (counted.length === 0) return;
  const rows = await trx('skus')
    .where({ product_id: productId })
    .whereIn(
      'sku',
      counted.map(({ sku }) => sku),
    )
    .select('id', 'sku');
  const idOf = new Map(rows.map(({ id, sku }) => [sku, id as string]));
  const levels = counted.flatMap(({ sku, stock }) => {
    const skuId = idOf.get(sku);
    return skuId === undefined ? [] : [{ skuId, quantity: stock.quantity ?? 0 }];
  });
  await takeLevels(trx, { levels, mark, reason: 'read from the shop' }, command);
}
