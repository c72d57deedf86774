import type { Logger } from 'pino';
import type { RowOutcome } from '../contract/common.ts';
import type { ListingRef, PriceWrite, SeenListing, StockWrite } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import { fits, idListSchema } from './answers.ts';
import type { JdIdClient } from './client.ts';
import { businessError } from './errors.ts';
import { isObject } from './gateways/readers.ts';
import { nativeWareStatus, toSeen } from './listing-mapping.ts';
import { text } from './mapping.ts';
import type { JdIdProducts } from './products.ts';
import type { JdIdSettings } from './schema.ts';
import { wareTag } from './tags.ts';

/** No limit is published; clients were seen sending a few dozen (UNCONFIRMED). */
export const STOCK_BATCH_SIZE = 50;

/** A failure as one row's outcome. */
function failed(key: string, error: ConnectorError): RowOutcome {
  const retryable = error.kind === 'Unavailable' || error.kind === 'RateLimited';
  const reason = error.details.remedy === undefined ? error.message : `${error.message}. ${error.details.remedy}`;
  return { ok: false, key, retryable, code: error.details.code ?? error.kind, reason };
}

/** What concerns the account or the way to it ends a batch; what concerns a row does not. */
function endsTheBatch(error: unknown): boolean {
  return !(error instanceof ConnectorError) || !['Rejected', 'NotFound', 'Duplicate'].includes(error.kind);
}

/** Stock, prices and what buyers see. */
export class JdIdOffers {
  readonly #client: JdIdClient;
  readonly #products: JdIdProducts;
  readonly #settings: JdIdSettings;
  readonly #log: Logger;

  constructor(client: JdIdClient, products: JdIdProducts, settings: JdIdSettings, log: Logger) {
    this.#client = client;
    this.#products = products;
    this.#settings = settings;
    this.#log = log;
  }

  /** Absolute levels, in batches; of several rows for one SKU the last counts. Keys are seller SKUs, in given order. */
  async writeStock(rows: readonly StockWrite[]): Promise<readonly RowOutcome[]> {
    return this.#inBatches(rows, STOCK_BATCH_SIZE, (batch) => this.#writeStockBatch(batch));
  }

  /** One call per SKU: the method's parameters are those of one SKU. Prices need no review. */
  async writePrices(rows: readonly PriceWrite[]): Promise<readonly RowOutcome[]> {
    return this.#inBatches(rows, 1, async (batch) => {
      const outcomes: RowOutcome[] = [];
      for (const row of batch) outcomes.push(await this.#writePrice(row));
      return outcomes;
    });
  }

  /** What is true over there, per SKU of the given listings. */
  async readLive(refs: readonly ListingRef[]): Promise<readonly SeenListing[]> {
    const seen: SeenListing[] = [];
    const currency = this.#settings.currency ?? 'IDR';
    const { version } = this.#client.gateway;
    const wares = await this.#products.wares(refs.map(({ externalId }) => externalId));
    for (const { externalId, skus } of refs) {
      const ware = wares.get(externalId) ?? null;
      if (ware !== null && wareTag(version, text(ware.wareStatus)) === null) {
        this.#log.warn({ externalId, native: nativeWareStatus(ware) }, 'wareStatus without a translation: DELISTED');
      }
      const there = ware === null ? [] : await this.#products.skus(externalId);
      const shown = skus.filter((ref) => there.some((sku) => String(sku.skuId) === ref.externalSkuId));
      const quantities = await this.#readStock(shown.map((ref) => ref.externalSkuId));
      for (const ref of skus) {
        const sku = there.find((candidate) => String(candidate.skuId) === ref.externalSkuId) ?? null;
        const quantity = quantities.get(ref.externalSkuId) ?? null;
        seen.push(toSeen({ ref: { externalId, ...ref }, ware, sku, quantity, currency, version }));
      }
    }
    return seen;
  }

  /**
   * Throws what ends the batch while nothing was written yet. Later, the rows that were not reached come back as
   * retryable, so that the acknowledgements of the earlier ones are not lost.
   */
  async #inBatches<Row extends { readonly sellerSku: string }>(
    rows: readonly Row[],
    size: number,
    write: (batch: readonly Row[]) => Promise<readonly RowOutcome[]>,
  ): Promise<readonly RowOutcome[]> {
    const outcomes: RowOutcome[] = [];
    for (let start = 0; start < rows.length; start += size) {
      try {
        outcomes.push(...(await write(rows.slice(start, start + size))));
      } catch (error) {
        if (!(error instanceof ConnectorError) || outcomes.length === 0) throw error;
        const rest = rows.slice(start).map((row) => ({ ...failed(row.sellerSku, error), retryable: true }));
        return [...outcomes, ...rest];
      }
    }
    return outcomes;
  }

  async #writeStockBatch(rows: readonly StockWrite[]): Promise<readonly RowOutcome[]> {
    const levels = new Map<string, number>();
    for (const row of rows) {
      if (isQuantity(row.quantity)) levels.set(row.externalSkuId, row.quantity);
    }
    if (levels.size === 0) return rows.map((row) => badQuantity(row));
    const call = this.#client.gateway.calls.stock(levels);
    const result = await this.#client.call(call);
    if (!isObject(result.model) || Object.keys(result.model).length === 0) {
      if (result.success) throw missingMap(call.operation);
      const error = businessError({ ...result, operation: call.operation, effect: false });
      if (endsTheBatch(error)) throw error;
      return rows.map((row) => failed(row.sellerSku, error));
    }
    // The outer success may be false although most rows went through: only the map counts.
    const outcomes = call.read(result.model);
    return rows.map((row) => {
      if (!isQuantity(row.quantity)) return badQuantity(row);
      const outcome = outcomes[row.externalSkuId];
      if (outcome === undefined) return notMentioned(row.sellerSku);
      if (String(outcome.success).toLowerCase() === 'true' || outcome.success === 1) {
        return { ok: true, key: row.sellerSku, value: undefined };
      }
      const message = String(outcome.message ?? '');
      const code = String(outcome.code ?? '?');
      return failed(row.sellerSku, businessError({ code, message, operation: call.operation, effect: false }));
    });
  }

  async #writePrice(row: PriceWrite): Promise<RowOutcome> {
    const currency = this.#settings.currency ?? 'IDR';
    const { amountMinor } = row.price;
    if (row.price.currency !== currency || !Number.isSafeInteger(amountMinor) || amountMinor <= 0) {
      const reason = `The price must be a whole, positive number of ${currency}.`;
      return { ok: false, key: row.sellerSku, retryable: false, code: 'bad_price', reason };
    }
    try {
      const model = await this.#client.ask(this.#client.gateway.calls.price(row));
      const ids = fits(idListSchema, model) ? model.map(String) : [];
      if (ids.length > 0 && !ids.includes(row.externalSkuId)) return notMentioned(row.sellerSku);
      return { ok: true, key: row.sellerSku, value: undefined };
    } catch (error) {
      if (endsTheBatch(error) || !(error instanceof ConnectorError)) throw error;
      return failed(row.sellerSku, error);
    }
  }

  /**
   * Levels by SKU id; what cannot be read is left out, so its quantity is null. So is what the gateway refuses to tell: its
   * query is UNCONFIRMED, and price and state are worth knowing without it.
   */
  async #readStock(externalSkuIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (externalSkuIds.length === 0) return new Map();
    try {
      return await this.#client.ask(this.#client.gateway.calls.stockLevels(externalSkuIds));
    } catch (error) {
      if (endsTheBatch(error) || !(error instanceof ConnectorError)) throw error;
      this.#log.warn({ reason: error.message }, 'the stock query was refused: quantities are not known');
      return new Map();
    }
  }
}

function isQuantity(quantity: number): boolean {
  return Number.isSafeInteger(quantity) && quantity >= 0;
}

function badQuantity(row: StockWrite): RowOutcome {
  const reason = 'The quantity must be a whole number from 0 on.';
  return { ok: false, key: row.sellerSku, retryable: false, code: 'bad_quantity', reason };
}

function notMentioned(key: string): RowOutcome {
  return { ok: false, key, retryable: true, code: 'not_in_answer', reason: 'JD.id did not say what became of it.' };
}

function missingMap(operation: string): ConnectorError {
  return new ConnectorError('Unavailable', `JD.id: unreadable answer to ${operation}: /model: no map by SKU id`, {
    code: 'unreadable_answer',
  });
}
