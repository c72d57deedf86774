import type { Money, RowOutcome } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import type { MagentoClient, MagentoContext } from './client.ts';
import { inParallel } from './criteria.ts';
import { filled } from './errors.ts';
import { toNumber } from './money.ts';
import { bulkAcceptedSchema, bulkStatusSchema, failuresSchema, okSchema } from './schema.ts';
import type { FactsReader } from './shop.ts';

/** `webapi/validation` allows 20 rows, where a shop has it on. */
const ROWS_PER_CALL = 20;

export interface StockRow {
  readonly sku: string;
  /** The physical count of the source, not what can be sold: open orders are taken off by the shop. */
  readonly quantity: number;
  readonly sourceCode?: string;
}

export interface BulkOperation {
  /** The row's place in what was sent. */
  readonly row: number;
  readonly state: 'done' | 'retryable' | 'failed' | 'open' | 'rejected';
  readonly reason: string | null;
}

const STATES = { 1: 'done', 2: 'retryable', 3: 'failed', 4: 'open', 5: 'rejected' } as const;

/** Absolute writes of stock and prices, and bulks. All are harmless when repeated. */
export class Writer {
  readonly #client: MagentoClient;
  readonly #ctx: MagentoContext;
  readonly #facts: FactsReader;
  #rowsPerCall = ROWS_PER_CALL;

  constructor(client: MagentoClient, ctx: MagentoContext, facts: FactsReader) {
    this.#client = client;
    this.#ctx = ctx;
    this.#facts = facts;
  }

  /** Sources with MSI, stock items without. A bad row of a chunk is found by halving it. */
  async writeStock(rows: readonly StockRow[]): Promise<RowOutcome[]> {
    const { msi } = await this.#facts.read();
    if (!msi) return inParallel(rows, 4, (row) => this.#outcome(row.sku, () => this.#stockItem(row)));
    const outcomes: RowOutcome[] = [];
    for (let from = 0; from < rows.length; from += this.#rowsPerCall) {
      outcomes.push(...(await this.#sourceItems(rows.slice(from, from + this.#rowsPerCall))));
    }
    return outcomes;
  }

  /** Base prices at the global scope. The answer is 200 also where rows failed: they come as messages. */
  async writePrices(rows: readonly { readonly sku: string; readonly price: Money }[]): Promise<RowOutcome[]> {
    const { currency } = await this.#facts.read();
    const foreign = rows.find(({ price }) => price.currency !== currency);
    if (foreign !== undefined) {
      throw new ConnectorError('Rejected', `The shop's prices are in ${currency}, not ${foreign.price.currency}.`, {
        field: 'price',
      });
    }
    const outcomes: RowOutcome[] = [];
    for (let from = 0; from < rows.length; from += ROWS_PER_CALL) {
      const chunk = rows.slice(from, from + ROWS_PER_CALL);
      const prices = chunk.map(({ sku, price }) => ({
        sku,
        store_id: 0,
        price: toNumber(price.amountMinor, currency),
      }));
      const call = {
        method: 'POST',
        path: 'products/base-prices',
        body: { prices },
        operation: 'prices.write',
      } as const;
      const failures = await this.#client.ask(call, failuresSchema);
      for (const { sku } of chunk) {
        const failure = failures.find(
          ({ parameters }) => Array.isArray(parameters) && parameters.map(String).includes(sku),
        );
        if (failure === undefined && failures.length > 0 && !failures.every(isNamed(chunk))) {
          outcomes.push({ ok: false, key: sku, retryable: true, code: 'unclear', reason: textOf(failures) });
        } else if (failure === undefined) outcomes.push({ ok: true, key: sku, value: undefined });
        else outcomes.push({ ok: false, key: sku, retryable: false, code: 'refused', reason: textOf([failure]) });
      }
    }
    return outcomes;
  }

  /**
   * Hands rows over to be worked on later; each element is the body of one call. No two rows of one SKU: their order is
   * not kept.
   * @returns the bulk's id, and rows that were refused at once
   */
  async submitBulk(
    route: 'products' | 'products/base-prices' | 'inventory/source-items',
    bodies: readonly object[],
  ): Promise<{ bulkId: string; rejected: readonly { row: number; reason: string }[] }> {
    const call = {
      method: 'POST',
      path: route,
      body: bodies,
      operation: 'bulk.submit',
      mode: 'bulk',
      effect: true,
    } as const;
    const accepted = await this.#client.ask(call, bulkAcceptedSchema);
    const rejected = accepted.request_items
      .filter(({ status }) => status === 'rejected')
      .map(({ id, error_message: reason }) => ({ row: id, reason: reason ?? 'rejected' }));
    return { bulkId: accepted.bulk_uuid, rejected };
  }

  /** Judged by the operations' own statuses; an error code of 0 may stand at a real failure. */
  async readBulk(bulkId: string): Promise<{ isDone: boolean; operations: readonly BulkOperation[] }> {
    const call = {
      method: 'GET',
      path: `bulk/${encodeURIComponent(bulkId)}/status`,
      operation: 'bulk.status',
    } as const;
    const { operations_list: list } = await this.#client.ask(call, bulkStatusSchema);
    const operations = list.map(({ id, status, result_message: reason }): BulkOperation => {
      const state = Object.entries(STATES).find(([code]) => Number(code) === status)?.[1] ?? 'open';
      return { row: id, state, reason: state === 'done' || state === 'open' ? null : (reason ?? null) };
    });
    return { isDone: operations.every(({ state }) => state !== 'open'), operations };
  }

  /**
   * Asks until all is done.
   * @param waitMs called between two looks, with the pause to make
   * @throws ConnectorError Unavailable `bulk_stuck` when operations are still open after `limitMs` (default 15 min): the
   * shop does not run its consumer `async.operations.all`; send the rows one by one instead
   */
  async awaitBulk(
    bulkId: string,
    waitMs: (ms: number) => Promise<void>,
    limitMs = 15 * 60_000,
  ): Promise<readonly BulkOperation[]> {
    const startMs = (await this.#ctx.clock.now()).getTime();
    for (let pauseMs = 1_000; ; pauseMs = Math.min(30_000, pauseMs * 2)) {
      const { isDone, operations } = await this.readBulk(bulkId);
      if (isDone) return operations;
      if ((await this.#ctx.clock.now()).getTime() - startMs >= limitMs) {
        const remedy = 'Run the consumer async.operations.all in the shop.';
        throw new ConnectorError('Unavailable', `Bulk ${bulkId} is not worked on.`, { code: 'bulk_stuck', remedy });
      }
      await waitMs(pauseMs);
    }
  }

  async #sourceItems(rows: readonly StockRow[]): Promise<RowOutcome[]> {
    const sourceItems = rows.map(({ sku, quantity, sourceCode }) => ({
      sku,
      source_code: sourceCode ?? this.#ctx.settings.sourceCode ?? 'default',
      quantity,
      status: quantity > 0 ? 1 : 0,
    }));
    const call = {
      method: 'POST',
      path: 'inventory/source-items',
      body: { sourceItems },
      operation: 'stock.write',
    } as const;
    const [first] = rows;
    if (rows.length === 1 && first !== undefined)
      return [await this.#outcome(first.sku, () => this.#client.ask(call, okSchema))];
    try {
      await this.#client.ask(call, okSchema);
      return rows.map(({ sku }) => ({ ok: true, key: sku, value: undefined }));
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind !== 'Rejected') throw error;
      const half = Math.ceil(rows.length / 2);
      if (/^Maximum items of type/.test(error.details.code ?? '')) this.#rowsPerCall = half;
      return [...(await this.#sourceItems(rows.slice(0, half))), ...(await this.#sourceItems(rows.slice(half)))];
    }
  }

  async #stockItem({ sku, quantity }: StockRow): Promise<void> {
    const body = { stockItem: { qty: quantity, is_in_stock: quantity > 0 } };
    const path = `products/${encodeURIComponent(sku)}/stockItems/1`;
    await this.#client.ask({ method: 'PUT', path, body, operation: 'stock.write' }, okSchema);
  }

  async #outcome(sku: string, run: () => Promise<unknown>): Promise<RowOutcome> {
    try {
      await run();
      return { ok: true, key: sku, value: undefined };
    } catch (error) {
      if (!(error instanceof ConnectorError) || !['Rejected', 'NotFound'].includes(error.kind)) throw error;
      return { ok: false, key: sku, retryable: false, code: error.details.code ?? error.kind, reason: error.message };
    }
  }
}

type Failure = { readonly message: string; readonly parameters?: unknown };

function isNamed(rows: readonly { readonly sku: string }[]): (failure: Failure) => boolean {
  return ({ parameters }) => Array.isArray(parameters) && rows.some(({ sku }) => parameters.map(String).includes(sku));
}

function textOf(failures: readonly Failure[]): string {
  return failures.map(({ message, parameters }) => filled(message, parameters)).join(' ');
}
