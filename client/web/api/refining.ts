import { queryOptions } from '@tanstack/react-query';
import { refreshEveryMs } from '../app/query-client.ts';
import { call, withQuery } from './http.ts';
import type {
  Glossary,
  MappingQueue,
  Mappings,
  ProductFields,
  RuleSetDetail,
  RuleSets,
  Targets,
  TranslationSettings,
} from './types/refining.ts';

const read = <Answer>(key: readonly unknown[], path: string, live = true) =>
  queryOptions({
    queryKey: [...key],
    ...(live ? { refetchInterval: refreshEveryMs } : {}),
    queryFn: ({ signal }) => call<Answer>('GET', path, { signal }),
  });

export const fieldsQuery = (productId: string) =>
  read<ProductFields>(['products', 'fields', productId], `/api/products/${productId}/fields`);
export const ruleSetsQuery = read<RuleSets>(['rules', 'list'], '/api/rules');
export const ruleSetQuery = (id: string) => read<RuleSetDetail>(['rules', 'one', id], `/api/rules/${id}`);
export const queueQuery = (filter: {
  connection?: string | undefined;
  kind?: string | undefined;
  q?: string | undefined;
}) => read<MappingQueue>(['mappings', 'queue', filter], withQuery('/api/mappings/queue', filter));
export const mappingsQuery = (connection: string) =>
  read<Mappings>(['mappings', 'list', connection], withQuery('/api/mappings', { connection }));
export const targetsQuery = (filter: { connection: string; kind: string; source: string; q?: string | undefined }) =>
  read<Targets>(['mappings', 'targets', filter], withQuery('/api/mappings/targets', filter), false);
export const glossaryQuery = read<Glossary>(['glossary'], '/api/glossary');
export const translationSettingsQuery = read<TranslationSettings>(
  ['translation-settings'],
  '/api/translation-settings',
);
