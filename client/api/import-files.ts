import { Readable } from 'node:stream';
import type { Database, Scope } from '../../db/database.ts';
import { importedRows, originalBytes } from '../../db/imports-queries.ts';
import { csvOf, visibleBytes } from '../../imports/export.ts';

const pageRows = 200;
/** A record of this size says enough; the whole of it is in the file that was sent. */
const maxOriginalBytes = 4_000;

const heads = ['row', 'line', 'lines', 'outcome', 'sku', 'column', 'value', 'reason', 'suggestion', 'original'];

/** Everything that was not taken over, with its original bytes, as a file that is safe to open in a spreadsheet. */
export function errorsFile(db: Database, scope: Scope, importId: string): Readable {
  async function* lines(): AsyncGenerator<string> {
    yield csvOf([heads], { mark: true });
    for (let after = 0; ; ) {
      const page = await db.tx(scope, async (trx) => {
        const input = { importId, outcomes: ['duplicate', 'held', 'refused'] as const, after, limit: pageRows };
        const rows = await importedRows(trx, input);
        const cells: (string | number | null)[][] = [];
        for (const row of rows) {
          const original = visibleBytes(await originalBytes(trx, importId, row, maxOriginalBytes));
          for (const { column, field, value, reason, remedy } of row.findings) {
            const place = [row.rowNumber, row.line, row.lineCount, row.outcome, row.sku];
            cells.push([...place, column ?? field, value, reason, remedy, original]);
          }
        }
        return { cells, last: rows.length < pageRows ? null : (rows.at(-1)?.rowNumber ?? null) };
      });
      if (page.cells.length > 0) yield csvOf(page.cells);
      if (page.last === null) return;
      after = page.last;
    }
  }
  return Readable.from(lines());
}

const template: readonly (readonly [header: string, first: string, second: string])[] = [
  ['sku', 'TEE-S', 'TEE-M'],
  ['handle', 'tee', 'tee'],
  ['title', 'Merino tee', 'Merino tee'],
  ['description', 'Soft wool for cool days.', ''],
  ['category', 'Clothing', ''],
  ['price', '59.00', '59.00'],
  ['sale price', '', '49.00'],
  ['currency', 'AUD', 'AUD'],
  ['stock', '12', '7'],
  ['barcode', '9312345678907', '9312345678914'],
  ['size', 'S', 'M'],
  ['colour', 'Navy', 'Navy'],
  ['weight (g)', '180', '190'],
  ['length (mm)', '300', '300'],
  ['width (mm)', '250', '250'],
  ['height (mm)', '30', '30'],
  ['image', 'https://example.com/tee.jpg', ''],
  ['hs code', '611020', '611020'],
  ['country of origin', 'AU', 'AU'],
];

/**
 * A file to fill in: with the columns that the brand used last, or all that are understood. Two rows show how variants of
 * one product are written.
 */
export function templateFile(headers: readonly string[], currency: string): string {
  const known = new Map(template.map(([header, ...examples]) => [header, examples] as const));
  const columns = headers.length > 0 ? headers : template.map(([header]) => header);
  const row = (index: 0 | 1): string[] =>
    columns.map((header) => (header === 'currency' ? currency : (known.get(header)?.[index] ?? '')));
  return csvOf(headers.length > 0 ? [[...columns]] : [[...columns], row(0), row(1)], { mark: true });
}
