import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/http.ts';

/** How often open pages ask again, in milliseconds; nothing is asked while the tab is hidden. */
export const refreshEveryMs = 4_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: true,
      refetchIntervalInBackground: false,
      // A refusal is an answer: only a lost connection and a busy server are worth asking again.
      retry: (failures, error) => failures < 2 && isPassing(error),
    },
    mutations: { retry: false },
  },
});

function isPassing(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
}
