import type { Row, StepResult } from '../../../db/steps.ts';
import type { ErrorCode } from '../errors.ts';
import type { EditRow, FieldOutcome, RowOutcome } from '../schemas/tables.ts';
import { refuseSaved } from './compare.ts';
import { entityOf, refusedRow, rowOutcomeOf } from './outcomes.ts';

/** A version that does not exist yet: the row was made up, or read from another database. */
export function refuseVersion(row: EditRow, present: Row): RowOutcome | null {
  if (row.version <= present.version) return null;
  const why = `There is no version ${row.version} yet: it is at ${present.version}.`;
  return refusedRow(row, 'VersionConflict', why, present);
}

/** What came of one row: its fields as compared, and the step that wrote them; null where nothing was to be written. */
export function finishRow(
  row: EditRow,
  before: Row,
  fields: readonly FieldOutcome[],
  result: StepResult | null,
  follows: RowOutcome['follows'] = [],
): RowOutcome {
  const refusal = result && !result.ok ? result : null;
  const shown = refusal ? refuseSaved(fields, refusal.why) : [...fields];
  const hasSaved = shown.some(({ outcome }) => outcome === 'saved');
  const step = result?.ok ? result : null;
  const code: ErrorCode | null = refusal?.code ?? null;
  return {
    id: row.id,
    entity: entityOf(row.id),
    outcome: rowOutcomeOf(shown),
    from: before.state,
    to: step && hasSaved ? step.state : before.state,
    version: step?.version ?? before.version,
    code,
    why: refusal?.why ?? null,
    fields: shown,
    follows: hasSaved ? [...follows] : [],
  };
}
