import type { StockPolicy } from '../stock/policy.ts';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';
import { endAdjustment, setAdjustment } from './stock-adjustments.ts';
import { offerAgain } from './stock-offers.ts';

/** The rules of one SKU on one marketplace; the first three are the SKU's and hold on all of them. Null = by the rule. */
export interface StockRules {
  readonly policy: StockPolicy | null;
  /** Fewer available units than this are shared out by quota. */
  readonly switchPoint: number | null;
  readonly safetyStock: number | null;
  readonly weight: number;
  readonly adjust: number | null;
  readonly cap: number | null;
  readonly reason: string | null;
  readonly until: Date | null;
}

const ofSku = { policy: 'stock_policy', switchPoint: 'quota_threshold', safetyStock: 'safety_stock' } as const;

/** The rules as they are; the reason and the end are those of the adjustment, else of the cap. */
export async function readRules(trx: Tx, listingSkuIds: readonly string[]): Promise<Map<string, StockRules>> {
  const rows = await trx('listing_skus')
    .join('skus', 'skus.id', 'listing_skus.sku_id')
    .whereIn('listing_skus.id', [...listingSkuIds])
    .select('listing_skus.id', 'share_weight', 'skus.stock_policy', 'skus.quota_threshold', 'skus.safety_stock');
  const open = await trx('stock_adjustments')
    .whereIn('listing_sku_id', [...listingSkuIds])
    .whereNull('ended_at');
  return new Map(
    rows.map((row) => {
      const of = (kind: string) => open.find((one) => one.listing_sku_id === row.id && one.kind === kind);
      const [adjust, cap] = [of('adjust'), of('cap')];
      const rules: StockRules = {
        policy: row.stock_policy,
        switchPoint: row.quota_threshold,
        safetyStock: row.safety_stock,
        weight: row.share_weight,
        adjust: adjust?.quantity ?? null,
        cap: cap?.quantity ?? null,
        reason: (adjust ?? cap)?.reason ?? null,
        until: (adjust ?? cap)?.expires_at ?? null,
      };
      return [row.id, rules] as const;
    }),
  );
}

/**
 * Changes rules of one SKU on one marketplace, offers anew, and writes down who changed what under a new version of every
 * row that they hold for. The SKU must be locked.
 */
export async function changeRules(
  trx: Tx,
  listingSkuId: string,
  changes: Partial<StockRules>,
  command: Command,
): Promise<void> {
  const row = await trx('listing_skus').where({ id: listingSkuId }).first('sku_id');
  const siblings: string[] = await trx('listing_skus').where({ sku_id: row.sku_id }).orderBy('id').pluck('id');
  const before = await readRules(trx, siblings);
  const columns = Object.entries(ofSku).filter(([key]) => key in changes);
  if (columns.length > 0)
    await trx('skus')
      .where({ id: row.sku_id })
      .update(Object.fromEntries(columns.map(([key, column]) => [column, changes[key as keyof StockRules]])));
  if (changes.weight !== undefined)
    await trx('listing_skus').where({ id: listingSkuId }).update({ share_weight: changes.weight });
  await changeExceptions(trx, listingSkuId, before.get(listingSkuId), changes, command);
  await offerAgain(trx, [row.sku_id], command);
  const after = await readRules(trx, siblings);
  for (const id of siblings) await remember(trx, id, before.get(id), after.get(id), command);
}

/** The same for the rules that are the SKU's, also of one that is listed nowhere yet. */
export async function changeSkuRules(
  trx: Tx,
  skuId: string,
  changes: Partial<Pick<StockRules, keyof typeof ofSku>>,
  command: Command,
): Promise<void> {
  const listed = await trx('listing_skus').where({ sku_id: skuId }).orderBy('id').first('id');
  if (listed) return changeRules(trx, listed.id, changes, command);
  const columns = Object.entries(ofSku).filter(([key]) => key in changes);
  if (columns.length === 0) return;
  await trx('skus')
    .where({ id: skuId })
    .update(Object.fromEntries(columns.map(([key, column]) => [column, changes[key as keyof typeof ofSku]])));
}

async function changeExceptions(
  trx: Tx,
  listingSkuId: string,
  before: StockRules | undefined,
  changes: Partial<StockRules>,
  command: Command,
): Promise<void> {
  const touched = 'reason' in changes || 'until' in changes;
  for (const kind of ['adjust', 'cap'] as const) {
    const isNamed = kind in changes;
    const quantity = isNamed ? (changes[kind] ?? null) : (before?.[kind] ?? null);
    if (!isNamed && (!touched || quantity === null)) continue;
    if (quantity === null) await endAdjustment(trx, { listingSkuId, kind }, command);
    else {
      const reason = changes.reason ?? command.why ?? before?.reason ?? '';
      const expiresAt = 'until' in changes ? (changes.until ?? null) : (before?.until ?? null);
      await setAdjustment(trx, { listingSkuId, kind, quantity, reason, expiresAt }, command);
    }
  }
}

async function remember(
  trx: Tx,
  listingSkuId: string,
  before: StockRules | undefined,
  after: StockRules | undefined,
  command: Command,
): Promise<void> {
  if (!before || !after) return;
  const plain = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);
  const changed = Object.fromEntries(
    (Object.keys(after) as (keyof StockRules)[])
      .map((key) => [key, [plain(before[key]), plain(after[key])]] as const)
      .filter(([, [old, now]]) => old !== now),
  );
  if (Object.keys(changed).length === 0) return;
  const [row] = await trx('listing_skus')
    .where({ id: listingSkuId })
    .update({ stock_version: trx.raw('stock_version + 1') })
    .returning(['brand_id', 'stock_version']);
  await trx('stock_rule_changes').insert({
    brand_id: row.brand_id,
    listing_sku_id: listingSkuId,
    version: row.stock_version,
    actor: command.actor,
    why: command.why ?? null,
    changed: JSON.stringify(changed),
    at: command.at,
  });
}

export interface RuleChange {
  readonly version: number;
  readonly changed: Readonly<Record<string, readonly [unknown, unknown]>>;
  readonly actor: string;
  readonly at: Date;
}

/** What happened to the rules of these rows after the version at which each was seen, oldest first. */
export async function ruleChangesSince(
  trx: Tx,
  seen: readonly { readonly id: string; readonly version: number }[],
): Promise<Map<string, RuleChange[]>> {
  const { rows } = await trx.raw(
    `select c.listing_sku_id, c.version, c.changed, c.actor, c.at
     from unnest(?::uuid[], ?::int[]) as s(id, version)
     join stock_rule_changes c on c.listing_sku_id = s.id and c.version > s.version order by c.version`,
    [seen.map(({ id }) => id), seen.map(({ version }) => version)],
  );
  const found = new Map<string, RuleChange[]>();
  for (const row of rows as (RuleChange & { listing_sku_id: string })[])
    found.set(row.listing_sku_id, [...(found.get(row.listing_sku_id) ?? []), row]);
  return found;
}
