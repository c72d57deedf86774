import { createHash, randomUUID } from 'node:crypto';
import { refine } from '../cleaning/refine.ts';
import type { RuleBook } from '../cleaning/rules.ts';
import type { StoreProduct } from '../connectors/contract/store.ts';
import { productReturned } from './catalogue-compare.ts';
import { lockKnown } from './catalogue-locks.ts';
import { odditiesOf } from './catalogue-oddities.ts';
import { sellable, takeLevelsOf, upsertVariants } from './catalogue-variants.ts';
import type { Tx } from './database.ts';
import { makeListings, productChanged } from './listings.ts';
import { kept, ownedColumns } from './refining-kept.ts';
import { productColumns, type SourceKind, saveOrigin, storable } from './refining-origins.ts';
import { rulesFor } from './refining-rules.ts';
import type { SkuNotes } from './sku-notes.ts';
import { type Command, create, type Row, step } from './steps.ts';

/** read = new + changed + unchanged + duplicate + held + refused, always. */
export interface ImportCounts {
  read: number;
  new: number;
  changed: number;
  unchanged: number;
  /** The same product twice in one reading. */
  duplicate: number;
  /** Imported with findings that forbid selling it. */
  held: number;
  /** Not imported: nothing of it can be sold or named. */
  refused: number;
}

export const noCounts = (): ImportCounts => ({
  read: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  duplicate: 0,
  held: 0,
  refused: 0,
});

export function addCounts(a: ImportCounts, b: ImportCounts): ImportCounts {
  return Object.fromEntries(
    Object.keys(a).map((key) => [key, a[key as keyof ImportCounts] + b[key as keyof ImportCounts]]),
  ) as unknown as ImportCounts;
}

/** Everything of a product that a person would call a change; stock levels travel by themselves. */
function sourceHash(product: StoreProduct): string {
  const { raw: _raw, modifiedAt: _modifiedAt, variants, ...content } = product;
  const plain = variants.map(({ stock: _stock, ...variant }) => variant);
  return createHash('sha256')
    .update(JSON.stringify([content, plain]))
    .digest('hex')
    .slice(0, 32);
}

export interface ImportInput {
  readonly connectionId: string;
  readonly brandId: string;
  readonly currency: string;
  readonly products: readonly StoreProduct[];
  /** The stock ledger's end before the shop was read. */
  readonly ledgerMark: number;
  /** Cleaning rules; absent: those in force for the brand. */
  readonly rules?: RuleBook;
  /** Absent: a shop. */
  readonly source?: SourceKind;
}

type Import = ImportInput & { readonly rules: RuleBook };

/** Takes one page of a shop's catalogue over. Repeated, it changes nothing; what ops set is never overwritten. */
export async function importProducts(trx: Tx, input: ImportInput, command: Command): Promise<ImportCounts> {
  const counts = noCounts();
  const seen = new Set<string>();
  const refining: Import = { ...input, rules: input.rules ?? (await rulesFor(trx, input.brandId)) };
  await lockKnown(trx, input.connectionId, input.products);
  for (const product of input.products) {
    counts.read += 1;
    if (seen.has(product.externalId)) {
      counts.duplicate += 1;
      continue;
    }
    seen.add(product.externalId);
    const own = { ...command, commandId: `${command.commandId}/${product.externalId}` };
    counts[await importProduct(trx, refining, product, own)] += 1;
  }
  return counts;
}

async function importProduct(
  trx: Tx,
  input: Import,
  source: StoreProduct,
  command: Command,
): Promise<keyof Omit<ImportCounts, 'read' | 'duplicate'>> {
  const hash = sourceHash(source);
  const refined = refine(source, input.rules);
  const { product } = refined;
  await trx('source_records')
    .insert({
      connection_id: input.connectionId,
      resource: 'product',
      external_id: product.externalId,
      brand_id: input.brandId,
      content_hash: hash,
      raw: storable(product.raw ?? null),
      seen_at: command.at,
    })
    .onConflict(['connection_id', 'resource', 'external_id'])
    .merge(['content_hash', 'raw', 'seen_at']);
  if (product.title.trim() === '' && !product.variants.some(sellable)) return 'refused';
  const known = (await trx('products')
    .where({ store_connection_id: input.connectionId, external_id: product.externalId })
    .forNoKeyUpdate()
    .first()) as Row | undefined;
  const findings = [...refined.findings, ...odditiesOf(source)];
  const productId = known?.id ?? randomUUID();
  const isSame = known?.source_hash === hash;
  // What had vanished and is there again is a change, whatever its content.
  const outcome = !known ? 'new' : isSame && known.gone_at === null ? 'unchanged' : 'changed';
  if (!known) {
    await create(
      trx,
      'product',
      { id: productId, ...columnsOf(input, product), source_hash: hash, created_at: command.at },
      command,
    );
  }
  const noted: SkuNotes = {};
  if (outcome !== 'unchanged') {
    findings.push(...(await upsertVariants(trx, input, { productId, product, noted }, command)));
    if (known) findings.push(...kept(known, productColumns(product)));
    await trx('products')
      .where({ id: productId })
      .update({
        findings: storable(findings),
        blocking_findings: findings.filter(({ blocking }) => blocking).length,
      });
    const origin = { productId, brandId: input.brandId, kind: input.source ?? 'shop', raw: source, refined } as const;
    await saveOrigin(trx, { ...origin, rules: input.rules, at: command.at });
  }
  if (known && !isSame) await takeChange(trx, input, { known, product, hash, noted }, command);
  if (known && known.gone_at !== null) await productReturned(trx, productId, command);
  await takeLevelsOf(trx, { productId, product, mark: input.ledgerMark }, command);
  return outcome === 'new' && findings.some(({ blocking }) => blocking) ? 'held' : outcome;
}

function columnsOf(input: ImportInput, product: StoreProduct): Record<string, unknown> {
  return {
    brand_id: input.brandId,
    store_connection_id: input.connectionId,
    external_id: product.externalId,
    ...productColumns(product),
  };
}

async function takeChange(
  trx: Tx,
  input: ImportInput,
  { known, product, hash, noted }: { known: Row; product: StoreProduct; hash: string; noted: SkuNotes },
  command: Command,
): Promise<void> {
  const owned = ownedColumns(known);
  const columns = Object.entries(columnsOf(input, product)).filter(([column]) => !owned.has(column));
  const before = { title: String(known.title), descriptionHtml: String(known.description_html) };
  await step(
    trx,
    {
      machine: 'product',
      id: known.id,
      event: 'CHANGED_IN_SHOP',
      changes: { ...Object.fromEntries(columns), source_hash: hash, gone_at: null },
      noted,
    },
    {
      ...command,
      commandId: `${command.commandId}/changed/${known.version}`,
      role: 'connector',
    },
  );
  await productChanged(trx, known.id, before, { ...command, role: 'connector' });
}

/** Makes listings for what is new, on every marketplace that is connected. */
export async function listEverywhere(trx: Tx, brandId: string, command: Command): Promise<number> {
  const marketplaces = await trx('connections')
    .where({ kind: 'marketplace' })
    .whereIn('state', ['CONNECTED', 'DEGRADED'])
    .where((either) => either.whereNull('brand_id').orWhere({ brand_id: brandId }))
    .orderBy('code');
  let made = 0;
  for (const { id } of marketplaces) {
    made += await makeListings(
      trx,
      { brandId, connectionId: id },
      { ...command, commandId: `${command.commandId}/${id}` },
    );
  }
  return made;
}
