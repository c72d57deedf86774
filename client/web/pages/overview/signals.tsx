import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Overview } from '../../api/types/common.ts';
import { formatCount, formatDuration } from '../../ui/format.ts';

/** Committed work older than this should long have reached its process. */
const oldOutboxSeconds = 60;

interface SignalProps {
  label: string;
  value: ReactNode;
  note: ReactNode;
  tone: 'good' | 'attention' | 'bad';
}

function Signal({ label, value, note, tone }: SignalProps) {
  return (
    <li className="signal" data-tone={tone}>
      <span className="signal-label">{label}</span>
      <span className="signal-value">{value}</span>
      <span className="signal-note">{note}</span>
    </li>
  );
}

/** The few numbers that say whether anything needs a person now. */
export function Signals({ overview, staff }: { overview: Overview; staff: boolean }) {
  const { orders, problemsOpen, outbox, effects, connections } = overview;
  const toApprove = (orders.NEW ?? 0) + (orders.EDITED ?? 0);
  const conflicts = orders.CANCEL_CONFLICT ?? 0;
  const age = outbox.oldestSeconds;
  const unwell = connections.filter(({ state }) => state !== 'CONNECTED').length;
  return (
    <ul className="signals">
      <Signal
        label="Orders to approve"
        value={formatCount(toApprove)}
        tone={toApprove > 0 ? 'attention' : 'good'}
        note={
          <Link to="/orders" search={{ state: 'NEW,EDITED' }}>
            {toApprove > 0 ? 'Look at them' : 'None wait'}
          </Link>
        }
      />
      <Signal
        label="Cancel conflicts"
        value={formatCount(conflicts)}
        tone={conflicts > 0 ? 'bad' : 'good'}
        note={
          <Link to="/orders" search={{ state: 'CANCEL_CONFLICT' }}>
            {conflicts > 0 ? 'Decide them' : 'None'}
          </Link>
        }
      />
      {staff ? (
        <>
          <Signal
            label="Open problems"
            value={formatCount(problemsOpen)}
            tone={problemsOpen > 0 ? 'bad' : 'good'}
            note={<Link to="/problems">{problemsOpen > 0 ? 'What to do' : 'None'}</Link>}
          />
          <Signal
            label="Connections"
            value={`${connections.length - unwell}/${connections.length}`}
            tone={unwell > 0 ? 'bad' : 'good'}
            note={unwell > 0 ? `${unwell} not connected` : 'all connected'}
          />
          <Signal
            label="Outbox"
            value={formatCount(outbox.waiting)}
            tone={age > oldOutboxSeconds ? 'bad' : 'good'}
            note={outbox.waiting === 0 ? 'nothing waits' : `oldest ${formatDuration(age)}`}
          />
          <Signal
            label="Unknown outcomes"
            value={formatCount(effects.ambiguous)}
            tone={effects.ambiguous > 0 ? 'attention' : 'good'}
            note={effects.ambiguous > 0 ? 'being looked up' : 'every call is settled'}
          />
        </>
      ) : null}
    </ul>
  );
}
