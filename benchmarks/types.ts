import type { Database } from '../db/database.ts';

/** How good a figure is: `fair` works, `good` is a senior engineer's normal, `excellent` one to be proud of. */
export interface Goals {
  readonly fair: number;
  readonly good: number;
  readonly excellent: number;
}

/** One comparison of a pair: the engine's figure over that of its peer in the same minute. */
export interface Measurement {
  readonly metric: string;
  readonly peer: number;
  readonly engine: number;
  /** What is judged; for figures without a peer the figure itself. */
  readonly ratio: number;
  readonly unit: string;
  readonly details?: Readonly<Record<string, number | string>>;
}

export interface Context {
  readonly quick: boolean;
  /** Which part of a bench that has several is run; null: all. */
  readonly only: string | null;
  /** A fresh, migrated database, and the way to close and drop it. */
  database(): Promise<BenchDatabase>;
  /** A folder for files that goes away with the run. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

export interface BenchDatabase {
  readonly db: Database;
  readonly ownerUrl: string;
  readonly appUrl: string;
  close(): Promise<void>;
}

export interface Benchmark {
  readonly title: string;
  /** Goals by metric; `lowerIsBetter` turns them round. */
  readonly goals: Readonly<Record<string, Goals & { readonly lowerIsBetter?: boolean }>>;
  readonly pairs: { readonly full: number; readonly quick: number };
  /** False: what it counts does not depend on a warm machine, so that no pair is discarded. Default true. */
  readonly warmUp?: boolean;
  /** The least grade that counts as passed. Default `good`. */
  readonly least?: 'fair' | 'good';
  /** Runs peer and engine once, alternating. Throws when a row is lost or doubled: that voids the figure. */
  pair(context: Context): Promise<Measurement[]>;
}
