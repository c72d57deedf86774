import { describe, expect, it } from 'vitest';
import { summarise } from './report.ts';
import type { Benchmark, Measurement } from './types.ts';

const benchmark: Benchmark = {
  title: 'a test',
  goals: {
    speed: { fair: 0.1, good: 0.2, excellent: 0.4 },
    memory: { fair: 2, good: 1.5, excellent: 1.1, lowerIsBetter: true },
  },
  pairs: { full: 5, quick: 2 },
  pair: async () => [],
};
const of = (metric: string, peer: number, ratio: number): Measurement => ({
  metric,
  peer,
  engine: peer * ratio,
  ratio,
  unit: 'x',
});

describe('the summary of a benchmark', () => {
  it('takes the median, names the range and grades it', () => {
    const pairs = [0.1, 0.25, 0.5].map((ratio) => [of('speed', 100, ratio), of('memory', 100, 1.2)]);
    expect(summarise(benchmark, pairs)).toMatchObject([
      { metric: 'speed', median: 0.25, range: [0.1, 0.5], grade: 'good', void: false },
      { metric: 'memory', median: 1.2, grade: 'good' },
    ]);
  });

  it('is void when the peer itself varies by more than a quarter', () => {
    const pairs = [100, 100, 126].map((peer) => [of('speed', peer, 0.5), of('memory', 1, 9)]);
    expect(summarise(benchmark, pairs)).toMatchObject([
      { void: true, grade: 'excellent' },
      { void: false, grade: 'below fair' },
    ]);
  });
});
