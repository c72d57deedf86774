import type { ErrorCode } from '../errors.ts';
import type { EditCounts, EditRow, FieldOutcome, RowOutcome } from '../schemas/tables.ts';

/** The thing that a row belongs to: a row's id begins with it. */
export const entityOf = (rowId: string): string => rowId.slice(0, 36).toLowerCase();

const notCompared = { base: null, theirs: null, by: null, at: null } as const;

/** A row of which nothing is saved, with the reason on every field. */
export function refusedRow(
  { id, changes }: Pick<EditRow, 'id' | 'changes'>,
  code: ErrorCode,
  why: string,
  present: { state?: string; version?: number } = {},
): RowOutcome {
  return {
    id,
    entity: entityOf(id),
    outcome: 'refused',
    from: present.state ?? null,
    to: present.state ?? null,
    version: present.version ?? null,
    code,
    why,
    fields: Object.entries(changes).map(([key, yours]) => ({ key, outcome: 'refused', ...notCompared, yours, why })),
    follows: [],
  };
}

/** One word for a row from its fields'. */
export function rowOutcomeOf(fields: readonly FieldOutcome[]): RowOutcome['outcome'] {
  const has = (name: FieldOutcome['outcome']) => fields.some(({ outcome }) => outcome === name);
  const open = has('conflict') ? 'conflict' : has('refused') ? 'refused' : null;
  if (has('saved')) return open ? 'partly' : 'saved';
  return open ?? 'unchanged';
}

/** Rows by what came of them; a partly saved one counts as saved and as what is left open. */
export function countsOf(rows: readonly Pick<RowOutcome, 'outcome' | 'fields'>[]): EditCounts {
  const counts: EditCounts = { saved: 0, unchanged: 0, conflict: 0, refused: 0 };
  for (const { outcome, fields } of rows) {
    if (outcome !== 'partly') counts[outcome] += 1;
    else {
      counts.saved += 1;
      counts[fields.some((field) => field.outcome === 'conflict') ? 'conflict' : 'refused'] += 1;
    }
  }
  return counts;
}
