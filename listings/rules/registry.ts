import { listingRules as jdId } from '../../connectors/jd-id/listing-rules.ts';
import { listingRules as zilingo } from '../../connectors/zilingo/listing-rules.ts';
import type { MarketplaceRules } from './types.ts';

const named: Readonly<Record<string, MarketplaceRules>> = { 'jd-id': jdId, zilingo };

/** Marketplaces with rules of their own, in the order of the documentation. */
export const ruledMarketplaces: readonly (readonly [string, MarketplaceRules])[] = Object.entries(named);

/** The rules of a connector by its name; null: none are known, and only learned ones hold. */
export const rulesOf = (connector: string): MarketplaceRules | null =>
  Object.hasOwn(named, connector) ? (named[connector] ?? null) : null;
