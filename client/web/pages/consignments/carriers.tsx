import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { CarrierChosen, ComparedCarriers } from '../../../api/schemas/carriers.ts';
import { call, command } from '../../api/http.ts';
import type { ConsignmentDetail } from '../../api/types/operations.ts';
import { Amount } from '../../ui/amount.tsx';
import { Nothing } from '../../ui/badge.tsx';
import { useConfirm } from '../../ui/confirm.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Section } from '../../ui/section.tsx';

type Account = ComparedCarriers['accounts'][number] & { id: string };

const comparedQuery = (id: string) =>
  queryOptions({
    queryKey: ['consignments', 'carriers', id],
    queryFn: ({ signal }) =>
      call<ComparedCarriers>('GET', `/api/consignments/${encodeURIComponent(id)}/carriers`, { signal }),
  });

const verdicts: Record<string, string> = {
  chosen: 'first choice',
  possible: 'takes it',
  refused: 'does not take it',
  'ruled-out': 'ruled out by ops',
};

/** All carrier accounts side by side, asked for an open consignment on demand; another one is chosen with the reason. */
export function CarriersSection({ consignment }: { consignment: ConsignmentDetail }) {
  const [isAsked, setAsked] = useState(false);
  return (
    <Section title="Carrier">
      {isAsked ? (
        <Compared consignment={consignment} />
      ) : (
        <div className="row-actions">
          <span>{consignment.carrier?.name ?? 'no carrier'}</span>
          <button type="button" onClick={() => setAsked(true)}>
            Compare carriers
          </button>
        </div>
      )}
    </Section>
  );
}

function useChoosing({ id, number }: ConsignmentDetail, version: number) {
  const confirm = useConfirm();
  const notices = useNotices();
  const queries = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: (body: { connectionId: string; version: number; why: string }) =>
      command<CarrierChosen>('POST', `/api/consignments/${encodeURIComponent(id)}/carrier`, body),
    onSuccess: ({ to }) => notices.say('good', `${number} travels with ${to}.`),
    onError: (error) => notices.fail(`${number}: the carrier was not changed.`, error),
    onSettled: () => queries.invalidateQueries(),
  });
  return async ({ connectionId, code, verdict, why }: Account) => {
    if (isPending) return;
    const answer = await confirm({
      title: `Send ${number} with ${code}?`,
      consequences: [
        `${code}: ${why}.`,
        ...(verdict === 'ruled-out' ? ['A rule of ops forbids it here: you decide against it.'] : []),
        'Nothing is booked yet. What you choose stays, also when the rest is planned at the cut-off.',
      ],
      confirmLabel: 'Choose',
      reason: 'required',
    });
    if (answer) mutate({ connectionId, version, why: answer.why });
  };
}

function Compared({ consignment }: { consignment: ConsignmentDetail }) {
  const query = useQuery(comparedQuery(consignment.id));
  const box = useRef<HTMLDivElement>(null);
  // The button that asked for it is gone: the keyboard goes on here.
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} tabIndex={-1}>
      <QueryView query={query} what="the carriers">
        {(compared) => <Accounts consignment={consignment} compared={compared} />}
      </QueryView>
    </div>
  );
}

function Accounts({ consignment, compared }: { consignment: ConsignmentDetail; compared: ComparedCarriers }) {
  const choose = useChoosing(consignment, compared.version);
  const columns: Column<Account>[] = [
    { id: 'account', header: 'Account', role: 'head', cell: ({ code }) => code },
    {
      id: 'verdict',
      header: 'Verdict',
      cell: ({ verdict, id }) => (
        <span className="two-lines">
          {verdicts[verdict] ?? verdict}
          {id === compared.connectionId ? <small>it has this one</small> : null}
        </span>
      ),
    },
    {
      id: 'price',
      header: 'By the card',
      align: 'end',
      cell: ({ price }) => (price ? <Amount amountMinor={price.amountMinor} currency={price.currency} /> : <Nothing />),
    },
    { id: 'rule', header: 'Rule', cell: ({ rule }) => rule ?? <Nothing /> },
    { id: 'why', header: 'Why', cell: ({ why }) => <span className="wrap">{why}</span> },
    {
      id: 'actions',
      header: 'Actions',
      role: 'actions',
      cell: (account) =>
        account.id === compared.connectionId || account.verdict === 'refused' ? null : (
          <button type="button" className="small" onClick={() => choose(account)}>
            Choose<span className="visually-hidden"> {account.code}</span>
          </button>
        ),
    },
  ];
  if (compared.accounts.length === 0) return <Empty title="No carrier is connected for this brand" />;
  return (
    <DataTable
      caption="Carrier accounts for this consignment"
      columns={columns}
      rows={compared.accounts.map((account) => ({ ...account, id: account.connectionId }))}
      nameOf={({ code }) => code}
      keys={false}
    />
  );
}
