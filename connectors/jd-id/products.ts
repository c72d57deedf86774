import type { ListingRef } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import type { Sku, Ware } from './answers.ts';
import type { JdIdClient } from './client.ts';
import { toListingRef } from './listing-mapping.ts';
import type { JdIdSettings } from './schema.ts';

/** Largest page of the product list that was seen in use. */
const LIST_PAGE_SIZE = 100;
/** A guard against a gateway that repeats its last page for ever. */
const MAX_PAGES = 1000;

/** Products as they are over there. */
export class JdIdProducts {
  readonly #client: JdIdClient;
  readonly #settings: JdIdSettings;

  constructor(client: JdIdClient, settings: JdIdSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  /** How many products the shop has; null where the gateway does not say. */
  async total(): Promise<number | null> {
    return (await this.#client.ask(this.#client.gateway.calls.products(1, 1))).total;
  }

  /** A product with its states; null when the shop has none of that id. */
  async ware(externalId: string): Promise<Ware | null> {
    return (await this.wares([externalId])).get(externalId) ?? null;
  }

  /** A product with its states. Throws `NotFound` when the shop has none of that id. */
  async existing(externalId: string): Promise<Ware> {
    const ware = await this.ware(externalId);
    if (ware !== null) return ware;
    throw new ConnectorError('NotFound', `JD.id has no product ${externalId}`, {
      remedy: 'It was deleted over there: create the listing again.',
    });
  }

  /** Products by id: one by one where the gateway has a method for it, else out of the shop's list. */
  async wares(externalIds: readonly string[]): Promise<ReadonlyMap<string, Ware>> {
    const found = new Map<string, Ware>();
    const { product } = this.#client.gateway.calls;
    if (product !== null) {
      for (const externalId of new Set(externalIds)) {
        const ware = await this.#client.find(product(externalId));
        if (ware !== null) found.set(externalId, ware);
      }
      return found;
    }
    const wanted = new Set(externalIds);
    for await (const wares of this.#pages()) {
      for (const ware of wares) {
        if (wanted.has(String(ware.spuId))) found.set(String(ware.spuId), ware);
      }
      if (found.size === wanted.size) break;
    }
    return found;
  }

  /** The SKUs of a product; empty when there is no such product. */
  async skus(externalId: string): Promise<readonly Sku[]> {
    return (await this.#client.find(this.#client.gateway.calls.skus(externalId))) ?? [];
  }

  /**
   * Our listing by one of its seller SKUs. There is no search, so the newest products are read one by one (higher id =
   * newer: an assumption). Null only when the whole shop was searched; else `OutcomeUnknown`, because "not found among
   * the newest" is no proof.
   */
  async findListing(sellerSku: string): Promise<ListingRef | null> {
    const limit = this.#settings.findListingMaxProducts ?? 300;
    const externalIds = new Set<string>();
    for await (const wares of this.#pages()) for (const ware of wares) externalIds.add(String(ware.spuId));
    const newestFirst = [...externalIds].sort((a, b) => b.length - a.length || (a < b ? 1 : -1));
    for (const externalId of newestFirst.slice(0, limit)) {
      const ref = toListingRef(externalId, await this.skus(externalId));
      if (ref.skus.some((sku) => sku.sellerSku === sellerSku)) return ref;
    }
    if (newestFirst.length <= limit) return null;
    throw new ConnectorError(
      'OutcomeUnknown',
      `JD.id: ${sellerSku} is not among the newest ${limit} of ${newestFirst.length} products`,
      {
        code: 'search_limit',
        remedy: 'Look in the seller portal, or raise findListingMaxProducts in the settings of the connection.',
      },
    );
  }

  /** The shop's list page by page. A page that brings nothing new is the end, also where the last one is repeated. */
  async *#pages(): AsyncGenerator<readonly Ware[]> {
    const seen = new Set<string>();
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const before = seen.size;
      const { items, total } = await this.#client.ask(this.#client.gateway.calls.products(page, LIST_PAGE_SIZE));
      for (const ware of items) seen.add(String(ware.spuId));
      yield items;
      if (seen.size === before || (total !== null && seen.size >= total)) return;
    }
  }
}
