import type { MarketplaceRules } from '../../listings/rules/types.ts';

const body = 'the product body of the one public client that uploads';
const sheet = 'the columns of the spreadsheet upload';
const assumption = 'no source: an assumption';

/** What Zilingo asks of a listing: reconstructed from one client and one spreadsheet, with the doubts that this leaves. */
export const listingRules: MarketplaceRules = {
  label: 'Zilingo',
  country: null,
  review: { workingDays: 3, timeZone: 'Asia/Bangkok' },
  rules: [
    {
      id: 'zilingo.title',
      field: 'title',
      severity: 'error',
      check: { kind: 'required' },
      source: body,
      confirmed: true,
    },
    {
      id: 'zilingo.title-length',
      field: 'title',
      severity: 'error',
      check: { kind: 'length', max: 255 },
      source: assumption,
      confirmed: false,
    },
    {
      id: 'zilingo.description',
      field: 'descriptionHtml',
      severity: 'error',
      check: { kind: 'required' },
      source: body,
      confirmed: true,
    },
    {
      id: 'zilingo.category',
      field: 'categoryId',
      severity: 'error',
      check: { kind: 'required' },
      source: body,
      confirmed: true,
    },
    {
      id: 'zilingo.image-count',
      field: 'images',
      severity: 'error',
      check: { kind: 'count', min: 1 },
      source: `${body} (primaryImageUrl)`,
      confirmed: true,
    },
    {
      id: 'zilingo.image-most',
      field: 'images',
      severity: 'warning',
      check: { kind: 'count', max: 10 },
      source: sheet,
      confirmed: true,
    },
    {
      id: 'zilingo.image',
      field: 'images',
      severity: 'error',
      check: { kind: 'image', minWidthPx: 300, minHeightPx: 300, formats: ['JPEG', 'PNG'] },
      source: assumption,
      confirmed: false,
    },
    {
      id: 'zilingo.weight',
      field: 'weightGrams',
      severity: 'error',
      check: { kind: 'required' },
      source: sheet,
      confirmed: true,
    },
    ...(['lengthMm', 'widthMm', 'heightMm'] as const).map((field) => ({
      id: `zilingo.${field}`,
      field,
      severity: 'warning' as const,
      check: { kind: 'required' as const },
      source: sheet,
      confirmed: true,
    })),
    {
      id: 'zilingo.hs-code',
      field: 'hsCode',
      severity: 'error',
      check: { kind: 'hsCode', minDigits: 6 },
      source: 'customs need it per line on a lane that crosses a border',
      confirmed: true,
    },
    {
      id: 'zilingo.counterfeit',
      field: 'title',
      severity: 'error',
      check: { kind: 'forbiddenWords', words: ['replica', 'counterfeit'] },
      source: assumption,
      confirmed: false,
    },
  ],
};
