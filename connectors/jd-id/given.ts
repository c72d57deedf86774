import { type GivenAccess, type GivenServer, NotProvoked } from '../conformance/index.ts';
import type { ConnectorContext } from '../contract/common.ts';
import type { ListingDraft, ListingRef, MarketplaceConnector } from '../contract/marketplace.ts';
import { JdIdClient } from './client.ts';
import { telling } from './gateways/gateway.ts';
import { gatewayFor } from './gateways/index.ts';
import { idValue } from './json.ts';
import { text } from './mapping.ts';
import { JdIdProducts } from './products.ts';
import type { JdIdCredentials, JdIdSettings } from './schema.ts';

type Access = GivenAccess<MarketplaceConnector>;

/** Categories whose attributes are looked at for one that tells SKUs apart. */
const MOST_CATEGORIES = 8;

/** Where a gateway lies that was given as an address, with or without its path. */
function settingsFor(url: string, more: Readonly<Record<string, unknown>>, credentials: unknown) {
  const { origin, pathname } = new URL(url);
  const hasRefresh = typeof credentials === 'object' && credentials !== null && 'refreshToken' in credentials;
  const isV1 = more.gateway === undefined ? /\/api(_bigdata)?$/.test(pathname) || !hasRefresh : more.gateway === 'v1';
  const path = isV1 ? '/api' : '/routerjson';
  const bare = pathname === '/' || pathname === '';
  const whole = `${origin}${bare ? '' : pathname}`;
  const beside = whole.endsWith(path) ? whole.slice(0, -path.length) : whole;
  const own = (gatewayUrl: string) => ({
    gateway: isV1 ? 'v1' : 'v2',
    gatewayUrl,
    ...(isV1 ? {} : { oauthUrl: `${beside}/oauth2` }),
    ...more,
  });
  return whole.endsWith(path) ? [own(whole)] : [own(`${whole}${path}`), own(bare ? `${origin}/` : whole)];
}

/** The same account by raw calls. */
function raw({ ctx }: Access): { readonly client: JdIdClient; readonly products: JdIdProducts } {
  const typed = ctx as ConnectorContext<JdIdCredentials, JdIdSettings>;
  const client = new JdIdClient(typed, gatewayFor(typed.settings));
  return { client, products: new JdIdProducts(client, typed.settings) };
}

interface Place {
  readonly categoryId: string;
  readonly brandId: string;
  readonly attributeId: string | null;
  readonly choices: readonly string[];
}
const places = new WeakMap<object, Map<number, Promise<Place>>>();

/** A category with an attribute of enough values, and a brand of the shop. */
async function placeFor({ connector }: Access, skus: number): Promise<Place> {
  const leaves = (await connector.listCategories()).filter(({ leaf }) => leaf);
  const [brand] = (await connector.listBrands?.()) ?? [];
  if (leaves[0] === undefined || brand === undefined) {
    throw new NotProvoked('the account shows no category, or no brand, to list test goods under');
  }
  const place = { brandId: brand.id, attributeId: null, choices: [] };
  if (skus === 1) return { ...place, categoryId: leaves[0].id };
  for (const { id: categoryId } of leaves.slice(0, MOST_CATEGORIES)) {
    const found = ((await connector.listAttributes?.(categoryId)) ?? []).find(({ choices }) => choices.length >= skus);
    if (found !== undefined) {
      return { ...place, categoryId, attributeId: found.id, choices: found.choices.map(({ id }) => id) };
    }
  }
  throw new NotProvoked(`no category of the account has an attribute with ${skus} values to tell SKUs apart`);
}

async function draft(access: Access, skus: readonly string[], more: Partial<ListingDraft>): Promise<ListingDraft> {
  const known = places.get(access.ctx) ?? new Map<number, Promise<Place>>();
  places.set(access.ctx, known);
  const place = known.get(skus.length) ?? placeFor(access, skus.length);
  known.set(skus.length, place);
  const { categoryId, brandId, attributeId, choices } = await place;
  return {
    listingId: access.mark,
    title: `Test goods ${access.mark}`,
    descriptionHtml: '<p>Test goods of the conformance kit: not for sale.</p>',
    categoryId,
    brandId,
    attributes: {},
    images: [],
    weightGrams: 800,
    lengthMm: 300,
    widthMm: 200,
    heightMm: 120,
    skus: skus.map((sellerSku, index) => ({
      sellerSku,
      title: `Test goods ${sellerSku}`,
      price: { amountMinor: 150_000 + index, currency: currencyOf(access) },
      quantity: 5,
      barcode: null,
      variantAttributes: attributeId === null ? {} : { [attributeId]: choices[index] ?? '' },
    })),
    ...more,
  };
}

const currencyOf = ({ ctx }: Access): string => (ctx.settings as JdIdSettings).currency ?? 'IDR';

/** Deleted where the gateway has a method for it; else nothing is offered of it any more, and it stays. */
async function remove(access: Access, { externalId, skus }: ListingRef): Promise<void> {
  const { client } = raw(access);
  const sellable = skus.filter(({ externalSkuId }) => externalSkuId !== '');
  await access.connector.writeStock(sellable.map((sku) => ({ ...sku, externalId, quantity: 0 })));
  if (client.gateway.version === 'v1') {
    throw new Error('nothing is offered of it any more; this gateway has no method that deletes');
  }
  const method = 'jingdong.seller.product.api.write.delSpu';
  const business = JSON.stringify({ spuId: idValue(externalId) });
  try {
    await client.ask(telling({ method, operation: 'listings.delete', business }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`nothing is offered of it any more, but it could not be deleted: ${why}`);
  }
}

/** JD.id on a server that somebody else started. */
export const jdIdServer: GivenServer = {
  settingsFor,
  wrongCredentials: (credentials) => ({ ...(credentials as JdIdCredentials), appSecret: 'wrong-secret' }),
  exceptions: ({ gateway }): Readonly<Record<string, string>> =>
    gateway === 'v1'
      ? {
          'listing/changed': 'v1 does not show that a change is under review',
          'listing/delisted': 'v1 has no method for the shelf: the stock goes to 0 instead',
        }
      : {},
  marketplace: {
    draft,
    titleOf: async (access, { externalId }) => {
      const ware = (await raw(access).products.ware(externalId)) ?? {};
      const title = 'spuName' in ware ? ware.spuName : null;
      return typeof title === 'string' ? text(title) : null;
    },
    remove,
  },
};
