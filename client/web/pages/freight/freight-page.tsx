import type { Static } from '@sinclair/typebox';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FreightAudits } from '../../../api/schemas/freight-audit.ts';
import { call } from '../../api/http.ts';
import { Amount } from '../../ui/amount.tsx';
import { Nothing } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { formatMinor } from '../../ui/format.ts';
import { QueryView } from '../../ui/query-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { PageHead, Section } from '../../ui/section.tsx';
import { Relative } from '../../ui/time.tsx';
import { Couriers } from './couriers.tsx';

type AuditRow = Static<typeof FreightAudits>['rows'][number];
type Row = AuditRow & { id: string };

const auditsQuery = queryOptions({
  queryKey: ['freight-audits'],
  queryFn: async ({ signal }): Promise<Row[]> => {
    const { rows } = await call<{ rows: AuditRow[] }>('GET', '/api/freight/audits', { signal });
    return rows.map((row) => ({ ...row, id: row.consignmentId }));
  },
});

const verdicts: Record<string, string> = {
  due: 'not compared yet',
  agrees: 'agrees',
  differs: 'differs',
  incomparable: 'cannot be compared',
  unused: 'label not used',
};

const sides = [
  { by: 'card', header: 'Card' },
  { by: 'measured', header: 'As measured' },
  { by: 'quote', header: 'Quoted' },
  { by: 'booked', header: 'Booked' },
  { by: 'billed', header: 'Billed' },
] as const;

const columns: Column<Row>[] = [
  {
    id: 'consignment',
    header: 'Consignment',
    role: 'head',
    cell: ({ consignmentId, consignment, connection, brand }) => (
      <span className="two-lines">
        <RowLink to="/consignments/$id" id={consignmentId}>
          {consignment}
        </RowLink>
        <small>
          {brand}, {connection}
        </small>
      </span>
    ),
  },
  ...sides.map(
    ({ by, header }): Column<Row> => ({
      id: by,
      header,
      align: 'end',
      cell: ({ statements }) => {
        const stated = statements.find((one) => one.by === by);
        return stated ? <Amount amountMinor={stated.totalMinor} currency={stated.currency} /> : <Nothing />;
      },
    }),
  ),
  {
    id: 'verdict',
    header: 'Verdict',
    cell: ({ verdict, differenceMinor, currency }) => (
      <span className="two-lines">
        {verdicts[verdict] ?? verdict}
        {verdict === 'differs' && differenceMinor !== null && currency !== null ? (
          <small>by {formatMinor(differenceMinor, currency)}</small>
        ) : null}
      </span>
    ),
  },
  {
    id: 'why',
    header: 'Why',
    cell: ({ findings, note }) => (
      <span className="wrap">{findings.map(({ explain }) => explain).join(' ') || note || <Nothing />}</span>
    ),
  },
  { id: 'booked-at', header: 'Booked', role: 'wide', cell: ({ bookedAt }) => <Relative at={bookedAt} /> },
];

/** What carriers charge for consignments, beside what the rate card says. */
export function FreightPage() {
  const query = useQuery(auditsQuery);
  const [onlyDiffering, setOnlyDiffering] = useState(false);
  return (
    <>
      <PageHead
        title="Freight"
        lead="What carriers quote, book and bill, beside what the rate card says for what was declared and measured."
      />
      <Section
        title="Compared consignments"
        count={query.data?.length ?? 0}
        aside={
          <label className="choice">
            <input
              type="checkbox"
              checked={onlyDiffering}
              onChange={(event) => setOnlyDiffering(event.target.checked)}
            />
            <span>Only those that differ</span>
          </label>
        }
      >
        <QueryView query={query} what="the compared consignments">
          {(all) => <Compared rows={onlyDiffering ? all.filter(({ verdict }) => verdict === 'differs') : all} />}
        </QueryView>
      </Section>
      <Couriers />
    </>
  );
}

function Compared({ rows }: { rows: Row[] }) {
  if (rows.length === 0) {
    return <Empty title="Nothing to compare">A consignment stands here once it is booked.</Empty>;
  }
  return (
    <DataTable
      caption="Freight of booked consignments"
      columns={columns}
      rows={rows}
      nameOf={({ consignment }) => consignment}
      keys={false}
    />
  );
}
