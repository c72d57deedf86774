export type { CaseResult, ConformanceCase, Outcome, Skip } from './case.ts';
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
