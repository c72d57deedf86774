import { demoOptions as dhlOptions, startDhlExpressSimulator } from '../../connectors/dhl-express/simulator/index.ts';
import { demoOptions as jdOptions, startJdIdSimulator } from '../../connectors/jd-id/simulator/index.ts';
import type { RateLimit, RunningSimulator } from '../../connectors/simulator-kit/index.ts';
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
      throw new Error('not here yet');
  }
}

export function startCarrier(kind: CarrierKind, place: Place): Promise<RunningSimulator> {
  switch (kind) {
    case 'dhl-express':
      return startDhlExpressSimulator({ ...dhlOptions, ...place });
    case 'ninja-van':
      throw new Error('not here yet');
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
    case 'zilingo':
      throw new Error('not here yet');
  }
}

export function carrierAccess(kind: CarrierKind, url: string): Access {
  switch (kind) {
    case 'dhl-express': {
      const { username, password, accountNumber } = dhlOptions;
      return { settings: { baseUrl: `${url}/mydhlapi/test`, accountNumber }, credentials: { username, password } };
    }
    case 'ninja-van':
      throw new Error('not here yet');
  }
}

/** Texts that must be found nowhere outside their sealed place. */
export const farSecrets: readonly string[] = [
  jdOptions.appSecret,
  jdOptions.accessToken ?? '',
  jdOptions.refreshToken ?? '',
  dhlOptions.password,
];
