import type { ListingDraft, ListingRef, MarketplaceAttribute, ReviewVerdict } from '../contract/marketplace.ts';
import { ConnectorError } from '../errors.ts';
import type { ZilingoClient } from './client.ts';
import { byHand } from './errors.ts';
import { checkDraft, sellerSkuOf, skusOf, toAttributes, toReview, toUpload } from './listing-mapping.ts';
import { text } from './mapping.ts';
import {
  type ProductVo,
  productListSchema,
  productSchema,
  type SubCategory,
  subCategorySchema,
  uploadedSchema,
  type ZilingoSettings,
} from './schema.ts';

const segment = encodeURIComponent;

/** Products and their quality check. A listing's number is the `productClientId` of its upload, for ever. */
export class ZilingoListings {
  readonly #client: ZilingoClient;
  readonly #settings: ZilingoSettings;
  readonly #categories = new Map<string, SubCategory>();

  constructor(client: ZilingoClient, settings: ZilingoSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  /** The sub-categories that the settings name: no call lists them. */
  async listCategories(): Promise<{ id: string; name: string; parentId: null; leaf: true }[]> {
    const found: { id: string; name: string; parentId: null; leaf: true }[] = [];
    for (const id of this.#settings.subCategoryIds ?? []) {
      const category = await this.#readCategory(id);
      if (category === null) continue;
      found.push({ id, name: category.name ?? id, parentId: null, leaf: true });
    }
    return found;
  }

  async listAttributes(categoryId: string): Promise<readonly MarketplaceAttribute[]> {
    const category = await this.#readCategory(categoryId);
    return category === null ? [] : toAttributes(category);
  }

  /**
   * Uploads a product; it is only queued, and the number is the temporary one. There is no look-up by our SKU: after
   * `OutcomeUnknown` a person must look.
   */
  async createListing(draft: ListingDraft): Promise<ListingRef> {
    const category = this.#categories.get(draft.categoryId) ?? (await this.#readCategory(draft.categoryId));
    if (category === null) {
      throw new ConnectorError('Rejected', `Zilingo has no sub-category ${draft.categoryId}`, {
        code: 'bad_draft',
        field: 'categoryId',
        remedy: 'Choose one of the sub-categories of the portal’s upload sheets.',
      });
    }
    checkDraft(draft, category, this.#settings.currency ?? 'SGD');
    const uploaded = await this.#client.succeed(
      {
        method: 'POST',
        path: '/api/v1/products/upload',
        operation: 'listings.create',
        body: toUpload(draft),
        effect: true,
      },
      uploadedSchema,
    );
    // Ids of its SKUs come with the approval.
    const skus = draft.skus.map(({ sellerSku }) => ({ sellerSku, externalSkuId: '' }));
    return { externalId: String(uploaded?.productClientId), skus };
  }

  /**
   * Our listing by one of its SKUs, where own products can be listed at all (UNCONFIRMED). The list shows approved ones only:
   * what it does not show may still be queued, so the answer is never "no".
   */
  async findListing(sellerSku: string): Promise<ListingRef | null> {
    const { unconfirmed } = this.#settings;
    if (unconfirmed?.products !== true) throw byHand('finding a product by our SKU', 'unconfirmed.products');
    const { approvedProducts, delistedProducts } = await this.#client.read(
      { method: 'GET', path: `${unconfirmed.prefix ?? '/__unconfirmed'}/products`, operation: 'products.list' },
      productListSchema,
    );
    const products = [...(approvedProducts ?? []), ...(delistedProducts ?? [])];
    const found = products.find((product) => skusOf(product).some((sku) => sellerSkuOf(sku) === sellerSku));
    const externalId = text(found?.productClientId);
    if (found === undefined || externalId === null) {
      throw new ConnectorError('OutcomeUnknown', `Zilingo: ${sellerSku} is not among the approved products`, {
        remedy: 'It may be queued: look in the seller portal.',
      });
    }
    const skus = skusOf(found).flatMap((sku) => {
      const ours = sellerSkuOf(sku);
      return ours === null ? [] : [{ sellerSku: ours, externalSkuId: String(sku.zilingoSKUId) }];
    });
    return { externalId, skus };
  }

  /** The verdict. What is not answered yet is still queued. */
  async readReview(ref: ListingRef): Promise<ReviewVerdict> {
    const product = await this.readProduct(ref.externalId);
    return product === null ? { status: 'in_review', native: 'nothing is answered' } : toReview(product, ref);
  }

  /** A product by the number of its upload; null where nothing is answered. */
  readProduct(externalId: string): Promise<ProductVo | null> {
    const path = `/api/v1/products/byClientId/${segment(externalId)}`;
    return this.#client.readOrNull({ method: 'GET', path, operation: 'products.read' }, productSchema);
  }

  /** Null where nothing is answered. */
  async #readCategory(id: string): Promise<SubCategory | null> {
    const path = `/api/v1/subCategories/byId/${segment(id)}`;
    const category = await this.#client.readOrNull(
      { method: 'GET', path, operation: 'categories.read' },
      subCategorySchema,
    );
    if (category !== null) this.#categories.set(id, category);
    return category;
  }
}
