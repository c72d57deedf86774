import type { Static } from '@sinclair/typebox';
import type * as schemas from '../../../api/schemas/prices.ts';

export type RateList = Static<typeof schemas.RateList>;
export type RateRow = RateList['rows'][number];
export type RateSaved = Static<typeof schemas.RateSaved>;
export type RateImported = Static<typeof schemas.RateImported>;
export type RuleList = Static<typeof schemas.RuleList>;
export type PriceRule = Static<typeof schemas.RuleSchema>;
export type Fee = Static<typeof schemas.FeeSchema>;
export type RuleSaved = Static<typeof schemas.RuleSaved>;
export type Preview = Static<typeof schemas.Preview>;
export type TraceStep = Static<typeof schemas.TraceStep>;
export type WhyPrice = Static<typeof schemas.WhyPrice>;
