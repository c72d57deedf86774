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
  const { orders } = overview;
  const waiting = staff ? 'NEW,EDITED' : 'AWAITING_CONFIRMATION';
  const count = waiting.split(',').reduce((sum, state) => sum + (orders[state] ?? 0), 0);
  const conflicts = orders.CANCEL_CONFLICT ?? 0;
  return (
    <ul className="signals">
      <Signal
        label={staff ? 'Orders to approve' : 'Orders to confirm'}
        value={formatCount(count)}
        tone={count > 0 ? 'attention' : 'good'}
        note={
          <Link to="/orders" search={{ state: waiting }}>
            {count > 0 ? 'Look at them' : 'None wait'}
          </Link>
        }
      />
      <Signal
        label="Cancel conflicts"
        value={formatCount(conflicts)}
        tone={conflicts > 0 ? 'bad' : 'good'}
        note={
          <Link to="/orders" search={{ state: 'CANCEL_CONFLICT' }}>
            {conflicts === 0 ? 'None' : staff ? 'Decide them' : 'Look at them'}
          </Link>
        }
      />
      <Signal
        label="Open problems"
        value={formatCount(overview.problemsOpen)}
        tone={overview.problemsOpen > 0 ? 'bad' : 'good'}
        note={<Link to="/problems">{overview.problemsOpen > 0 ? 'What to do' : 'None'}</Link>}
      />
      {staff ? <MachinerySignals overview={overview} /> : null}
    </ul>
  );
}

/** How the machinery is, for our own people. */
function MachinerySignals({ overview: { connections, outbox, effects } }: { overview: Overview }) {
  const unwell = connections.filter(({ state }) => state !== 'CONNECTED').length;
  return (
    <>
      <Signal
        label="Connections"
        value={`${connections.length - unwell}/${connections.length}`}
        tone={unwell > 0 ? 'bad' : 'good'}
        note={unwell > 0 ? `${unwell} not connected` : 'all connected'}
      />
      <Signal
        label="Outbox"
        value={formatCount(outbox.waiting)}
        tone={outbox.oldestSeconds > oldOutboxSeconds ? 'bad' : 'good'}
        note={outbox.waiting === 0 ? 'nothing waits' : `oldest ${formatDuration(outbox.oldestSeconds)}`}
      />
      <Signal
        label="Unknown outcomes"
        value={formatCount(effects.ambiguous)}
        tone={effects.ambiguous > 0 ? 'attention' : 'good'}
        note={effects.ambiguous > 0 ? 'being looked up' : 'every call is settled'}
      />
    </>
  );
}
