import type { SimulatorOptions } from '../../simulator-kit/index.ts';

/** Peculiarities that can be switched at any time by `POST /__control/dials`. */
export interface Dials {
  /** Searches do not see what is younger. */
  searchLagMs: number;
  /** How often work in bulk is asked about before it is done; 0 = done when it is first asked about. */
  bulkPolls: number;
  /** How many bulk operations of one kind may run at a time. */
  bulkLimit: number;
  /** How the next bulk operations end: '' = well, else FAILED, CANCELED or EXPIRED (with half of the lines). */
  bulkEnd: string;
  /** Files of results can be fetched in parts (`Range`). */
  bulkRanges: boolean;
  /** Children stand behind all parents, although they were asked for behind their own. */
  bulkScattered: boolean;
  /** Addresses of results are dead. */
  bulkFilesGone: boolean;
  /** How often a cancellation's job is asked about before it is done; 0 = done at once. */
  jobPolls: number;
  /** Points in the bucket and per second. */
  bucketPoints: number;
  restoredPerSecond: number;
  /** Life of tokens that end, in seconds. */
  tokenSeconds: number;
  /** Deliver webhooks by itself soon after a change; otherwise only `POST /__control/run-webhooks` does. */
  autoDeliver: boolean;
  /** Each delivery is sent twice. */
  doubleWebhooks: boolean;
  /** The waiting deliveries are sent newest first. */
  reverseWebhooks: boolean;
}

export const DEFAULT_DIALS: Dials = {
  searchLagMs: 0,
  bulkPolls: 1,
  bulkLimit: 5,
  bulkEnd: '',
  bulkRanges: true,
  bulkScattered: false,
  bulkFilesGone: false,
  jobPolls: 1,
  bucketPoints: 2000,
  restoredPerSecond: 100,
  tokenSeconds: 86_399,
  autoDeliver: false,
  doubleWebhooks: false,
  reverseWebhooks: false,
};

/** A product as the controls take it. Variants that are left out: one, with the product's own fields. */
export interface ProductSeed {
  title: string;
  descriptionHtml?: string;
  vendor?: string;
  productType?: string;
  status?: 'ACTIVE' | 'ARCHIVED' | 'DRAFT' | 'UNLISTED';
  tags?: string[];
  images?: Array<{ url: string; alt?: string; failed?: boolean }>;
  collections?: string[];
  variants?: VariantSeed[];
}

export interface VariantSeed {
  sku?: string | null;
  barcode?: string;
  price?: string;
  compareAtPrice?: string | null;
  /** Available pieces at the first location, or by location name. */
  available?: number | Record<string, number>;
  tracked?: boolean;
  inventoryPolicy?: 'DENY' | 'CONTINUE';
  weightGrams?: number;
  taxable?: boolean;
  requiresShipping?: boolean;
  requiresComponents?: boolean;
  harmonizedSystemCode?: string;
  countryCodeOfOrigin?: string;
  options?: Array<{ name: string; value: string }>;
}

/** How a Shopify shop is started. */
export interface ShopifySimulatorOptions extends SimulatorOptions {
  /** The app. Its secret signs webhooks and OAuth callbacks. */
  clientId: string;
  clientSecret: string;
  /** A permanent token. */
  accessToken?: string | undefined;
  /** More permanent tokens, of apps with other rights. */
  readers?: Array<{ accessToken: string; scopes: string[] }> | undefined;
  /** What the app may do; default: all that an integration needs. */
  scopes?: string[] | undefined;
  /** Default `bench.myshopify.com`. */
  shopDomain?: string | undefined;
  shopName?: string | undefined;
  /** ISO 4217; default AUD. */
  currency?: string | undefined;
  /** Default: one, `Shop location`. */
  locations?: string[] | undefined;
  products?: ProductSeed[] | undefined;
  dials?: Partial<Dials> | undefined;
}

export const ALL_SCOPES = [
  'write_products',
  'write_inventory',
  'read_locations',
  'write_orders',
  'write_merchant_managed_fulfillment_orders',
];

/** For a demonstration; the credentials are made up. */
export const demoOptions = {
  clientId: 'demo-client-id',
  clientSecret: 'demo-client-secret',
  accessToken: 'shpat_demo',
  shopName: 'Demo shop',
  products: [
    { title: 'Tee', variants: [{ sku: 'TEE', price: '39.95', available: 12, weightGrams: 200 }] },
    {
      title: 'Shirt',
      variants: ['S', 'M'].map((size) => ({
        sku: `SHIRT-${size}`,
        price: '59.00',
        available: 10,
        weightGrams: 300,
        options: [{ name: 'Size', value: size }],
      })),
    },
  ],
} satisfies ShopifySimulatorOptions;
