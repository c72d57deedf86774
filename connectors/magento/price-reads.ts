import { Type } from '@sinclair/typebox';
import type { StoreVariant } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { MagentoClient } from './client.ts';
import { amountOf } from './money.ts';
import { basePriceSchema, type SpecialPrice, scopedAttributeSchema, specialPriceSchema } from './schema.ts';
import type { FactsReader } from './shop.ts';
import { parseLocal } from './text.ts';

/** The shop wants an end for each window: this one means none, in both directions. */
export const SALE_WITHOUT_END = '2099-12-31 23:59:59';
const SKUS_PER_CALL = 20;

type Base = { readonly sku: string; readonly store_id: number; readonly price: number | string };

/** Prices as the price lists have them. */
export interface PricesShown {
  /** Minor units at the global scope; null = none is set, or not exactly readable. */
  base(sku: string): number | null;
  /** The special price whose window holds then, at the global scope. */
  sale(sku: string, at: Date): number | null;
}

/** Reads of the price lists: what was written, and what websites have of their own. */
export class PriceReader {
  readonly #client: MagentoClient;
  readonly #facts: FactsReader;
  #isPerWebsite: Promise<boolean> | null = null;

  constructor(client: MagentoClient, facts: FactsReader) {
    this.#client = client;
    this.#facts = facts;
  }

  async read(skus: readonly string[]): Promise<PricesShown> {
    const { currency, timeZone } = await this.#facts.read();
    const bases = skus.length === 0 ? [] : await this.#bases(skus);
    const specials = skus.length === 0 ? [] : await this.specials(skus);
    const isOf = (sku: string) => (row: { sku: string; store_id: number }) =>
      row.store_id === 0 && row.sku.toLowerCase() === sku.toLowerCase();
    return {
      base: (sku) => amountOf(bases.find(isOf(sku))?.price, currency),
      sale: (sku, at) => amountOf(specials.filter(isOf(sku)).find(holdsAt(at, timeZone))?.price, currency),
    };
  }

  /** All rows of all windows, any store. One SKU may have several that differ in their beginning only. */
  async specials(skus: readonly string[]): Promise<SpecialPrice[]> {
    const rows: SpecialPrice[] = [];
    for (let from = 0; from < skus.length; from += SKUS_PER_CALL) {
      const body = { skus: skus.slice(from, from + SKUS_PER_CALL) };
      const call = { method: 'POST', path: 'products/special-price-information', body } as const;
      rows.push(
        ...(await this.#client.ask({ ...call, operation: 'special-price.read' }, Type.Array(specialPriceSchema))),
      );
    }
    return rows;
  }

  /**
   * What websites and store views have of their own, by SKU in lower case; nothing where prices are global.
   * @param at the time whose special prices count
   */
  async scoped(skus: readonly string[], at: Date): Promise<Map<string, NonNullable<StoreVariant['scopedPrices']>>> {
    const scoped = new Map<string, NonNullable<StoreVariant['scopedPrices']>>();
    this.#isPerWebsite ??= this.#askScope();
    if (skus.length === 0 || !(await this.#isPerWebsite)) return scoped;
    const { stores, timeZone } = await this.#facts.read();
    const bases = await this.#bases(skus);
    const specials = await this.specials(skus);
    for (const { sku, store_id: storeId, price } of bases) {
      const store = stores.get(storeId);
      const amountMinor = store === undefined ? null : amountOf(price, store.currency);
      if (store === undefined || amountMinor === null || storeId === 0) continue;
      const { currency } = store;
      const special = specials.filter((one) => one.sku === sku && one.store_id === storeId).find(holdsAt(at, timeZone));
      const saleMinor = amountOf(special?.price, currency);
      const key = sku.toLowerCase();
      const salePrice = saleMinor === null ? null : { amountMinor: saleMinor, currency };
      const one = { scope: store.code, price: { amountMinor, currency }, salePrice };
      scoped.set(key, [...(scoped.get(key) ?? []), one]);
    }
    return scoped;
  }

  async #bases(skus: readonly string[]): Promise<Base[]> {
    const rows: Base[] = [];
    for (let from = 0; from < skus.length; from += SKUS_PER_CALL) {
      const body = { skus: skus.slice(from, from + SKUS_PER_CALL) };
      const call = { method: 'POST', path: 'products/base-prices-information', body } as const;
      rows.push(...(await this.#client.ask({ ...call, operation: 'base-prices.read' }, Type.Array(basePriceSchema))));
    }
    return rows;
  }

  /** The configuration itself cannot be read; it sets the scope of the attribute "price" (UNCONFIRMED). */
  async #askScope(): Promise<boolean> {
    const call = { method: 'GET', path: 'products/attributes/price', operation: 'attributes.get' } as const;
    try {
      return (await this.#client.ask(call, scopedAttributeSchema)).scope === 'website';
    } catch (error) {
      this.#isPerWebsite = null;
      if (error instanceof ConnectorError && ['NotFound', 'Unauthorized', 'Rejected'].includes(error.kind))
        return false;
      throw error;
    }
  }
}

function holdsAt(at: Date, timeZone: string): (row: SpecialPrice) => boolean {
  return ({ price_from: from, price_to: to }) => {
    const begins = parseLocal(from, timeZone);
    const ends = parseLocal(to, timeZone);
    return (begins === null || begins <= at) && (ends === null || at <= ends);
  };
}
