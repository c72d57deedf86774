import type { StoreConnector } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import type { MagentoClient } from './client.ts';
import { searchQuery } from './criteria.ts';
import { soldItems } from './order-mapping.ts';
import { listSchema, type MagentoOrder, okSchema, shipmentSchema } from './schema.ts';
import type { FactsReader } from './shop.ts';
import { type PlanRow, takingOf } from './stock-notes.ts';
import { quantities, type StockTaker } from './taking.ts';

export type Parcels = Parameters<StoreConnector['fulfilOrder']>[1];

/** A shipment takes from one source; null: from the only stock. */
interface Part {
  readonly source: string | null;
  /** Null: all that is not shipped yet. */
  readonly items: readonly { readonly order_item_id: number; readonly qty: number }[] | null;
}

/** Shipments and their tracking numbers. */
export class Shipper {
  readonly #client: MagentoClient;
  readonly #facts: FactsReader;
  readonly #taker: StockTaker;

  constructor(client: MagentoClient, facts: FactsReader, taker: StockTaker) {
    this.#client = client;
    this.#facts = facts;
    this.#taker = taker;
  }

  /** All that is not shipped yet; one shipment per source, tracking numbers in the first. */
  async ship(order: MagentoOrder, parcels: Parcels): Promise<void> {
    const tracks = parcels.map(({ carrier, trackingNumber }) => ({
      track_number: trackingNumber,
      title: carrier,
      carrier_code: 'custom',
    }));
    const isTaken = (takingOf(order).plan ?? []).length > 0;
    let isLent = false;
    for (const [index, { source, items }] of (await this.#parts(order)).entries()) {
      const body = {
        notify: false,
        tracks: index === 0 ? tracks : [],
        ...(items === null ? {} : { items }),
        ...(source === null ? {} : { arguments: { extension_attributes: { source_code: source } } }),
      };
      const call = { method: 'POST', path: `order/${order.entity_id}/ship`, body, operation: 'orders.ship' } as const;
      try {
        await this.#client.ask(call, okSchema);
        continue;
      } catch (error) {
        const isShort = error instanceof ConnectorError && /^Not all of your products/.test(error.details.code ?? '');
        if (!isShort || !isTaken || isLent) throw error;
      }
      // The pieces were taken off the source when the order was written; the shipment wants to take them once more.
      await this.#taker.lend(order);
      isLent = true;
      await this.#client.ask(call, okSchema);
    }
  }

  /** Tracking numbers that the shipments do not have yet. */
  async addTracks(order: MagentoOrder, parcels: Parcels): Promise<void> {
    const filters = [{ field: 'order_id', value: order.entity_id }];
    const query = searchQuery({ filters, sort: ['entity_id'], pageSize: 100 });
    const call = { method: 'GET', path: 'shipments', query, operation: 'shipments.list' } as const;
    const shipments = (await this.#client.ask(call, listSchema(shipmentSchema))).items ?? [];
    const known = new Set(shipments.flatMap(({ tracks }) => (tracks ?? []).map(({ track_number: number }) => number)));
    const last = shipments.at(-1);
    if (last === undefined) return;
    for (const { carrier, trackingNumber } of parcels) {
      if (known.has(trackingNumber)) continue;
      const entity = {
        order_id: order.entity_id,
        parent_id: last.entity_id,
        track_number: trackingNumber,
        title: carrier,
        carrier_code: 'custom',
      };
      await this.#client.ask(
        { method: 'POST', path: 'shipment/track', body: { entity }, operation: 'shipments.track' },
        okSchema,
      );
    }
  }

  /** In a shop with several sources a shipment has to name its own: the shop chooses none by itself. */
  async #parts(order: MagentoOrder): Promise<readonly Part[]> {
    if (!(await this.#facts.read()).msi) return [{ source: null, items: null }];
    const rows = takingOf(order).plan ?? (await this.#taker.whereFrom(quantities(order)));
    const sources = [...new Set(rows.map(({ source }) => source))];
    const [first = this.#taker.firstSource] = sources;
    if (sources.length <= 1) return [{ source: first, items: null }];
    const parts = sources.map((source) => ({ source, items: itemsOf(order, rows, source) }));
    return parts.filter(({ items }) => items.length > 0);
  }
}

/**
 * What is still to be shipped from a source. All pieces of an SKU stand in a line: items cut it in the order's order,
 * sources in the order of the rows; what is shipped already are the first ones.
 */
function itemsOf(order: MagentoOrder, rows: readonly PlanRow[], source: string) {
  return [...quantities(order).keys()].flatMap((sku) => {
    const own = soldItems(order).filter((item) => item.sku === sku);
    const shipped = own.reduce((sum, item) => sum + (item.qty_shipped ?? 0), 0);
    let [begin, end] = [0, 0];
    for (const row of rows.filter((one) => one.sku === sku)) {
      begin = end;
      end += row.from - row.to;
      if (row.source === source) break;
    }
    let at = 0;
    return own.flatMap((item) => {
      const itemBegin = at;
      at += item.qty_ordered - (item.qty_canceled ?? 0);
      const qty = Math.min(end, at) - Math.max(begin, itemBegin, shipped);
      return qty > 0 ? [{ order_item_id: item.item_id, qty }] : [];
    });
  });
}
