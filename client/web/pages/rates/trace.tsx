import type { TraceStep } from '../../api/types/prices.ts';

/** The way of a price from the brand to the marketplace: one sentence a step, each with its source. */
export function Trace({ steps }: { steps: readonly TraceStep[] }) {
  return (
    <ol className="trace">
      {steps.map(({ code, text, source }) => (
        <li
          key={`${code} ${text}`}
          data-code={code}
          className={code === 'blocked' || code === 'guard' ? 'refused' : ''}
        >
          {text}
          {source === null ? null : <small className="muted"> {source}</small>}
        </li>
      ))}
    </ol>
  );
}
