import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failed, Loading, Stale } from './feedback.tsx';

interface QueryViewProps<Data> {
  query: UseQueryResult<Data>;
  what: string;
  children: (data: Data) => ReactNode;
}

/** The three faces of anything that is read: loading, failed, there (perhaps of a moment ago). */
export function QueryView<Data>({ query, what, children }: QueryViewProps<Data>) {
  if (query.data === undefined) {
    if (query.isError) return <Failed what={capital(what)} error={query.error} onRetry={() => query.refetch()} />;
    return <Loading what={what} />;
  }
  return (
    <>
      {query.isError ? <Stale error={query.error} /> : null}
      {children(query.data)}
    </>
  );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
