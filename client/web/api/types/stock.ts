import type { Static } from '@sinclair/typebox';
import type * as schemas from '../../../api/schemas/stock.ts';

export type DriftPage = Static<typeof schemas.DriftPage>;
export type DriftRow = DriftPage['rows'][number];
export type CancelPlan = Static<typeof schemas.CancelPlan>;
export type WhyStock = Static<typeof schemas.WhyStock>;
