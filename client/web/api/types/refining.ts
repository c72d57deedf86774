import type * as schemas from '../../../api/schemas/refining.ts';

export type ProductFields = schemas.ProductFields;
export type FieldStory = ProductFields['fields'][number];
export type RuleSets = schemas.RuleSets;
export type RuleSetHead = RuleSets['sets'][number];
export type RuleSetDetail = schemas.RuleSetDetail;
export type RuleVersion = RuleSetDetail['versions'][number];
export type DryRunAnswer = schemas.DryRunAnswer;
export type MappingQueue = schemas.MappingQueue;
export type QueueItem = MappingQueue['rows'][number];
export type Mappings = schemas.Mappings;
export type Targets = schemas.Targets;
export type TranslationRow = schemas.Translations['rows'][number];
export type Approvals = schemas.Approvals;
export type Glossary = schemas.Glossary;
export type TranslationSettings = schemas.TranslationSettingsList;
