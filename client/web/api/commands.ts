import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNotices } from '../ui/notices.tsx';
import { stateWords } from '../ui/states.ts';
import { command } from './http.ts';
import type { BulkAnswer, EditAnswer, StepAnswer } from './types/common.ts';

export interface StepRequest {
  /** `orders`, `listings`, … */
  collection: string;
  id: string;
  /** What people call the thing: named in the announcement. */
  name: string;
  type: string;
  label: string;
  version?: number;
  why?: string;
  /** Further fields of the event (a snooze's `until`). */
  extra?: Record<string, unknown>;
}

/** Sends an event to a thing, announces what came of it, and reads again whatever it may have changed. */
export function useStep() {
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: ({ collection, id, type, version, why, extra }: StepRequest) =>
      command<StepAnswer>('POST', `/api/${collection}/${encodeURIComponent(id)}/events`, {
        type,
        ...(version === undefined ? {} : { version }),
        ...(why ? { why } : {}),
        ...extra,
      }),
    onSuccess: (answer, { name, label }) =>
      notices.say('good', `${name}: ${label.toLowerCase()}.`, `Now ${stateWords(answer.state)}.`),
    onError: (error, { name, label }) => notices.fail(`${name}: ${label.toLowerCase()} was not possible.`, error),
    onSettled: () => queries.invalidateQueries(),
  });
}

export interface BulkRequest {
  collection: string;
  type: string;
  items: { id: string; version: number; name: string }[];
}

/** Sends one event to many things; each row has its own answer and none holds back the others. */
export function useBulk() {
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: ({ collection, type, items }: BulkRequest) =>
      command<BulkAnswer>('POST', `/api/${collection}/bulk`, {
        type,
        items: items.map(({ id, version }) => ({ id, version })),
      }),
    onSuccess: ({ results }) => {
      const done = results.filter(({ ok }) => ok).length;
      const refused = results.length - done;
      if (refused === 0) notices.say('good', `${done} of ${results.length} done.`);
      else
        notices.say('attention', `${done} of ${results.length} done, ${refused} refused.`, 'See the list of results.');
    },
    onError: (error) => notices.fail('Nothing was changed.', error),
    onSettled: () => queries.invalidateQueries(),
  });
}

export interface SaveRequest {
  path: string;
  name: string;
  body: Record<string, unknown>;
}

/** Saves edited fields with the version that they were read at. */
export function useSave() {
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: ({ path, body }: SaveRequest) => command<EditAnswer>('PATCH', path, body),
    onSuccess: ({ saved, conflicts }, { name }) => {
      if (conflicts.length > 0) notices.say('attention', `${name}: ${saved.length} saved, ${conflicts.length} not.`);
      else if (saved.length === 0) notices.say('good', `${name}: nothing differed.`);
      else notices.say('good', `${name}: saved.`);
    },
    onError: (error, { name }) => notices.fail(`${name} was not saved.`, error),
    onSettled: () => queries.invalidateQueries(),
  });
}

/** Something else that a person asks for: a synchronisation, a test, a new connection. */
export function useAsk<Answer>(said: (answer: Answer) => string) {
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: ({ path, body }: { path: string; body: unknown }) => command<Answer>('POST', path, body),
    onSuccess: (answer) => notices.say('good', said(answer)),
    onError: (error) => notices.fail('That was not possible.', error),
    onSettled: () => queries.invalidateQueries(),
  });
}
