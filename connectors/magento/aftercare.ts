import type { StoreOrder } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { MagentoClient } from './client.ts';
import { addComment } from './comments.ts';
import { toStoreOrder } from './order-mapping.ts';
import { missingOrder, readOrder, wrongState } from './order-reads.ts';
import { okSchema } from './schema.ts';

const NOTE = 'Tradelane note ';
const HELD = 'holded';

/** What happens to orders between push and shipping. */
export class OrderCare {
  readonly #client: MagentoClient;

  constructor(client: MagentoClient) {
    this.#client = client;
  }

  /** For the shop's staff: not shown to the buyer, nobody is mailed. The reference stands in its first line. */
  async note(externalId: string, { reference, text }: { reference: string; text: string }): Promise<void> {
    const order = await readOrder(this.#client, externalId);
    if (order === null) throw missingOrder(externalId);
    const head = `${NOTE}${reference}`;
    const isThere = (order.status_histories ?? []).some(({ comment }) => comment?.split('\n')[0] === head);
    if (!isThere) await addComment(this.#client, order, `${head}\n${text}`);
  }

  async hold(externalId: string, reason: string): Promise<StoreOrder> {
    const before = await readOrder(this.#client, externalId);
    if (before === null) throw missingOrder(externalId);
    if (before.state !== HELD) {
      await this.#switch(externalId, 'hold');
      await addComment(this.#client, { entity_id: before.entity_id }, `Held: ${reason}`);
    }
    return this.#shown(externalId, true);
  }

  async release(externalId: string): Promise<StoreOrder> {
    const before = await readOrder(this.#client, externalId);
    if (before === null) throw missingOrder(externalId);
    if (before.state === HELD) await this.#switch(externalId, 'unhold');
    return this.#shown(externalId, false);
  }

  /** The shop answers true, or 400 where it cannot; a step that somebody else took meanwhile is no failure. */
  async #switch(externalId: string, step: 'hold' | 'unhold'): Promise<void> {
    try {
      const path = `orders/${externalId}/${step}`;
      await this.#client.ask({ method: 'POST', path, operation: `orders.${step}` }, okSchema);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind !== 'Rejected') throw error;
      const now = await readOrder(this.#client, externalId);
      if ((now?.state === HELD) !== (step === 'hold')) throw error;
    }
  }

  async #shown(externalId: string, isHeld: boolean): Promise<StoreOrder> {
    const order = await readOrder(this.#client, externalId);
    if (order === null) throw missingOrder(externalId);
    if ((order.state === HELD) !== isHeld) {
      wrongState(externalId, `is ${order.status ?? order.state}`, 'Look at the order in the shop.');
    }
    return toStoreOrder(order);
  }
}
