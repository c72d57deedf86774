import { demoOptions as dhlOptions, startDhlExpressSimulator } from '../../connectors/dhl-express/simulator/index.ts';
import { demoOptions as jdOptions, startJdIdSimulator } from '../../connectors/jd-id/simulator/index.ts';
import { demoOptions as ninjaOptions, startNinjaVanSimulator } from '../../connectors/ninja-van/simulator/index.ts';
import type { RateLimit, RunningSimulator } from '../../connectors/simulator-kit/index.ts';
import { startZilingoSimulator, demoOptions as zilingoOptions } from '../../connectors/zilingo/simulator/index.ts';
import type { CarrierKind, MarketplaceKind } from './kinds.ts';

/** Where a simulator keeps its things, and when it is there. */
export interface Place {
  readonly port: number;
  readonly limits: RateLimit;
  readonly stateFile: string;
  readonly logFile: string;
  readonly now?: () => Date;
}

/** `reviewDelayMs`: how long its review takes, by its own clock. */
export function startMarketplace(
  kind: MarketplaceKind,
  place: Place,
  reviewDelayMs: number,
): Promise<RunningSimulator> {
  switch (kind) {
    case 'jd-id':
      return startJdIdSimulator({ ...jdOptions, ...place, reviewDelayMs, looseTypesProbability: 0.02 });
    case 'zilingo':
      return startZilingoSimulator({ ...zilingoOptions, ...place, reviewDelayMs });
  }
}

export function startCarrier(kind: CarrierKind, place: Place): Promise<RunningSimulator> {
  switch (kind) {
    case 'dhl-express':
      return startDhlExpressSimulator({ ...dhlOptions, ...place });
    case 'ninja-van':
      return startNinjaVanSimulator({ ...ninjaOptions, ...place });
  }
}

/** What the sandbox types in to connect an account: made up, and valid only there. */
export interface Access {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, string>>;
  /** What listings of a marketplace have where nobody says otherwise. */
  readonly listingDefaults?: Readonly<Record<string, unknown>>;
}

export function marketplaceAccess(kind: MarketplaceKind, url: string): Access {
  switch (kind) {
    case 'jd-id': {
      const { appKey, appSecret, accessToken = '', refreshToken = '' } = jdOptions;
      return {
        settings: { gatewayUrl: `${url}/routerjson`, oauthUrl: `${url}/oauth2` },
        credentials: { appKey, appSecret, accessToken, refreshToken, accessTokenExpiresAt: '2100-01-01T00:00:00Z' },
        listingDefaults: { categoryId: '122', brandId: '9001', currency: 'IDR', roundToMinor: 1000 },
      };
    }
    case 'zilingo': {
      const { sellerId, apiKey } = zilingoOptions;
      return {
        settings: { baseUrl: url, region: 'SG', currency: 'SGD', subCategoryIds: zilingoKinds, unconfirmed },
        credentials: { sellerId, apiKey },
        listingDefaults: { categoryId: 'SC105', brandId: 'own', currency: 'SGD', roundToMinor: 10 },
      };
    }
  }
}

export function carrierAccess(kind: CarrierKind, url: string): Access {
  switch (kind) {
    case 'dhl-express': {
      const { username, password, accountNumber } = dhlOptions;
      return { settings: { baseUrl: `${url}/mydhlapi/test`, accountNumber }, credentials: { username, password } };
    }
    case 'ninja-van': {
      const account = ninjaOptions.accounts.find(({ country }) => country === 'SG');
      if (account === undefined) throw new Error('the simulated Ninja Van has no account in Singapore');
      const { clientId, clientSecret, trackingPrefix, country } = account;
      const priceTiers = [{ place: '*', l1: 'SG_A00001_01', l2: 'SG_B00001_01' }];
      return {
        settings: { baseUrl: url, country, trackingPrefix, priceTiers },
        credentials: { clientId, clientSecret },
      };
    }
  }
}

/** Kinds of goods that the demo brands sell there. */
const zilingoKinds = ['SC101', 'SC102', 'SC105', 'SC106', 'SC107'];
/**
 * Calls of our own making that the simulator answers: no public code knows how Zilingo's sellers confirm a shipment or
 * list their products, and a world without people in the portal has nobody else to do it.
 */
const unconfirmed = { ship: true, products: true };

/** Texts that must be found nowhere outside their sealed place. */
export const farSecrets: readonly string[] = [
  jdOptions.appSecret,
  jdOptions.accessToken ?? '',
  jdOptions.refreshToken ?? '',
  dhlOptions.password,
  zilingoOptions.apiKey,
  ...ninjaOptions.accounts.map(({ clientSecret }) => clientSecret),
];
