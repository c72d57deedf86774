import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { listQuery } from '../../api/queries.ts';
import type { ImportSummary } from '../../api/types/imports.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty, Failed, Loading } from '../../ui/feedback.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import { PageHead, Section } from '../../ui/section.tsx';
import { Time } from '../../ui/time.tsx';
import { Upload } from './upload.tsx';
import { number, phaseWords } from './words.ts';

const columns: Column<ImportSummary>[] = [
  {
    id: 'file',
    header: 'File',
    role: 'head',
    cell: ({ id, fileName, kind }) => (
      <RowLink to="/imports/$id" id={id}>
        {kind === 'undo' ? `Undo of ${fileName}` : fileName}
      </RowLink>
    ),
  },
  { id: 'brand', header: 'Brand', cell: ({ brand }) => brand.name },
  { id: 'phase', header: 'State', cell: ({ phase }) => phaseWords[phase] },
  {
    id: 'rows',
    header: 'Rows',
    align: 'end',
    cell: ({ counts, progress }) => number(counts?.read ?? progress.rowsRead),
  },
  { id: 'new', header: 'New', align: 'end', cell: ({ counts }) => (counts ? number(counts.new) : '') },
  { id: 'changed', header: 'Changed', align: 'end', cell: ({ counts }) => (counts ? number(counts.changed) : '') },
  {
    id: 'left',
    header: 'Not taken over',
    align: 'end',
    cell: ({ counts }) => (counts ? number(counts.held + counts.refused + counts.duplicate) : ''),
  },
  { id: 'by', header: 'Sent by', role: 'wide', cell: ({ uploadedBy }) => uploadedBy },
  { id: 'at', header: 'Sent', cell: ({ uploadedAt }) => <Time at={uploadedAt} /> },
];

/** Files of products that brands send instead of, or besides, having a shop. */
export function ImportsPage() {
  const query = useInfiniteQuery(listQuery<ImportSummary>('imports'));
  const navigate = useNavigate();
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <PageHead title="Imports" lead="Products, prices and stock by CSV file" />
      <Section title="Send a file">
        <Upload />
      </Section>
      <Section title="Files so far" count={query.data?.pages[0]?.total ?? undefined}>
        {query.isPending ? <Loading what="imports" /> : null}
        {query.isError && rows.length === 0 ? <Failed what="The imports" error={query.error} /> : null}
        {query.isSuccess && rows.length === 0 ? <Empty title="No file was sent yet" /> : null}
        {rows.length > 0 ? (
          <DataTable
            caption="Imports"
            columns={columns}
            rows={rows}
            nameOf={({ fileName }) => fileName}
            onOpen={({ id }) => void navigate({ to: '/imports/$id', params: { id } })}
          />
        ) : null}
        {query.hasNextPage ? (
          <button type="button" onClick={() => query.fetchNextPage()} disabled={query.isFetchingNextPage}>
            Load more
          </button>
        ) : null}
      </Section>
    </>
  );
}
