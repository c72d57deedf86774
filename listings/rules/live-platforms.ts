import type { ListingRule, MarketplaceRules } from './types.ts';

/**
 * Marketplaces that are alive and have no connector here: their rules in the same shape, so that the shape is known to hold
 * them. Fields are those of their public documentation; limits of length and size are assumptions to be looked up when one
 * of them is connected.
 */
const documented = 'fields of its public documentation';
const assumption = 'no source at hand: to be looked up when it is connected';

const needed = (name: string, fields: readonly string[]): ListingRule[] =>
  fields.map((field) => ({
    id: `${name}.${field}`,
    field,
    severity: 'error',
    check: { kind: 'required' },
    source: documented,
    confirmed: true,
  }));

const limits = (name: string, titleMax: number, images: number, px: number): ListingRule[] => [
  {
    id: `${name}.title-length`,
    field: 'title',
    severity: 'error',
    check: { kind: 'length', max: titleMax },
    source: assumption,
    confirmed: false,
  },
  {
    id: `${name}.image-count`,
    field: 'images',
    severity: 'error',
    check: { kind: 'count', min: 1, max: images },
    source: assumption,
    confirmed: false,
  },
  {
    id: `${name}.image`,
    field: 'images',
    severity: 'error',
    check: { kind: 'image', minWidthPx: px, minHeightPx: px, formats: ['JPEG', 'PNG'] },
    source: assumption,
    confirmed: false,
  },
];

export const livePlatforms: Readonly<Record<string, MarketplaceRules>> = {
  shopee: {
    label: 'Shopee',
    country: null,
    review: { workingDays: 3, timeZone: 'Asia/Singapore' },
    rules: [
      ...needed('shopee', ['title', 'descriptionHtml', 'categoryId', 'brandId', 'images', 'weightGrams', 'price']),
      ...limits('shopee', 255, 9, 300),
    ],
  },
  lazada: {
    label: 'Lazada',
    country: null,
    review: { workingDays: 3, timeZone: 'Asia/Singapore' },
    rules: [
      ...needed('lazada', [
        'title',
        'categoryId',
        'sellerSku',
        'images',
        'price',
        'weightGrams',
        'lengthMm',
        'widthMm',
        'heightMm',
      ]),
      ...limits('lazada', 255, 8, 330),
    ],
  },
  'tiktok-shop': {
    label: 'TikTok Shop',
    country: null,
    review: { workingDays: 3, timeZone: 'Asia/Singapore' },
    rules: [
      ...needed('tiktok-shop', [
        'title',
        'descriptionHtml',
        'categoryId',
        'images',
        'weightGrams',
        'price',
        'sellerSku',
      ]),
      ...limits('tiktok-shop', 255, 9, 300),
    ],
  },
};
