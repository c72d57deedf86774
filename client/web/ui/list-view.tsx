import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  useInfiniteQuery,
} from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { type ListFilter, listQuery } from '../api/queries.ts';
import type { Page } from '../api/types/common.ts';
import { Failed, Loading, Stale } from './feedback.tsx';
import { formatCount } from './format.ts';

export interface List<Row> {
  rows: Row[];
  total: number | null;
  query: UseInfiniteQueryResult<InfiniteData<Page<Row>>>;
}

/** The rows of all pages that were loaded so far. */
export function useList<Row>(collection: string, filter: ListFilter = {}): List<Row> {
  // While another filter is asked for, the rows of the one before stay: nothing flashes or jumps.
  const query = useInfiniteQuery({ ...listQuery<Row>(collection, filter), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  return { rows, total: query.data?.pages[0]?.total ?? null, query };
}

interface ListViewProps<Row> {
  list: List<Row>;
  what: string;
  empty: ReactNode;
  children: ReactNode;
}

/** Loading, failed, empty or the table with "load more" beneath it. */
export function ListView<Row>({ list, what, empty, children }: ListViewProps<Row>) {
  const { query, rows, total } = list;
  if (query.data === undefined) {
    if (query.isError) return <Failed what="The list" error={query.error} onRetry={() => query.refetch()} />;
    return <Loading what={what} />;
  }
  return (
    <>
      {query.isError ? <Stale error={query.error} /> : null}
      {rows.length === 0 ? empty : <div aria-busy={query.isPlaceholderData}>{children}</div>}
      {rows.length === 0 ? null : (
        <div className="list-foot">
          <span className="muted" aria-live="polite">
            {formatCount(rows.length)}
            {total === null ? '' : ` of ${formatCount(total)}`} {what}
          </span>
          {query.hasNextPage ? (
            <button type="button" disabled={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
              {query.isFetchingNextPage ? 'Loading …' : 'Load more'}
            </button>
          ) : null}
        </div>
      )}
    </>
  );
}
