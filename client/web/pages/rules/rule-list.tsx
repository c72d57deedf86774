import type { RuleVersion } from '../../api/types/refining.ts';

/** What an operation is told beside its name, as text. */
function details({ op: _, ...rest }: RuleVersion['rules'][number]['do']): string {
  return Object.entries(rest)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? `“${value}”` : JSON.stringify(value)}`)
    .join(', ');
}

/** The rules of a version in the order in which they apply. */
export function RuleList({ rules }: { rules: RuleVersion['rules'] }) {
  return (
    <details>
      <summary>{rules.length} rules, in this order</summary>
      <ol className="rule-list">
        {rules.map(({ id, field, do: operation, note }) => (
          <li key={id}>
            <code>{id}</code> <strong>{field}</strong>: {operation.op} {details(operation)}
            {note ? <span className="muted"> ({note})</span> : null}
          </li>
        ))}
      </ol>
    </details>
  );
}
