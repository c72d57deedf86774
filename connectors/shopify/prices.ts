import type { Static } from '@sinclair/typebox';
import type { Money, RowOutcome } from '../contract/common.ts';
import { fromMinor, toMinor } from '../contract/minor-units.ts';
import type { PriceWrite, PriceWritten } from '../contract/store-writing.ts';
import type { BulkDesk } from './bulk.ts';
import type { AdminClient, ShopifyContext } from './client.ts';
import { isGid } from './ids.ts';
import type { answers } from './schema.ts';
import type { pricesWritten } from './schema-writing.ts';
import type { ShopFacts } from './shop.ts';

type Outcome = RowOutcome<PriceWritten>;
type Present = NonNullable<Static<typeof answers.prices>['nodes'][number]>;
type Answer = Static<typeof pricesWritten>;

/** Rows that are read in one call. */
const READS_PER_CALL = 100;
/** Variants of one product that are written in one call. */
const VARIANTS_PER_CALL = 250;
/** From so many products on, prices are written in bulk. */
const DEFAULT_BULK_FROM = 500;

/** A row with the amounts that are to stand in the shop. */
interface Change {
  readonly row: PriceWrite;
  readonly variantId: string;
  readonly productId: string;
  readonly price: string;
  readonly compareAtPrice: string | null;
}

/** Writes of regular and sale prices. Shopify keeps a sale as a price below a struck one, and no dates. */
export class PriceWriter {
  readonly #client: AdminClient;
  readonly #ctx: ShopifyContext;
  readonly #facts: ShopFacts;
  readonly #bulk: BulkDesk;

  constructor(client: AdminClient, ctx: ShopifyContext, facts: ShopFacts, bulk: BulkDesk) {
    this.#client = client;
    this.#ctx = ctx;
    this.#facts = facts;
    this.#bulk = bulk;
  }

  /** Rows that already show what is wanted are not written. Of a product's other rows, each is written or refused alone. */
  async write(rows: readonly PriceWrite[]): Promise<readonly Outcome[]> {
    const outcomes = new Map<string, Outcome>();
    const currency = await this.#facts.currency();
    const present = await this.#present(rows);
    const changes: Change[] = [];
    const seen = new Set<string>();
    for (const row of rows) {
      const planned = plan(row, present.get(row.externalVariantId ?? ''), currency);
      if ('ok' in planned) outcomes.set(row.key, planned);
      else if (seen.has(planned.variantId)) {
        outcomes.set(row.key, refused(row, 'duplicate', `${row.sku} stands in the batch twice.`));
      } else changes.push(planned);
      if (row.externalVariantId !== null) seen.add(row.externalVariantId);
    }
    const groups = groupsOf(changes);
    const bulkFrom = this.#ctx.settings.bulkWritesFrom ?? DEFAULT_BULK_FROM;
    const isDone = groups.length >= bulkFrom && (await this.#inBulk(groups, currency, outcomes));
    if (!isDone) for (const group of groups) settle(group, await this.#call(group), currency, outcomes);
    return rows.map((row) => outcomes.get(row.key) ?? refused(row, 'unknown', 'Nobody answered for this row.'));
  }

  async #present(rows: readonly PriceWrite[]): Promise<ReadonlyMap<string, Present>> {
    const ids = [...new Set(rows.map(({ externalVariantId }) => externalVariantId ?? ''))];
    const known = ids.filter((id) => isGid('ProductVariant', id));
    const found = new Map<string, Present>();
    for (let from = 0; from < known.length; from += READS_PER_CALL) {
      const { nodes } = await this.#client.ask('prices', { ids: known.slice(from, from + READS_PER_CALL) });
      for (const node of nodes) if (node !== null) found.set(node.id, node);
    }
    return found;
  }

  async #call(group: readonly Change[]): Promise<Answer> {
    const { productVariantsBulkUpdate } = await this.#client.ask('setPrices', variablesOf(group));
    return productVariantsBulkUpdate;
  }

  /** False when no work in bulk can be begun now. */
  async #inBulk(groups: readonly Change[][], currency: string, outcomes: Map<string, Outcome>): Promise<boolean> {
    const results = await this.#bulk.writePrices(groups.map(variablesOf));
    if (results === null) return false;
    for (const [index, group] of groups.entries()) {
      const result = results.get(index);
      if (result !== undefined) settle(group, result, currency, outcomes);
      else {
        for (const { row } of group) {
          const reason = 'The work in bulk ended before this row.';
          outcomes.set(row.key, { ok: false, key: row.key, retryable: true, code: 'bulk_ended', reason });
        }
      }
    }
    return true;
  }
}

/** What is to be written, or the row's outcome where nothing is. */
function plan(row: PriceWrite, present: Present | undefined, currency: string): Change | Outcome {
  if (present === undefined) return refused(row, 'not_found', 'The shop does not show this variant any more.');
  const shown = present.sku?.trim() ?? '';
  if (shown !== row.sku.trim()) return refused(row, 'sku_changed', `The shop shows the SKU "${shown}" there now.`);
  const wrong = wrongAmount(row, currency);
  if (wrong !== null) return wrong;
  const sale = row.sale === undefined ? presentSale(present, currency) : (row.sale?.price ?? null);
  if (sale !== null && sale.amountMinor >= row.price.amountMinor) {
    const reason = `The sale price ${fromMinor(sale.amountMinor, currency)} is not below the regular one.`;
    return refused(row, 'sale_not_lower', reason);
  }
  const [price, compareAtPrice] =
    sale === null
      ? [fromMinor(row.price.amountMinor, currency), null]
      : [fromMinor(sale.amountMinor, currency), fromMinor(row.price.amountMinor, currency)];
  const written = { price: row.price, salePrice: sale };
  if (shows(present, written, currency)) return { ok: true, key: row.key, value: written };
  return { row, variantId: present.id, productId: present.product.id, price, compareAtPrice };
}

function wrongAmount(row: PriceWrite, currency: string): Outcome | null {
  const amounts = [row.price, ...(row.sale ? [row.sale.price] : [])];
  const foreign = amounts.find((one) => one.currency !== currency);
  if (foreign !== undefined) {
    return refused(row, 'currency', `The shop's currency is ${currency}, not ${foreign.currency}.`);
  }
  if (amounts.some(({ amountMinor }) => !Number.isSafeInteger(amountMinor) || amountMinor < 0)) {
    return refused(row, 'price', 'An amount is negative or none.');
  }
  if (row.sale != null && (row.sale.from !== null || row.sale.to !== null)) {
    const remedy = 'Send the sale price when the sale begins, and end it when it ends.';
    return refused(row, 'sale_dates', `Shopify keeps no dates of sales. ${remedy}`);
  }
  return null;
}

/** The sale that is on now; null when there is none. */
function presentSale({ price, compareAtPrice }: Present, currency: string): Money | null {
  const [now, struck] = [toMinor(price, currency), compareAtPrice === null ? null : toMinor(compareAtPrice, currency)];
  return now !== null && struck !== null && struck > now ? { amountMinor: now, currency } : null;
}

function shows(
  row: { readonly price: string; readonly compareAtPrice: string | null },
  { price, salePrice }: PriceWritten,
  currency: string,
): boolean {
  const [now, struck] = [
    toMinor(row.price, currency),
    row.compareAtPrice === null ? null : toMinor(row.compareAtPrice, currency),
  ];
  if (salePrice !== null) return now === salePrice.amountMinor && struck === price.amountMinor;
  return now === price.amountMinor && struck === null;
}

function groupsOf(changes: readonly Change[]): Change[][] {
  const groups: Change[][] = [];
  for (const all of Map.groupBy(changes, ({ productId }) => productId).values()) {
    for (let from = 0; from < all.length; from += VARIANTS_PER_CALL) {
      groups.push(all.slice(from, from + VARIANTS_PER_CALL));
    }
  }
  return groups;
}

function variablesOf(group: readonly Change[]): Record<string, unknown> {
  const variants = group.map(({ variantId: id, price, compareAtPrice }) => ({ id, price, compareAtPrice }));
  return { productId: group[0]?.productId, variants };
}

/** Reads off one product's answer what became of its rows; each is compared with what was sent. */
function settle(group: readonly Change[], answer: Answer, currency: string, outcomes: Map<string, Outcome>): void {
  const refusedAt = new Map<number, Answer['userErrors'][number]>();
  for (const error of answer.userErrors) {
    const place = error.field?.[0] === 'variants' ? Number(error.field[1]) : Number.NaN;
    // What concerns no single row concerns all of them.
    if (group[place] === undefined) for (const index of group.keys()) refusedAt.set(index, error);
    else refusedAt.set(place, error);
  }
  for (const [index, { row, variantId, price, compareAtPrice }] of group.entries()) {
    const error = refusedAt.get(index);
    const after = answer.productVariants?.find(({ id }) => id === variantId);
    const wanted = {
      price: row.price,
      salePrice: compareAtPrice === null ? null : { amountMinor: toMinor(price, currency) ?? 0, currency },
    };
    if (error !== undefined) outcomes.set(row.key, refused(row, error.code ?? 'user_error', error.message));
    else if (after === undefined || !shows(after, wanted, currency)) {
      const reason = `The shop shows ${after?.price ?? 'nothing'}, not ${price}.`;
      outcomes.set(row.key, refused(row, 'answer_differs', reason));
    } else outcomes.set(row.key, { ok: true, key: row.key, value: wanted });
  }
}

function refused({ key }: PriceWrite, code: string, reason: string): Outcome {
  return { ok: false, key, retryable: false, code, reason };
}
