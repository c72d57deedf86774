import type { Allowed } from '../../api/types/common.ts';
import type { ProblemRow } from '../../api/types/operations.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { InnerLink } from '../../ui/inner-link.tsx';
import { Relative, Time } from '../../ui/time.tsx';

interface ProblemCardProps {
  problem: ProblemRow;
  busy: boolean;
  onSnooze: () => void;
  onAct: (event: Allowed) => void;
}

export function ProblemCard({ problem, busy, onSnooze, onAct }: ProblemCardProps) {
  const { title, detail, remedy, severity, state, occurrences, firstSeenAt, lastSeenAt, snoozedUntil, link } = problem;
  return (
    <li className="card problem" data-severity={severity} tabIndex={-1}>
      <div className="card-head">
        <span className="severity" data-severity={severity}>
          {severity}
        </span>
        <strong>{title}</strong>
        {state === 'OPEN' ? null : <StateBadge state={state} machine="problem" />}
        {snoozedUntil && state === 'SNOOZED' ? (
          <span className="muted">
            until <Time at={snoozedUntil} />
          </span>
        ) : null}
      </div>
      <p>{detail}</p>
      <p className="remedy">
        <span className="remedy-label">What to do</span> {remedy}
      </p>
      <div className="card-foot">
        <span className="muted">
          {occurrences === 1 ? 'Once' : `${occurrences} times`}, first <Relative at={firstSeenAt} />
          {occurrences > 1 ? (
            <>
              , last <Relative at={lastSeenAt} />
            </>
          ) : null}
        </span>
        <span className="row-actions">
          {link ? (
            <InnerLink to={link} className="button small">
              Go there<span className="visually-hidden">: {title}</span>
            </InnerLink>
          ) : null}
          {problem.allowed
            .filter(({ ok }) => ok)
            .map((event) => (
              <button
                key={event.type}
                type="button"
                className="small"
                disabled={busy}
                title={event.means}
                onClick={() => (event.type === 'SNOOZE' ? onSnooze() : onAct(event))}
              >
                {event.label}
                <span className="visually-hidden">: {title}</span>
              </button>
            ))}
        </span>
      </div>
    </li>
  );
}
