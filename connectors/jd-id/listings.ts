import type { ListingDraft, ListingRef, ReviewVerdict } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import type { JdIdCall, JdIdClient } from './client.ts';
import { idValue } from './json.ts';
import { toAddedSku, toListingRef, toReview, toSkuInfo, toSpuInfo } from './listing-mapping.ts';
import { text } from './mapping.ts';
import {
  categoriesSchema,
  createdSchema,
  type JdIdSettings,
  type Sku,
  skusSchema,
  type Ware,
  wareListSchema,
  waresSchema,
} from './schema.ts';
import { underReview, wareTag } from './tags.ts';

/** Largest page of the product list that was seen in use. */
const LIST_PAGE_SIZE = 100;
const ALL_COLOURS = '0000000000';

/** Products and their review. */
export class JdIdListings {
  readonly #client: JdIdClient;
  readonly #settings: JdIdSettings;

  constructor(client: JdIdClient, settings: JdIdSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  /** Categories as a flat list; a leaf is one that is nobody's parent. */
  async listCategories(): Promise<{ id: string; name: string; parentId: string | null; leaf: boolean }[]> {
    const { venderId } = this.#settings;
    const call: JdIdCall = {
      method: 'jingdong.seller.category.api.read.getAllCategory',
      operation: 'categories.list',
      parameters: venderId === undefined ? {} : { venderId: idValue(venderId) },
    };
    const rows = await this.#client.ask(call, categoriesSchema);
    const parents = new Set(rows.map((row) => text(row.parentId)));
    return rows.map((row) => {
      const id = String(row.id);
      const parentId = text(row.parentId);
      return {
        id,
        name: text(row.nameEn) ?? text(row.name) ?? id,
        parentId: parentId === '0' ? null : parentId,
        leaf: !parents.has(id),
      };
    });
  }

  /** One page of the product list; the answer says `isSuccess`. */
  async listPage(page: number, size: number): Promise<{ externalIds: string[]; total: number | null }> {
    const call: JdIdCall = {
      method: 'jingdong.seller.product.getWareInfoListByVendorId',
      operation: 'products.list',
      parameters: { page, size },
    };
    const result = await this.#client.succeed(call);
    if (result.model === null) return { externalIds: [], total: null };
    const model = this.#client.read(call, wareListSchema, result.model);
    const total = Number(text(model.totalNum) ?? Number.NaN);
    return {
      externalIds: (model.spuInfoVoList ?? []).map((ware) => String(ware.spuId)),
      total: Number.isSafeInteger(total) ? total : null,
    };
  }

  /** A product with its states; null when the shop has none of that id. */
  async readWare(externalId: string): Promise<Ware | null> {
    const call: JdIdCall = {
      method: 'jingdong.seller.product.getWareBySpuIds',
      operation: 'products.read',
      parameters: { spuId: idValue(externalId), skuIds: '1' },
    };
    const model = await this.#modelOrNull(call);
    const wares = model === null ? [] : this.#client.read(call, waresSchema, model);
    return wares.find((ware) => String(ware.spuId) === externalId) ?? null;
  }

  /** The SKUs of a product; empty when there is no such product. */
  async readSkus(externalId: string): Promise<readonly Sku[]> {
    const call: JdIdCall = {
      method: 'jingdong.seller.product.getSkuInfoBySpuIdAndVenderId',
      operation: 'products.skus',
      parameters: { spuId: idValue(externalId) },
    };
    const model = await this.#modelOrNull(call);
    return model === null ? [] : this.#client.read(call, skusSchema, model);
  }

  /**
   * Creates the product, then reads its SKUs back, because the answer does not say which id belongs to which seller
   * SKU. Once it is created, every failure is `OutcomeUnknown` with the id in `existingId`: look it up, never repeat.
   */
  async createListing(draft: ListingDraft): Promise<ListingRef> {
    const call: JdIdCall = {
      method: 'jingdong.seller.product.api.write.addProduct',
      operation: 'listings.create',
      parameters: { spuInfo: toSpuInfo(draft, this.#settings), skuList: draft.skus.map(toSkuInfo) },
      effect: true,
    };
    const externalId = String((await this.#client.ask(call, createdSchema)).spuId);
    const created = (why: string, cause?: unknown) =>
      new ConnectorError('OutcomeUnknown', `JD.id created product ${externalId}, but ${why}`, {
        existingId: externalId,
        ...(cause === undefined ? {} : { cause }),
      });
    let ref: ListingRef;
    try {
      ref = toListingRef(externalId, await this.readSkus(externalId));
    } catch (error) {
      throw created('its SKUs could not be read back', error);
    }
    const shown = new Set(ref.skus.map((sku) => sku.sellerSku));
    const missing = draft.skus.filter((sku) => !shown.has(sku.sellerSku)).map((sku) => sku.sellerSku);
    if (missing.length > 0) throw created(`it does not show the SKUs ${missing.join(', ')}`);
    return ref;
  }

  /**
   * Our listing by one of its seller SKUs. There is no search, so the newest products are read one by one (higher id =
   * newer: an assumption). Null only when the whole shop was searched; else `OutcomeUnknown`, because "not found among
   * the newest" is no proof.
   */
  async findListing(sellerSku: string): Promise<ListingRef | null> {
    const limit = this.#settings.findListingMaxProducts ?? 300;
    const externalIds = await this.#allProductIds();
    const newestFirst = [...externalIds].sort((a, b) => b.length - a.length || (a < b ? 1 : -1));
    for (const externalId of newestFirst.slice(0, limit)) {
      const ref = toListingRef(externalId, await this.readSkus(externalId));
      if (ref.skus.some((sku) => sku.sellerSku === sellerSku)) return ref;
    }
    if (newestFirst.length <= limit) return null;
    throw new ConnectorError(
      'OutcomeUnknown',
      `JD.id: ${sellerSku} is not among the newest ${limit} of ${newestFirst.length} products`,
      { remedy: 'Look in the seller portal, or raise findListingMaxProducts in the settings of the connection.' },
    );
  }

  /**
   * Sends the product's content, names that differ, and SKUs that are missing over there (read first, so that a repeat
   * adds nothing twice). Prices and stock are not touched; SKUs that the draft no longer has stay.
   */
  async updateListing(ref: ListingRef, draft: ListingDraft): Promise<void> {
    const spuId = idValue(ref.externalId);
    const present = await this.readSkus(ref.externalId);
    await this.#client.succeed({
      method: 'jingdong.seller.product.api.write.updateProduct',
      operation: 'listings.update',
      parameters: { ...toSpuInfo(draft, this.#settings), spuId },
    });
    for (const sku of draft.skus) {
      const there = present.find((candidate) => text(candidate.sellerSkuId) === sku.sellerSku);
      if (there === undefined) {
        await this.#client.succeed({
          method: 'jingdong.seller.product.sku.write.addSkuInfo',
          operation: 'listings.addSku',
          parameters: toAddedSku(ref.externalId, draft, sku),
        });
      } else if (text(there.skuName) !== sku.title) {
        await this.#client.succeed({
          method: 'jingdong.seller.product.sku.write.updateSkuInfo',
          operation: 'listings.updateSku',
          parameters: { spuId, skuId: there.skuId, sellerSkuId: sku.sellerSku, skuName: sku.title },
        });
      }
    }
  }

  /** One call per image, `order` 1 first: it becomes the main image. */
  async uploadImages(ref: ListingRef, images: readonly { readonly bytes: Buffer }[]): Promise<void> {
    for (const [index, image] of images.entries()) {
      await this.#client.succeed({
        method: 'jingdong.seller.product.sku.write.updateProductImages',
        operation: 'listings.image',
        parameters: {
          imageApiVo: {
            productId: idValue(ref.externalId),
            colorId: ALL_COLOURS,
            order: index + 1,
            imageByteBase64: image.bytes.toString('base64'),
          },
        },
      });
    }
  }

  /** Skipped while a review is running. A refusal that crossed with a running review counts as success. */
  async submitForReview(ref: ListingRef): Promise<void> {
    if (this.#isUnderReview(await this.#existingWare(ref))) return;
    try {
      await this.#client.succeed({
        method: 'jingdong.seller.product.api.write.submitAudit',
        operation: 'listings.submit',
        parameters: { spuId: ref.externalId },
      });
    } catch (error) {
      if (!isRefusal(error) || !this.#isUnderReview(await this.#existingWare(ref))) throw error;
    }
  }

  async readReview(ref: ListingRef): Promise<ReviewVerdict> {
    return toReview(await this.#existingWare(ref), this.#settings);
  }

  putOnShelf(ref: ListingRef): Promise<void> {
    return this.#shelf(ref, 'onShelf', 'LIVE');
  }

  takeOffShelf(ref: ListingRef): Promise<void> {
    return this.#shelf(ref, 'offShelf', 'DELISTED');
  }

  /** A refusal counts as success where the product already is where it should be. */
  async #shelf(ref: ListingRef, verb: 'onShelf' | 'offShelf', wanted: 'LIVE' | 'DELISTED'): Promise<void> {
    try {
      await this.#client.succeed({
        method: `jingdong.seller.product.api.write.${verb}`,
        operation: `listings.${verb}`,
        parameters: { spuId: idValue(ref.externalId) },
      });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const ware = await this.readWare(ref.externalId);
      if (ware === null || wareTag(text(ware.wareStatus)) !== wanted) throw error;
    }
  }

  #isUnderReview(ware: Ware): boolean {
    return underReview.includes(text(ware.auditStatus) ?? '');
  }

  async #existingWare(ref: ListingRef): Promise<Ware> {
    const ware = await this.readWare(ref.externalId);
    if (ware !== null) return ware;
    throw new ConnectorError('NotFound', `JD.id has no product ${ref.externalId}`, {
      remedy: 'It was deleted over there: create the listing again.',
    });
  }

  async #allProductIds(): Promise<Set<string>> {
    const externalIds = new Set<string>();
    const maxPages = 1000;
    for (let page = 1; page <= maxPages; page += 1) {
      const before = externalIds.size;
      const { externalIds: found, total } = await this.listPage(page, LIST_PAGE_SIZE);
      for (const externalId of found) externalIds.add(externalId);
      // A page that brings nothing new is the end, also where the last page is repeated for ever.
      if (externalIds.size === before || (total !== null && externalIds.size >= total)) return externalIds;
    }
    return externalIds;
  }

  /** The model, or null where the service says that there is no such thing. */
  async #modelOrNull(call: JdIdCall): Promise<unknown> {
    try {
      return (await this.#client.succeed(call)).model;
    } catch (error) {
      if (error instanceof ConnectorError && error.kind === 'NotFound') return null;
      throw error;
    }
  }
}

/** A service said no; nothing is known to be broken. */
function isRefusal(error: unknown): boolean {
  return error instanceof ConnectorError && (error.kind === 'Rejected' || error.kind === 'Duplicate');
}
