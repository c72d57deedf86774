import type { Finding } from '../api/types/common.ts';

/** What is odd about a thing and what to do about it; what blocks it comes first. */
export function Findings({ findings }: { findings: Finding[] }) {
  if (findings.length === 0) return <p className="muted">No findings.</p>;
  const sorted = [...findings].sort((a, b) => Number(b.blocking) - Number(a.blocking));
  return (
    <ul className="findings">
      {sorted.map((finding) => (
        <li key={`${finding.field}/${finding.reason}`} data-blocking={finding.blocking}>
          <span className="mark" data-mark={finding.blocking ? 'overdue' : 'soon'}>
            {finding.blocking ? 'blocks' : 'note'}
          </span>
          <span>
            {finding.field ? <code>{finding.field}</code> : null} {finding.reason}
            {finding.value ? <em> ({finding.value})</em> : null}
            {finding.remedy ? <span className="muted"> {finding.remedy}</span> : null}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** In a table cell: how many, how many of them block; the tooltip names them. */
export function FindingCount({ findings }: { findings: Finding[] }) {
  const blocking = findings.filter((finding) => finding.blocking).length;
  if (findings.length === 0) return null;
  return (
    <span
      className="mark"
      data-mark={blocking > 0 ? 'overdue' : 'soon'}
      title={findings.map(({ field, reason }) => (field ? `${field}: ${reason}` : reason)).join('\n')}
    >
      {blocking > 0 ? `${blocking} blocking` : `${findings.length} note${findings.length === 1 ? '' : 's'}`}
    </span>
  );
}
