import { queryOptions } from '@tanstack/react-query';
import { refreshEveryMs } from '../app/query-client.ts';
import { call, withQuery } from './http.ts';
import type { ListingRules, Reasons } from './types/listing-rules.ts';

export const reasonsQuery = (connection: string | undefined) =>
  queryOptions({
    queryKey: ['listing-reasons', connection ?? ''],
    refetchInterval: refreshEveryMs,
    queryFn: ({ signal }) => call<Reasons>('GET', withQuery('/api/listing-reasons', { connection }), { signal }),
  });

export const listingRulesQuery = (connection: string) =>
  queryOptions({
    queryKey: ['listing-rules', connection],
    refetchInterval: refreshEveryMs,
    queryFn: ({ signal }) => call<ListingRules>('GET', withQuery('/api/listing-rules', { connection }), { signal }),
  });
