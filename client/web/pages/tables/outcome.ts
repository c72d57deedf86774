import type { EditTableAnswer, RowOutcome } from '../../api/types/tables.ts';

export interface Outcome {
  counts: EditTableAnswer['counts'];
  rows: RowOutcome[];
  /** What people call the rows, by id. */
  names: ReadonlyMap<string, string>;
}

/** Several answers (an edit has at most 500 rows) as one. */
export function sumOf(answers: readonly EditTableAnswer[], names: ReadonlyMap<string, string>): Outcome {
  const counts = { saved: 0, unchanged: 0, conflict: 0, refused: 0 };
  for (const answer of answers) {
    counts.saved += answer.counts.saved;
    counts.unchanged += answer.counts.unchanged;
    counts.conflict += answer.counts.conflict;
    counts.refused += answer.counts.refused;
  }
  return { counts, rows: answers.flatMap(({ rows }) => rows), names };
}

/** `LIVE → UPDATE: 12`: how many rows get which state. */
export function movesOf(rows: readonly RowOutcome[]): { from: string; to: string; count: number }[] {
  const moves = new Map<string, { from: string; to: string; count: number }>();
  const count = (from: string, to: string) => {
    const key = `${from} ${to}`;
    const found = moves.get(key) ?? { from, to, count: 0 };
    moves.set(key, { ...found, count: found.count + 1 });
  };
  for (const { from, to, outcome } of rows) {
    if (from !== null && to !== null && (outcome === 'saved' || outcome === 'partly')) count(from, to);
  }
  return [...moves.values()].sort((a, b) => b.count - a.count);
}

const order = ['conflict', 'refused', 'partly', 'saved', 'unchanged'];

/** Trouble first. */
export const sorted = (rows: readonly RowOutcome[]): RowOutcome[] =>
  [...rows].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
