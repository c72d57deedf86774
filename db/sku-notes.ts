/** Columns of a SKU that people edit in its product's row. */
export const skuCellColumns = [
  'weight_grams',
  'length_mm',
  'width_mm',
  'height_mm',
  'hs_code',
  'origin_country_code',
  'barcode',
] as const;

/** {what: [before, after]}, as a history keeps changes. */
export type SkuNotes = Record<string, readonly [unknown, unknown]>;

/** Under which name a product's history keeps a change of one of its SKUs. */
export const skuNote = (skuId: string, column: string): string => `skus/${skuId}/${column}`;

/** What of a SKU differs, for its product's history: whoever looked at it before is shown the conflict. */
export function skuNotes(
  known: Readonly<Record<string, unknown>> & { readonly id: string },
  next: Readonly<Record<string, unknown>>,
): SkuNotes {
  return Object.fromEntries(
    skuCellColumns.flatMap((column) => {
      if (!(column in next) || (known[column] ?? null) === (next[column] ?? null)) return [];
      return [[skuNote(known.id, column), [known[column] ?? null, next[column] ?? null] as const]];
    }),
  );
}
