import { Link } from '@tanstack/react-router';

interface Outage {
  readonly id: string;
  readonly number: string;
  readonly state: string;
}

/** Beside a thing that an outage concerns; leads to it. */
export function OutageMark({ outage, children }: { outage: Outage | null; children: string }) {
  if (!outage) return null;
  return (
    <Link
      className="mark"
      data-mark="overdue"
      to="/incidents/$id"
      params={{ id: outage.id }}
      title={`${outage.number}, ${outage.state.toLowerCase()}`}
    >
      {children}
    </Link>
  );
}
