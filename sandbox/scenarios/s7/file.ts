/** What the file of S7 holds, and how often. */
export const plan = {
  rows: 100_000,
  brokenRow: 50_001,
  duplicates: 400,
  ambiguous: 250,
  formulas: 30,
  currencies: ['RMB', 'NTD', 'BTC'],
  nulRows: 20,
  /** Rows that an earlier, small file stated as well: as many unchanged as changed. */
  earlier: 10,
} as const;

/** First rows of the parts: Windows-1252, then UTF-8 with a mark, then UTF-16 with a mark. */
const utf8From = 40_001;
const utf16From = 80_001;

/** In the earlier file the price was called otherwise: one column renamed. */
export const earlierHeader =
  'sku,title,description,category,price,currency,stock,barcode,weight_g,image_1,image_2,origin';
const header = earlierHeader.replace(',price,', ',RRP,');

const everyNth = (row: number, step: number, count: number, shift: number): boolean =>
  row % step === shift && row <= step * count;
const isDuplicate = (row: number): boolean => everyNth(row, 240, plan.duplicates, 17);
export const isAmbiguous = (row: number): boolean => everyNth(row, 390, plan.ambiguous, 31);
/** Ten of them lie in rows that wait for an answer, so that the error file shows what becomes of them. */
const isFormula = (row: number): boolean => everyNth(row, 3_900, 10, 31) || everyNth(row, 4_500, 20, 77);
/** Formula cells in rows that the error file shows. */
export const formulasInErrors = (): number =>
  Array.from({ length: plan.rows }, (_, index) => index + 1).filter(
    (row) => isFormula(row) && (isAmbiguous(row) || isDuplicate(row)),
  ).length;
const currencyOf = (row: number): string => plan.currencies[[30_003, 60_003, 90_003].indexOf(row)] ?? 'AUD';
const skuOf = (row: number): string => `S7-${String(isDuplicate(row) ? row - 16 : row).padStart(6, '0')}`;

const words = ['Café', 'Crème', 'Brûlée', 'Señor', 'Größe', 'Ångström'];

function titleOf(row: number): string {
  if (isFormula(row)) return '"=HYPERLINK(""http://evil.example/?x=1"",""click"")"';
  if (row === plan.brokenRow) return '"Unbalanced candle';
  const thai = row >= utf16From ? ' เทียนหอม' : '';
  const nul = row % 2_000 === 5 && row <= 2_000 * plan.nulRows ? '\0' : '';
  return `"${words[row % words.length]} candle${nul}, no. ${row}${thai}"`;
}

const priceOf = (row: number): string =>
  isAmbiguous(row) ? '"1.299.000,00"' : `${10 + (row % 80)}.${String(row % 100).padStart(2, '0')}`;

function rowOf(row: number, price = priceOf(row)): string {
  return [
    skuOf(row),
    titleOf(row),
    `"Burns ${20 + (row % 40)} hours, smells of ""honey"""`,
    'Candles',
    price,
    currencyOf(row),
    row % 50,
    `93${String(row).padStart(11, '0')}`,
    200 + (row % 100),
    `https://img.example/s7/${row}/a.jpg`,
    `https://img.example/s7/${row}/b.jpg`,
    'NZ',
  ].join(',');
}

const lineEnds = ['\n', '\r\n', '\r'] as const;
const ended = (row: number, kinds: number): string => `${rowOf(row)}${lineEnds[row % kinds]}`;

function part(from: number, to: number, kinds: number): string {
  const lines: string[] = [];
  for (let row = from; row <= to; row += 1) lines.push(ended(row, kinds));
  return lines.join('');
}

/** The file of the scenario, byte for byte the same at every run. */
export function badFile(): Buffer {
  return Buffer.concat([
    Buffer.from(`${header}\r\n`),
    Buffer.from(part(1, utf8From - 1, 3), 'latin1'),
    Buffer.from(`\ufeff${part(utf8From, utf16From - 1, 3)}`),
    Buffer.from(`\ufeff${part(utf16From, plan.rows, 2)}`, 'utf16le'),
  ]);
}

/** A small file that the brand sent before, in good order: half of its rows say the same, half another price. */
export function earlierFile(): Buffer {
  const rows = Array.from({ length: plan.earlier }, (_, index) => {
    const row = index + 1;
    return rowOf(row, index % 2 === 0 ? undefined : '44.00');
  });
  return Buffer.from(`${earlierHeader}\n${rows.join('\n')}\n`);
}

/** What the preview of the file must count, before any answer. */
export function expectedCounts(): Record<string, number> {
  const held = plan.ambiguous + plan.currencies.length;
  const known = plan.earlier / 2;
  return {
    read: plan.rows,
    new: plan.rows - plan.duplicates - held - 1 - plan.earlier,
    changed: known,
    unchanged: known,
    duplicate: plan.duplicates,
    held,
    refused: 1,
  };
}

/** Lines of the file up to a row, with its header. */
export const lineOf = (row: number): number => row + 1;
