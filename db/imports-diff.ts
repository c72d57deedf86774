/** Columns of a row that belong to its product, and those that belong to its SKU. */
const productColumns = ['title', 'description_html', 'category', 'attributes', 'images'] as const;
const skuColumns = [
  'option_values',
  'price_minor',
  'sale_price_minor',
  'currency',
  'on_hand',
  'weight_grams',
  'length_mm',
  'width_mm',
  'height_mm',
  'barcode',
  'hs_code',
  'origin_country_code',
] as const;
export const plainSkuColumns = skuColumns.filter((column) => column !== 'on_hand');
export const ofProduct: readonly string[] = productColumns;
export const valueColumns = [...productColumns, ...skuColumns] as const;

/**
 * SQL: what a row would change of its SKU `s` and product `p`, as {"changes": {field: [before, after]}, "kept": [field]}.
 * A field that a person set stays, and is named in `kept`.
 */
export function differenceSql(row: string): string {
  const product = productColumns.map(
    (column) =>
      `('${column}', to_jsonb(p.${column}), to_jsonb(${row}.${column}), ${row}.leads, jsonb_exists(p.field_owners, '${column}'))`,
  );
  const sku = skuColumns.map(
    (column) =>
      `('${column}', to_jsonb(s.${column}), to_jsonb(${row}.${column}), true, jsonb_exists(s.field_owners, '${column}'))`,
  );
  const gone = `('gone', to_jsonb(s.gone_at is not null), to_jsonb(${row}.gone), true, false)`;
  return `(select jsonb_build_object(
      'changes', coalesce(jsonb_object_agg(f, jsonb_build_array(was, now)) filter (where not owned), '{}'),
      'kept', coalesce(jsonb_agg(f) filter (where owned), '[]'))
    from (values ${[...product, ...sku, gone].join(',\n      ')}) as v(f, was, now, applies, owned)
    where applies and (now is not null or f = any(${row}.clears)) and was is distinct from now)`;
}
