import { queryOptions, useQuery } from '@tanstack/react-query';
import type { CustomsPapers } from '../../../api/schemas/carriers.ts';
import { useAsk } from '../../api/commands.ts';
import { call } from '../../api/http.ts';
import type { OrderDetail } from '../../api/types/orders.ts';
import { useConfirm } from '../../ui/confirm.tsx';
import { Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';

const customsQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', 'customs', id],
    queryFn: ({ signal }) => call<CustomsPapers>('GET', `/api/orders/${encodeURIComponent(id)}/customs`, { signal }),
  });

/** What an order's papers lack for its way across a border; a person may let it go without, with the reason. */
export function OrderCustoms({ order }: { order: OrderDetail }) {
  const isOpen = !['CANCELLED', 'SUCCESSFULLY_PROCESSED'].includes(order.state);
  const { data } = useQuery({ ...customsQuery(order.id), enabled: isOpen });
  const confirm = useConfirm();
  const letting = useAsk<unknown>(() => `${order.number} goes without what its papers lack.`);
  const taking = useAsk<unknown>(() => `${order.number} waits again until its papers are complete.`);
  if (!data || (data.missing.length === 0 && data.release === null)) return null;
  const { missing, release } = data;
  const path = `/api/orders/${encodeURIComponent(order.id)}/customs-release`;
  // The one button becomes the other; it is never switched off, which would take the focus from it.
  const isAsking = letting.isPending || taking.isPending;
  const letGo = async () => {
    if (isAsking) return;
    const answer = await confirm({
      title: `Let ${order.number} go although its papers lack something?`,
      consequences: [
        ...missing.map(({ message }) => message),
        'Customs may hold or return it. Your name and reason are kept; what comes to lack later holds it up again.',
        'What the carrier itself demands, it refuses all the same.',
      ],
      confirmLabel: 'Let it go',
      reason: 'required',
      danger: true,
    });
    if (answer) letting.mutate({ path, body: { why: answer.why } });
  };
  return (
    <Section title="Customs papers">
      <div className="stack">
        <ul className="plain-list">
          {missing.map(({ field, message }) => (
            <li key={field}>
              {message} <small className="muted">{field}</small>
            </li>
          ))}
        </ul>
        {release ? (
          <p>
            Released by {release.by} at <Time at={release.at} brandId={order.brand.id} />: {release.why}
          </p>
        ) : null}
        <div>
          {release ? (
            <button
              type="button"
              onClick={() => (isAsking ? undefined : taking.mutate({ path: `${path}/withdraw`, body: {} }))}
            >
              Take the release back
            </button>
          ) : (
            <button type="button" onClick={letGo}>
              Let it go without
            </button>
          )}
        </div>
      </div>
    </Section>
  );
}
