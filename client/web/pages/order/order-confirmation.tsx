import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/http.ts';
import type { ConfirmationRow } from '../../api/types/brands.ts';
import type { OrderDetail } from '../../api/types/orders.ts';
import { Facts, Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';

const outcomes: Record<string, string> = {
  CONFIRMED: 'Confirmed',
  DECLINED: 'Declined',
  OVERDUE: 'Not answered in time',
  WITHDRAWN: 'Needs no answer any more',
};

/** What the brand was asked about this order, and what it answered. Deciding is a button under "What can be done". */
export function OrderConfirmation({ order }: { order: OrderDetail }) {
  const { data } = useQuery({
    queryKey: ['confirmations', order.id, order.version],
    queryFn: ({ signal }) =>
      call<{ rows: ConfirmationRow[] }>('GET', `/api/confirmations?order=${encodeURIComponent(order.id)}`, { signal }),
  });
  const [question] = data?.rows ?? [];
  if (!question) return null;
  const brandId = order.brand.id;
  return (
    <Section title="Confirmation by the brand">
      <Facts
        facts={[
          { label: 'Asked', value: <Time at={question.askedAt} brandId={brandId} /> },
          { label: 'Why', value: question.because.join(' ') },
          { label: 'Answer until', value: <Time at={question.dueAt} brandId={brandId} /> },
          {
            label: 'Answer',
            value: question.outcome ? (outcomes[question.outcome] ?? question.outcome) : 'still open',
          },
          ...(question.decidedBy ? [{ label: 'By', value: question.decidedBy }] : []),
          ...(question.reason ? [{ label: 'Reason', value: question.reason }] : []),
        ]}
      />
    </Section>
  );
}
