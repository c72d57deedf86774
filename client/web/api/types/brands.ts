import type { Static } from '@sinclair/typebox';
import type * as schemas from '../../../api/schemas/brands.ts';

export type BrandDetail = Static<typeof schemas.BrandDetail>;
export type BrandPatch = Static<typeof schemas.BrandPatch>;
export type BrandSaved = Static<typeof schemas.BrandSaved>;
export type SentNow = Static<typeof schemas.SentNow>;
export type ConfirmationRule = Static<typeof schemas.Confirmation>;
export type ConfirmationRow = Static<typeof schemas.ConfirmationPage>['rows'][number];
