import type { ListingDraft, ListingRef, ReviewVerdict } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import type { Ware } from './answers.ts';
import { isRefusal, type JdIdClient } from './client.ts';
import { checkDraft, checkImages } from './draft-check.ts';
import { toListingRef, toReview } from './listing-mapping.ts';
import { text } from './mapping.ts';
import type { JdIdProducts } from './products.ts';
import type { JdIdSettings } from './schema.ts';
import { reviews, wareTag } from './tags.ts';

/** Listings: created, changed, reviewed, put on the shelf. */
export class JdIdListings {
  readonly #client: JdIdClient;
  readonly #products: JdIdProducts;
  readonly #settings: JdIdSettings;

  constructor(client: JdIdClient, products: JdIdProducts, settings: JdIdSettings) {
    this.#client = client;
    this.#products = products;
    this.#settings = settings;
  }

  /**
   * Creates the product, then reads its SKUs back, because the answer does not say which id belongs to which seller
   * SKU. Once it is created, every failure is `OutcomeUnknown` with the id in `existingId`: look it up, never repeat.
   */
  async createListing(draft: ListingDraft): Promise<ListingRef> {
    checkDraft(draft, this.#settings);
    const externalId = await this.#client.ask(this.#client.gateway.calls.create(draft));
    const created = (why: string, cause?: unknown) =>
      new ConnectorError('OutcomeUnknown', `JD.id created product ${externalId}, but ${why}`, {
        existingId: externalId,
        ...(cause === undefined ? {} : { cause }),
      });
    let ref: ListingRef;
    try {
      ref = toListingRef(externalId, await this.#products.skus(externalId));
    } catch (error) {
      throw created('its SKUs could not be read back', error);
    }
    const shown = new Set(ref.skus.map((sku) => sku.sellerSku));
    const missing = draft.skus.filter((sku) => !shown.has(sku.sellerSku)).map((sku) => sku.sellerSku);
    if (missing.length > 0) throw created(`it does not show the SKUs ${missing.join(', ')}`);
    return ref;
  }

  /**
   * Sends the product's content, names that differ, and SKUs that are missing over there (read first, so that a repeat
   * adds nothing twice). Prices and stock are not touched; SKUs that the draft no longer has stay.
   */
  async updateListing({ externalId }: ListingRef, draft: ListingDraft): Promise<void> {
    checkDraft(draft, this.#settings);
    const { calls } = this.#client.gateway;
    const present = await this.#products.skus(externalId);
    await this.#client.ask(calls.update(externalId, draft));
    for (const sku of draft.skus) {
      const there = present.find((candidate) => text(candidate.sellerSkuId) === sku.sellerSku);
      if (there === undefined) await this.#client.ask(calls.addSku(externalId, draft, sku));
      else if (text(there.skuName) !== sku.title) await this.#client.ask(calls.renameSku(externalId, there, sku));
    }
  }

  /** One call per image (v1: per image and SKU), the main image first. */
  async uploadImages(
    ref: ListingRef,
    images: readonly { readonly bytes: Buffer; readonly fileName: string }[],
  ): Promise<void> {
    checkImages(images);
    for (const call of this.#client.gateway.calls.images(ref, images)) await this.#client.ask(call);
  }

  /** Skipped while a review is running. A refusal that crossed with a running review counts as success. */
  async submitForReview(ref: ListingRef): Promise<void> {
    if (this.#isUnderReview(await this.#products.existing(ref.externalId))) return;
    try {
      await this.#client.ask(this.#client.gateway.calls.submit(ref.externalId));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // v1 does not show that a change is under review; then only the refusal's words say it (UNCONFIRMED).
      if (reviews[this.#client.gateway.version].changeUnderReview === null && /under review/i.test(error.message))
        return;
      if (!this.#isUnderReview(await this.#products.existing(ref.externalId))) throw error;
    }
  }

  async readReview(ref: ListingRef): Promise<ReviewVerdict> {
    const ware = await this.#products.existing(ref.externalId);
    return toReview(ware, this.#client.gateway.version, this.#settings.reviewStates);
  }

  putOnShelf(ref: ListingRef): Promise<void> {
    return this.#shelf(ref, 'onShelf', 'LIVE');
  }

  /** Without a method for it (v1) nothing is left to buy instead; a person takes it down in the seller portal. */
  async takeOffShelf(ref: ListingRef): Promise<void> {
    const { calls } = this.#client.gateway;
    if (calls.shelf !== null) return this.#shelf(ref, 'offShelf', 'DELISTED');
    if (ref.skus.length === 0) return;
    await this.#client.ask(calls.stock(new Map(ref.skus.map(({ externalSkuId }) => [externalSkuId, 0]))));
  }

  /** A refusal counts as success where the product already is where it should be. */
  async #shelf({ externalId }: ListingRef, verb: 'onShelf' | 'offShelf', wanted: 'LIVE' | 'DELISTED'): Promise<void> {
    const { calls, version } = this.#client.gateway;
    const isThere = async () => {
      const ware = await this.#products.ware(externalId);
      return ware !== null && wareTag(version, text(ware.wareStatus)) === wanted;
    };
    if (calls.shelf === null) {
      if (await isThere()) return;
      throw new ConnectorError('Rejected', `JD.id's gateway ${version} cannot put product ${externalId} on the shelf`, {
        code: 'no_such_call',
        remedy: 'What passes its review goes there by itself; where it did not, use the seller portal.',
      });
    }
    try {
      await this.#client.ask(calls.shelf(externalId, verb));
    } catch (error) {
      if (!isRefusal(error) || !(await isThere())) throw error;
    }
  }

  #isUnderReview(ware: Ware): boolean {
    const { field, underReview } = reviews[this.#client.gateway.version];
    return underReview.includes(text(ware[field]) ?? '');
  }
}
