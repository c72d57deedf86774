import type { Budget } from '../../api/types/operations.ts';
import { Time, useNow } from '../../ui/time.tsx';

/** How many calls are free now; an account that was told to wait says until when. */
export function BudgetMeter({ budget }: { budget: Budget }) {
  const now = useNow();
  const { callsPerSecond, burst, tokens, silentUntil, throttled } = budget;
  const silent = silentUntil !== null && new Date(silentUntil) > now;
  const free = Math.max(0, Math.floor(tokens ?? burst));
  return (
    <span
      className="budget"
      title={`${callsPerSecond} calls a second, up to ${burst} at once; throttled ${throttled} times`}
    >
      <meter min={0} max={burst} value={free} aria-label="Free calls" />
      <span>
        {free}/{burst}
      </span>
      {silent ? (
        <span className="mark" data-mark="overdue">
          silent until <Time at={silentUntil} />
        </span>
      ) : null}
    </span>
  );
}
