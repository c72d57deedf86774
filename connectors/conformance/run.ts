import { type CaseResult, type ConformanceCase, NotProvoked, Skipped } from './case.ts';

/** Runs one case and says what became of it. Never throws. */
export async function runCase<Context>(one: ConformanceCase<Context>, context: Context): Promise<CaseResult> {
  const { family, capability, id, name } = one;
  const head = { family, capability, id, name };
  if (typeof one.skip === 'string') return { ...head, outcome: 'skipped', reason: one.skip, ms: 0 };
  const startMs = performance.now();
  const ms = () => Math.round(performance.now() - startMs);
  try {
    await one.run(context);
    return { ...head, outcome: 'passed', ms: ms() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof NotProvoked) return { ...head, outcome: 'notProvoked', reason, ms: ms() };
    if (error instanceof Skipped) return { ...head, outcome: 'skipped', reason, ms: ms() };
    return { ...head, outcome: 'failed', reason, ms: ms() };
  }
}

/** How many cases ended how. */
export function countOutcomes(results: readonly CaseResult[]): {
  passed: number;
  failed: number;
  skipped: number;
  notProvoked: number;
} {
  const counts = { passed: 0, failed: 0, skipped: 0, notProvoked: 0 };
  for (const { outcome } of results) counts[outcome] += 1;
  return counts;
}
