import {
  codeOf,
  countryOf,
  editable,
  type Field,
  integerOf,
  lineOf,
  linesOf,
  type Parsed,
  readOnly,
} from './fields.ts';

const empty: Parsed = { ok: true, value: '' };
const text = (key: string, title: string, maxLength: number, more: object = {}): Field =>
  editable({ key, title, type: 'text', maxLength, ...more }, lineOf(title, maxLength));
const size = (key: string, title: string): Field =>
  editable({ key, title, type: 'integer', unit: 'mm' }, integerOf(title, { min: 1, max: 10_000_000, unit: 'mm' }));
const code = (key: string, title: string, means: string): Field =>
  editable({ key, title, type: 'code', maxLength: 40, means }, codeOf(title, 40));

/** An emptied description is an empty text, not nothing. */
export const htmlField: Field = {
  column: editable({ key: 'descriptionHtml', title: 'Description', type: 'html', maxLength: 100_000 }, () => empty)
    .column,
  parse: (given) => (given === null ? empty : linesOf('Description', 100_000)(given)),
};

/** Cells of the product itself, and the columns that hold them. */
export const productFields: readonly Field[] = [
  text('title', 'Title', 500, { nullable: false, sortable: true }),
  readOnly({ key: 'state', title: 'State', type: 'state' }),
  readOnly({ key: 'brand', title: 'Brand', type: 'ref' }),
  text('category', 'Category', 300),
  htmlField,
  {
    column: {
      key: 'attributes',
      title: 'Attributes',
      type: 'map',
      editable: true,
      nullable: true,
      sortable: false,
      means: 'Entries by name; each is edited and compared by itself.',
    },
    parse: () => ({ ok: false, why: 'Attributes are edited one by one: attributes.<name>.' }),
  },
];

/** Cells of one SKU. */
export const skuFields: readonly Field[] = [
  readOnly({ key: 'sku', title: 'SKU', type: 'code' }),
  readOnly({ key: 'options', title: 'Options', type: 'text' }),
  editable(
    { key: 'weightGrams', title: 'Weight', type: 'integer', unit: 'g', means: 'Of one piece with its own packing.' },
    integerOf('Weight', { min: 1, max: 10_000_000, unit: 'g' }),
  ),
  size('lengthMm', 'Length'),
  size('widthMm', 'Width'),
  size('heightMm', 'Height'),
  code('hsCode', 'HS code', 'Customs tariff number; forms of it are checked when it ships.'),
  editable(
    { key: 'originCountryCode', title: 'Origin', type: 'code', maxLength: 2, means: 'Country of origin, two letters.' },
    countryOf('Origin'),
  ),
  code('barcode', 'Barcode', 'EAN, UPC or what the shop has.'),
];

/** What people only look at, to the right. */
export const productFacts: readonly Field[] = [
  readOnly({ key: 'listings', title: 'Listings', type: 'text', means: 'Marketplaces with the state there.' }),
  readOnly({ key: 'findings', title: 'Findings', type: 'findings' }),
  readOnly({ key: 'lastEditedAt', title: 'Edited', type: 'instant', sortable: true }),
  readOnly({ key: 'createdAt', title: 'Since', type: 'instant', sortable: true }),
];

export const productColumn: Readonly<Record<string, string>> = {
  title: 'title',
  category: 'category',
  descriptionHtml: 'description_html',
};

export const skuColumn: Readonly<Record<string, string>> = {
  weightGrams: 'weight_grams',
  lengthMm: 'length_mm',
  widthMm: 'width_mm',
  heightMm: 'height_mm',
  hsCode: 'hs_code',
  originCountryCode: 'origin_country_code',
  barcode: 'barcode',
};
