import { useMutation, useQueryClient } from '@tanstack/react-query';
import { command } from '../../api/http.ts';
import type { DriftRow } from '../../api/types/stock.ts';
import { Nothing } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { ListView, useList } from '../../ui/list-view.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { PageHead, Section } from '../../ui/section.tsx';
import { Relative } from '../../ui/time.tsx';
import { CancelPlans } from './cancel-plans.tsx';

const units = (value: number | null) => (value === null ? <Nothing /> : value);

function useSendAgain() {
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: (row: DriftRow) => command('POST', `/api/drift/${row.id}/send-again`, {}),
    onSuccess: (_answer, row) =>
      notices.say('good', `${row.sellerSku}: its stock is sent to ${row.connection.name} again.`),
    onError: (error, row) => notices.fail(`${row.sellerSku}: it could not be sent again.`, error),
    onSettled: () => queries.invalidateQueries(),
  });
}

/** What marketplaces show and what they should: wanted, acknowledged and seen, and what explains a difference. */
export function DriftPage() {
  return (
    <>
      <PageHead
        title="Drift"
        lead="Offers whose wanted, acknowledged and seen stock differ. What nothing explains was changed by somebody else; it is sent again by itself at the next reading."
      />
      <CancelPlans />
      <Differences />
    </>
  );
}

function Differences() {
  const list = useList<DriftRow>('drift', {});
  const again = useSendAgain();
  const columns: Column<DriftRow>[] = [
    {
      id: 'sku',
      header: 'SKU',
      role: 'head',
      cell: ({ sellerSku, connection }) => (
        <span className="two-lines">
          <code>{sellerSku}</code>
          <small>{connection.name}</small>
        </span>
      ),
    },
    { id: 'desired', header: 'Desired', align: 'end', cell: ({ desired }) => units(desired) },
    { id: 'acknowledged', header: 'Acknowledged', align: 'end', cell: ({ acknowledged }) => units(acknowledged) },
    {
      id: 'seen',
      header: 'Seen there',
      align: 'end',
      cell: ({ seen, seenAt }) => (
        <span className="two-lines">
          <span>{units(seen)}</span>
          {seenAt ? (
            <small>
              <Relative at={seenAt} />
            </small>
          ) : null}
        </span>
      ),
    },
    {
      id: 'explained',
      header: 'Explained by',
      cell: ({ explained }) =>
        explained ?? (
          <strong className="severity" data-severity="warning">
            nothing
          </strong>
        ),
    },
    {
      id: 'again',
      header: 'Action',
      cell: (row) => (
        <button type="button" className="small" disabled={again.isPending} onClick={() => again.mutate(row)}>
          Send again<span className="visually-hidden">: {row.sellerSku}</span>
        </button>
      ),
    },
  ];
  return (
    <Section title="Offers that differ">
      <ListView
        list={list}
        what="the drift report"
        empty={<Empty title="Nothing differs">Every marketplace shows what it should.</Empty>}
      >
        <DataTable
          caption="Offers that differ"
          columns={columns}
          rows={list.rows}
          nameOf={({ sellerSku }) => sellerSku}
        />
      </ListView>
    </Section>
  );
}
