import { Link } from '@tanstack/react-router';
import { formatCount } from '../../ui/format.ts';
import { stateWords, toneOf } from '../../ui/states.ts';

interface CountsProps {
  to: '/orders' | '/products' | '/listings';
  counts: Record<string, number>;
  states: readonly string[];
  machine: string;
}

/** How many are in each state; each number leads to the list of them. */
export function Counts({ to, counts, states, machine }: CountsProps) {
  const known = new Set(states);
  const all = [...states, ...Object.keys(counts).filter((state) => !known.has(state))];
  return (
    <ul className="counts">
      {all.map((state) => (
        <li key={state} data-tone={toneOf(state, machine)} data-zero={counts[state] ? undefined : ''}>
          <Link to={to} search={{ state }}>
            <span className="counts-number">{formatCount(counts[state] ?? 0)}</span>
            <span className="counts-label">
              <span className="badge-dot" aria-hidden="true" />
              {stateWords(state)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
