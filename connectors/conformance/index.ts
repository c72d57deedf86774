export type { CarrierBed, PickupBed, PushBed } from './carrier-bed.ts';
export type { CaseResult, ConformanceCase, Outcome, Skip } from './case.ts';
export { NotProvoked } from './case.ts';
export type { GivenAccess, GivenServer, Settings } from './given/server.ts';
export type { BookedListing, BookedOrder, MarketplaceBed, OrdersBed } from './marketplace-bed.ts';
export type { Example } from './offline.ts';
export type {
  CallMatch,
  OrderBook,
  SimulatedStore,
  StoreCalls,
  StoreSubject,
  StoreTestBed,
  TestBedAccess,
  TestProduct,
  TestProductWish,
  TestVariant,
  TestVariantKey,
} from './store-subject.ts';
export type {
  ConformanceBench,
  ConformanceSubject,
  EffectCase,
  FullReadCase,
  IncrementalCase,
} from './subject.ts';
