/** What became of what was read; read = new + changed + unchanged + duplicate + held + refused, always. */
export interface ImportSum {
  readonly read: number;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly duplicate: number;
  readonly held: number;
  readonly refused: number;
}

const parts = ['new', 'changed', 'unchanged', 'duplicate', 'held', 'refused'] as const;

/** `5 read = 2 new + 1 changed + 1 unchanged + 0 duplicate + 1 held + 0 refused`: nothing is left out, so that it adds up. */
export function importSumText(sum: ImportSum): string {
  // A run of an earlier version may not know every part.
  return `${sum.read} read = ${parts.map((part) => `${sum[part] ?? 0} ${part}`).join(' + ')}`;
}

/** The sum in the counts of a run that reads a catalogue; null for runs of other kinds. */
export function importSumOf(counts: unknown): ImportSum | null {
  const total = typeof counts === 'object' && counts !== null && 'total' in counts ? counts.total : counts;
  const isSum = (value: unknown): value is ImportSum =>
    typeof value === 'object' && value !== null && ['read', 'new', 'refused'].every((name) => name in value);
  return isSum(total) ? total : null;
}
