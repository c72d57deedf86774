import { ApiError } from '../api/http.ts';
import type { FieldConflict } from '../api/types/common.ts';
import { Time } from './time.tsx';

/** The conflicts of a save, whether the other fields were saved or nothing was. */
export function conflictsOf(answer: unknown): FieldConflict[] {
  const source = answer instanceof ApiError ? answer.details : answer;
  if (typeof source !== 'object' || source === null || !('conflicts' in source)) return [];
  return Array.isArray(source.conflicts) ? (source.conflicts as FieldConflict[]) : [];
}

const shown = (value: unknown) =>
  value === null || value === undefined || value === ''
    ? '(empty)'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

/** What was there, what you wrote, what somebody else wrote: nothing is overwritten unseen. */
export function ConflictList({ conflicts }: { conflicts: FieldConflict[] }) {
  if (conflicts.length === 0) return null;
  return (
    <div className="alert" role="alert">
      <p>
        Somebody changed the same {conflicts.length === 1 ? 'field' : 'fields'} meanwhile; yours{' '}
        {conflicts.length === 1 ? 'was' : 'were'} not saved. Close, look at the present value, and edit again if yours
        shall hold.
      </p>
      {conflicts.map(({ field, base, yours, theirs, by, at }) => (
        <dl key={field} className="conflict">
          <dt>{field} before</dt>
          <dd>{shown(base)}</dd>
          <dt>yours</dt>
          <dd>{shown(yours)}</dd>
          <dt>
            by {by}, <Time at={at} />
          </dt>
          <dd>{shown(theirs)}</dd>
        </dl>
      ))}
    </div>
  );
}
