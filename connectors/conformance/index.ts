export type {
  CallMatch,
  ConformanceBench,
  ConformanceSubject,
  EffectCase,
  FullReadCase,
  IncrementalCase,
  Skip,
} from './subject.ts';
export { describeConformance } from './suite.ts';
