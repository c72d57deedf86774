import { type GivenAccess, type GivenServer, NotProvoked } from '../conformance/index.ts';
import type { ConnectorContext } from '../contract/common.ts';
import type { ListingDraft, MarketplaceAttribute, MarketplaceConnector } from '../contract/marketplace.ts';
import { ZilingoClient } from './client.ts';
import { ZilingoListings } from './listings.ts';
import { text } from './mapping.ts';
import type { ZilingoCredentials, ZilingoSettings } from './schema.ts';

type Access = GivenAccess<MarketplaceConnector>;

const settingsOf = ({ ctx }: Access): ZilingoSettings => ctx.settings as ZilingoSettings;

/** A category of the settings that can tell so many SKUs apart, with what it wants filled in. */
async function placeFor(access: Access, skus: number) {
  const { connector } = access;
  const categories = await connector.listCategories();
  if (categories.length === 0) {
    throw new NotProvoked('no sub-category is named: give --settings \'{"subCategoryIds": ["…"]}\'');
  }
  for (const { id } of categories) {
    const attributes: readonly MarketplaceAttribute[] = (await connector.listAttributes?.(id)) ?? [];
    const telling = attributes.filter(({ forVariants }) => forVariants === true);
    const [widest] = telling.toSorted((a, b) => b.choices.length - a.choices.length);
    if (skus > 1 && (widest?.choices.length ?? 0) < skus) continue;
    const required = attributes.filter((one) => one.required === true && one.choices.length > 0);
    return { categoryId: id, required, telling, widest };
  }
  throw new NotProvoked(`no sub-category of the settings has ${skus} colours, sizes or capacities`);
}

async function draft(access: Access, skus: readonly string[], more: Partial<ListingDraft>): Promise<ListingDraft> {
  const { categoryId, required, telling, widest } = await placeFor(access, skus.length);
  const choice = (attribute: MarketplaceAttribute, index: number): string =>
    attribute.choices[attribute.id === widest?.id ? index : 0]?.id ?? '';
  const currency = settingsOf(access).currency ?? 'SGD';
  return {
    listingId: access.mark,
    title: `Test goods ${access.mark}`,
    descriptionHtml: '<p>Test goods of the conformance kit: not for sale.</p>',
    categoryId,
    brandId: 'none',
    attributes: Object.fromEntries(required.map((attribute) => [attribute.id, choice(attribute, 0)])),
    images: [{ url: 'https://images.example/test-goods.jpg' }],
    weightGrams: 200,
    lengthMm: 300,
    widthMm: 200,
    heightMm: 20,
    skus: skus.map((sellerSku, index) => ({
      sellerSku,
      title: `Test goods ${sellerSku}`,
      price: { amountMinor: 250_000 + index * 100, currency },
      quantity: 5,
      barcode: null,
      variantAttributes: Object.fromEntries(telling.map((attribute) => [attribute.id, choice(attribute, index)])),
    })),
    ...more,
  };
}

/** Zilingo on a server that somebody else started. */
export const zilingoServer: GivenServer = {
  settingsFor: (baseUrl, more) => [{ baseUrl, ...more }],
  wrongCredentials: (credentials) => ({ ...(credentials as ZilingoCredentials), apiKey: 'SAK-wrong' }),
  marketplace: {
    draft,
    titleOf: async (access, { externalId }) => {
      const typed = access.ctx as ConnectorContext<ZilingoCredentials, ZilingoSettings>;
      const product = await new ZilingoListings(new ZilingoClient(typed), typed.settings).readProduct(externalId);
      return product !== null && 'name' in product ? text(product.name) : null;
    },
    remove: async ({ connector }, ref) => {
      const isNamed = ref.skus.every(({ externalSkuId }) => externalSkuId !== '');
      if (isNamed) await connector.takeOffShelf(ref);
      throw new Error('nothing is offered of it; Zilingo has no call that deletes a product');
    },
  },
};
