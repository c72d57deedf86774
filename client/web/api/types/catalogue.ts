import type { Static } from '@sinclair/typebox';
import type * as schemas from '../../../api/schemas/catalogue.ts';

export type ProductRow = Static<typeof schemas.ProductRow>;
export type ProductDetail = Static<typeof schemas.ProductDetail>;
export type ProductSku = ProductRow['skus'][number];
export type ListingRow = Static<typeof schemas.ListingRow>;
export type ListingDetail = Static<typeof schemas.ListingDetail>;
export type ListingSku = ListingRow['skus'][number];
