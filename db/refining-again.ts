import type { RowFinding, StoreVariant } from '../connectors/contract/store.ts';
import type { Tx } from './database.ts';
import { productChanged } from './listings.ts';
import { kept, keptReason, ownedColumns, plain } from './refining-kept.ts';
import { type OriginRow, productColumns, refinedAgain, saveOrigin, skuColumns, storable } from './refining-origins.ts';
import { rulesFor } from './refining-rules.ts';
import { type Command, forDriver, lock, mustStep, type Row } from './steps.ts';

/** Products that wait to be refined again, by id. */
export async function staleProducts(trx: Tx, limit: number): Promise<string[]> {
  return trx('product_origins').whereNotNull('stale_since').orderBy('product_id').limit(limit).pluck('product_id');
}

/**
 * Refines one product again from what its source said, with the rules that hold now. What people set stays; a product that
 * comes out as it was is not touched. Its own transaction, so that nobody waits for more than one product.
 */
export async function refineAgain(trx: Tx, productId: string, command: Command): Promise<'changed' | 'unchanged'> {
  const product = await lock(trx, 'product', productId);
  const origin: OriginRow | undefined = await trx('product_origins').where({ product_id: productId }).first();
  if (!product || !origin || origin.stale_since === null) return 'unchanged';
  const rules = await rulesFor(trx, origin.brand_id);
  const { raw, refined } = refinedAgain(origin, rules);
  const columns = changesOf(product, productColumns(refined.product));
  const skus = await skuChanges(trx, productId, refined.product.variants);
  const findings = [
    ...refined.findings,
    ...otherFindings(product, origin),
    ...kept(product, productColumns(refined.product)),
    ...skus.kept,
  ];
  for (const { id, changes } of skus.changed) await trx('skus').where({ id }).update(forDriver(changes));
  await trx('products')
    .where({ id: productId })
    .update({ findings: storable(findings), blocking_findings: findings.filter(({ blocking }) => blocking).length });
  const { brand_id: brandId, source_kind: kind } = origin;
  await saveOrigin(trx, { productId, brandId, kind, raw, refined, rules, at: command.at });
  if (Object.keys(columns).length === 0 && skus.changed.length === 0) return 'unchanged';
  const own = { ...command, commandId: `product/${productId}/refined/${product.version}` };
  await mustStep(trx, { machine: 'product', id: productId, event: 'REFINED', changes: columns }, own);
  const before = { title: String(product.title), descriptionHtml: String(product.description_html) };
  await productChanged(trx, productId, before, own);
  return 'changed';
}

/** What a row would get that it does not have, without what people set. */
function changesOf(
  row: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const owned = ownedColumns(row);
  return Object.fromEntries(
    Object.entries(wanted).filter(([column, value]) => !owned.has(column) && plain(row[column]) !== plain(value)),
  );
}

async function skuChanges(trx: Tx, productId: string, variants: readonly StoreVariant[]) {
  const rows: Row[] = await trx('skus').where({ product_id: productId }).orderBy('id').forNoKeyUpdate();
  const bySku = new Map(rows.map((row) => [String(row.sku), row]));
  const changed: { id: string; changes: Record<string, unknown> }[] = [];
  const findings: RowFinding[] = [];
  for (const variant of variants) {
    const row = bySku.get(variant.sku ?? '');
    if (!row) continue;
    const wanted = skuColumns(variant);
    // As at an import: a weight that is there is not taken away by a source that has none.
    if (variant.weightGrams === null) delete wanted.weight_grams;
    const changes = changesOf(row, wanted);
    if (Object.keys(changes).length > 0) changed.push({ id: row.id, changes });
    findings.push(...kept(row, wanted, `variants.${row.sku}.`));
  }
  return { changed, kept: findings };
}

/** Findings that neither the source nor a rule made, such as a SKU of another product. */
function otherFindings(product: Row, origin: OriginRow): RowFinding[] {
  const before = new Set((origin.findings ?? []).map(plain));
  return (product.findings as RowFinding[]).filter(
    (finding) => !before.has(plain(finding)) && !finding.reason.startsWith(keptReason),
  );
}
