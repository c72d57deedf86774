import { parseNames } from '../names.ts';

/** The marketplaces that the demo world can bring. */
export const marketplaceKinds = ['jd-id', 'zilingo'] as const;
export type MarketplaceKind = (typeof marketplaceKinds)[number];

export const marketplaceLabels: Readonly<Record<MarketplaceKind, string>> = { 'jd-id': 'JD.id', zilingo: 'Zilingo' };

/** The carriers that the demo world can bring. */
export const carrierKinds = ['dhl-express', 'ninja-van'] as const;
export type CarrierKind = (typeof carrierKinds)[number];

export const carrierLabels: Readonly<Record<CarrierKind, string>> = {
  'dhl-express': 'DHL Express',
  'ninja-van': 'Ninja Van',
};

/** What stands at the far end of a world besides the shops. JD.id and DHL Express are always there. */
export interface FarSide {
  readonly marketplaces: readonly MarketplaceKind[];
  readonly carriers: readonly CarrierKind[];
}

/** What a world has unless it is asked for more. */
export const smallFarSide: FarSide = { marketplaces: ['jd-id'], carriers: ['dhl-express'] };

/**
 * Reads lists like `jd-id,zilingo`. The first of each kind is there in any case, because the scenarios are played on it.
 * @throws Error naming what there is not
 */
export function parseFarSide(marketplaces: string, carriers: string): FarSide {
  const wantedMarkets = parseNames(marketplaces, marketplaceKinds, 'marketplace');
  const wantedCarriers = parseNames(carriers, carrierKinds, 'carrier');
  return {
    marketplaces: marketplaceKinds.filter((kind) => kind === 'jd-id' || wantedMarkets.includes(kind)),
    carriers: carrierKinds.filter((kind) => kind === 'dhl-express' || wantedCarriers.includes(kind)),
  };
}
