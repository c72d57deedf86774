import type { Money, RowOutcome } from '../contract/common.ts';
import type { PriceWrite, PriceWritten } from '../contract/store-writing.ts';
import type { MagentoClient, MagentoContext } from './client.ts';
import { filled } from './errors.ts';
import { amountOf, toNumber } from './money.ts';
import { type PriceReader, SALE_WITHOUT_END } from './price-reads.ts';
import { failuresSchema, type SpecialPrice } from './schema.ts';
import type { FactsReader } from './shop.ts';
import { formatLocal } from './text.ts';

/** `webapi/validation` allows 20 rows, where a shop has it on. */
const ROWS_PER_CALL = 20;

type Outcome = RowOutcome<PriceWritten>;
type Failure = { readonly message: string; readonly parameters?: unknown };
type List = 'base-prices' | 'special-price' | 'special-price-delete';

/**
 * Base and special prices at the global scope. The answer is 200 also where rows failed, and names only these; all
 * prices are read back. A website's own price (price scope "website") stays as it is.
 */
export class PriceWriter {
  readonly #client: MagentoClient;
  readonly #ctx: MagentoContext;
  readonly #facts: FactsReader;
  readonly #reader: PriceReader;

  constructor(client: MagentoClient, ctx: MagentoContext, facts: FactsReader, reader: PriceReader) {
    this.#client = client;
    this.#ctx = ctx;
    this.#facts = facts;
    this.#reader = reader;
  }

  async write(rows: readonly PriceWrite[]): Promise<readonly Outcome[]> {
    const { currency } = await this.#facts.read();
    const outcomes = new Map<string, Outcome>();
    const seen = new Set<string>();
    const open: PriceWrite[] = [];
    for (const row of rows) {
      const problem = problemOf(row, currency);
      if (problem !== null) outcomes.set(row.key, refused(row, problem.code, problem.reason));
      else if (seen.has(row.sku.toLowerCase())) {
        outcomes.set(row.key, refused(row, 'duplicate_row', `${row.sku} is in the batch twice.`));
      } else open.push(row);
      seen.add(row.sku.toLowerCase());
    }
    for (let from = 0; from < open.length; from += ROWS_PER_CALL) {
      const chunk = open.slice(from, from + ROWS_PER_CALL);
      for (const outcome of await this.#chunk(chunk, currency)) outcomes.set(outcome.key, outcome);
    }
    return rows.map((row) => outcomes.get(row.key) ?? refused(row, 'unknown', 'The row was not worked on.'));
  }

  async #chunk(rows: readonly PriceWrite[], currency: string): Promise<Outcome[]> {
    const base = rows.map(({ sku, price }) => ({ sku, store_id: 0, price: toNumber(price.amountMinor, currency) }));
    const failed = new Map((await this.#send('base-prices', base, rows)).map((one) => [one.key, one]));
    const good = rows.filter(({ key }) => !failed.has(key));
    for (const outcome of await this.#sales(good, currency)) failed.set(outcome.key, outcome);
    const left = good.filter(({ key }) => !failed.has(key));
    const now = await this.#ctx.clock.now();
    const shown = await this.#reader.read(left.map(({ sku }) => sku));
    return rows.map((row) => {
      const problem = failed.get(row.key);
      if (problem !== undefined) return problem;
      const price = shown.base(row.sku);
      const sale = shown.sale(row.sku, row.sale?.from ?? now);
      if (price !== row.price.amountMinor) return unseen(row, `price ${price ?? 'none'}`);
      if (row.sale !== undefined && (row.sale?.price.amountMinor ?? null) !== sale) {
        return unseen(row, `sale price ${sale ?? 'none'}`);
      }
      const money = (amountMinor: number): Money => ({ amountMinor, currency });
      return { ok: true, key: row.key, value: { price: money(price), salePrice: sale === null ? null : money(sale) } };
    });
  }

  /** Ends and begins sales. What stands there already in another window is ended, so that only one is left. */
  async #sales(rows: readonly PriceWrite[], currency: string): Promise<Outcome[]> {
    const changing = rows.filter(({ sale }) => sale !== undefined);
    if (changing.length === 0) return [];
    const { timeZone } = await this.#facts.read();
    const today = formatLocal(await this.#ctx.clock.now(), timeZone).slice(0, 10);
    const standing = await this.#reader.specials(changing.map(({ sku }) => sku));
    const ending: SpecialPrice[] = [];
    const beginning: object[] = [];
    for (const { sku, sale } of changing) {
      const old = standing.filter((one) => one.sku.toLowerCase() === sku.toLowerCase());
      const wanted = sale && {
        sku,
        store_id: 0,
        price: toNumber(sale.price.amountMinor, currency),
        price_from: sale.from === null ? `${today} 00:00:00` : formatLocal(sale.from, timeZone),
        price_to: sale.to === null ? SALE_WITHOUT_END : formatLocal(sale.to, timeZone),
      };
      const isThere = (one: SpecialPrice) =>
        wanted &&
        amountOf(one.price, currency) === sale?.price.amountMinor &&
        (sale.from === null || one.price_from === wanted.price_from) &&
        (one.price_to ?? SALE_WITHOUT_END) === wanted.price_to;
      if (wanted && old.some(isThere)) continue;
      ending.push(...old);
      if (wanted) beginning.push(wanted);
    }
    const failures = await this.#send('special-price-delete', ending, changing);
    const isOpen = new Set(failures.map(({ key }) => key));
    const keys = changing.filter(({ key }) => !isOpen.has(key));
    return [...failures, ...(await this.#send('special-price', beginning, keys))];
  }

  /** The rows' failures; none = all were taken. */
  async #send(list: List, prices: readonly object[], rows: readonly PriceWrite[]): Promise<Outcome[]> {
    if (prices.length === 0) return [];
    const path = `products/${list}`;
    const operation = `${list}.write`;
    const call = { method: 'POST', path, body: { prices }, operation, repeatable: true } as const;
    const failures = await this.#client.ask(call, failuresSchema);
    const named = rows.flatMap((row): Outcome[] => {
      const own = failures.filter((failure) => names(failure, row.sku));
      return own.length === 0 ? [] : [refused(row, 'refused', textOf(own))];
    });
    if (failures.every((failure) => rows.some(({ sku }) => names(failure, sku)))) return named;
    // Some failure names no SKU of ours: reading back tells which row it was about.
    this.#ctx.log.warn({ list, reason: textOf(failures) }, 'the shop refused a price without naming its SKU');
    return named;
  }
}

function problemOf({ price, sale }: PriceWrite, currency: string): { code: string; reason: string } | null {
  for (const money of sale ? [price, sale.price] : [price]) {
    if (money.currency !== currency) {
      return { code: 'currency', reason: `The shop's prices are in ${currency}, not ${money.currency}.` };
    }
    if (!Number.isSafeInteger(money.amountMinor) || money.amountMinor < 0) {
      return { code: 'price', reason: `${money.amountMinor} is no amount.` };
    }
  }
  if (sale && sale.from !== null && sale.to !== null && sale.to <= sale.from) {
    return { code: 'sale_dates', reason: 'The sale ends before it begins.' };
  }
  return null;
}

function names({ parameters }: Failure, sku: string): boolean {
  return Array.isArray(parameters) && parameters.map(String).includes(sku);
}

function textOf(failures: readonly Failure[]): string {
  return failures.map(({ message, parameters }) => filled(message, parameters)).join(' ');
}

function refused({ key }: PriceWrite, code: string, reason: string): Outcome {
  return { ok: false, key, retryable: false, code, reason };
}

function unseen({ key, sku }: PriceWrite, shown: string): Outcome {
  return { ok: false, key, retryable: true, code: 'not_seen', reason: `${sku}: the shop shows ${shown} afterwards.` };
}
