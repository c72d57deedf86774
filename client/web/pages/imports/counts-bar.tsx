import { type Counts, outcomes } from '../../api/types/imports.ts';
import { number, outcomeWords } from './words.ts';

/** The outcomes as one bar, and as the sum that always holds. */
export function CountsBar({ counts }: { counts: Counts }) {
  return (
    <div className="import-counts">
      <div className="import-bar" aria-hidden="true">
        {outcomes.map((outcome) =>
          counts[outcome] > 0 ? (
            <span key={outcome} data-outcome={outcome} style={{ flexGrow: counts[outcome] }} />
          ) : null,
        )}
      </div>
      <p>
        <strong>{number(counts.read)} read</strong> ={' '}
        {outcomes.map((outcome, index) => (
          <span key={outcome}>
            {index > 0 ? ' + ' : ''}
            <span className="import-count" data-outcome={outcome}>
              {number(counts[outcome])} {outcomeWords[outcome]}
            </span>
          </span>
        ))}
      </p>
    </div>
  );
}
