import { demoOptions as magentoOptions, startMagentoSimulator } from '../../connectors/magento/simulator/index.ts';
import { demoOptions as shopifyOptions, startShopifySimulator } from '../../connectors/shopify/simulator/index.ts';
import type { RateLimit, RunningSimulator } from '../../connectors/simulator-kit/index.ts';
import { startWooCommerceSimulator, demoOptions as wooOptions } from '../../connectors/woocommerce/simulator/index.ts';
import type { DemoShop } from './brands.ts';
import { asMagento, asShopify, asWooCommerce } from './catalogues.ts';
import type { StoreKind } from './kinds.ts';

/** Where a simulator keeps its things, and when it is there. */
interface Place {
  readonly port: number;
  readonly limits: RateLimit;
  readonly stateFile: string;
  readonly logFile: string;
  readonly now?: () => Date;
}

/** Starts a shop with its brand's goods in it. */
export function startShop({ kind, brand }: DemoShop, place: Place, imagesUrl: string): Promise<RunningSimulator> {
  const goods = brand.goods();
  switch (kind) {
    case 'woocommerce':
      return startWooCommerceSimulator({
        ...wooOptions,
        ...place,
        siteName: brand.name,
        currency: brand.currency,
        siteTimeZone: brand.timeZone,
        products: asWooCommerce(goods, imagesUrl),
      });
    case 'magento':
      return startMagentoSimulator({
        ...magentoOptions,
        ...place,
        currency: brand.currency,
        timezone: brand.timeZone,
        // Under its media address Magento keeps the pictures of products in a folder of this name.
        mediaUrl: `${imagesUrl}/`,
        products: asMagento(goods, brand.places),
      });
    case 'shopify':
      return startShopifySimulator({
        ...shopifyOptions,
        ...place,
        shopName: brand.name,
        currency: brand.currency,
        locations: [...brand.places],
        products: asShopify(goods, imagesUrl, brand.places),
      });
  }
}

const { consumerKey, consumerSecret } = wooOptions;
const { integration } = magentoOptions;
const { clientId, clientSecret, accessToken } = shopifyOptions;

/** What a brand types in to connect its shop. */
export const credentialsOf: Readonly<Record<StoreKind, Readonly<Record<string, string>>>> = {
  woocommerce: { consumerKey, consumerSecret },
  magento: { ...integration },
  shopify: { clientId, clientSecret, accessToken },
};

/** Texts that must be found nowhere outside their sealed place. */
export const shopSecrets: readonly string[] = [
  consumerSecret,
  integration.consumerSecret,
  integration.accessToken,
  integration.accessTokenSecret,
  clientSecret,
  accessToken,
];

export function settingsOf(kind: StoreKind, url: string): Readonly<Record<string, string>> {
  switch (kind) {
    case 'woocommerce':
      return { url, hsCodeMeta: 'hs_code', originMeta: 'country_of_origin' };
    case 'magento':
      return { url, hsCodeAttribute: 'hs_code' };
    case 'shopify':
      return { url };
  }
}
