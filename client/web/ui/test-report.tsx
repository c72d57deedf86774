import type { ConnectionReport } from '../api/types/operations.ts';
import { Facts } from './section.tsx';
import { stateWords } from './states.ts';

/** What a test of a connection found, and what to do about it. */
export function TestReport({ report }: { report: ConnectionReport }) {
  const facts = Object.entries(report.facts).map(([name, value]) => ({
    label: stateWords(name),
    value: String(value),
  }));
  return (
    <div className="stack">
      <p className={report.ok ? 'in-sync' : 'refused'}>
        {report.ok ? 'The credentials work.' : 'The test failed.'} {report.account}
      </p>
      {report.findings.length > 0 ? (
        <ul className="findings">
          {report.findings.map(({ severity, what, remedy }) => (
            <li key={what}>
              <span className="mark" data-mark={severity === 'error' ? 'overdue' : 'soon'}>
                {severity}
              </span>
              <span>
                {what} <span className="muted">{remedy}</span>
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {facts.length > 0 ? <Facts facts={facts} /> : null}
    </div>
  );
}
