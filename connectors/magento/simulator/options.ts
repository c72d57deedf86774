import type { SimulatorOptions } from '../../simulator-kit/index.ts';
import type { JsonObject } from './json.ts';

/** An integration of the shop: one of these may sign with OAuth 1.0a or send its token as bearer. */
export interface Integration {
  consumerKey: string;
  consumerSecret: string;
  accessToken: string;
  accessTokenSecret: string;
  /** Rights that it lacks, e.g. `Magento_Sales::create`. */
  lacks?: string[] | undefined;
}

/** Peculiarities of real shops that can be switched at any time by `POST /__control/dials`. */
export interface Dials {
  /** Empty lists are null (older versions). */
  itemsNull: boolean;
  /** Past the end the last page comes again (before 2.4). */
  repeatLastPage: boolean;
  /** `webapi/validation` is on: list inputs 20, page size 300. */
  inputLimits: boolean;
  /** Administrators need a second factor. */
  twoFactor: boolean;
  /** Tokens of integrations count as bearer; off by default since 2.4.4. */
  integrationBearer: boolean;
  /** Every n-th write meets a deadlock; 0 = none. */
  deadlockEvery: number;
  /** Nobody works on bulks. */
  consumerStopped: boolean;
  /** The maintenance page stands in front of everything. */
  maintenance: boolean;
  /** The web server refuses `%2F` in paths with an HTML page. */
  refuseEncodedSlash: boolean;
  /** Without multi-source inventory: its routes do not exist. */
  legacyStock: boolean;
  /** The module that exports salable quantities in bulk is not there. */
  withoutStockExport: boolean;
  /** Life of an administrator's token. */
  adminTokenMinutes: number;
  /** A credit memo without a piece is refused, shipping or not. */
  refundsNeedPieces: boolean;
  /** The price scope is "website": store views may have prices of their own. */
  pricesPerWebsite: boolean;
  /** `POST /orders` with an id changes nothing. */
  orderUpdatesIgnored: boolean;
  /** A module of the shop adds so much to the total of orders that are written directly. */
  surcharge: number;
  /** Signatures are made of the path with some characters decoded (up to 2.4.7). */
  plainSignatures: boolean;
  /** Lists of credit memos leave their comments out. */
  listsWithoutComments: boolean;
}

export const DEFAULT_DIALS: Dials = {
  itemsNull: false,
  repeatLastPage: false,
  inputLimits: false,
  twoFactor: false,
  integrationBearer: true,
  deadlockEvery: 0,
  consumerStopped: false,
  maintenance: false,
  refuseEncodedSlash: false,
  legacyStock: false,
  withoutStockExport: false,
  adminTokenMinutes: 60,
  refundsNeedPieces: false,
  pricesPerWebsite: false,
  orderUpdatesIgnored: false,
  surcharge: 0,
  plainSignatures: false,
  listsWithoutComments: false,
};

/** How a Magento shop is started. */
export interface MagentoSimulatorOptions extends SimulatorOptions {
  username: string;
  password: string;
  integration?: Integration | undefined;
  /** More of them. */
  integrations?: readonly Integration[] | undefined;
  /** ISO 4217; default AUD. */
  currency?: string | undefined;
  /** IANA zone; default UTC. */
  timezone?: string | undefined;
  /** `lbs` or `kgs`; default lbs as on a fresh shop. */
  weightUnit?: string | undefined;
  /** Where pictures lie, with a slash at its end; default: `media/` of the shop itself. */
  mediaUrl?: string | undefined;
  /** Products that exist from the beginning: bodies as for `POST /__control/products`. */
  products?: JsonObject[] | undefined;
  dials?: Partial<Dials> | undefined;
}
