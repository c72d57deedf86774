import type { CarrierConnector } from '../../contract/carrier.ts';
import type { MarketplaceConnector } from '../../contract/marketplace.ts';
import type { CarrierBed } from '../carrier-bed.ts';
import { isSkip } from '../case.ts';
import type { MarketplaceBed } from '../marketplace-bed.ts';
import type { ConformanceBench } from '../subject.ts';
import type { Haulage, Market } from './far-side.ts';
import type { GeneralCase } from './session.ts';

type Bench = ConformanceBench;

/** What is known of a marketplace before it is started. */
export interface MarketFacts {
  readonly bed: MarketplaceBed<Bench>;
  readonly connector: MarketplaceConnector;
}

export interface CarrierFacts {
  readonly bed: CarrierBed<Bench>;
  readonly connector: CarrierConnector;
}

/** Why a platform lacks what a case needs; null = it has it. */
export type Need<Facts> = (facts: Facts) => string | null;

type Written<Context, Facts> = Omit<GeneralCase, 'run' | 'skip' | 'name'> & {
  readonly name: string;
  readonly needs: Need<Facts>;
  readonly run: (context: Context) => Promise<void>;
};
export type MarketCase = Written<Market, MarketFacts>;
export type CarrierCase = Written<Haulage, CarrierFacts>;

const nothing = (): null => null;
type Head = readonly [family: string, id: string, capability: string, name: string];

const written = <Context, Facts>(
  [family, id, capability, name]: Head,
  run: (context: Context) => Promise<void>,
  needs: Need<Facts>,
): Written<Context, Facts> => ({ family, id: `${family}/${id}`, capability, name, needs, needsDials: true, run });

/** A case of a marketplace: `[family, id, capability, name]`, what it needs last. */
export function marketCase(head: Head, run: (market: Market) => Promise<void>, needs: Need<MarketFacts> = nothing) {
  return written(head, run, needs);
}

/** A case of a carrier. */
export function carrierCase(head: Head, run: (carrier: Haulage) => Promise<void>, needs: Need<CarrierFacts> = nothing) {
  return written(head, run, needs);
}

/** The written reason of a part of the bed that is not there. */
export function lackOf(part: unknown): string | null {
  return isSkip(part) ? part.skip : null;
}

/** A part that the case's `needs` has seen to be there. */
export function there<Part>(part: Part): Exclude<Part, { readonly skip: string } | undefined> {
  if (part === undefined || isSkip(part)) throw new Error('a case ran without what it needs');
  return part as Exclude<Part, { readonly skip: string } | undefined>;
}
