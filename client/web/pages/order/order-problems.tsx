import { Link } from '@tanstack/react-router';
import { openProblemsOf } from '../../api/reading.ts';
import type { OrderDetail } from '../../api/types/orders.ts';

/** What is wrong with the order and what to do about it, at the top of its page. */
export function OrderProblems({ order }: { order: OrderDetail }) {
  const problems = openProblemsOf(order.openProblems);
  if (problems.length === 0) return null;
  return (
    <div className="alert" role="status">
      {problems.map(({ id, title, remedy }) => (
        <p key={id}>
          <strong>{title}</strong> {remedy}
        </p>
      ))}
      <p>
        <Link to="/problems">Snooze or resolve them among the problems</Link>
      </p>
    </div>
  );
}
