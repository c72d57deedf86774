import { useQuery } from '@tanstack/react-query';
import { ApiError, call } from '../../api/http.ts';
import type { CaughtMailRow } from '../../api/types/operations.ts';
import { refreshEveryMs } from '../../app/query-client.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { Time } from '../../ui/time.tsx';

const columns: Column<CaughtMailRow>[] = [
  {
    id: 'subject',
    header: 'Mail',
    role: 'head',
    cell: ({ id, subject }) => (
      <RowLink to="/caught-mails/$id" id={id}>
        {subject}
      </RowLink>
    ),
  },
  { id: 'from', header: 'From', role: 'wide', cell: ({ from }) => <span className="clip">{from}</span> },
  { id: 'to', header: 'To', cell: ({ to }) => <span className="clip">{to.join(', ')}</span> },
  { id: 'received', header: 'Received', cell: ({ receivedAt }) => <Time at={receivedAt} /> },
];

/** What really arrived by SMTP, where mails go to the catcher instead of to brands. Without one the list is null. */
async function readCaught(signal: AbortSignal): Promise<CaughtMailRow[] | null> {
  try {
    return (await call<{ rows: CaughtMailRow[] }>('GET', '/api/caught-mails', { signal })).rows;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.code === 'NotConfigured')) return null;
    throw error;
  }
}

export function CaughtMails() {
  const query = useQuery({
    queryKey: ['caught-mails'],
    refetchInterval: refreshEveryMs,
    queryFn: ({ signal }) => readCaught(signal),
  });
  return (
    <QueryView query={query} what="the caught mails">
      {(mails) => {
        if (mails === null) return <Empty title="No mail catcher here">Mails go to the configured mail server.</Empty>;
        if (mails.length === 0) return <Empty title="Nothing was caught yet" />;
        return (
          <DataTable
            caption="Caught mails"
            columns={columns}
            rows={mails}
            nameOf={({ subject }) => subject}
            keys={false}
          />
        );
      }}
    </QueryView>
  );
}
