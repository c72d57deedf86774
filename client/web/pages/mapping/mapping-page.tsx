import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { mappingsQuery, queueQuery } from '../../api/refining.ts';
import type { QueueItem } from '../../api/types/refining.ts';
import { Nothing } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/feedback.tsx';
import { ListFilters } from '../../ui/list-filters.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { PageHead, Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';
import { LearnedRules, UnmappedReasons } from './rejections.tsx';
import { RuleSettings } from './rule-settings.tsx';
import { SettleDialog } from './settle-dialog.tsx';

const kindNames: Record<string, string> = { category: 'Category', attribute: 'Attribute', value: 'Value' };
type Row = QueueItem & { id: string };

const columns = (onSettle: (row: Row) => void): Column<Row>[] => [
  {
    id: 'source',
    header: 'The brand’s word',
    role: 'title',
    cell: ({ sourceLabel, required }) => (
      <span className="badges">
        {sourceLabel}
        {required ? <span className="mark">blocks</span> : null}
      </span>
    ),
  },
  { id: 'kind', header: 'Kind', cell: ({ kind }) => kindNames[kind] ?? kind },
  { id: 'connection', header: 'Marketplace', cell: ({ connection }) => connection?.name ?? <Nothing /> },
  { id: 'listings', header: 'Listings', align: 'end', cell: ({ listings }) => listings },
  { id: 'brands', header: 'Brands', role: 'wide', cell: ({ brands }) => brands.map(({ name }) => name).join(', ') },
  {
    id: 'samples',
    header: 'Such as',
    cell: ({ samples: [sample] }) =>
      sample ? (
        <RowLink to="/products/$id" id={sample.productId}>
          {sample.title}
        </RowLink>
      ) : (
        <Nothing />
      ),
  },
  {
    id: 'actions',
    header: 'Actions',
    role: 'actions',
    cell: (row) => (
      <button type="button" className="small" onClick={() => onSettle(row)}>
        Settle
      </button>
    ),
  },
];

/** What nobody has mapped to a marketplace's own words; one settled here settles every listing that waits for it. */
export function MappingPage() {
  const search = useSearch({ from: '/shell/mapping' });
  const navigate = useNavigate();
  const query = useQuery(queueQuery({ connection: search.connection, q: search.q }));
  const [settling, setSettling] = useState<Row | null>(null);
  return (
    <>
      <PageHead
        title="Mapping"
        lead="Categories, attributes and values that a marketplace calls otherwise. What is set once is remembered."
      />
      <ListFilters
        search={search}
        onSearch={(next) => navigate({ to: '/mapping', search: next, replace: true })}
        placeholder="Category, attribute, value …"
        states={[]}
        connections="marketplace"
      />
      <QueryView query={query} what="the queue">
        {({ rows, total, waiting }) => (
          <>
            {waiting > 0 ? (
              <p className="waiting" role="status">
                {waiting} listings are composed again.
              </p>
            ) : null}
            {rows.length === 0 ? (
              <Empty title="Everything is mapped">Nothing waits for a person.</Empty>
            ) : (
              <DataTable
                caption="Unmapped"
                columns={columns(setSettling)}
                rows={rows.map((row) => ({ ...row, id: `${row.connection?.id} ${row.kind} ${row.sourceKey}` }))}
                nameOf={({ sourceLabel }) => sourceLabel}
                onOpen={setSettling}
              />
            )}
            {rows.length < total ? (
              <p className="muted">
                The first {rows.length} of {total}.
              </p>
            ) : null}
          </>
        )}
      </QueryView>
      <UnmappedReasons connection={search.connection} />
      {search.connection ? <Remembered connection={search.connection} /> : null}
      {search.connection ? <RuleSettings connection={search.connection} /> : null}
      {search.connection ? <LearnedRules connection={search.connection} /> : null}
      {settling ? <SettleDialog item={settling} onClose={() => setSettling(null)} /> : null}
    </>
  );
}

function Remembered({ connection }: { connection: string }) {
  const query = useQuery(mappingsQuery(connection));
  return (
    <QueryView query={query} what="the mappings">
      {({ rows }) => (
        <Section title="Remembered" count={rows.length}>
          <ul className="plain-list">
            {rows.map(({ id, kind, sourceLabel, targetId, targetLabel, setBy, setAt }) => (
              <li key={id}>
                <span>
                  <span className="muted">{kindNames[kind] ?? kind}</span> {sourceLabel} →{' '}
                  {targetId === null ? <em>not sent there</em> : `${targetLabel ?? ''} ${targetId}`}
                </span>
                <span className="muted">
                  {setBy} <Time at={setAt} />
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </QueryView>
  );
}
