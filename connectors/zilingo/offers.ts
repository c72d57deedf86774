import type { Logger } from 'pino';
import type { RowOutcome } from '../contract/common.ts';
import type { ListingRef, PriceWrite, SeenListing, StockDelta, StockWrite } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import type { ZilingoCall, ZilingoClient } from './client.ts';
import { looseMoney } from './invoice.ts';
import { nativeStatus, reasonsOf, skusOf } from './listing-mapping.ts';
import type { ZilingoListings } from './listings.ts';
import { money, text, toPrice, whole } from './mapping.ts';
import { type ProductVo, quantitiesSchema, type SkuVo, type ZilingoSettings } from './schema.ts';
import { productState } from './tags.ts';

/** No limit is published (UNCONFIRMED). */
export const STOCK_BATCH_SIZE = 20;

type Row = Omit<StockDelta, 'delta'>;

interface KnownProduct {
  readonly productId: string;
  /** Ids of its SKUs. */
  readonly skus: ReadonlySet<string>;
}

/** The code of rows that were refused together: which of them is the bad one, nobody says. */
export const refusedTogether = 'refused_together';

const done = (key: string): RowOutcome => ({ ok: true, key, value: undefined });

function failed(
  key: string,
  error: ConnectorError,
  retryable: boolean,
  code?: string,
): Extract<RowOutcome, { ok: false }> {
  const reason = error.details.remedy === undefined ? error.message : `${error.message}. ${error.details.remedy}`;
  return { ok: false, key, retryable, code: code ?? error.details.code ?? error.kind, reason };
}

const isRefusal = (error: unknown): error is ConnectorError =>
  error instanceof ConnectorError && ['Rejected', 'NotFound', 'Duplicate'].includes(error.kind);

/** Stock (by deltas), prices and what buyers see. */
export class ZilingoOffers {
  readonly #client: ZilingoClient;
  readonly #listings: ZilingoListings;
  readonly #settings: ZilingoSettings;
  readonly #log: Logger;
  /** By the number of the upload; a product's own number never changes. */
  readonly #products = new Map<string, KnownProduct>();

  constructor(client: ZilingoClient, listings: ZilingoListings, settings: ZilingoSettings, log: Logger) {
    this.#client = client;
    this.#listings = listings;
    this.#settings = settings;
    this.#log = log;
  }

  /** Offered quantities; a SKU that the answer does not show is a failed row. */
  async readStock(rows: readonly Row[]): Promise<readonly RowOutcome<number>[]> {
    const levels = await this.#levels(rows.map(({ externalSkuId }) => externalSkuId));
    return rows.map(({ sellerSku, externalSkuId }) => {
      const value = levels.get(externalSkuId);
      if (value !== undefined) return { ok: true, key: sellerSku, value };
      const reason = `Zilingo shows no quantity of ${externalSkuId}.`;
      return { ok: false, key: sellerSku, retryable: true, code: 'not_in_answer', reason };
    });
  }

  /**
   * Sends the changes in one call. Not idempotent: a lost answer is `OutcomeUnknown`. Refused rows of several say
   * `refused_together`: read again and try them one by one.
   */
  async changeStock(rows: readonly StockDelta[]): Promise<readonly RowOutcome[]> {
    const deltas = new Map<string, number>();
    for (const { externalSkuId, delta } of rows) {
      if (Number.isSafeInteger(delta)) deltas.set(externalSkuId, (deltas.get(externalSkuId) ?? 0) + delta);
    }
    const skuDeltaQuantities = [...deltas]
      .filter(([, deltaQuantity]) => deltaQuantity !== 0)
      .map(([zilingoSKUId, deltaQuantity]) => ({ zilingoSKUId, deltaQuantity }));
    try {
      if (skuDeltaQuantities.length > 0) {
        await this.#client.succeed({
          method: 'POST',
          path: '/api/v1/products/updateQuantities',
          operation: 'stock.change',
          body: { skuDeltaQuantities },
          effect: true,
        });
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const together = skuDeltaQuantities.length > 1;
      return rows.map(({ sellerSku }) => failed(sellerSku, error, together, together ? refusedTogether : undefined));
    }
    return rows.map(({ sellerSku, delta }) => (Number.isSafeInteger(delta) ? done(sellerSku) : badQuantity(sellerSku)));
  }

  /** Reads, works out the changes and sends them: no absolute write. The engine uses the two calls by themselves. */
  async writeStock(rows: readonly StockWrite[]): Promise<readonly RowOutcome[]> {
    const levels = await this.readStock(rows);
    const known = new Map(levels.map((level) => [level.key, level]));
    const deltas = rows.flatMap((row): StockDelta[] => {
      const level = known.get(row.sellerSku);
      return level?.ok === true && isQuantity(row.quantity) ? [{ ...row, delta: row.quantity - level.value }] : [];
    });
    const changed = new Map((await this.changeStock(deltas)).map((outcome) => [outcome.key, outcome]));
    return rows.map((row) => {
      if (!isQuantity(row.quantity)) return badQuantity(row.sellerSku);
      const level = known.get(row.sellerSku);
      return changed.get(row.sellerSku) ?? (level?.ok === false ? level : badQuantity(row.sellerSku));
    });
  }

  /** Prices product by product; a product of one SKU by the call that a client was seen using. */
  async writePrices(rows: readonly PriceWrite[]): Promise<readonly RowOutcome[]> {
    const outcomes: RowOutcome[] = [];
    const products = Map.groupBy(rows, ({ externalId }) => externalId);
    for (const [externalId, ofProduct] of products) {
      try {
        outcomes.push(...(await this.#writeProduct(externalId, ofProduct)));
      } catch (error) {
        if (!(error instanceof ConnectorError) || outcomes.length === 0) throw error;
        // What was acknowledged is not lost; the rest is for the next round.
        const seen = new Set(outcomes.map(({ key }) => key));
        const rest = rows.filter(({ sellerSku }) => !seen.has(sellerSku));
        return [...outcomes, ...rest.map(({ sellerSku }) => failed(sellerSku, error, true))];
      }
    }
    return outcomes;
  }

  /** What is true over there, per SKU of the given listings. */
  async readLive(refs: readonly ListingRef[]): Promise<readonly SeenListing[]> {
    const found: { ref: ListingRef; product: ProductVo | null }[] = [];
    for (const ref of refs) found.push({ ref, product: await this.#listings.readProduct(ref.externalId) });
    const ids = found.flatMap(({ product }) => (product ? skusOf(product).map((sku) => String(sku.zilingoSKUId)) : []));
    const levels = await this.#levels(ids);
    return found.flatMap(({ ref, product }) =>
      ref.skus.map((sku) => this.#seen({ externalId: ref.externalId, ...sku }, product, levels)),
    );
  }

  #seen(ref: Row, product: ProductVo | null, levels: ReadonlyMap<string, number>): SeenListing {
    const sku = product ? skusOf(product).find((one) => String(one.zilingoSKUId) === ref.externalSkuId) : undefined;
    if (product === null || sku === undefined) {
      const native = product === null ? 'no such product' : `no such SKU; ${nativeStatus(product)}`;
      return { ...ref, remote: 'ABSENT', nativeStatus: native, price: null, quantity: null };
    }
    const native = nativeStatus(product);
    const state = productState(native);
    if (state === null)
      this.#log.warn({ externalId: ref.externalId, native }, 'status without a translation: DELISTED');
    const remote = state?.remote ?? 'DELISTED';
    const reasons = remote === 'LIVE' ? [] : reasonsOf(product);
    return {
      ...ref,
      remote,
      nativeStatus: native,
      price: priceOf(sku, this.#settings.currency ?? 'SGD'),
      quantity: levels.get(ref.externalSkuId) ?? null,
      ...(reasons.length === 0 ? {} : { reasons }),
    };
  }

  async #levels(externalSkuIds: readonly string[]): Promise<Map<string, number>> {
    const levels = new Map<string, number>();
    for (let start = 0; start < externalSkuIds.length; start += STOCK_BATCH_SIZE) {
      const zilingoSKUIds = externalSkuIds.slice(start, start + STOCK_BATCH_SIZE);
      const { zilingoSKUQuantities } = await this.#client.read(
        {
          method: 'POST',
          path: '/api/v1/products/quantities/forSKUs',
          operation: 'stock.read',
          body: { zilingoSKUIds },
        },
        quantitiesSchema,
      );
      // Whether each row names its SKU is UNCONFIRMED; without names only a full answer can be read, by position.
      const byPlace = zilingoSKUQuantities.length === zilingoSKUIds.length;
      zilingoSKUQuantities.forEach((row, index) => {
        const id = text(row.zilingoSKUId) ?? (byPlace ? (zilingoSKUIds[index] ?? null) : null);
        if (id !== null) levels.set(id, whole(row.quantity, `/zilingoSKUQuantities/${index}/quantity`, 'stock.read'));
      });
    }
    return levels;
  }

  async #writeProduct(externalId: string, rows: readonly PriceWrite[]): Promise<RowOutcome[]> {
    const currency = this.#settings.currency ?? 'SGD';
    const isGood = ({ price }: PriceWrite) =>
      price.currency === currency && Number.isSafeInteger(price.amountMinor) && price.amountMinor > 0;
    const good = rows.filter(isGood);
    const bad = rows
      .filter((row) => !isGood(row))
      .map(({ sellerSku }): RowOutcome => {
        const reason = `The price must be a positive amount of ${currency}.`;
        return { ok: false, key: sellerSku, retryable: false, code: 'bad_price', reason };
      });
    if (good.length === 0) return bad;
    const product = await this.#productOf(externalId, good);
    const known = good.filter(({ externalSkuId }) => product?.skus.has(externalSkuId));
    const strange = good.filter((row) => !known.includes(row));
    const error = new ConnectorError('NotFound', `Zilingo shows no such SKU of ${externalId} (yet)`);
    bad.push(...strange.map(({ sellerSku }) => failed(sellerSku, error, true)));
    if (product === null || known.length === 0) return bad;
    return [...bad, ...(await this.#sendPrices(product, known))];
  }

  async #sendPrices(product: KnownProduct, rows: readonly PriceWrite[]): Promise<RowOutcome[]> {
    try {
      await this.#client.succeed(priceCall(product, rows));
      return rows.map(({ sellerSku }) => done(sellerSku));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (rows.length === 1) return rows.map(({ sellerSku }) => failed(sellerSku, error, false));
      // Absolute, so one by one does no harm: the bad one fails alone.
      const outcomes: RowOutcome[] = [];
      for (const row of rows) outcomes.push(...(await this.#sendPrices(product, [row])));
      return outcomes;
    }
  }

  /** A product's own number and SKUs, read again where it is not known to have one of these. */
  async #productOf(externalId: string, rows: readonly PriceWrite[]): Promise<KnownProduct | null> {
    const known = this.#products.get(externalId);
    if (known !== undefined && rows.every(({ externalSkuId }) => known.skus.has(externalSkuId))) return known;
    const product = await this.#listings.readProduct(externalId);
    const productId = text(product?.productId);
    if (product === null || productId === null) return null;
    const found = { productId, skus: new Set(skusOf(product).map(({ zilingoSKUId }) => String(zilingoSKUId))) };
    this.#products.set(externalId, found);
    return found;
  }
}

function priceCall(product: KnownProduct, rows: readonly PriceWrite[]): ZilingoCall {
  const { productId } = product;
  const [first] = rows;
  const head = { method: 'POST', operation: 'prices.write' } as const;
  if (product.skus.size === 1 && first !== undefined) {
    const body = { productId, pricePerUnit: toPrice(first.price) };
    return { ...head, path: '/api/v1/products/updatePrice/forProduct', body };
  }
  const skuPrices = rows.map(({ externalSkuId, price }) => ({
    zilingoSKUId: externalSkuId,
    pricePerUnit: toPrice(price),
  }));
  return { ...head, path: '/api/v1/products/updatePrice/forSKUs', body: { productId, skuPrices } };
}

function priceOf({ pricePerUnit, price }: SkuVo, currency: string): SeenListing['price'] {
  const told = looseMoney(pricePerUnit, currency) ?? looseMoney(price, currency);
  return told === null ? null : money(told, '/SKUs/price', 'products.read');
}

const isQuantity = (quantity: number): boolean => Number.isSafeInteger(quantity) && quantity >= 0;

function badQuantity(key: string): RowOutcome {
  const reason = 'The quantity must be a whole number from 0 on.';
  return { ok: false, key, retryable: false, code: 'bad_quantity', reason };
}
