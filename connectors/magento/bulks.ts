import { ConnectorError } from '../errors.ts';
import type { MagentoClient, MagentoContext } from './client.ts';
import { bulkAcceptedSchema, bulkStatusSchema } from './schema.ts';

export interface BulkOperation {
  /** The row's place in what was sent. */
  readonly row: number;
  readonly state: 'done' | 'retryable' | 'failed' | 'open' | 'rejected';
  readonly reason: string | null;
}

const STATES = { 1: 'done', 2: 'retryable', 3: 'failed', 4: 'open', 5: 'rejected' } as const;

/** Rows that the shop takes now and works on later. All are harmless when repeated. */
export class Bulks {
  readonly #client: MagentoClient;
  readonly #ctx: MagentoContext;

  constructor(client: MagentoClient, ctx: MagentoContext) {
    this.#client = client;
    this.#ctx = ctx;
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
}
