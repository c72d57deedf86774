/** Column of the products or SKUs table → field as rules, findings and explanations call it. */
export const fieldColumns: Readonly<Record<string, string>> = {
  title: 'title',
  description_html: 'description',
  category: 'category',
  attributes: 'attributes',
  images: 'images',
  published: 'published',
  option_values: 'options',
  weight_grams: 'weightGrams',
  length_mm: 'lengthMm',
  width_mm: 'widthMm',
  height_mm: 'heightMm',
  barcode: 'barcode',
  hs_code: 'hsCode',
  origin_country_code: 'originCountryCode',
};

export const fieldOfColumn = (column: string): string =>
  Object.hasOwn(fieldColumns, column) ? (fieldColumns[column] ?? column) : column;
