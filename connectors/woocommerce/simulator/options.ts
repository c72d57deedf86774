import type { SimulatorOptions } from '../../simulator-kit/index.ts';
import type { JsonObject } from './json.ts';
import type { TaxSetup } from './taxes.ts';

/** A REST key of a shop user. */
export interface ApiKey {
  consumerKey: string;
  consumerSecret: string;
  permissions: 'read' | 'write' | 'read_write';
}

/** Peculiarities of real shops that can be switched at any time by `POST /__control/dials`. */
export interface Dials {
  /** The host takes the `Authorization` header away (CGI). */
  stripAuthorization: boolean;
  /** No `/wp-json/`; only `/?rest_route=`, where keys are not looked at. */
  plainPermalinks: boolean;
  /** A PHP warning stands before the JSON of every answer, status unchanged. */
  phpWarning: boolean;
  /** Stock changes by orders and controls do not move `date_modified` (older versions). */
  freezeModifiedOnStock: boolean;
  /** Items of equal date change places from call to call. */
  unstableDateOrder: boolean;
  /** Orders live in post storage: `search` does not find the transaction id. */
  postStorage: boolean;
  /** Before 10.3: there is no `GET /variations`. */
  withoutVariationsRoute: boolean;
  /** The site closes `wc-analytics`, which its own reports use. */
  withoutAnalytics: boolean;
  /** Products that lists count, but do not show: those of a type whose plugin is gone. */
  hiddenIds: number[];
  /** Order statuses that plugins add. */
  extraStatuses: string[];
  /** How long the download of each new image takes. */
  imageDownloadMs: number;
  /** Largest batch; more is 413. */
  batchLimit: number;
  /** Deliver webhooks by itself soon after a change; otherwise only `POST /__control/run-cron` does. */
  autoDeliver: boolean;
  /** Time from a change to its automatic delivery. */
  autoDeliverAfterMs: number;
  /** Chance that a delivery is sent twice. */
  webhookDoubleProbability: number;
  /** The waiting deliveries are sent in random order. */
  webhookReorder: boolean;
  /** Hands keys over to plain http addresses, too: for a sandbox on one machine. A real shop refuses. */
  insecureCallback: boolean;
}

export const DEFAULT_DIALS: Dials = {
  stripAuthorization: false,
  plainPermalinks: false,
  phpWarning: false,
  freezeModifiedOnStock: false,
  unstableDateOrder: false,
  postStorage: false,
  withoutVariationsRoute: false,
  withoutAnalytics: false,
  hiddenIds: [],
  extraStatuses: [],
  imageDownloadMs: 0,
  batchLimit: 100,
  autoDeliver: false,
  autoDeliverAfterMs: 20,
  webhookDoubleProbability: 0,
  webhookReorder: false,
  insecureCallback: false,
};

/** How a WooCommerce shop is started. */
export interface WooCommerceSimulatorOptions extends SimulatorOptions {
  /** The first key; it may read and write. */
  consumerKey: string;
  consumerSecret: string;
  /** Further keys. */
  keys?: ApiKey[] | undefined;
  /** IANA zone of the shop's wall clock; default UTC. */
  siteTimeZone?: string | undefined;
  /** The shop's home URL as OAuth signatures and links spell it; default: the simulator's own URL. */
  siteUrl?: string | undefined;
  siteName?: string | undefined;
  /** ISO 4217; default AUD. */
  currency?: string | undefined;
  /** `woocommerce_price_num_decimals`; default 2, as in a real shop of any currency. */
  priceDecimals?: number | undefined;
  /** PHP sees TLS: Basic and query keys count. Without it (plain http) only OAuth 1.0a does. */
  treatAsHttps?: boolean | undefined;
  /** Products that exist from the beginning: bodies as for `POST /__control/products`. */
  products?: JsonObject[] | undefined;
  /** After this time a delivery or ping counts as failed; default 60 000. */
  webhookTimeoutMs?: number | undefined;
  dials?: Partial<Dials> | undefined;
  /** Default: the shop calculates no taxes. */
  taxes?: Partial<TaxSetup> | undefined;
  /** Default kg. */
  weightUnit?: string | undefined;
  /** Default cm. */
  dimensionUnit?: string | undefined;
}
