import type { ChartEdge, MachineChart } from '../../api/types/common.ts';
import { StateBadge } from '../badge.tsx';
import { stateWords } from '../states.ts';

interface WaysOutProps {
  chart: MachineChart;
  state: string;
  present: boolean;
}

/** The same as the drawing for one state, in words: what may happen, who does it, and what stands in the way. */
export function WaysOut({ chart, state, present }: WaysOutProps) {
  const edges = chart.edges.filter(({ from }) => from === state);
  return (
    <details className="ways-out" open={!present}>
      <summary>
        What can happen {present ? 'now, in' : 'in'} {stateWords(state).toLowerCase()} ({edges.length})
      </summary>
      {edges.length === 0 ? (
        <p className="muted">Nothing leaves this state.</p>
      ) : (
        <ul>
          {edges.map((edge) => (
            <WayOut key={`${edge.event}${edge.to}${edge.guard}`} chart={chart} edge={edge} />
          ))}
        </ul>
      )}
    </details>
  );
}

function WayOut({ chart, edge }: { chart: MachineChart; edge: ChartEdge }) {
  const event = chart.events.find(({ type }) => type === edge.event);
  const sentence = edge.guard ? (chart.guards.find(({ name }) => name === edge.guard)?.whyNot ?? edge.guard) : null;
  return (
    <li>
      <span>
        <strong>{event?.label ?? edge.event}</strong> → <StateBadge state={edge.to} machine={chart.name} />
      </span>
      <span className="muted">
        {event?.means} {event ? `(${event.by.join(', ')})` : ''}
        {sentence ? ` Otherwise: ${sentence}` : ''}
      </span>
    </li>
  );
}
