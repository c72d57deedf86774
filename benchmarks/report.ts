import type { Benchmark, Measurement } from './types.ts';

export type Grade = 'excellent' | 'good' | 'fair' | 'below fair';

export interface Summary {
  readonly metric: string;
  readonly median: number;
  readonly range: readonly [number, number];
  readonly grade: Grade;
  /** Largest departure of a peer's figure from the peers' median; above 0.25 the run is void. */
  readonly peerVariation: number;
  readonly void: boolean;
}

const maxPeerVariation = 0.25;

const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

/** Median, range and grade of each metric over the pairs that count. */
export function summarise(benchmark: Benchmark, pairs: readonly (readonly Measurement[])[]): Summary[] {
  return Object.entries(benchmark.goals).flatMap(([metric, goals]) => {
    const own = pairs.flatMap((pair) => pair.filter((one) => one.metric === metric));
    // Not part of this run.
    if (own.length === 0) return [];
    const ratios = own.map(({ ratio }) => ratio);
    const peers = own.map(({ peer }) => peer);
    const peer = medianOf(peers);
    const peerVariation = peer === 0 ? 0 : Math.max(...peers.map((value) => Math.abs(value - peer) / peer));
    const median = medianOf(ratios);
    const reaches = (goal: number): boolean => (goals.lowerIsBetter ? median <= goal : median >= goal);
    const grade = (['excellent', 'good', 'fair'] as const).find((name) => reaches(goals[name])) ?? 'below fair';
    const range = [Math.min(...ratios), Math.max(...ratios)] as const;
    return [{ metric, median, range, grade, peerVariation, void: peerVariation > maxPeerVariation }];
  });
}

export const rounded = (value: number): number => Number(value.toPrecision(3));
