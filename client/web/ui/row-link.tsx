import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

type OnePage =
  | '/orders/$id'
  | '/brands/$id'
  | '/products/$id'
  | '/imports/$id'
  | '/listings/$id'
  | '/connections/$id'
  | '/consignments/$id'
  | '/incidents/$id'
  | '/mails/$id'
  | '/caught-mails/$id';

/** The name of a row, leading to its own page. */
export function RowLink({ to, id, children }: { to: OnePage; id: string; children: ReactNode }) {
  return (
    <Link to={to} params={{ id }} className="row-link">
      {children}
    </Link>
  );
}
