import type * as schemas from '../../../api/schemas/listing-rules.ts';

export type ListingRules = schemas.ListingRules;
export type RulePreview = schemas.RulePreview;
export type LearnedRule = ListingRules['learned'][number];
export type Reasons = schemas.Reasons;
export type UnmappedReason = Reasons['rows'][number];
