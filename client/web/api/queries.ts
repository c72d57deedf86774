import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { refreshEveryMs } from '../app/query-client.ts';
import { ApiError, call, withQuery } from './http.ts';
import type { Brand, MachineChart, Overview, Page, User } from './types/common.ts';
import type { ConnectorRow } from './types/operations.ts';

export type ListFilter = Record<string, string | undefined>;

/** Rows of one page of a list. */
export const pageSize = 50;

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: async ({ signal }): Promise<User | null> => {
    try {
      return (await call<{ user: User }>('GET', '/api/session', { signal })).user;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
});

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  refetchInterval: refreshEveryMs,
  queryFn: ({ signal }) => call<Overview>('GET', '/api/overview', { signal }),
});

/** A keyset-paged list; further pages are appended by "load more". */
export function listQuery<Row>(collection: string, filter: ListFilter = {}) {
  return infiniteQueryOptions({
    queryKey: [collection, 'list', filter],
    refetchInterval: refreshEveryMs,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      call<Page<Row>>('GET', withQuery(`/api/${collection}`, { limit: pageSize, after: pageParam, ...filter }), {
        signal,
      }),
    getNextPageParam: (page) => page.next,
  });
}

/** One thing of a collection. */
export function oneQuery<Detail>(collection: string, id: string) {
  return queryOptions({
    queryKey: [collection, 'one', id],
    refetchInterval: refreshEveryMs,
    queryFn: ({ signal }) => call<Detail>('GET', `/api/${collection}/${encodeURIComponent(id)}`, { signal }),
  });
}

/** Brands with their zones and currencies; they rarely change. */
export const brandsQuery = queryOptions({
  queryKey: ['brands'],
  staleTime: 5 * 60_000,
  queryFn: async ({ signal }) => (await call<{ rows: Brand[] }>('GET', '/api/brands', { signal })).rows,
});

/** Machines never change while a build runs. */
export function machineQuery(name: string) {
  return queryOptions({
    queryKey: ['machines', name],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => call<MachineChart>('GET', `/api/machines/${encodeURIComponent(name)}`, { signal }),
  });
}

/** The connectors that this installation knows, with the fields that each needs. */
export const connectorsQuery = queryOptions({
  queryKey: ['connectors'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async ({ signal }) => (await call<{ rows: ConnectorRow[] }>('GET', '/api/connectors', { signal })).rows,
});
