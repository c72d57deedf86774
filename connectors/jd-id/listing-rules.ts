import type { MarketplaceRules } from '../../listings/rules/types.ts';
import { reasonFields } from './tags.ts';

const clients = 'fields that every public client sends (addProduct)';
const assumption = 'no source: an assumption that the simulator shares';
const importLaw = 'Indonesian import law, the HS codes are an assumption';

/**
 * What JD.id asks of a listing. Its documentation is gone: what no public client shows is marked as not confirmed, and an
 * account can soften each rule by its id.
 */
export const listingRules: MarketplaceRules = {
  label: 'JD.id',
  country: 'ID',
  review: { workingDays: 3, timeZone: 'Asia/Jakarta' },
  reasons: reasonFields,
  rules: [
    {
      id: 'jd-id.title',
      field: 'title',
      severity: 'error',
      check: { kind: 'required' },
      source: clients,
      confirmed: true,
    },
    {
      id: 'jd-id.title-length',
      field: 'title',
      severity: 'error',
      check: { kind: 'length', max: 100 },
      source: assumption,
      confirmed: false,
    },
    {
      id: 'jd-id.title-words',
      field: 'title',
      severity: 'error',
      check: {
        kind: 'forbiddenWords',
        words: ['replica', 'counterfeit', 'tiruan', 'whatsapp', 'tokopedia', 'shopee', 'lazada', 'bukalapak'],
      },
      source: assumption,
      confirmed: false,
    },
    {
      id: 'jd-id.description',
      field: 'descriptionHtml',
      severity: 'error',
      check: { kind: 'required' },
      source: clients,
      confirmed: true,
    },
    {
      id: 'jd-id.description-words',
      field: 'descriptionHtml',
      severity: 'warning',
      check: { kind: 'forbiddenWords', words: ['whatsapp', 'tokopedia', 'shopee', 'lazada', 'bukalapak'] },
      source: assumption,
      confirmed: false,
    },
    {
      id: 'jd-id.category',
      field: 'categoryId',
      severity: 'error',
      check: { kind: 'required' },
      source: clients,
      confirmed: true,
    },
    {
      id: 'jd-id.brand',
      field: 'brandId',
      severity: 'error',
      check: { kind: 'required' },
      source: clients,
      confirmed: true,
    },
    {
      id: 'jd-id.image-count',
      field: 'images',
      severity: 'error',
      check: { kind: 'count', min: 1 },
      source: assumption,
      confirmed: false,
    },
    {
      id: 'jd-id.image-most',
      field: 'images',
      severity: 'warning',
      check: { kind: 'count', max: 8 },
      source: assumption,
      confirmed: false,
    },
    {
      id: 'jd-id.image',
      field: 'images',
      severity: 'error',
      check: { kind: 'image', minWidthPx: 300, minHeightPx: 300, maxBytes: 5 * 1024 * 1024, formats: ['JPEG', 'PNG'] },
      source: assumption,
      confirmed: false,
    },
    {
      id: 'jd-id.weight',
      field: 'weightGrams',
      severity: 'error',
      check: { kind: 'required' },
      source: clients,
      confirmed: true,
    },
    {
      id: 'jd-id.weight-range',
      field: 'weightGrams',
      severity: 'error',
      check: { kind: 'range', min: 1, max: 100_000 },
      source: assumption,
      confirmed: false,
    },
    ...(['lengthMm', 'widthMm', 'heightMm'] as const).map((field) => ({
      id: `jd-id.${field}`,
      field,
      severity: 'warning' as const,
      check: { kind: 'required' as const },
      source: `${clients}; where one is missing a usual parcel is declared`,
      confirmed: true,
    })),
    {
      id: 'jd-id.price',
      field: 'price',
      severity: 'error',
      check: { kind: 'minPrice', price: { amountMinor: 1, currency: 'IDR' } },
      source: assumption,
      confirmed: false,
    },
    {
      id: 'jd-id.hs-code',
      field: 'hsCode',
      severity: 'error',
      check: { kind: 'hsCode', minDigits: 6 },
      source: 'customs need it per line on a lane that crosses a border',
      confirmed: true,
    },
    {
      id: 'jd-id.origin',
      field: 'originCountryCode',
      severity: 'warning',
      check: { kind: 'requiredAbroad' },
      source: 'customs need it per line on a lane that crosses a border',
      confirmed: true,
    },
    {
      id: 'jd-id.arms',
      field: 'hsCode',
      severity: 'error',
      check: { kind: 'forbiddenGoods', hsPrefixes: ['93', '36'], goods: 'arms or explosives' },
      source: importLaw,
      confirmed: false,
    },
    {
      id: 'jd-id.excise',
      field: 'hsCode',
      severity: 'error',
      check: {
        kind: 'forbiddenGoods',
        hsPrefixes: ['2203', '2204', '2205', '2206', '2208', '24'],
        goods: 'alcohol or tobacco',
      },
      source: importLaw,
      confirmed: false,
    },
  ],
};
