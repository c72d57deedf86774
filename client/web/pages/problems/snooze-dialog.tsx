import { useStep } from '../../api/commands.ts';
import type { ProblemRow } from '../../api/types/operations.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { formatTime } from '../../ui/format.ts';

const hourMs = 3_600_000;
const choices = [
  { label: 'One hour', ms: hourMs },
  { label: 'Four hours', ms: 4 * hourMs },
  { label: 'A day', ms: 24 * hourMs },
  { label: 'Three days', ms: 72 * hourMs },
  { label: 'A week', ms: 168 * hourMs },
] as const;

/** Hides a problem until a time; it comes back by itself. */
export function SnoozeDialog({ problem, onClose }: { problem: ProblemRow; onClose: () => void }) {
  const step = useStep();
  const now = Date.now();
  const snooze = (ms: number) => {
    step.mutate({
      collection: 'problems',
      id: problem.id,
      name: problem.title,
      type: 'SNOOZE',
      label: 'Snoozed',
      version: problem.version,
      extra: { until: new Date(now + ms).toISOString() },
    });
    onClose();
  };
  return (
    <Dialog title="Snooze" onClose={onClose}>
      <p>{problem.title}</p>
      <ul className="choices">
        {choices.map(({ label, ms }) => (
          <li key={label}>
            <button type="button" onClick={() => snooze(ms)}>
              {label} <small>until {formatTime(new Date(now + ms).toISOString())}</small>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
